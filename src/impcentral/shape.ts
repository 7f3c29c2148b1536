import { ImptError } from '../output/error.ts'
import type { Resource } from './types.ts'

/** How the value of an attribute looks: `time` is ISO text, `secret` a text that is a credential, `map` an object. */
export type AttributeType = 'text' | 'number' | 'bool' | 'time' | 'secret' | 'texts' | 'map'

/** What the resources of one collection look like: all that the client knows of a kind of entity. */
export interface Shape {
  /** How errors call it. */
  readonly name: string
  readonly attributes: Readonly<Record<string, AttributeType>>
  readonly relations: Readonly<Record<string, unknown>>
  /** Its id is a credential, which no error repeats. */
  readonly secretId?: true
}

/** The collections of the API whose answers are checked. */
export type Collection =
  | 'accounts'
  | 'products'
  | 'deviceGroups'
  | 'devices'
  | 'deployments'
  | 'webhooks'
  | 'loginKeys'

export type Shapes = Readonly<Record<Collection, Shape>>

/** For resources of which nothing is known but that they have a type and an id. */
export const ANY_SHAPE: Shape = { name: 'the resource', attributes: {}, relations: {} }

/**
 * Makes what a server sent as a resource fit its shape, in place: the answer is fresh, and a fleet of devices must not be copied. A known
 * attribute of a wrong type is taken away, for it says nothing that can be relied on; unknown attributes stay as they are. `null` stays in
 * attributes and is taken out of relations, where both mean "none". Throws DATA for what has no type or id, and for a relation that neither
 * is null nor names an entity: what an entity belongs to decides what is changed and deleted.
 */
export function fitted(data: unknown, shape: Shape): Resource {
  if (!isObject(data) || typeof data['type'] !== 'string') throw dataError(`a resource (${shape.name})`)
  if (typeof data['id'] !== 'string') data['id'] = idText(data['id'], `an id (${shape.name})`)
  const attributes = (data['attributes'] ??= {})
  if (!isObject(attributes)) throw dataError(`"attributes" of ${shape.name} "${String(data['id'])}"`)
  const types: Readonly<Record<string, unknown>> = shape.attributes
  for (const name in attributes) {
    const type = types[name]
    if (typeof type === 'string' ? !isOf(type as AttributeType, attributes[name]) : name === '__proto__')
      delete attributes[name]
  }
  const relations = data['relationships']
  if (isObject(relations)) fitRelations(relations, `${shape.name} "${String(data['id'])}"`, shape)
  else if (relations === undefined || relations === null) delete data['relationships']
  else throw dataError(`"relationships" of ${shape.name} "${String(data['id'])}"`)
  if (data['meta'] !== undefined && !Array.isArray(data['meta'])) delete data['meta']
  return data as unknown as Resource
}

/** The error for an answer that is not what was asked for. */
export function dataError(expected: string): ImptError {
  return new ImptError('DATA', `impCentral sent an answer of an unexpected form: ${expected} was expected.`, {
    hint: 'Check that the API endpoint is the base URL of an impCentral API; run with --output debug to see the answer',
  })
}

function fitRelations(relations: Record<string, unknown>, owner: string, shape: Shape): void {
  for (const name in relations) {
    const to = relations[name]
    if (isObject(to) && typeof to['id'] === 'string' && typeof to['type'] === 'string') continue
    if (to === null || !Object.hasOwn(shape.relations, name)) {
      delete relations[name]
      continue
    }
    if (!isObject(to)) throw dataError(`the "${name}" of ${owner}`)
    to['id'] = idText(to['id'], `the id of the "${name}" of ${owner}`)
    if (typeof to['type'] !== 'string') to['type'] = 'unknown'
  }
}

/** Ids that are numbers occur; as text they name the same entity. */
function idText(id: unknown, what: string): string {
  if (typeof id === 'string') return id
  if (typeof id === 'number') return String(id)
  throw dataError(what)
}

function isOf(type: AttributeType, value: unknown): boolean {
  if (value === null) return true
  switch (type) {
    case 'number':
      return typeof value === 'number'
    case 'bool':
      return typeof value === 'boolean'
    case 'texts':
      return Array.isArray(value) && value.every((item) => typeof item === 'string')
    case 'map':
      return isObject(value)
    default:
      return typeof value === 'string'
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
