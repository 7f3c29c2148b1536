import { KINDS, kindNamed } from '../../entities/kinds.ts'
import { recordOf } from '../../entities/record.ts'
import { type FieldType, type RecordName, type Schema, schemaOf } from '../../entities/schema.ts'
import type { Entity, LogEntry, Result } from '../../output/result.ts'
import { isList, markKind, putField, type RecordValue, Secret, Stream, timeOf, type Value } from './value.ts'

/**
 * What a command gave, as a value of the language (language.md 2.6). `located` is given what fails while items arrive: it names the
 * command that asked, not the filter that read.
 */
export function valueOfResult(
  result: Result,
  located: (error: unknown) => unknown = (error) => error,
): Value {
  switch (result.kind) {
    case 'entity':
      return entityRecord(result.entity, result.beside)
    case 'entities':
      if (!(Symbol.asyncIterator in result.items)) return result.items.map((entity) => entityRecord(entity))
      return new Stream(
        mapped(result.items, (entity) => entityRecord(entity), located),
        'list',
      )
    case 'logs':
      return new Stream(mapped(result.items, logRecord, located), result.live ? 'stream' : 'list')
    case 'events':
      return new Stream(mapped(result.items, plain, located), 'stream')
    case 'record':
      return plain(result.value ?? result.record)
    default:
      if (result.touched === null) return null
      return Array.isArray(result.touched)
        ? result.touched.map((entity: Entity) => entityRecord(entity))
        : entityRecord(result.touched as Entity)
  }
}

/** Entities among the candidates of an ambiguous name, as records. */
export function candidateRecord(candidate: unknown): Value {
  const isEntity =
    typeof candidate === 'object' &&
    candidate !== null &&
    'attributes' in candidate &&
    'relations' in candidate
  return isEntity ? entityRecord(candidate as Entity) : plain(candidate)
}

async function* mapped<T>(
  items: AsyncIterable<T>,
  convert: (item: T) => Value,
  located: (error: unknown) => unknown,
): AsyncGenerator<Value> {
  const source = items[Symbol.asyncIterator]()
  let ended = false
  try {
    for (;;) {
      let next: IteratorResult<T>
      try {
        next = await source.next()
      } catch (error) {
        ended = true
        throw located(error)
      }
      ended = next.done === true
      if (next.done === true) return
      yield convert(next.value)
    }
  } finally {
    if (!ended) await source.return?.()
  }
}

function entityRecord(entity: Entity, beside?: readonly Entity[]): RecordValue {
  return typed(recordOf(entity, beside), entity.name as RecordName, untold(entity))
}

/** Fields that lists leave out and that this answer does not tell: they are unknown, not null, and to read one is an error. */
function untold({ name, attributes }: Entity): readonly string[] {
  const kind = kindNamed(name)
  const names = kind === undefined ? [] : KINDS[kind].lists.mayLeaveOut
  // As a rule all are told: the list is made only where one is not.
  return names.some((field) => attributes[field] === undefined)
    ? names.filter((field) => attributes[field] === undefined)
    : []
}

function logRecord(entry: LogEntry): RecordValue {
  return typed({ device_id: null, ...entry }, 'Log Entry')
}

/** Types the fields of a flat record by its schema: times, secrets and related records. What is `untold` is no field of it. */
function typed(
  flat: Readonly<Record<string, unknown>>,
  name: RecordName,
  untold: readonly string[] = [],
): RecordValue {
  const schema: Schema = schemaOf(name)
  const record: Record<string, Value> = {}
  for (const field of Object.keys(schema))
    if (untold.length === 0 || !untold.includes(field)) record[field] = fieldValue(flat[field], schema[field])
  for (const [field, value] of Object.entries(flat))
    if (!Object.hasOwn(schema, field)) putField(record, field, plain(value))
  markKind(record, name)
  return record
}

function fieldValue(value: unknown, type: FieldType | undefined): Value {
  if (value === null || value === undefined) return null
  switch (type) {
    case 'time':
      return typeof value === 'string' ? (timeOf(value) ?? value) : plain(value)
    case 'secret':
      return typeof value === 'string' ? new Secret(value) : plain(value)
    case undefined:
    case 'text':
    case 'number':
    case 'bool':
    case 'texts':
    case 'map':
      return plain(value)
    default:
      if (typeof type === 'object')
        return Array.isArray(value) ? value.map((item) => related(item, type.list)) : plain(value)
      return related(value, type)
  }
}

function related(value: unknown, name: RecordName): Value {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return plain(value)
  return typed(value as Record<string, unknown>, name)
}

/** Data from outside (JSON) as a value. */
export function plain(value: unknown): Value {
  if (value === null || value === undefined) return null
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object') return null
  const record: Record<string, Value> = {}
  for (const [name, field] of Object.entries(value)) putField(record, name, plain(field))
  return record
}

/** A record that stands for what a command would have made: every field null but its id and what its options say (language.md 2.12). */
export function placeholderRecord(
  name: RecordName | undefined,
  id: string,
  known: Readonly<Record<string, Value>>,
): RecordValue {
  const schema: Schema = name === undefined ? {} : schemaOf(name)
  const record: Record<string, Value> = {}
  for (const field of Object.keys(schema)) record[field] = known[field] ?? null
  // The id of a login key is its secret: what takes a real one must take this one too.
  record['id'] = schema['id'] === 'secret' ? new Secret(id) : id
  if (name !== undefined) markKind(record, name)
  placeholders.add(record)
  return record
}

const placeholders = new WeakSet<object>()

/** Whether a value only stands for what a dry run did not make, or is a list of such. */
export function isPlaceholder(value: Value): boolean {
  if (isList(value)) return value.length > 0 && value.every(isPlaceholder)
  return typeof value === 'object' && value !== null && placeholders.has(value)
}
