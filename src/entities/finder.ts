import type { Client } from '../impcentral/client.ts'
import { collect } from '../impcentral/paging.ts'
import type { Resource } from '../impcentral/types.ts'
import { ImptError } from '../output/error.ts'
import { named, noIdentifier, notFound } from '../output/messages.ts'
import { entityOf } from './entity.ts'
import { hierarchyOf } from './hierarchy.ts'
import { KINDS, textsOf, type Kind, type Listed, type Whole } from './kinds.ts'
import { listEntities } from './relatives.ts'

/** What the finder may use of earlier answers; it never answers by itself (repl.md 3.7, cache rule 2). */
export interface Memory {
  /** Ids of entities that were last seen with exactly this identifying text. */
  idsFor(kind: Kind, text: string): readonly string[]
  remember(kind: Kind, resources: readonly Resource[]): void
}

/** Server-side filters by name, such as `{'owner.id': id}`. */
export type Filter = Readonly<Record<string, string>>

/** Finds entities by what people type, as identifiers.md describes. One finder serves one command: it asks nothing twice. */
export interface Finder {
  readonly client: Client
  /** The one entity that the text names. Throws USAGE for `""`, NOT_FOUND, or AMBIGUOUS with the candidates. */
  find<K extends Kind>(kind: K, text: string): Promise<Listed<K>>
  /** All entities that the text names; none is no error. For filters of lists. */
  findAll<K extends Kind>(kind: K, text: string): Promise<readonly Listed<K>[]>
  /** All that is known of an entity by an id that the server or a file gave; null when it is gone. Ids never fall back to names. */
  byId<K extends Kind>(kind: K, id: string): Promise<Whole<K> | null>
  /** As `byId`, but an entry of a list that was read will do. */
  listedById<K extends Kind>(kind: K, id: string): Promise<Listed<K> | null>
  /** All that is known of an entity that was found. Throws NOT_FOUND when it is gone meanwhile. */
  whole<K extends Kind>(kind: K, found: Listed<K>): Promise<Whole<K>>
  /** The entities that match filters of the server, as they arrive. */
  list<K extends Kind>(kind: K, filter?: Filter): AsyncGenerator<Listed<K>, void, undefined>
  /** The account that is logged in. */
  me(): Promise<Whole<'account'>>
  /** Whether `listedById` would answer without a request. */
  knows(kind: Kind, id: string): boolean
  /** Forgets the lists of a kind after a write of one's own. */
  forget(kind: Kind): void
  /** Reads all entities of a kind, so that `listedById` needs no request for them. */
  readAll(kind: Kind): Promise<void>
}

