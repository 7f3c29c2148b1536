import { KIND_NAMES, KINDS, textsOf, type Kind } from './kinds.ts'

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

/** The relations that are remembered, of every kind that has them. */
export const RELATIONS: readonly string[] = ['owner', 'product', 'devicegroup']

const REMEMBERED = Object.fromEntries(
  KIND_NAMES.map((kind) => [
    kind,
    [...new Set([KINDS[kind].cache.name, ...KINDS[kind].identifiedBy, ...KINDS[kind].cache.shown])],
  ]),
) as unknown as Record<Kind, readonly string[]>

/** What is remembered of a resource. */
export function cachedFrom(kind: Kind, resource: SeenResource, seenAt: number): CachedEntity {
  const { id, type, attributes, relationships } = resource
  return cached(kind, { id, type, seenAt }, attributes, (relation) => relationships?.[relation]?.id)
}

/** The same for what was once written to disk, which is checked like an answer of the server; undefined when it has another shape. */
export function cachedAgain(kind: Kind, item: unknown): CachedEntity | undefined {
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
  kind: Kind,
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
export function nameOf(kind: Kind, entity: CachedEntity): string {
  const name = entity.attributes[KINDS[kind].cache.name]
  return typeof name === 'string' ? name : entity.id
}

/** The texts of some attributes of an entity; a list of tags gives several. */
export function textsIn(entity: CachedEntity, names: readonly string[]): readonly string[] {
  return names.flatMap((name) => textsOf(entity.attributes, name))
}

function isCachedValue(value: unknown): value is CachedValue {
  if (typeof value === 'string') return value !== ''
  return (
    typeof value === 'boolean' || (Array.isArray(value) && value.every((item) => typeof item === 'string'))
  )
}
