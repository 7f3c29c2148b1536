import { columnsOf, recordOf, type FlatRecord } from '../entities/record.ts'
import { cellText } from '../output/cell.ts'
import { cellOf, csvLine } from '../output/csv.ts'
import { displayBeside, displayOf, listedAttributes } from '../entities/display.ts'
import { renderJson, renderJsonArray, renderJsonLine } from '../output/json.ts'
import { renderLogEntry } from '../output/log-line.ts'
import { listHeading, noneFound } from '../output/messages.ts'
import type { Entity, LogEntry, Result } from '../output/result.ts'
import { renderText, renderTextList, type TextStyle } from '../output/text.ts'
import { visible } from '../output/visible.ts'

/** The output modes: the documented four, and `table` and `csv` of our own. */
export type Mode = 'default' | 'minimal' | 'json' | 'debug' | 'table' | 'csv'

export interface Presentation {
  readonly mode: Mode
  readonly colour: boolean
  /** Columns of the terminal; undefined where stdout is none, so that nothing is shortened. */
  readonly width?: number
}

/** Entities of a list that are laid out together. */
const BATCH = 100

/** Turns the result of a command into the text of one output mode, piece by piece. Prints nothing itself. */
export async function* present(result: Result, to: Presentation): AsyncGenerator<string> {
  switch (result.kind) {
    case 'entity':
      yield* presentEntity(result, to)
      return
    case 'entities':
      yield* presentList(result.of, result.items, to)
      return
    case 'logs':
      yield* presentLogs(result, to)
      return
    case 'record':
      if (to.mode === 'table' && result.value !== undefined) yield await recordsTable(result.value, to)
      else if (to.mode === 'csv' && result.value !== undefined) yield* recordsCsv(result.value)
      else if (to.mode === 'json' && result.isList) yield renderJson(result.value)
      else if (!result.told || to.mode === 'table' || to.mode === 'csv')
        yield* presentRecord(result.record, to)
      else if (to.mode === 'json' && !result.failed) yield renderJson({})
      return
    case 'done':
      if (to.mode === 'json' && !result.silent) yield renderJson({})
      return
    default:
      result satisfies never
  }
}

async function* presentEntity(result: Result & { kind: 'entity' }, to: Presentation): AsyncGenerator<string> {
  const { entity, form, beside = [] } = result
  if (to.mode === 'csv') {
    yield* csvOf(entity.name, [entity])
    return
  }
  if (to.mode === 'table') {
    yield await recordTable(recordOf(entity, beside), to)
    return
  }
  const shown = displayBeside(entity, form, beside)
  yield to.mode === 'json' ? renderJson(shown) : renderText(shown, styleOf(to))
}

async function* presentList(
  name: string,
  items: readonly Entity[] | AsyncIterable<Entity>,
  to: Presentation,
): AsyncGenerator<string> {
  if (to.mode === 'csv') {
    yield* csvOf(name, items)
    return
  }
  if (to.mode === 'json') {
    yield* whole(renderJsonArray(mapped(items, (entity) => displayOf(entity, 'list'))))
    return
  }
  if (to.mode === 'table') {
    yield await listTable(name, await collected(items), to)
    return
  }
  // Laid out while the next pages arrive; the default mode holds the text back, because its heading says how many there are.
  const holds = to.mode !== 'minimal'
  const style = styleOf(to)
  const held: string[] = []
  const batch: Entity[] = []
  let count = 0
  const laidOut = () =>
    renderTextList(
      batch.splice(0).map((entity) => displayOf(entity, 'list')),
      style,
    )
  for await (const entity of items) {
    count++
    if (batch.push(entity) < BATCH) continue
    if (holds) held.push(laidOut())
    else yield laidOut()
  }
  if (holds) yield `${count === 0 ? noneFound(name) : listHeading(name, count)}\n`
  yield* held
  yield laidOut()
}

