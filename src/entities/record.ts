import type { Entity } from '../output/result.ts'
import { KINDS, kindNamed } from './kinds.ts'
import { fieldOfKey, schemaOf, type FieldType, type Schema } from './schema.ts'

/** A flat record as scripts, tables and CSV see an entity: the API's field names, every field of the schema present. */
type FlatRecord = { readonly [field: string]: unknown }

/** The names under which output shows settings, by the field names that scripts use. */
export const SETTING_FIELDS: Readonly<Record<string, string>> = {
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
 * the server left out is null here, whatever it means; a field that only the server knows comes last.
 */
export function recordOf(entity: Entity, beside: readonly Entity[] = []): FlatRecord {
  const { empty, fields } = shapeOf(entity.name)
  const record: Record<string, unknown> = { ...empty }
  if ('id' in empty) record.id = entity.id
  for (const key in entity.attributes) record[fieldOf(key)] = entity.attributes[key] ?? null
  const resolved = new Map(
    entity.relations.map(({ key, value }) => [fieldOf(key.replace(/^Corrupted /, '')), value]),
  )
  for (const key in entity.related) {
    const field = fields.get(key) ?? key
    // What was resolved follows; the others have an id alone.
    record[field] = resolved.has(field) ? null : blank(entity.name, field, entity.related[key] ?? '')
  }
  for (const [field, value] of resolved)
    record[field] = isMany(value) ? value.map((one) => recordOf(one)) : recordOf(value)
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
function blank(of: string, field: string, id: string): FlatRecord {
  const name = relatedName(schemaOf(of)[field])
  return name === undefined ? { id } : { ...shapeOf(name).plain, id }
}

/** What the records of a kind have in common, made once: lists of fleets ask for it with every entity. */
interface RecordShape {
  /** Every field, null. */
  readonly empty: FlatRecord
  /** Every field that is neither a relation nor a collection, null. */
  readonly plain: FlatRecord
  /** The fields of relations by their names in the API. */
  readonly fields: ReadonlyMap<string, string>
}

const SHAPES = new Map<string, RecordShape>()

function shapeOf(name: string): RecordShape {
  const known = SHAPES.get(name)
  if (known !== undefined) return known
  const schema: Schema = schemaOf(name)
  const nulls = (fields: readonly string[]) => Object.fromEntries(fields.map((field) => [field, null]))
  const kind = kindNamed(name)
  const shape: RecordShape = {
    empty: nulls(Object.keys(schema)),
    plain: nulls(
      Object.keys(schema).filter((field) => typeof schema[field] === 'string' && !relatedName(schema[field])),
    ),
    fields: new Map(
      Object.keys(kind ? KINDS[kind].relations : {}).map((relation) => [
        relation,
        relationField(name, relation),
      ]),
    ),
  }
  SHAPES.set(name, shape)
  return shape
}

function isMany(value: Entity | readonly Entity[]): value is readonly Entity[] {
  return Array.isArray(value)
}
