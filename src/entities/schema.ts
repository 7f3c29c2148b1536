import type { EntityName } from '../output/result.ts'

/** The kinds of record that scripts see: entities and log entries. */
export type RecordName = EntityName | 'Log Entry'

/** The type of a field as a script sees it; `time` fields arrive as ISO text and become times (language.md 2.5). */
export type FieldType =
  | 'text'
  | 'number'
  | 'bool'
  | 'time'
  | 'secret'
  | 'texts'
  | 'map'
  | RecordName
  | { readonly list: RecordName }

/** A closed schema: the fields of a record in order. A field that is not listed is an error in a script (language.md 2.6). */
export type Schema = Readonly<Record<string, FieldType>>

const DATES = { created_at: 'time', updated_at: 'time' } as const
const MAKERS = { owner: 'Account', creator: 'Account' } as const

const SCHEMAS: Readonly<Record<RecordName, Schema>> = {
  Account: { id: 'text', username: 'text', email: 'text', tier: 'text', ...DATES },
  Product: {
    id: 'text',
    name: 'text',
    description: 'text',
    ...DATES,
    ...MAKERS,
    device_groups: { list: 'Device Group' },
  },
  'Device Group': {
    id: 'text',
    type: 'text',
    name: 'text',
    description: 'text',
    region: 'text',
    load_code_after_blessing: 'bool',
    env_vars: 'map',
    ...DATES,
    ...MAKERS,
    product: 'Product',
    current_deployment: 'Deployment',
    min_supported_deployment: 'Deployment',
    production_target: 'Device Group',
    dut_target: 'Device Group',
    production_target_for: { list: 'Device Group' },
    dut_target_for: { list: 'Device Group' },
    webhooks: { list: 'Webhook' },
    devices: { list: 'Device' },
  },
  Device: {
    id: 'text',
    name: 'text',
    mac_address: 'text',
    agent_id: 'text',
    agent_url: 'text',
    device_online: 'bool',
    device_state_changed_at: 'time',
    agent_running: 'bool',
    agent_state_changed_at: 'time',
    last_enrolled_at: 'time',
    imp_type: 'text',
    ip_address: 'text',
    free_memory: 'number',
    rssi: 'number',
    swversion: 'text',
    plan_id: 'text',
    ...DATES,
    ...MAKERS,
    product: 'Product',
    device_group: 'Device Group',
  },
  Deployment: {
    id: 'text',
    sha: 'text',
    description: 'text',
    origin: 'text',
    tags: 'texts',
    flagged: 'bool',
    device_code: 'text',
    agent_code: 'text',
    ...DATES,
    ...MAKERS,
    flagger: 'Account',
    product: 'Product',
    device_group: 'Device Group',
  },
  Webhook: {
    id: 'text',
    event: 'text',
    url: 'text',
    content_type: 'text',
    ...DATES,
    ...MAKERS,
    device_group: 'Device Group',
    product: 'Product',
  },
  'Login Key': {
    id: 'secret',
    description: 'text',
    usages: 'number',
    ...DATES,
    last_used_at: 'time',
    ...MAKERS,
  },
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
}

/** The closed schema of a kind of record. */
export function schemaOf(name: RecordName): Schema {
  return SCHEMAS[name]
}
