import { KINDS, groupTypeNamed, kindNamed } from '../entities/kinds.ts'
import type { EntityCache } from '../entities/cache.ts'
import type { SeenResource } from '../entities/cached.ts'
import type { Entity } from '../output/result.ts'

/** Remembers entities of a result, or forgets them if they are gone. */
export function keepSeen(cache: EntityCache, entities: readonly Entity[], isGone: boolean): void {
  for (const entity of entities) {
    const kind = kindNamed(entity.name)
    if (kind === undefined) continue
    if (isGone) cache.forget(kind, entity.id)
    else if (Object.keys(entity.attributes).length > 0) cache.remember(kind, [resourceOf(entity)])
  }
}

/** The same items; what has been read of them is remembered. */
export function seenList(
  cache: EntityCache,
  items: readonly Entity[] | AsyncIterable<Entity>,
  isGone: boolean,
): readonly Entity[] | AsyncIterable<Entity> {
  if (Array.isArray(items)) {
    keepSeen(cache, items as readonly Entity[], isGone)
    return items as readonly Entity[]
  }
  return (async function* () {
    const all: Entity[] = []
    try {
      for await (const item of items) {
        all.push(item)
        yield item
      }
    } finally {
      keepSeen(cache, all, isGone)
    }
  })()
}

function resourceOf({ name, id, attributes, related }: Entity): SeenResource {
  const relationships = Object.fromEntries(Object.entries(related).map(([key, id]) => [key, { id }]))
  const kind = kindNamed(name)
  const type = kind === 'dg' ? groupTypeNamed(String(attributes['type'])) : kind && KINDS[kind].types[0]
  return { id, type: type ?? 'unknown', attributes, relationships }
}