export function createFinder(client: Client, memory?: Memory): Finder {
  const gets = new Map<string, Promise<Resource | null>>()
  const lists = new Map<string, Promise<readonly Resource[]>>()
  /** Entities that a list gave, by kind and id. */
  const seen = new Map<string, Resource>()

  function byId(kind: Kind, id: string): Promise<Resource | null> {
    return once(gets, `${kind} ${id}`, async () => {
      try {
        const resource = await client[KINDS[kind].api].get(id)
        memory?.remember(kind, [resource])
        // A device is also found by its MAC address and agent id.
        if (resource.id !== id) gets.set(`${kind} ${resource.id}`, Promise.resolve(resource))
        return resource
      } catch (error) {
        if (error instanceof ImptError && error.code === 'NOT_FOUND') return null
        throw error
      }
    })
  }

  function list(kind: Kind, filter: Filter = {}): AsyncGenerator<Resource, void, undefined> {
    return client[KINDS[kind].api].list(filter)
  }

  function listed(kind: Kind, filter: Filter): Promise<readonly Resource[]> {
    return once(lists, `${kind} ${JSON.stringify(filter)}`, async () => {
      const all = await collect(list(kind, filter))
      memory?.remember(kind, all)
      return all
    })
  }

  /** Steps 1 and 2 of identifiers.md 2; `parent` limits a part of a hierarchical identifier to its parent's children. */
  async function plain(
    kind: Kind,
    text: string,
    filter: Filter,
    isChild: (resource: Resource) => boolean,
  ): Promise<readonly Resource[]> {
    const { identifiedBy, mayBeId } = KINDS[kind]
    // A text that cannot be an id need not wait for the 404: the listing starts beside it.
    const early = identifiedBy.length === 0 || mayBeId.test(text) ? undefined : listed(kind, filter)
    early?.catch(() => undefined)
    const direct = await byId(kind, text)
    // What is an id elsewhere may still be a name here.
    if (direct && isChild(direct)) return [direct]
    if (identifiedBy.length === 0) return []
    const all = await (early ?? listed(kind, filter))
    for (const attribute of identifiedBy) {
      const matches = all.filter(
        (resource) => textsOf(resource.attributes, attribute).includes(text) && isChild(resource),
      )
      if (matches.length > 0) return matches
    }
    return []
  }

  async function hierarchical(kind: Kind, parts: readonly string[]): Promise<readonly Resource[]> {
    const [accountText = '', productText = '', groupText = ''] = parts
    const account = single('account', accountText, await plain('account', accountText, {}, () => true))
    const ownedBy = (resource: Resource) => resource.relationships?.owner?.id === account.id
    const products = await plain('product', productText, { 'owner.id': account.id }, ownedBy)
    const product = single('product', productText, products)
    if (kind === 'product') return [product]
    const inProduct = (resource: Resource) => resource.relationships?.product?.id === product.id
    return [single('dg', groupText, await plain('dg', groupText, { 'product.id': product.id }, inProduct))]
  }

  async function findAll(kind: Kind, text: string): Promise<readonly Resource[]> {
    if (text === '') throw new ImptError('USAGE', noIdentifier(KINDS[kind].name))
    const parts = hierarchyOf(kind, text)
    if (!parts) return plain(kind, text, {}, () => true)
    try {
      return await hierarchical(kind, parts)
    } catch (error) {
      const matches = await plain(kind, text, {}, () => true)
      // The part that failed says more than the whole text does (identifiers.md 3).
      if (matches.length === 0) throw error
      return matches
    }
  }

  async function remembered(kind: Kind, text: string): Promise<Resource | null> {
    const ids = memory?.idsFor(kind, text) ?? []
    const id = ids[0]
    if (id === undefined || ids.length > 1 || id === text) return null
    const resource = await byId(kind, id)
    return resource &&
      KINDS[kind].identifiedBy.some((attribute) => textsOf(resource.attributes, attribute).includes(text))
      ? resource
      : null
  }

  async function find(kind: Kind, text: string): Promise<Resource> {
    try {
      return (await remembered(kind, text)) ?? single(kind, text, await findAll(kind, text))
    } catch (error) {
      throw await withRelations(finder, error)
    }
  }

  const finder = {
    client,
    byId,
    async listedById(kind: Kind, id: string) {
      return seen.get(`${kind} ${id}`) ?? byId(kind, id)
    },
    async whole(kind: Kind, { id }: Resource) {
      const found = await byId(kind, id)
      if (!found) throw new ImptError('NOT_FOUND', notFound(KINDS[kind].name, id))
      return found
    },
    list,
    knows: (kind: Kind, id: string) => seen.has(`${kind} ${id}`) || gets.has(`${kind} ${id}`),
    forget(kind: Kind) {
      for (const store of [gets, lists, seen])
        for (const key of store.keys()) if (key.startsWith(`${kind} `)) store.delete(key)
    },
    async readAll(kind: Kind) {
      for (const resource of await listed(kind, {})) seen.set(`${kind} ${resource.id}`, resource)
    },
    find,
    findAll: (kind: Kind, text: string) =>
      findAll(kind, text).catch((error: unknown) => {
        // A part of a hierarchical identifier that is missing or ambiguous leads to no child; its own matches are of another kind.
        if (error instanceof ImptError && (error.code === 'NOT_FOUND' || error.code === 'AMBIGUOUS'))
          return []
        throw error
      }),
    async me() {
      const account = await byId('account', 'me')
      if (!account) throw new ImptError('SERVER', 'Internal error: Unexpected format of impCentral response.')
      return account
    },
    // What the client gives fits the shape of its collection, which is the row of the kind: that is what the types of `Finder` say.
  } as Finder
  return finder
}

/** An ambiguity whose candidates say where they belong, in the form of a list (identifiers.md 2); any other error as it is. */
async function withRelations(finder: Finder, error: unknown): Promise<unknown> {
  const matches = error instanceof ImptError ? matchesOf.get(error) : undefined
  if (!(error instanceof ImptError) || !matches) return error
  const candidates = await collect(listEntities(finder, matches, () => undefined))
  return new ImptError(error.code, error.message, { candidates, cause: error })
}

/** The resources behind the candidates of an ambiguity. */
const matchesOf = new WeakMap<ImptError, readonly Resource[]>()

function single(kind: Kind, text: string, matches: readonly Resource[]): Resource {
  const { name, identifiedBy, secretId } = KINDS[kind]
  const [match] = matches
  if (match && matches.length === 1) return match
  if (!match) {
    // What was typed may be a credential with a typing error: it is not repeated.
    const message = secretId ? `${name} is not found.` : notFound(name, text)
    // Without a name there is nothing to go by but the list.
    throw new ImptError(
      'NOT_FOUND',
      message,
      identifiedBy.length === 0 ? { hint: `See "impt ${kind} list"` } : {},
    )
  }
  const error = new ImptError('AMBIGUOUS', `Multiple ${name}s ${named('', text).trimStart()} are found:`, {
    candidates: matches.map((resource) => entityOf(resource)),
  })
  matchesOf.set(error, matches)
  throw error
}

function once<T>(store: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const known = store.get(key)
  if (known) return known
  const made = make()
  store.set(key, made)
  return made
}
