import type { Resource } from '../impcentral/types.ts'
import { batchesOf, flattened } from '../output/batches.ts'
import type { Filter, Finder } from './finder.ts'
import type { Kind, Listed } from './kinds.ts'

/** One option of a list: the server's name of the filter and the values that it may have; undefined values mean no filter. */
type NativeFilters = Readonly<Record<string, readonly string[] | undefined>>

/**
 * Turns the identifiers of a filter option into ids; undefined where the option was not given. An identifier that names nothing adds
 * nothing, an ambiguous one adds all it names (identifiers.md 4).
 */
export async function idsOf(
  finder: Finder,
  kind: Kind,
  texts: readonly string[],
): Promise<readonly string[] | undefined> {
  if (texts.length === 0) return undefined
  const found = await Promise.all([...new Set(texts)].map((text) => finder.findAll(kind, text)))
  return [...new Set(found.flat().map(({ id }) => id))]
}

/**
 * Lists the resources for which every filter has one of its values: one listing for each combination, since the server takes one value a
 * filter. An entity that matches several combinations comes once.
 */
export function listFiltered<R extends Resource>(filters: NativeFilters, list: ListOf<R>): AsyncIterable<R> {
  const [first, ...more] = combinations(filters)
  // Every generator on the way costs a fleet of devices its time.
  return first && more.length === 0 ? list(first) : listAll([...(first ? [first] : []), ...more], list)
}

type ListOf<R> = (filter: Filter) => AsyncIterable<R>

async function* listAll<R extends Resource>(filters: readonly Filter[], list: ListOf<R>): AsyncGenerator<R> {
  const seen = new Set<string>()
  for (const filter of filters) {
    for await (const resource of list(filter)) {
      if (seen.has(resource.id)) continue
      seen.add(resource.id)
      yield resource
    }
  }
}

/** As `listFiltered`, for a kind. */
export function listKind<K extends Kind>(
  finder: Finder,
  kind: K,
  filters: NativeFilters,
): AsyncIterable<Listed<K>> {
  return listFiltered(filters, (filter) => finder.list(kind, filter))
}

/** Leaves out what does not match. */
export function keep<R>(
  resources: AsyncIterable<R>,
  matches: (resource: R) => boolean,
): AsyncGenerator<R, void, undefined> {
  return flattened(keptBatches(resources, matches))
}

async function* keptBatches<R>(
  resources: AsyncIterable<R>,
  matches: (resource: R) => boolean,
): AsyncGenerator<readonly R[], void, undefined> {
  for await (const batch of batchesOf(resources)) yield batch.filter(matches)
}

/** The wanted value of a pair of contradicting flags; both or neither mean no filter (identifiers.md 4). */
export function eitherOf(yes: boolean, no: boolean): boolean | undefined {
  return yes === no ? undefined : yes
}

function combinations(filters: NativeFilters): Filter[] {
  let all: Filter[] = [{}]
  for (const [name, values] of Object.entries(filters)) {
    if (values === undefined) continue
    all = all.flatMap((filter) => [...new Set(values)].map((value) => ({ ...filter, [name]: value })))
  }
  return all
}
