import { ImptError } from '../output/error.ts'
import { notFound } from '../output/messages.ts'
import { changedResource, resourceOf, resourcesOf, type Api, type CallOptions, type Document } from './api.ts'
import { listPages, PAGE_SIZE, pageOf, pageQuery, type Page } from './paging.ts'
import type { Shape } from './shape.ts'
import { pathOf } from './transport.ts'
import type { Resource, ResourceIdentifier } from './types.ts'

/** Server-side filters by name without the `filter[...]` around it, such as `{'owner.id': id}`; one value each (impcentral-api.md 2.4). */
export type Filter<Name extends string> = { readonly [name in Name]?: string | undefined }

export interface ListOptions extends CallOptions {
  /** Items per page, 1 to 100; default 100. */
  readonly pageSize?: number
}

/** Relationships of a new or changed resource by name, each a bare identifier. */
export type Relationships = Readonly<Record<string, ResourceIdentifier>>

type Reader<F> = {
  /** All resources that match, in the server's order; fetches as they are consumed. */
  list(filter?: F, options?: ListOptions): AsyncGenerator<Resource, void, undefined>
  /** One resource by its id (Devices also by MAC address or agent ID). Throws NOT_FOUND. */
  get(id: string, options?: CallOptions): Promise<Resource>
}

/** `list` and `get` of a collection by the parts of its path, such as `products`. */
export function reader<F extends Filter<string>>(
  api: Api,
  shape: Shape,
  ...collection: readonly string[]
): Reader<F> {
  return {
    list: (filter, options) => listResources(api, shape, pathOf(...collection), filter ?? {}, options),
    get: async (id, options) => resourceOf(await api.get(pathOf(...collection, id), {}, options), shape),
  }
}

/** All resources under a path, each once. */
export function listResources(
  api: Api,
  shape: Shape,
  path: string,
  filter: Filter<string>,
  options?: ListOptions,
): AsyncGenerator<Resource, void, undefined> {
  const check = (document: Document) => resourcesOf(document, shape)
  return listItems(api, path, filter, check, (resource) => resource.id, options)
}

/** All items under a path, whose pages `check` turns into lists and whose repetitions `keyOf` tells. */
export function listItems<T>(
  api: Api,
  path: string,
  filter: Filter<string>,
  check: (document: Document) => readonly T[],
  keyOf: (item: T) => string,
  options: ListOptions = {},
): AsyncGenerator<T, void, undefined> {
  const { pageSize = PAGE_SIZE, signal, ...rest } = options
  const filters = Object.entries(filter).flatMap(([name, value]) =>
    value === undefined ? [] : [[`filter[${name}]`, value] as const],
  )
  return listPages<T>(
    async (page, pageSignal) => {
      const query = { ...Object.fromEntries(filters), ...pageQuery(page, pageSize) }
      const document = await api.get(path, query, { ...rest, signal: pageSignal })
      return pageOf(document, check(document), pageSize)
    },
    keyOf,
    signal,
  )
}

/** One page of items that are no resources, which `check` turns into a list. */
export async function onePage<T>(
  api: Api,
  path: string,
  check: (document: Document) => readonly T[],
  page: number,
  pageSize: number,
  options?: CallOptions,
): Promise<Page<T>> {
  const document = await api.get(path, pageQuery(page, pageSize), options)
  return pageOf(document, check(document), pageSize)
}

/** Creates a resource; gives it as the server made it. */
export async function create(
  api: Api,
  shape: Shape,
  collection: string,
  type: string,
  attributes: object,
  relationships: Relationships | undefined,
  options?: CallOptions,
  headers?: Readonly<Record<string, string>>,
): Promise<Resource> {
  const data = { type, attributes, ...bareRelationships(relationships) }
  const path = pathOf(collection)
  return changedResource(await api.change('POST', path, { data }, headers, options), shape, path)
}

/** Changes a resource; undefined when the server answers without a body. */
export async function update(
  api: Api,
  shape: Shape,
  collection: string,
  type: string,
  id: string,
  attributes: object,
  relationships: Relationships | undefined,
  options?: CallOptions,
): Promise<Resource | undefined> {
  const data = { type, id, attributes, ...bareRelationships(relationships) }
  const path = pathOf(collection, id)
  const document = await about(shape, id, api.change('PATCH', path, { data }, undefined, options))
  // A server may answer a change with 204.
  return document === undefined ? undefined : changedResource(document, shape, path)
}

/**
 * Does a call about an entity; that the server does not know the entity any more is said in the documented words (messages.md 1). An answer that
 * only speaks of another resource in it, which is 400 with 404 inside, stays as it is.
 */
export async function about<T>(shape: Shape, id: string, call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    if (!(error instanceof ImptError) || error.code !== 'NOT_FOUND' || error.http?.status !== 404) throw error
    throw new ImptError(
      'NOT_FOUND',
      shape.secretId ? `${shape.name} is not found.` : notFound(shape.name, id),
      { http: error.http, cause: error },
    )
  }
}

/** Deletes what is at a path. */
export async function remove(api: Api, path: string, options?: CallOptions): Promise<void> {
  await api.change('DELETE', path, undefined, undefined, options)
}

/** Triggers an action that has neither body nor result. */
export async function act(api: Api, path: string, options?: CallOptions): Promise<void> {
  await api.change('POST', path, undefined, undefined, options)
}

function bareRelationships(relationships: Relationships | undefined): { relationships?: Relationships } {
  if (relationships === undefined) return {}
  return {
    relationships: Object.fromEntries(
      Object.entries(relationships).map(([name, to]) => [name, identifier(to)]),
    ),
  }
}

// Callers may pass a whole resource; only the identifier belongs into the request.
function identifier<T extends string>(resource: ResourceIdentifier<T>): ResourceIdentifier<T> {
  return { type: resource.type, id: resource.id }
}