async function* presentLogs(
  { items, live }: Result & { kind: 'logs' },
  to: Presentation,
): AsyncGenerator<string> {
  if (to.mode === 'json' && !live) {
    yield* whole(renderJsonArray(items))
    return
  }
  if (to.mode === 'csv') {
    yield csvLine(['ts', 'device_id', 'type', 'msg'])
    for await (const { ts, device_id, type, msg } of items)
      yield csvLine([ts, device_id, type, msg].map(harmless))
    return
  }
  for await (const entry of items)
    yield to.mode === 'json' ? renderJsonLine(entry) : renderLogEntry(entry satisfies LogEntry)
}

/** Plain records as lines of CSV, with the columns of all of them. */
async function* recordsCsv(records: readonly FlatRecord[]): AsyncGenerator<string> {
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))]
  yield csvLine(columns)
  for (const record of records) yield csvLine(columns.map((column) => harmless(record[column])))
}

async function* presentRecord(record: FlatRecord, to: Presentation): AsyncGenerator<string> {
  if (to.mode === 'json') {
    yield renderJson(record)
    return
  }
  if (to.mode === 'csv') {
    yield csvLine(Object.keys(record))
    yield csvLine(Object.values(record).map(harmless))
    return
  }
  if (to.mode === 'table') {
    yield await recordTable(record, to)
    return
  }
  yield renderText(record, styleOf(to))
}

async function* csvOf(
  name: string,
  items: readonly Entity[] | AsyncIterable<Entity>,
): AsyncGenerator<string> {
  const columns = columnsOf(name)
  let text = csvLine(columns)
  for await (const entity of items) {
    const record = recordOf(entity)
    text += csvLine(columns.map((column) => harmless(cellOf(record, column))))
    if (text.length < 16_384) continue
    yield text
    text = ''
  }
  yield text
}

/** A cell without control characters, for terminals take CSV too; line ends stay. */
function harmless(cell: unknown): unknown {
  return typeof cell === 'string' ? visible(cell, true) : cell
}

async function listTable(name: string, entities: readonly Entity[], to: Presentation): Promise<string> {
  const relations = [...new Set(entities.flatMap((entity) => entity.relations.map(({ key }) => key)))]
  const rows = entities.map((entity) => {
    const related = relations.map((key) => entity.relations.find((relation) => relation.key === key)?.value)
    return [
      ...listedAttributes(name).map((key) => (key === 'id' ? entity.id : cellText(entity.attributes[key]))),
      ...related.map((value) =>
        cellText(
          value && 'id' in value ? (value.attributes.name ?? value.attributes.username ?? value.id) : '',
        ),
      ),
    ]
  })
  return tableText([...listedAttributes(name), ...relations.map((key) => key.toLowerCase())], rows, to)
}

function recordsTable(records: readonly FlatRecord[], to: Presentation): Promise<string> {
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))]
  return tableText(
    columns,
    records.map((record) => columns.map((column) => cellText(record[column]))),
    to,
  )
}

function recordTable(record: FlatRecord, to: Presentation): Promise<string> {
  const rows = Object.entries(record).map(([key, value]) => [key, cellText(value)])
  return tableText(['field', 'value'], rows, to)
}

async function tableText(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  to: Presentation,
): Promise<string> {
  const { renderPlainTable, renderTable } = await import('../output/table.ts')
  return to.width === undefined
    ? renderPlainTable({ columns, rows })
    : renderTable({ columns, rows }, to.width)
}

function styleOf({ colour, mode }: Presentation): TextStyle {
  return {
    key: colour && mode !== 'minimal' ? green : (text) => text,
    comma: mode === 'minimal' ? ',' : ', ',
  }
}

function green(text: string): string {
  return `\x1b[32m${text}\x1b[39m`
}

async function* mapped<T, U>(
  items: Iterable<T> | AsyncIterable<T>,
  change: (item: T) => U,
): AsyncGenerator<U> {
  for await (const item of items) yield change(item)
}

/** Holds the text back until it is complete: a list that fails half-way must not leave half a document before its error. */
async function* whole(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  const all: string[] = []
  for await (const piece of pieces) all.push(piece)
  yield* all
}

async function collected<T>(items: readonly T[] | AsyncIterable<T>): Promise<readonly T[]> {
  if (Array.isArray(items)) return items as readonly T[]
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}
