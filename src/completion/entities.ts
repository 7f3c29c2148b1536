import { groupTypeName, KINDS, type Kind } from '../entities/kinds.ts'
import { visible } from '../output/visible.ts'
import type { EntityCache } from '../entities/cache.ts'
import { nameOf, type CachedEntity } from '../entities/cached.ts'
import type { MenuItem } from './item.ts'
import { quotedWord } from './quoted.ts'

/** The entities of a kind that match, best first: what is shown, and the identifier that names exactly this one (repl.md 3.3). */
export function entityItems(cache: EntityCache, kind: Kind, typed: string): readonly MenuItem[] {
  const found = cache.search(kind, typed)
  const times = new Map<string, number>()
  for (const entity of found) {
    const name = nameOf(kind, entity)
    times.set(name, (times.get(name) ?? 0) + 1)
  }
  return found.map((entity) => {
    const name = nameOf(kind, entity)
    // Of thousands of entities a few are seen: what is shown is made when it is.
    return {
      insert: quotedWord(identifierOf(cache, kind, entity, times.get(name) === 1)),
      get label() {
        return labelOf(kind, entity, name)
      },
      get detail() {
        return detailOf(cache, kind, entity, name)
      },
    }
  })
}

/** The name if it is the only one, else the hierarchical identifier, else the id; names with control characters are never typed. */
function identifierOf(cache: EntityCache, kind: Kind, entity: CachedEntity, isUnique: boolean): string {
  const name = nameOf(kind, entity)
  if (kind === 'loginkey' || kind === 'webhook' || visible(name) !== name || name.includes('\t'))
    return entity.id
  if (isUnique) return name
  return hierarchical(cache, kind, entity) ?? entity.id
}

function hierarchical(
  cache: EntityCache,
  kind: Kind,
  { related, attributes }: CachedEntity,
): string | undefined {
  const owner =
    related['owner'] === undefined
      ? undefined
      : cache.get('account', related['owner'])?.attributes['username']
  const name = attributes['name']
  const product =
    related['product'] === undefined
      ? undefined
      : cache.get('product', related['product'])?.attributes['name']
  const parts = kind === 'product' ? [owner, name] : kind === 'dg' ? [owner, product, name] : []
  // Two entities of one parent may still share a name; a brace in a name cannot be told from the form's own.
  const isExact =
    parts.length > 0 &&
    parts.every(
      (part) => typeof part === 'string' && part !== '' && !/[{}]/.test(part) && visible(part) === part,
    )
  if (!isExact) return undefined
  const rivals = cache.idsFor(kind, String(name)).filter((id) => {
    const rival = cache.get(kind, id)
    return (
      rival?.related['owner'] === related['owner'] &&
      (kind === 'product' || rival?.related['product'] === related['product'])
    )
  })
  return rivals.length === 1 ? parts.map((part) => `{${String(part)}}`).join('') : undefined
}

function labelOf(kind: Kind, entity: CachedEntity, name: string): string {
  if (kind === 'loginkey')
    return `${visible(String(entity.attributes['description'] ?? 'login key'))} …${entity.id.slice(-4)}`
  if (kind === 'build')
    return visible(String([entity.attributes['tags'] ?? []].flat()[0] ?? name.slice(0, 12)))
  return visible(name)
}

function detailOf(cache: EntityCache, kind: Kind, entity: CachedEntity, name: string): string {
  const { attributes, related, type } = entity
  const id = entity.id === name ? '' : entity.id
  const group = related['devicegroup'] === undefined ? undefined : cache.get('dg', related['devicegroup'])
  const product = related['product'] === undefined ? undefined : cache.get('product', related['product'])
  switch (kind) {
    case 'device': {
      const online = cache.isOnline(entity)
      return parts(
        id,
        online === undefined ? '' : online ? 'online' : 'offline',
        group && nameOf('dg', group),
      )
    }
    case 'dg':
      return parts(id, groupTypeName(type), product && nameOf('product', product))
    case 'build':
      return parts(
        id,
        String(attributes['created_at'] ?? '').slice(0, 10),
        [attributes['tags'] ?? []].flat().join(', '),
        attributes['flagged'] === true ? 'flagged' : '',
      )
    // The id of a login key is the credential itself.
    case 'loginkey':
      return ''
    default:
      return parts(id, ...KINDS[kind].cache.shown.map((key) => String(attributes[key] ?? '')))
  }
}

function parts(...texts: readonly (string | undefined)[]): string {
  return visible(texts.filter((text) => text !== undefined && text !== '').join('  '))
}
