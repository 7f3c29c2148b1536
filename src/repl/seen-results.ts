import { groupTypeOf } from '../entities/kind.ts'
import type { Entity, EntityName } from '../output/result.ts'
import type { EntityCache } from '../session/entity-cache.ts'
import type { EntityKind, SeenResource } from '../session/entity-kinds.ts'

/** The kinds that are remembered, by the names of output. */
export const KIND_OF: Partial<Record<EntityName, EntityKind>> = {
  Account: 'account',
  Product: 'product',
  'Device Group': 'dg',
  Device: 'device',
  Deployment: 'build',
  Webhook: 'webhook',
  'Login Key': 'loginkey',
}

/** Remembers entities of a result, or forgets them if they are gone. */
export function keepSeen(cache: EntityCache, entities: readonly Entity[], isGone: boolean): void {
  for (const entity of entities) {
    const kind = KIND_OF[entity.name]
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
  const type = name === 'Device Group' ? groupTypeOf(String(attributes['type'])) : name.toLowerCase()
  return { id, type, attributes, relationships }
}
