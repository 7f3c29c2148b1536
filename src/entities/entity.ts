import type { Resource } from '../impcentral/types.ts'
import type { Entity, EntityName, Relation } from '../output/result.ts'
import { groupTypeName } from './kind.ts'

/** The name under which each resource type is shown. */
const NAMES: ReadonlyMap<string, EntityName> = new Map<string, EntityName>(
  Object.entries({
    account: 'Account',
    product: 'Product',
    device: 'Device',
    deployment: 'Deployment',
    webhook: 'Webhook',
    login_key: 'Login Key',
  }),
)

const CONTENT_TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'application/json': 'json',
    'application/x-www-form-urlencoded': 'urlencoded',
  }),
)

/** The name of a resource's kind; every `..._devicegroup` type is a Device Group. */
export function entityName(type: string): EntityName {
  return NAMES.get(type) ?? 'Device Group'
}

/** A resource of the API as an entity of output: short type names, relations as the command resolved them. */
export function entityOf(resource: Resource, relations: readonly Relation[] = []): Entity {
  const name = entityName(resource.type)
  const related = Object.entries(resource.relationships ?? {}).map(([key, { id }]) => [key, id])
  return {
    name,
    id: resource.id,
    attributes: shownAttributes(name, resource),
    relations,
    related: Object.fromEntries(related),
  }
}

/** An entity of which only the id is known: gone, or not for us to see. */
export function unknownEntity(name: EntityName, id: string): Entity {
  return { name, id, attributes: {}, relations: [], related: {} }
}

function shownAttributes(name: EntityName, { type, attributes }: Resource): Entity['attributes'] {
  if (name === 'Device Group') return { type: groupTypeName(type), ...attributes }
  if (name !== 'Webhook' || !('content_type' in attributes)) return attributes
  return { ...attributes, content_type: CONTENT_TYPES.get(String(attributes.content_type)) ?? 'unknown' }
}
