import { nameOf, textsIn, type CachedEntity } from './cached.ts'
import { KINDS, type Kind } from './kinds.ts'
import { candidateOf, foldedBy, matchRank, patternOf } from './match.ts'
import type { Candidate, MatchRank, Pattern } from './match.ts'

/** Entities remembered of a kind; those seen longest ago go first. */
const CAPACITY = 20_000
/** What is older is not offered any more (repl.md 3.7 rule 4). */
export const KEPT_MS = 7 * 24 * 3_600_000

interface Indexed {
  readonly entity: CachedEntity
  readonly name: string
  readonly readable: readonly Candidate[]
  /** The id and its like, each after a line end: one search finds any that begins so. */
  readonly opaque: Candidate
}

/** What is remembered of one kind. Times are milliseconds since 1970. */
export interface Shelf {
  readonly kind: Kind
  readonly entities: Map<string, CachedEntity>
  /** Ids that are known to be gone, and since when. */
  readonly gone: Map<string, number>
  /** When a list of all was last begun that was fetched to its end. */
  listedAt: number | undefined
  /** What was seen before this does not count. */
  since: number
  /** Differs from what is on disk. */
  dirty: boolean
  /** What search looks at, by name; made when it is needed. */
  index: readonly Indexed[] | undefined
}

export function emptyShelf(kind: Kind): Shelf {
  return {
    kind,
    entities: new Map(),
    gone: new Map(),
    listedAt: undefined,
    since: 0,
    dirty: false,
    index: undefined,
  }
}

/** Adds or replaces entities, newest last. */
export function put(shelf: Shelf, entities: readonly CachedEntity[]): void {
  for (const entity of entities) {
    shelf.entities.delete(entity.id)
    shelf.entities.set(entity.id, entity)
    shelf.gone.delete(entity.id)
  }
  for (const id of shelf.entities.keys()) {
    if (shelf.entities.size <= CAPACITY) break
    shelf.entities.delete(id)
  }
  changed(shelf)
}

/** Removes one entity. */
export function remove(shelf: Shelf, id: string, now: number): void {
  shelf.entities.delete(id)
  shelf.gone.set(id, now)
  changed(shelf)
}

/** Empties the shelf. */
export function clear(shelf: Shelf, now: number): void {
  shelf.entities.clear()
  shelf.since = now
  shelf.listedAt = undefined
  changed(shelf)
}

/** A complete list was begun at this time: what was seen before it only is gone. */
export function keepListed(shelf: Shelf, startedAt: number): void {
  for (const { id, seenAt } of shelf.entities.values()) if (seenAt < startedAt) shelf.entities.delete(id)
  shelf.since = startedAt
  shelf.listedAt = startedAt
  changed(shelf)
}

/** Takes over what another session or an earlier run knew, unless we know better. */
export function absorb(shelf: Shelf, entities: readonly CachedEntity[], listedAt: number | undefined): void {
  const fresh = entities.filter((entity) => {
    const { id, seenAt } = entity
    const known = shelf.entities.get(id)?.seenAt ?? -1
    return seenAt > known && seenAt >= shelf.since && seenAt > (shelf.gone.get(id) ?? -1)
  })
  if (fresh.length > 0) {
    const own = [...shelf.entities.values()]
    put(shelf, fresh)
    // Our own entities stay the newest, except those about which the others know more.
    const { entities } = shelf
    put(
      shelf,
      own.filter((entity) => !entities.has(entity.id) || entities.get(entity.id) === entity),
    )
  }
  if (listedAt !== undefined && listedAt >= Math.max(shelf.since, shelf.listedAt ?? 0))
    shelf.listedAt = listedAt
}

/** The ids that a typed text may name, by the first attribute that matches exactly (identifiers.md 2). Several mean ambiguity. */
export function idsFor(shelf: Shelf, text: string): readonly string[] {
  if (shelf.entities.has(text)) return [text]
  for (const attribute of KINDS[shelf.kind].identifiedBy) {
    const found: string[] = []
    for (const { id, attributes } of shelf.entities.values()) {
      const value = attributes[attribute]
      if (value === text || (Array.isArray(value) && value.includes(text))) found.push(id)
    }
    if (found.length > 0) return found
  }
  return []
}

/** Entities that match what was typed, best first: by prefix, then by word, then by letters in order; within each by name. */
export function search(shelf: Shelf, typed: string): readonly CachedEntity[] {
  const pattern = patternOf(typed)
  const found: [CachedEntity[], CachedEntity[], CachedEntity[]] = [[], [], []]
  shelf.index ??= indexOf(shelf)
  for (const indexed of shelf.index) {
    const rank = rankOf(indexed, pattern)
    if (rank !== undefined) found[rank].push(indexed.entity)
  }
  return found.flat()
}

function rankOf(indexed: Indexed, pattern: Pattern): MatchRank | undefined {
  let best: MatchRank | undefined
  for (const candidate of indexed.readable) {
    const rank = matchRank(pattern, candidate)
    if (rank === 0) return 0
    if (rank !== undefined && rank < (best ?? 3)) best = rank
  }
  return foldedBy(pattern, indexed.opaque).includes(`\n${pattern.text}`) ? 0 : best
}

// Plain comparison of names: it is enough for a menu, and much quicker than a collator.
function indexOf({ kind, entities }: Shelf): readonly Indexed[] {
  const index = Array.from(entities.values(), (entity) => indexedOf(kind, entity))
  return index.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

// One changed entity must not cost the preparation of all others.
const prepared = new WeakMap<CachedEntity, Indexed>()

function indexedOf(kind: Kind, entity: CachedEntity): Indexed {
  const known = prepared.get(entity)
  if (known !== undefined) return known
  const { readable, opaque } = KINDS[kind].cache
  const indexed = {
    entity,
    name: nameOf(kind, entity).toLowerCase(),
    readable: textsIn(entity, readable).map(candidateOf),
    opaque: candidateOf(`\n${[entity.id, ...textsIn(entity, opaque)].join('\n')}`),
  }
  prepared.set(entity, indexed)
  return indexed
}

function changed(shelf: Shelf): void {
  shelf.dirty = true
  shelf.index = undefined
}
