import type { Entity, EntityName } from '../output/result.ts'
import { schemaOf, type FieldType, type RecordName, type Schema } from './schema.ts'

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
    const field = key === 'devicegroup' ? 'device_group' : key
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

/** The related entity that a list of each kind resolves, so that its name is known. */
const NAMED_RELATION: Partial<Record<RecordName, string>> = {
  'Device Group': 'product',
  Device: 'device_group',
  Deployment: 'device_group',
  Webhook: 'device_group',
}

/**
 * The columns of a kind of record for CSV: plain fields under their names, related entities as `device_group.id` and, where lists know
 * it, `device_group.name`. Collections and programs have no column.
 */
export function columnsOf(name: RecordName): string[] {
  return Object.entries(schemaOf(name)).flatMap(([field, type]) => {
    if (typeof type === 'object' || NO_COLUMN.has(field)) return []
    if (!relatedName(type)) return [field]
    return NAMED_RELATION[name] === field ? [`${field}.id`, `${field}.name`] : [`${field}.id`]
  })
}

/** The field name of a key of display: `Current Deployment` is `current_deployment`. */
function fieldOf(key: string): string {
  return (
    (Object.hasOwn(SETTING_FIELDS, key) && SETTING_FIELDS[key]) ||
    (/[A-Z ]/.test(key) ? key.toLowerCase().replaceAll(' ', '_') : key)
  )
}

function relatedName(type: FieldType | undefined): EntityName | undefined {
  return typeof type === 'string' && Object.hasOwn(NAMES, type) ? (type as EntityName) : undefined
}

const NAMES: Partial<Record<FieldType & string, true>> = {
  Account: true,
  Product: true,
  'Device Group': true,
  Device: true,
  Deployment: true,
}

/** A related entity of which only the id is known. */
function blank(name: EntityName, id: string): FlatRecord {
  const schema: Schema = schemaOf(name)
  const fields = Object.keys(schema).filter(
    (field) => typeof schema[field] === 'string' && !Object.hasOwn(NAMES, schema[field] as string),
  )
  return { ...Object.fromEntries(fields.map((field) => [field, null])), id }
}

function isMany(value: Entity | readonly Entity[]): value is readonly Entity[] {
  return Array.isArray(value)
}
