import { recordOf } from '../../entities/record.ts'
import { cellText } from '../../output/cell.ts'
import { listedAttributes } from '../../entities/display.ts'
import type { Entity, Result } from '../../output/result.ts'
import { collected } from './items.ts'
import { logLines } from './log-lines.ts'
import type { Look } from './look.ts'
import { rowsOf } from './rows.ts'

/** Tables with borders on a terminal, aligned columns elsewhere. */
export async function* presentTable(result: Result, look: Look): AsyncGenerator<string> {
  switch (result.kind) {
    case 'entity':
      yield await recordTable(recordOf(result.entity, result.beside ?? []), look)
      return
    case 'entities':
      yield await listTable(result.of, await collected(result.items), look)
      return
    case 'logs':
      yield* logLines(result, look, true)
      return
    case 'events':
      for await (const item of result.items) yield result.text(item)
      return
    case 'record':
      yield await plainTable(result.record, rowsOf(result), look)
      return
    case 'done':
      return
    default:
      result satisfies never
  }
}

async function listTable(name: string, entities: readonly Entity[], look: Look): Promise<string> {
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
  return tableText([...listedAttributes(name), ...relations.map((key) => key.toLowerCase())], rows, look)
}

function recordsTable(records: readonly Readonly<Record<string, unknown>>[], look: Look): Promise<string> {
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))]
  return tableText(
    columns,
    records.map((record) => columns.map((column) => cellText(record[column]))),
    look,
  )
}

function plainTable(
  record: Readonly<Record<string, unknown>>,
  rows: readonly Readonly<Record<string, unknown>>[] | undefined,
  look: Look,
): Promise<string> {
  return rows ? recordsTable(rows, look) : recordTable(record, look)
}

function recordTable(record: Readonly<Record<string, unknown>>, look: Look): Promise<string> {
  const rows = Object.entries(record).map(([key, value]) => [key, cellText(value)])
  return tableText(['field', 'value'], rows, look)
}

async function tableText(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  { width }: Look,
): Promise<string> {
  const { renderPlainTable, renderTable } = await import('../../output/table.ts')
  return width === undefined ? renderPlainTable({ columns, rows }) : renderTable({ columns, rows }, width)
}
