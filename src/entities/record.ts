import type { Entity } from '../output/result.ts'
import { KINDS, kindNamed } from './kinds.ts'
import { fieldOfKey, schemaOf, type FieldType, type Schema } from './schema.ts'

/** A flat record as scripts, tables and CSV see an entity: the API's field names, every field of the schema present. */
export type FlatRecord = { readonly [field: string]: unknown }

/** The names under which output shows settings, by the field names that scripts use. */
const SETTING_FIELDS: Readonly<Record<string, string>> = {
  'Auth type': 'auth_type',
  'impCentral API endpoint': 'endpoint',
  'Access token auto refresh': 'auto_refresh',
  'Login method': 'login_method',
  'Access token': 'access_token',
  Username: 'username',
  Email: 'email',
  'Account id': 'account_id',
}

/**
 * Makes the flat record of an entity (language.md 2.6): attributes, then relations as nested records under the API's names. A field that
 * the server left out is null; a field that only the server knows comes last.
 */
export function recordOf(entity: Entity, beside: readonly Entity[] = []): FlatRecord {
  const schema = schemaOf(entity.name)
  const record: Record<string, unknown> = {}
  for (const field of Object.keys(schema)) record[field] = null
  if ('id' in schema) record.id = entity.id
  for (const [key, value] of Object.entries(entity.attributes)) record[fieldOf(key)] = value ?? null
  for (const [key, id] of Object.entries(entity.related)) {
    const field = relationField(entity.name, key)
    const name = relatedName(schema[field])
    record[field] = name ? blank(name, id) : { id }
  }
  for (const { key, value } of entity.relations) {
    record[fieldOf(key.replace(/^Corrupted /, ''))] = isMany(value)
      ? value.map((one) => recordOf(one))
      : recordOf(value)
  }
  for (const other of beside) record[fieldOf(other.name)] = recordOf(other)
  return record
}

/** Fields without a column: whole programs make no cell. */
const NO_COLUMN = new Set(['device_code', 'agent_code'])

/**
 * The columns of a kind of record for CSV: plain fields under their names, related entities as `device_group.id` and, where lists know
 * it, `device_group.name`. Collections and programs have no column.
 */
export function columnsOf(name: string): string[] {
  const kind = kindNamed(name)
  // Lists resolve their first relation that is no account, so that its name is known.
  const [named] = kind ? KINDS[kind].lists.relate.filter((key) => key !== 'owner') : []
  const namedField = named === undefined ? undefined : relationField(name, named)
  return Object.entries(schemaOf(name)).flatMap(([field, type]) => {
    if (typeof type === 'object' || NO_COLUMN.has(field)) return []
    if (!relatedName(type)) return [field]
    return field === namedField ? [`${field}.id`, `${field}.name`] : [`${field}.id`]
  })
}

/** The field of a relation by its name in the API: `devicegroup` is `device_group`. */
function relationField(name: string, relation: string): string {
  const kind = kindNamed(name)
  const row =
    kind && Object.hasOwn(KINDS[kind].relations, relation) ? KINDS[kind].relations[relation] : undefined
  return row ? fieldOfKey(row.key) : relation
}

/** The field name of a key of display. */
function fieldOf(key: string): string {
  return (
    (Object.hasOwn(SETTING_FIELDS, key) && SETTING_FIELDS[key]) ||
    (/[A-Z ]/.test(key) ? fieldOfKey(key) : key)
  )
}

/** The name of the related entity in a field; undefined for any other field. */
function relatedName(type: FieldType | undefined): string | undefined {
  return typeof type === 'string' && kindNamed(type) ? type : undefined
}

/** A related entity of which only the id is known. */
function blank(name: string, id: string): FlatRecord {
  const schema: Schema = schemaOf(name)
  const fields = Object.keys(schema).filter(
    (field) => typeof schema[field] === 'string' && !relatedName(schema[field]),
  )
  return { ...Object.fromEntries(fields.map((field) => [field, null])), id }
}

function isMany(value: Entity | readonly Entity[]): value is readonly Entity[] {
  return Array.isArray(value)
}
