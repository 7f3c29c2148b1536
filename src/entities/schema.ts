import type { AttributeType } from '../impcentral/shape.ts'
import { KINDS, KIND_NAMES, type Kind, type KindName } from './kinds.ts'

/**
 * The records that are no entities of impCentral: settings of ours and log entries. Their fields in order; those of entities follow from the
 * table of kinds.
 */
const OTHERS = {
  'Log Entry': { ts: 'time', device_id: 'text', type: 'text', msg: 'text' },
  Auth: {
    auth_type: 'text',
    endpoint: 'text',
    auto_refresh: 'bool',
    login_method: 'text',
    access_token: 'text',
    username: 'text',
    email: 'text',
    account_id: 'text',
  },
  Project: {
    device_file: 'text',
    agent_file: 'text',
    preprocess: 'bool',
    device_group: 'Device Group',
    auth: 'Auth',
  },
  'Test Configuration': {
    test_files: 'texts',
    device_file: 'text',
    agent_file: 'text',
    stop_on_failure: 'bool',
    timeout: 'number',
    allow_disconnect: 'bool',
    builder_cache: 'bool',
    github_config: 'text',
    builder_config: 'text',
    device_group: 'Device Group',
  },
  'GitHub credentials Configuration': { path: 'text', user: 'text' },
  'Builder Configuration': { path: 'text' },
  /** An entity of a type that is not known here: its type is all that is sure. */
  Unknown: { id: 'text', type: 'text' },
} as const

/** The names under which entities and settings appear in output (output.md 7). They are also the keys of the documented JSON. */
export type EntityName = KindName | Exclude<keyof typeof OTHERS, 'Log Entry'>

/** The kinds of record that scripts see. */
export type RecordName = EntityName | 'Log Entry'

/** The type of a field as a script sees it; `time` fields arrive as ISO text and become times (language.md 2.5). */
export type FieldType = AttributeType | RecordName | { readonly list: RecordName }

/** A closed schema: the fields of a record in order. A field that is not listed is an error in a script (language.md 2.6). */
export type Schema = Readonly<Record<string, FieldType>>

const SCHEMAS: ReadonlyMap<string, Schema> = new Map<string, Schema>([
  ...KIND_NAMES.map((kind) => [KINDS[kind].name, kindSchema(kind)] as const),
  ...Object.entries(OTHERS),
])

/** The closed schema of a kind of record. */
export function schemaOf(name: string): Schema {
  return SCHEMAS.get(name) ?? OTHERS.Unknown
}

/** Whether a record is a setting of ours: it has no id, and shows what is set. */
export function isSetting(name: string): boolean {
  return !('id' in schemaOf(name))
}

/** The field of a relation or collection by its key of display: `Current Deployment` is `current_deployment`. */
export function fieldOfKey(key: string): string {
  return key.toLowerCase().replaceAll(' ', '_')
}

function kindSchema(kind: Kind): Schema {
  const { attributes, relations, collections = {}, secretId } = KINDS[kind]
  const related = Object.values(relations).filter(({ rare }) => !rare)
  return {
    id: secretId ? 'secret' : 'text',
    ...attributes,
    ...Object.fromEntries(related.map((row) => [fieldOfKey(row.key), KINDS[row.kind].name as KindName])),
    ...Object.fromEntries(
      Object.entries(collections).map(([key, of]) => [fieldOfKey(key), { list: KINDS[of].name as KindName }]),
    ),
  }
}
