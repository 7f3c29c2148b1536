// The room `entities`: products, device groups, devices, builds, webhooks and login keys by the names that people use.
// Enters: resources of the client, words such as a name, an id, a MAC address.
// Leaves: one entity or an error that names the candidates; lists with relations and fields in the documented order; a cache of names.
// Not known here: how a command line is written, and how a result is shown.
/**
 * The table of kinds: all that is known of each kind of entity of impCentral, one row a kind. The client checks answers against it, the finder
 * identifies by it, every output mode shows by it, scripts see its fields, and the cache of names keeps what it allows. Plain data: it loads
 * with the option table. Longer than other files, because a table is best read as one.
 */
import type { AttributeType, Collection, Shapes } from '../impcentral/shape.ts'
import type { DeviceGroupType, Resource } from '../impcentral/types.ts'

/** The kinds of entity, by the words of the commands. */
export type Kind = 'account' | 'product' | 'dg' | 'device' | 'build' | 'webhook' | 'loginkey'

/** A related entity: its kind, and the key under which output shows it (output.md 7). Scripts see it as a field of that name. */
export interface RelationRow {
  readonly kind: Kind
  readonly key: string
  /** Relations of the related entity that are shown inside it, by their API names. */
  readonly inner?: readonly string[]
  /** Hardly ever there: shown when it is, but no field or column that waits for it. */
  readonly rare?: true
}

/** One column of the short list for people. */
export interface ColumnRow {
  readonly title: string
  /** An attribute, a relation by its API name, or `id`. */
  readonly of: string
  /** `ago`: how long since a time; `short`: the first 8 characters; as it is otherwise. */
  readonly as?: 'ago' | 'short'
}

