import type { Resource } from '../impcentral/types.ts'
import { ImptError } from '../output/error.ts'
import { named } from '../output/messages.ts'
import type { Entity, EntityName, Relation } from '../output/result.ts'
import { entityName, entityOf, unknownEntity } from './entity.ts'
import type { Finder } from './finder.ts'
import { KINDS, type Kind } from './kind.ts'

/** A relation of the API and the key under which it is shown (output.md 7). */
interface Shown {
  readonly relation: string
  readonly kind: Kind
  readonly key: string
  /** Shown inside the related entity. */
  readonly inner?: readonly Shown[]
}

const PRODUCT: Shown = { relation: 'product', kind: 'product', key: 'Product' }
const GROUP: Shown = { relation: 'devicegroup', kind: 'dg', key: 'Device Group' }
const OWNER: Shown = { relation: 'owner', kind: 'account', key: 'Owner' }
const CREATOR: Shown = { relation: 'creator', kind: 'account', key: 'Creator' }
const CURRENT: Shown = { relation: 'current_deployment', kind: 'build', key: 'Current Deployment' }
const TARGETS: readonly Shown[] = [
  CURRENT,
  { relation: 'min_supported_deployment', kind: 'build', key: 'Min supported Deployment' },
  { relation: 'production_target', kind: 'dg', key: 'Production Target' },
  { relation: 'dut_target', kind: 'dg', key: 'DUT Target' },
]

const IN_LIST: Partial<Record<EntityName, readonly Shown[]>> = {
  Product: [OWNER],
  'Device Group': [PRODUCT, OWNER],
  Device: [GROUP, OWNER],
  Deployment: [GROUP, OWNER],
  Webhook: [GROUP, OWNER],
}

const IN_INFO: Partial<Record<EntityName, readonly Shown[]>> = {
  Account: [OWNER, CREATOR],
  Product: [OWNER, CREATOR],
  'Device Group': [PRODUCT, ...TARGETS, OWNER, CREATOR],
  // A device says what its group runs.
  Device: [{ ...GROUP, inner: [CURRENT] }, PRODUCT, OWNER, CREATOR],
  Deployment: [GROUP, PRODUCT, OWNER, CREATOR],
  Webhook: [GROUP, PRODUCT, OWNER, CREATOR],
  'Login Key': [OWNER, CREATOR],
}

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
  return resolve(finder, resource, IN_INFO[entityName(resource.type)] ?? [], onCorrupted)
}

/** The relations of a Device Group that stand in the group itself: deployments and targets. */
export function groupRelations(
  finder: Finder,
  group: Resource,
  onCorrupted: CorruptionListener,
): Promise<readonly Relation[]> {
  return resolve(finder, group, TARGETS, onCorrupted)
}

/** Related entities of a list that were made already, by the key under which they are shown and their id; null: not worth showing. */
type Made = Map<string, Relation | null>

/** Batches that wait for their related entities while later ones arrive: enough that waiting never holds up the next pages. */
const BATCHES_AHEAD = 64
const BATCH = 100

/** Makes entities in list form out of a list that is still arriving: related entities are read once, many of them from one list. */
export async function* listEntities(
  finder: Finder,
  resources: Iterable<Resource> | AsyncIterable<Resource>,
  onCorrupted: CorruptionListener,
): AsyncGenerator<Entity> {
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
  for await (const resource of resources) {
    // Asked for before the further pages take all turns.
    if (isFirst && IN_LIST[entityName(resource.type)]?.includes(OWNER) && resource.relationships?.owner)
      finder.me().catch(() => undefined)
    isFirst = false
    batch.push(resource)
    if (batch.length < BATCH) continue
    begin(batch)
    batch = []
    if (waiting.length > BATCHES_AHEAD) yield* (await waiting.shift()) ?? []
  }
  begin(batch)
  for (const entities of waiting) yield* await entities
}

async function entitiesOf(
  finder: Finder,
  resources: readonly Resource[],
  made: Made,
  onCorrupted: CorruptionListener,
): Promise<readonly Entity[]> {
  await readTogether(finder, resources)
  const entities: Entity[] = []
  for (const resource of resources) {
    const relations: Relation[] = []
    for (const shown of IN_LIST[entityName(resource.type)] ?? []) {
      const id = resource.relationships?.[shown.relation]?.id
      if (id === undefined) continue
      const key = `${shown.key} ${id}`
      // A fleet has few groups and owners: most relations are made already, and awaiting each would cost more than the rest.
      let relation = made.get(key)
      if (relation === undefined) {
        relation = await resolveOne(finder, resource, shown, onCorrupted)
        // A corrupted relation is told for every entity that has it.
        if (!relation?.key.startsWith('Corrupted')) made.set(key, relation)
      }
      if (relation) relations.push(relation)
    }
    entities.push(entityOf(resource, relations))
  }
  return entities
}

/** Reads the related entities of a batch from one list of their kind, where that is cheaper than asking for each. */
async function readTogether(finder: Finder, resources: readonly Resource[]): Promise<void> {
  const wanted = new Map<Kind, Set<string>>()
  for (const resource of resources) {
    for (const { relation, kind } of IN_LIST[entityName(resource.type)] ?? []) {
      const id = resource.relationships?.[relation]?.id
      if (id === undefined || kind === 'account') continue
      const ids = wanted.get(kind) ?? new Set()
      wanted.set(kind, ids.add(id))
    }
  }
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
  const related = await finder.byId(shown.kind, id).catch((error: unknown) => {
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
    value: entityOf(related, await resolve(finder, related, shown.inner ?? [], onCorrupted)),
  }
}
