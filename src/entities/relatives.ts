import type { Resource } from '../impcentral/types.ts'
import { batchesOf, flattened } from '../output/batches.ts'
import { ImptError } from '../output/error.ts'
import { named } from '../output/messages.ts'
import type { Entity, Relation } from '../output/result.ts'
import { entityOf, unknownEntity } from './entity.ts'
import type { Finder } from './finder.ts'
import { KIND_NAMES, KINDS, kindOfType, type Kind, type RelationRow } from './kinds.ts'

/** A relation of the API as the table of kinds has it, with its name there. */
interface Shown extends RelationRow {
  readonly relation: string
}

/** The relations of a group to its own deployments and to other groups. */
const IN_GROUP = KINDS.dg.info.filter((relation) => !['product', 'owner', 'creator'].includes(relation))

/** The rows of some relations of a kind, each made once: lists of fleets ask for them with every entity. */
function shownOf(kind: Kind | undefined, form: 'list' | 'info'): readonly Shown[] {
  return kind === undefined ? [] : SHOWN[form][kind]
}

const lists = ({ type }: Resource, relation: string) =>
  shownOf(kindOfType(type), 'list').some((shown) => shown.relation === relation)

const rowsOf = (kind: Kind, relations: readonly string[]): readonly Shown[] =>
  relations.flatMap((relation) => {
    const row = KINDS[kind].relations[relation]
    return row ? [{ relation, ...row }] : []
  })

const SHOWN = {
  // What a related entity shows of its own belongs to the info form: in a list it would cost a request for each.
  list: Object.fromEntries(
    KIND_NAMES.map((kind) => [
      kind,
      rowsOf(kind, KINDS[kind].lists.relate).map(({ inner: _inner, ...shown }): Shown => shown),
    ]),
  ),
  info: Object.fromEntries(KIND_NAMES.map((kind) => [kind, rowsOf(kind, KINDS[kind].info)])),
} as unknown as Record<'list' | 'info', Record<Kind, readonly Shown[]>>

/** More related entities of one kind than this are read from one list instead of one by one. */
const MOST_SINGLE_READS = 3

/** Told of each relation that points at an entity which does not exist (output.md 8). */
export type CorruptionListener = (text: string) => void

/** Resolves the relations that the info form of an entity shows, all at once. */
export function infoRelations(
  finder: Finder,
  resource: Resource,
  onCorrupted: CorruptionListener,
): Promise<readonly Relation[]> {
  return resolve(finder, resource, shownOf(kindOfType(resource.type), 'info'), onCorrupted)
}

/** The relations of a Device Group that stand in the group itself: deployments and targets. */
export function groupRelations(
  finder: Finder,
  group: Resource,
  onCorrupted: CorruptionListener,
): Promise<readonly Relation[]> {
  return resolve(finder, group, rowsOf('dg', IN_GROUP), onCorrupted)
}

/** Related entities of a list that were made already, by the relation and their id; null: not worth showing. */
type Made = Map<Shown, Map<string, Relation | null>>

/** Batches that wait for their related entities while later ones arrive: enough that waiting never holds up the next pages. */
const BATCHES_AHEAD = 64
const BATCH = 100

/** Makes entities in list form out of a list that is still arriving: related entities are read once, many of them from one list. */
export function listEntities(
  finder: Finder,
  resources: Iterable<Resource> | AsyncIterable<Resource>,
  onCorrupted: CorruptionListener,
): AsyncGenerator<Entity> {
  return flattened(entityBatches(finder, resources, onCorrupted))
}

async function* entityBatches(
  finder: Finder,
  resources: Iterable<Resource> | AsyncIterable<Resource>,
  onCorrupted: CorruptionListener,
): AsyncGenerator<readonly Entity[], void, undefined> {
  const made: Made = new Map()
  const waiting: Promise<readonly Entity[]>[] = []
  const begin = (batch: readonly Resource[]) => {
    const entities = entitiesOf(finder, batch, made, onCorrupted)
    // Its error is thrown where its turn comes; until then nobody may have awaited it.
    entities.catch(() => undefined)
    waiting.push(entities)
  }
  let batch: Resource[] = []
  let isFirst = true
  for await (const arrived of batchesOf(resources)) {
    const [first] = arrived
    // Asked for before the further pages take all turns.
    if (isFirst && first?.relationships?.owner && lists(first, 'owner')) finder.me().catch(() => undefined)
    isFirst = false
    batch.push(...arrived)
    if (batch.length < BATCH) continue
    begin(batch)
    batch = []
    if (waiting.length > BATCHES_AHEAD) yield (await waiting.shift()) ?? []
  }
  begin(batch)
  for (const entities of waiting) yield await entities
}

