import { cellText } from '../../output/cell.ts'
import { renderLogEntry } from '../../output/log-line.ts'
import type { LogEntry } from '../../output/result.ts'
import { visible } from '../../output/visible.ts'
import type { Task } from '../run/frame.ts'
import { isPlaceholder } from './result-value.ts'
import { inlineText } from './inline-text.ts'
import { Duration, isList, isRecord, type RecordValue, Secret, Stream, Time, type Value } from './value.ts'
import { counted } from '../../output/messages.ts'

/** Where a value is shown: `width` is that of a terminal, undefined for files and pipes. */
interface Surface {
  readonly width?: number
  /** For screen readers: a table is lines of a name and a value, with an empty line between rows. */
  readonly plain?: boolean
}

/** Prints the value of a statement (language.md 2.7); null prints nothing. A stream is printed as it arrives. */
export async function printValue(task: Task, value: Value): Promise<void> {
  if (value === null) return
  if (value instanceof Stream && value.kind === 'stream') {
    for await (const item of value) await task.out(`${lineOf(item)}\n`)
    return
  }
  const all = value instanceof Stream ? await readAll(value) : value
  task.machine.last = all
  // What would have been run is shown; there is nothing to show of what it would have given.
  if (isPlaceholder(all)) return
  await task.out(await renderValue(all, task.machine.host.terminal))
}

async function readAll(stream: Stream): Promise<Value[]> {
  const items: Value[] = []
  for await (const item of stream) items.push(item)
  return items
}

/** One item of a stream on one line. */
export function lineOf(item: Value): string {
  if (!isRecord(item)) return itemText(item)
  const { ts, type, msg } = item
  if (ts !== undefined && typeof type === 'string' && typeof msg === 'string') {
    return renderLogEntry({ ...item, ts: inlineText(ts) } as unknown as LogEntry).replace(/\n$/, '')
  }
  return Object.values(item).map(cellOf).join('  ')
}

/** A value as text for people: a table for a list of records, `name: value` lines for a record, a line for everything else. */
export async function renderValue(value: Value, surface: Surface): Promise<string> {
  if (value === null) return ''
  if (isList(value)) {
    if (value.length === 0) return ''
    return value.every(isRecord) ? table(value, surface) : value.map((item) => `${itemText(item)}\n`).join('')
  }
  if (isRecord(value)) return fields(value)
  const text = itemText(value)
  // An empty text, such as the table of an empty list, is no line; `print ""` is one.
  return text === '' || text.endsWith('\n') ? text : `${text}\n`
}

/** A value of a list that is no table, or a single value. */
function itemText(value: Value): string {
  if (value === null) return ''
  if (typeof value === 'string') return visible(value, true)
  return isList(value) || isRecord(value) ? visible(JSON.stringify(value)) : cellText(cellValue(value))
}

function fields(record: RecordValue): string {
  const names = Object.keys(record)
  const width = Math.max(0, ...names.map((name) => name.length))
  return names
    .map((name) => `${`${visible(name)}:`.padEnd(width + 2)}${cellOf(record[name] ?? null)}`.trimEnd() + '\n')
    .join('')
}

/** A table; nested records become columns such as `device_group.name`, as CSV shows them. */
async function table(rows: readonly RecordValue[], { width, plain }: Surface): Promise<string> {
  const shown = rows.every(isGroup) ? rows.map(groupRow) : rows
  if (plain === true) return shown.map(fields).join('\n')
  const { renderPlainTable, renderTable } = await import('../../output/table.ts')
  const names = columnsOf(shown)
  const content = {
    columns: names.map((name) => visible(name)),
    rows: shown.map((row) => names.map((name) => cellOf(row[name] ?? null))),
  }
  return width === undefined ? renderPlainTable(content) : renderTable(content, width)
}

function isGroup(row: RecordValue): boolean {
  return Object.keys(row).join() === 'key,count,items' && isList(row['items'] ?? null)
}

/** A group is shown as its key and its count; a key of several fields as these. */
function groupRow({ key = null, count = null }: RecordValue): RecordValue {
  return isRecord(key) ? { ...key, count } : { key, count }
}

/** The columns of all rows, in the order of their first appearance. */
function columnsOf(rows: readonly RecordValue[]): string[] {
  const names = new Set<string>()
  for (const row of rows) for (const name of Object.keys(row)) names.add(name)
  return [...names]
}

/** A value in a cell of a table, on one line and without JSON. */
export function cellOf(value: Value): string {
  if (isRecord(value)) {
    const { id, name } = value
    if (typeof name === 'string' && name !== '') return visible(name)
    if (typeof id === 'string') return visible(id)
    return Object.entries(value)
      .map(([field, one]) => `${visible(field)}: ${cellOf(one)}`)
      .join(', ')
  }
  if (isList(value) && value.some((item) => isRecord(item) || isList(item)))
    return counted(value.length, value.every(isRecord) ? 'record' : 'item')
  return cellText(cellValue(value))
}

/** A value as the renderers of tables and CSV take it: times, durations and secrets as texts. */
export function cellValue(value: Value): Value {
  if (typeof value !== 'object') return value
  return value instanceof Time || value instanceof Duration || value instanceof Secret
    ? value.toString()
    : value
}