interface KindRow {
  /** The name in output and messages; the key of documented JSON. */
  readonly name: string
  /** Its place in the client and so in the API. */
  readonly api: Collection
  /** The types of the API that are of this kind. */
  readonly types: readonly string[]
  /** The attributes that an identifier is compared with, in order; the id comes before all of them (identifiers.md 1). */
  readonly identifiedBy: readonly string[]
  /** Texts that can be an id of this kind: they are asked for before anything is listed. */
  readonly mayBeId: RegExp
  /** How many parts its hierarchical identifier has (identifiers.md 3). */
  readonly parts?: number
  /** Its id is a credential. */
  readonly secretId?: true
  /** The type of every attribute, in the order of columns and fields. */
  readonly attributes: Readonly<Record<string, AttributeType>>
  /** Single related entities by their API names, in the order of columns and fields. */
  readonly relations: Readonly<Record<string, RelationRow>>
  /** Lists of entities that `--full` adds, by the key of display. */
  readonly collections?: Readonly<Record<string, Kind>>
  readonly lists: {
    /** The attributes of the list form, in order (output.md 7). */
    readonly show: readonly string[]
    /** The relations that lists resolve. */
    readonly relate: readonly string[]
    /** Attributes that the server may leave out of lists: only reading by id tells them. */
    readonly mayLeaveOut: readonly string[]
  }
  /** The relations of the info form, in order. */
  readonly info: readonly string[]
  /** The short list for people. */
  readonly columns: readonly ColumnRow[]
  /** What the cache of names keeps. Never code, logs, URLs of webhooks or anything else that may hold a secret. */
  readonly cache: {
    /** The attribute that is the entity's name. */
    readonly name: string
    /** Attributes that people read: matched by word and by letters. */
    readonly readable: readonly string[]
    /** Attributes that machines made: like ids, they match by their beginning only. */
    readonly opaque: readonly string[]
    /** Attributes shown beside the name in menus. */
    readonly shown: readonly string[]
    /** Whether it may be kept on disk. */
    readonly disk: boolean
  }
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const NONE = /^(?!)/
const DATES = { created_at: 'time', updated_at: 'time' } as const
const OWNER: RelationRow = { kind: 'account', key: 'Owner' }
const CREATOR: RelationRow = { kind: 'account', key: 'Creator' }
const PRODUCT: RelationRow = { kind: 'product', key: 'Product' }
const GROUP: RelationRow = { kind: 'dg', key: 'Device Group' }

/** The short names of the Device Group types by the API's, in the order of the manual (manual, Device Group Type). */
const GROUP_TYPES = {
  development_devicegroup: 'development',
  pre_factoryfixture_devicegroup: 'pre-factory',
  pre_dut_devicegroup: 'pre-dut',
  pre_production_devicegroup: 'pre-production',
  factoryfixture_devicegroup: 'factory',
  dut_devicegroup: 'dut',
  production_devicegroup: 'production',
} as const

const TABLE = {
  account: {
    name: 'Account',
    api: 'accounts',
    types: ['account'],
    identifiedBy: ['email', 'username'],
    mayBeId: /^(?:me|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i,
    attributes: { username: 'text', email: 'text', tier: 'text', ...DATES },
    relations: { owner: { ...OWNER, rare: true }, creator: { ...CREATOR, rare: true } },
    lists: { show: ['email', 'username'], relate: [], mayLeaveOut: [] },
    info: ['owner', 'creator'],
    columns: [
      { title: 'username', of: 'username' },
      { title: 'id', of: 'id' },
      { title: 'email', of: 'email' },
    ],
    cache: { name: 'username', readable: ['username', 'email'], opaque: [], shown: [], disk: true },
  },
  product: {
    name: 'Product',
    api: 'products',
    types: ['product'],
    identifiedBy: ['name'],
    mayBeId: UUID,
    parts: 2,
    attributes: { name: 'text', description: 'text', ...DATES },
    relations: { owner: OWNER, creator: CREATOR },
    collections: { 'Device Groups': 'dg' },
    lists: { show: ['name'], relate: ['owner'], mayLeaveOut: [] },
    info: ['owner', 'creator'],
    columns: [
      { title: 'name', of: 'name' },
      { title: 'id', of: 'id' },
      { title: 'owner', of: 'owner' },
      { title: 'description', of: 'description' },
    ],
    cache: { name: 'name', readable: ['name'], opaque: [], shown: [], disk: true },
  },
  dg: {
    name: 'Device Group',
    api: 'deviceGroups',
    types: Object.keys(GROUP_TYPES),
    identifiedBy: ['name'],
    mayBeId: UUID,
    parts: 3,
    attributes: {
      type: 'text',
      name: 'text',
      description: 'text',
      region: 'text',
      load_code_after_blessing: 'bool',
      env_vars: 'map',
      ...DATES,
    },
    relations: {
      owner: OWNER,
      creator: CREATOR,
      product: PRODUCT,
      current_deployment: { kind: 'build', key: 'Current Deployment' },
      min_supported_deployment: { kind: 'build', key: 'Min supported Deployment' },
      production_target: { kind: 'dg', key: 'Production Target' },
      dut_target: { kind: 'dg', key: 'DUT Target' },
    },
    collections: {
      'Production Target for': 'dg',
      'DUT Target for': 'dg',
      Webhooks: 'webhook',
      Devices: 'device',
    },
    lists: { show: ['type', 'name'], relate: ['product', 'owner'], mayLeaveOut: [] },
    info: [
      'product',
      'current_deployment',
      'min_supported_deployment',
      'production_target',
      'dut_target',
      'owner',
      'creator',
    ],
    columns: [
      { title: 'name', of: 'name' },
      { title: 'id', of: 'id' },
      { title: 'type', of: 'type' },
      { title: 'product', of: 'product' },
      { title: 'region', of: 'region' },
      { title: 'description', of: 'description' },
    ],
    cache: { name: 'name', readable: ['name'], opaque: [], shown: ['region'], disk: true },
  },
  device: {
    name: 'Device',
    api: 'devices',
    types: ['device'],
    identifiedBy: ['mac_address', 'agent_id', 'name'],
    // Device id, MAC address or agent id: the server takes all three (impcentral-api.md 2.3).
    mayBeId: /^(?:[0-9a-f]{16}|(?:[0-9a-f]{2}:?){5}[0-9a-f]{2}|[\w-]{12})$/i,
    attributes: {
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
    },
    // A device says what its group runs.
    relations: {
      owner: OWNER,
      creator: CREATOR,
      product: PRODUCT,
      devicegroup: { ...GROUP, inner: ['current_deployment'] },
    },
    lists: {
      show: ['name', 'mac_address', 'agent_id', 'device_online'],
      relate: ['devicegroup', 'owner'],
      mayLeaveOut: ['free_memory', 'swversion', 'plan_id'],
    },
    info: ['devicegroup', 'product', 'owner', 'creator'],
    columns: [
      { title: 'name', of: 'name' },
      { title: 'id', of: 'id' },
      { title: 'online', of: 'device_online' },
      { title: 'since', of: 'device_state_changed_at', as: 'ago' },
      { title: 'group', of: 'devicegroup' },
      { title: 'product', of: 'product' },
      { title: 'imp', of: 'imp_type' },
    ],
    cache: {
      name: 'name',
      readable: ['name'],
      opaque: ['mac_address', 'agent_id'],
      shown: ['device_online'],
      disk: true,
    },
  },
  build: {
    name: 'Deployment',
    api: 'deployments',
    types: ['deployment'],
    identifiedBy: ['sha', 'tags', 'origin'],
    mayBeId: UUID,
    attributes: {
      sha: 'text',
      description: 'text',
      origin: 'text',
      tags: 'texts',
      flagged: 'bool',
      device_code: 'text',
      agent_code: 'text',
      ...DATES,
    },
    relations: {
      owner: OWNER,
      creator: CREATOR,
      flagger: { kind: 'account', key: 'Flagger' },
      product: PRODUCT,
      devicegroup: GROUP,
    },
    lists: {
      show: ['sha', 'tags', 'origin', 'flagged'],
      relate: ['devicegroup', 'owner'],
      mayLeaveOut: ['device_code', 'agent_code'],
    },
    info: ['devicegroup', 'product', 'owner', 'creator'],
    columns: [
      { title: 'created', of: 'created_at', as: 'ago' },
      { title: 'tags', of: 'tags' },
      { title: 'flagged', of: 'flagged' },
      { title: 'sha', of: 'sha', as: 'short' },
      { title: 'group', of: 'devicegroup' },
      { title: 'description', of: 'description' },
    ],
    cache: {
      name: 'sha',
      readable: ['tags', 'origin'],
      opaque: ['sha'],
      shown: ['flagged', 'created_at'],
      disk: true,
    },
  },
  webhook: {
    name: 'Webhook',
    api: 'webhooks',
    types: ['webhook'],
    identifiedBy: [],
    mayBeId: UUID,
    attributes: { event: 'text', url: 'text', content_type: 'text', ...DATES },
    relations: { owner: OWNER, creator: CREATOR, devicegroup: GROUP, product: PRODUCT },
    lists: { show: ['event', 'url'], relate: ['devicegroup', 'owner'], mayLeaveOut: [] },
    info: ['devicegroup', 'product', 'owner', 'creator'],
    columns: [
      { title: 'id', of: 'id' },
      { title: 'event', of: 'event' },
      { title: 'url', of: 'url' },
      { title: 'group', of: 'devicegroup' },
    ],
    cache: { name: 'event', readable: ['event'], opaque: [], shown: ['event'], disk: true },
  },
  loginkey: {
    name: 'Login Key',
    api: 'loginKeys',
    types: ['login_key'],
    secretId: true,
    identifiedBy: [],
    mayBeId: NONE,
    attributes: { description: 'text', usages: 'number', ...DATES, last_used_at: 'time' },
    relations: { owner: OWNER, creator: CREATOR },
    lists: { show: ['description', 'usages'], relate: [], mayLeaveOut: [] },
    info: ['owner', 'creator'],
    columns: [
      { title: 'id', of: 'id' },
      { title: 'description', of: 'description' },
      { title: 'usages', of: 'usages' },
      { title: 'last used', of: 'last_used_at', as: 'ago' },
    ],
    cache: {
      name: 'description',
      readable: ['description'],
      opaque: [],
      shown: ['description'],
      disk: false,
    },
  },
} as const satisfies Record<Kind, KindRow>

export const KINDS: Readonly<Record<Kind, KindRow>> = TABLE

export const KIND_NAMES = Object.keys(KINDS) as readonly Kind[]

type Table = typeof TABLE

/** The names of the kinds in output. */
export type KindName = Table[Kind]['name']

type ValueOf<T> = T extends 'number'
  ? number
  : T extends 'bool'
    ? boolean
    : T extends 'texts'
      ? readonly string[]
      : T extends 'map'
        ? Readonly<Record<string, unknown>>
        : string

type TypeOf<K extends Kind> = K extends 'dg' ? DeviceGroupType : Table[K]['types'][number]

type LeftOut<K extends Kind> = Table[K]['lists']['mayLeaveOut'][number]

/** The attributes that every answer about an entity may hold. Absent means unknown, never empty; null means that there is none. */
type Told<K extends Kind> = {
  readonly [A in Exclude<keyof Table[K]['attributes'], LeftOut<K>>]?: ValueOf<
    Table[K]['attributes'][A]
  > | null
}

/** An entity as a list gives it: attributes that only reading by id tells do not exist in it. */
export type Listed<K extends Kind> = Resource<TypeOf<K>, Told<K>>

/** An entity that was read by its id. What is absent even so is known to nobody: code that needs it must fail. */
export type Whole<K extends Kind> = Resource<
  TypeOf<K>,
  Told<K> & {
    readonly [A in Extract<keyof Table[K]['attributes'], LeftOut<K>>]:
      | ValueOf<Table[K]['attributes'][A]>
      | null
      | undefined
  }
>

/** What the client checks answers against. */
export const SHAPES = Object.fromEntries(
  Object.values(KINDS).map((row) => [row.api, row]),
) as unknown as Shapes

const KIND_OF_TYPE: ReadonlyMap<string, Kind> = new Map(
  KIND_NAMES.flatMap((kind) => KINDS[kind].types.map((type) => [type, kind] as const)),
)

const KIND_OF_NAME: ReadonlyMap<string, Kind> = new Map(KIND_NAMES.map((kind) => [KINDS[kind].name, kind]))

/** The kind of a type of the API; undefined for one that is not known. Device Groups of a type to come are Device Groups. */
export function kindOfType(type: string): Kind | undefined {
  return KIND_OF_TYPE.get(type) ?? (type.endsWith('_devicegroup') ? 'dg' : undefined)
}

/** The kind that output shows under a name; undefined for settings and what is not known. */
export function kindNamed(name: string): Kind | undefined {
  return KIND_OF_NAME.get(name)
}

/** The short names of the Device Group types, in the order of the manual. */
export const GROUP_TYPE_NAMES: readonly string[] = Object.values(GROUP_TYPES)

/** The short name of a Device Group's type; `unknown` for one that we do not know. */
export function groupTypeName(type: string): string {
  return Object.hasOwn(GROUP_TYPES, type) ? GROUP_TYPES[type as keyof typeof GROUP_TYPES] : 'unknown'
}

/** Whether groups of this type hold devices in the field, or make them: mistakes there are expensive. */
export function isInField(type: string): boolean {
  return type === 'production_devicegroup' || type === 'factoryfixture_devicegroup'
}

/** The API's type of a short name; undefined for a name that is none. */
export function groupTypeNamed(name: string): DeviceGroupType | undefined {
  return (Object.keys(GROUP_TYPES) as (keyof typeof GROUP_TYPES)[]).find((type) => GROUP_TYPES[type] === name)
}

/** The API's type of a short name that the binder has checked. */
export function groupTypeOf(name: string): DeviceGroupType {
  const type = groupTypeNamed(name)
  if (type === undefined) throw new TypeError(`no type of Device Groups: ${name}`)
  return type
}

/** The texts of an attribute: one, or each element of a list such as tags. */
export function textsOf(attributes: Readonly<Record<string, unknown>>, attribute: string): readonly string[] {
  const value = attributes[attribute]
  if (Array.isArray(value)) return value as readonly string[]
  return typeof value === 'string' ? [value] : []
}