async function entitiesOf(
  finder: Finder,
  resources: readonly Resource[],
  made: Made,
  onCorrupted: CorruptionListener,
): Promise<readonly Entity[]> {
  await readTogether(finder, resources, made)
  const entities: Entity[] = []
  for (const resource of resources) {
    const relations: Relation[] = []
    for (const shown of shownOf(kindOfType(resource.type), 'list')) {
      const id = resource.relationships?.[shown.relation]?.id
      if (id === undefined) continue
      // A fleet has few groups and owners: most relations are made already, and awaiting each would cost more than the rest.
      let relation = made.get(shown)?.get(id)
      if (relation === undefined) {
        relation = await resolveOne(finder, resource, shown, onCorrupted)
        // A corrupted relation is told for every entity that has it.
        if (!relation?.key.startsWith('Corrupted')) {
          const others = made.get(shown) ?? new Map<string, Relation | null>()
          made.set(shown, others.set(id, relation))
        }
      }
      if (relation) relations.push(relation)
    }
    entities.push(entityOf(resource, relations))
  }
  return entities
}

/** Reads the related entities of a batch from one list of their kind, where that is cheaper than asking for each. */
async function readTogether(finder: Finder, resources: readonly Resource[], made: Made): Promise<void> {
  const wanted = new Map<Kind, Set<string>>()
  for (const resource of resources) {
    for (const shown of shownOf(kindOfType(resource.type), 'list')) {
      const { relation, kind } = shown
      const id = resource.relationships?.[relation]?.id
      if (id === undefined || kind === 'account' || made.get(shown)?.has(id)) continue
      const ids = wanted.get(kind) ?? new Set()
      wanted.set(kind, ids.add(id))
    }
  }
  if (wanted.size === 0) return
  await Promise.all(
    [...wanted].map(async ([kind, ids]) => {
      if ([...ids].filter((id) => !finder.knows(kind, id)).length > MOST_SINGLE_READS)
        await finder.readAll(kind)
    }),
  )
}

async function resolve(
  finder: Finder,
  resource: Resource,
  shown: readonly Shown[],
  onCorrupted: CorruptionListener,
): Promise<readonly Relation[]> {
  const relations = await Promise.all(shown.map((one) => resolveOne(finder, resource, one, onCorrupted)))
  return relations.filter((relation) => relation !== null)
}

async function resolveOne(
  finder: Finder,
  resource: Resource,
  shown: Shown,
  onCorrupted: CorruptionListener,
): Promise<Relation | null> {
  const id = resource.relationships?.[shown.relation]?.id
  if (id === undefined) return null
  // One's own account is not worth a line (output.md 7).
  if (shown.kind === 'account' && (await finder.me()).id === id) return null
  const { name } = KINDS[shown.kind]
  const related = await finder.listedById(shown.kind, id).catch((error: unknown) => {
    // An account that shares nothing else with us may not be read; its id is all there is.
    if (error instanceof ImptError && error.code === 'FORBIDDEN') return 'hidden' as const
    throw error
  })
  if (related === 'hidden') return { key: shown.key, value: unknownEntity(name, id) }
  if (related === null) {
    const self = entityOf(resource)
    const label = named(self.name, typeof self.attributes.name === 'string' ? self.attributes.name : self.id)
    onCorrupted(`Unexpected state. ${label} is related to corrupted ${named(name, id)} which does not exist.`)
    return { key: shown.key === name ? `Corrupted ${name}` : shown.key, value: unknownEntity(name, id) }
  }
  return {
    key: shown.key,
    value: entityOf(
      related,
      await resolve(finder, related, rowsOf(shown.kind, shown.inner ?? []), onCorrupted),
    ),
  }
}
