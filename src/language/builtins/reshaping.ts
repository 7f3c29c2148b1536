// The work of the filters that change the shape of a table: fields inside fields, names, rows to columns.
import { visible } from '../../output/visible.ts'
import { fieldOf, indexOf } from '../values/access.ts'
import { raise } from '../values/fault.ts'
import type { Place } from '../syntax/source.ts'
import { textOf } from '../values/text-of.ts'
import { aType, isList, isRecord, putField, type RecordValue, type Value } from '../values/value.ts'
import type { Call } from './builtin.ts'
import { keyOf } from './lists.ts'
import { keysOf, pathParts } from './sorting.ts'

/** A copy with another value at a path that is there. */
export function replaced(value: Value, path: readonly string[], fresh: Value, place: Place): Value {
  const [part, ...rest] = path
  if (part === undefined) return fresh
  if (isList(value)) {
    const at = Number(part)
    return value.with(at, replaced(indexOf(value, at, place), rest, fresh, place))
  }
  const old = fieldOf(value, part, false, place)
  const copy: Record<string, Value> = { ...(value as RecordValue) }
  putField(copy, part, replaced(old, rest, fresh, place))
  return copy
}

interface Renaming {
  readonly old: string
  readonly fresh: string
  readonly place: Place
}

/** Reads `old=new`. */
export function renaming(pair: string, place: Place): Renaming {
  const [, old, fresh] = /^([^=]+)=([^=]+)$/.exec(pair) ?? []
  if (old !== undefined && fresh !== undefined) return { old, fresh, place }
  throw raise(place, 'BUG_ARGS', `"rename" takes OLD=NEW, not "${pair}"`, 'write | rename old=new')
}

export function renamed(record: RecordValue, changes: readonly Renaming[], call: Call): RecordValue {
  const names = new Map<string, string>()
  for (const { old, fresh, place } of changes) {
    if (!Object.hasOwn(record, old) && Object.hasOwn(record, fresh))
      throw raise(
        place,
        'BUG_FIELD',
        `no field "${old}" in the record`,
        `the old name comes first: | rename ${fresh}=${old}`,
      )
    fieldOf(record, old, false, place)
    names.set(old, fresh)
  }
  const made: Record<string, Value> = {}
  for (const [name, value] of Object.entries(record)) putOnce(made, names.get(name) ?? name, value, call)
  return made
}

/** Sets a field that must not be there yet. */
export function putOnce(record: Record<string, Value>, name: string, value: Value, call: Call): void {
  if (Object.hasOwn(record, name))
    throw raise(
      call.place,
      'DATA',
      `there are two values for "${name}"`,
      'names must differ; | unique FIELD keeps the first',
    )
  putField(record, name, value)
}

/** A value as the name of a field. */
export function columnName(value: Value, call: Call): string {
  if (value === null)
    throw raise(call.place, 'DATA', 'a name of a field is null', 'leave null out with | compact FIELD')
  return textOf(value, call.place)
}

export function recordsOf(items: readonly Value[], call: Call): readonly RecordValue[] {
  const other = items.find((item) => !isRecord(item))
  if (other === undefined) return items as readonly RecordValue[]
  throw raise(call.place, 'BUG_TYPE', `"${call.name}" needs records, not ${aType(other)}`)
}

export function transposed(rows: readonly RecordValue[], by: string | undefined, call: Call): Value {
  const names =
    by === undefined
      ? rows.map((_row, index) => `row_${index + 1}`)
      : keysOf(rows, pathParts(by), call.at('names')).map((name) => columnName(name, call))
  const fields = new Set(rows.flatMap((row) => Object.keys(row)))
  if (by !== undefined) fields.delete(by)
  return [...fields].map((field) => {
    const made: Record<string, Value> = { field }
    for (const [index, row] of rows.entries()) putOnce(made, names[index] ?? '', row[field] ?? null, call)
    return made
  })
}

export function pivoted(items: readonly Value[], row: string, column: string, of: string, call: Call): Value {
  const rowKeys = keysOf(items, pathParts(row), call.at('row'))
  // A name that is a whole number would stand before all others: it gets the field before it.
  const columns = keysOf(items, pathParts(column), call.at('column')).map((key) => {
    const name = columnName(key, call)
    return /^\d+$/.test(name) ? `${column}_${name}` : name
  })
  const values = keysOf(items, pathParts(of), call.at('value'))
  const all = new Set(columns)
  if (all.has(row))
    throw raise(call.place, 'DATA', `"${row}" is the name of a row and of a column`, 'rename the field first')
  const made = new Map<string, Record<string, Value>>()
  for (const [index, key] of rowKeys.entries()) {
    const name = columns[index] ?? ''
    const id = keyOf(key)
    let record = made.get(id)
    if (record === undefined) {
      record = { [row]: key }
      for (const one of all) putField(record, one, null)
      made.set(id, record)
    }
    if (record[name] !== null) {
      throw raise(
        call.place,
        'DATA',
        `there are two values for "${name}" in row ${JSON.stringify(key)}`,
        `make one of them first: | group-by ${row} ${column} | summarize n = sum ${of}`,
      )
    }
    putField(record, name, values[index] ?? null)
  }
  return [...made.values()]
}

/** The names that the fields of the other list get: `name_2` where both lists have a `name`, which is said once. */
export function joinedNames(
  items: readonly Value[],
  other: readonly Value[],
  shared: string | undefined,
  call: Call,
): ReadonlyMap<string, string> {
  const own = namesIn(items)
  const names = new Map<string, string>()
  const taken = new Set([...own, ...namesIn(other)])
  for (const name of namesIn(other)) {
    if (name === shared) continue
    let fresh = name
    if (own.has(name)) for (let n = 2; taken.has(fresh); n += 1) fresh = `${name}_${n}`
    taken.add(fresh)
    names.set(name, fresh)
  }
  const changed = [...names].filter(([name, fresh]) => name !== fresh)
  if (changed.length > 0) {
    const list = changed.map(([name, fresh]) => `"${visible(name)}" of the other list is "${visible(fresh)}"`)
    call.task.machine.host.err(`join: both lists have these fields: ${list.join(', ')}\n`)
  }
  return names
}

function namesIn(items: readonly Value[]): Set<string> {
  const names = new Set<string>()
  for (const item of items) if (isRecord(item)) for (const name of Object.keys(item)) names.add(name)
  return names
}

/** A row of both lists. */
export function joined(
  item: RecordValue,
  match: RecordValue,
  names: ReadonlyMap<string, string>,
): RecordValue {
  const record: Record<string, Value> = { ...item }
  for (const [name, fresh] of names) putField(record, fresh, match[name] ?? null)
  return record
}
