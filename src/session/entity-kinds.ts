/** The kinds of entity whose names are remembered; the same words as in the option table. */
export type EntityKind = 'account' | 'product' | 'dg' | 'device' | 'build' | 'webhook' | 'loginkey'

/** What is remembered of a kind. Never code, logs, URLs of webhooks or anything else that may hold a secret. */
export interface KindRule {
  /** Attributes that identify an entity besides its id, in the order of identification (identifiers.md 1). */
  readonly identifying: readonly string[]
  /** Attributes that people read: matched by word and by letters. */
  readonly readable: readonly string[]
  /** Attributes that machines made: like ids, they match by their beginning only. */
  readonly opaque: readonly string[]
  /** Attributes shown beside the name in menus. */
  readonly shown: readonly string[]
  /** The attribute that is the entity's name. */
  readonly name: string
  /** Whether it may be kept on disk. */
  readonly disk: boolean
}

export const KINDS: Record<EntityKind, KindRule> = {
  account: {
    identifying: ['email', 'username'],
    readable: ['username', 'email'],
    opaque: [],
    shown: [],
    name: 'username',
    disk: true,
  },
  product: { identifying: ['name'], readable: ['name'], opaque: [], shown: [], name: 'name', disk: true },
  dg: { identifying: ['name'], readable: ['name'], opaque: [], shown: ['region'], name: 'name', disk: true },
  device: {
    identifying: ['mac_address', 'agent_id', 'name'],
    readable: ['name'],
    opaque: ['mac_address', 'agent_id'],
    shown: ['device_online'],
    name: 'name',
    disk: true,
  },
  build: {
    identifying: ['sha', 'tags', 'origin'],
    readable: ['tags', 'origin'],
    opaque: ['sha'],
    shown: ['flagged', 'created_at'],
    name: 'sha',
    disk: true,
  },
  webhook: { identifying: [], readable: ['event'], opaque: [], shown: ['event'], name: 'event', disk: true },
  // Its id is the secret itself.
  loginkey: {
    identifying: [],
    readable: ['description'],
    opaque: [],
    shown: ['description'],
    name: 'description',
    disk: false,
  },
}

export const ENTITY_KINDS = Object.keys(KINDS) as readonly EntityKind[]

/** An attribute that may be remembered. */
export type CachedValue = string | boolean | readonly string[]

/** What is remembered of an entity. Names come from the server and are shown escaped only. */
export interface CachedEntity {
  readonly id: string
  /** The type as the API names it, such as `development_devicegroup`. */
  readonly type: string
  readonly attributes: Readonly<Record<string, CachedValue>>
  /** Ids of related entities: `owner`, `product`, `devicegroup`. */
  readonly related: Readonly<Record<string, string>>
  /** When the server last said so; milliseconds since 1970. */
  readonly seenAt: number
}

/** A resource of the API as far as it is looked at here. */
export interface SeenResource {
  readonly id: string
  readonly type: string
  readonly attributes?: Readonly<Record<string, unknown>>
  readonly relationships?: Readonly<Record<string, { readonly id: string } | undefined>>
}

const RELATIONS = ['owner', 'product', 'devicegroup']
const REMEMBERED = Object.fromEntries(
  Object.entries(KINDS).map(([kind, { identifying, shown }]) => [kind, [...identifying, ...shown]]),
) as unknown as Record<EntityKind, readonly string[]>

/** What is remembered of a resource. */
export function cachedFrom(kind: EntityKind, resource: SeenResource, seenAt: number): CachedEntity {
  const { id, type, attributes, relationships } = resource
  return cached(kind, { id, type, seenAt }, attributes, (relation) => relationships?.[relation]?.id)
}

/** The same for what was once written to disk, which is checked like an answer of the server; undefined when it has another shape. */
export function cachedAgain(kind: EntityKind, item: unknown): CachedEntity | undefined {
  const { id, type, seenAt, attributes, related } = Object(item) as Record<string, unknown>
  if (typeof id !== 'string' || typeof type !== 'string' || typeof seenAt !== 'number') return undefined
  const relatedTo = Object(related) as Record<string, unknown>
  return cached(
    kind,
    { id, type, seenAt },
    Object(attributes) as Record<string, unknown>,
    (name) => relatedTo[name],
  )
}

function cached(
  kind: EntityKind,
  entity: Pick<CachedEntity, 'id' | 'type' | 'seenAt'>,
  given: SeenResource['attributes'],
  relatedTo: (relation: string) => unknown,
): CachedEntity {
  const attributes: Record<string, CachedValue> = {}
  for (const name of REMEMBERED[kind]) {
    const value = given?.[name]
    if (isCachedValue(value)) attributes[name] = value
  }
  const related: Record<string, string> = {}
  for (const name of RELATIONS) {
    const id = relatedTo(name)
    if (typeof id === 'string') related[name] = id
  }
  const { id, type, seenAt } = entity
  return { id, type, attributes, related, seenAt }
}

/** The name of an entity as people know it; its id when it has none. */
export function nameOf(kind: EntityKind, entity: CachedEntity): string {
  const name = entity.attributes[KINDS[kind].name]
  return typeof name === 'string' ? name : entity.id
}

/** The texts of some attributes of an entity; a list of tags gives several. */
export function textsOf(entity: CachedEntity, names: readonly string[]): readonly string[] {
  const texts: string[] = []
  for (const name of names) {
    const value = entity.attributes[name]
    if (typeof value === 'string') texts.push(value)
    else if (Array.isArray(value)) texts.push(...(value as readonly string[]))
  }
  return texts
}

function isCachedValue(value: unknown): value is CachedValue {
  if (typeof value === 'string') return value !== ''
  return (
    typeof value === 'boolean' || (Array.isArray(value) && value.every((item) => typeof item === 'string'))
  )
}
