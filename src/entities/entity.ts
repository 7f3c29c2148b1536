import type { Resource } from '../impcentral/types.ts'
import type { Entity, Relation } from '../output/result.ts'
import { groupTypeName, KINDS, kindOfType } from './kinds.ts'
import type { EntityName } from './schema.ts'

const CONTENT_TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'application/json': 'json',
    'application/x-www-form-urlencoded': 'urlencoded',
  }),
)

/** The name of a type of the API; `Unknown` for one that is not in the table of kinds. */
export function entityName(type: string): EntityName {
  const kind = kindOfType(type)
  return kind === undefined ? 'Unknown' : (KINDS[kind].name as EntityName)
}

/** A resource of the API as an entity of output: short type names, relations as the command resolved them. */
export function entityOf(resource: Resource, relations: readonly Relation[] = []): Entity {
  const name = entityName(resource.type)
  // Fleets of devices go through here: pairs and their lists would cost more than the rest.
  const related: Record<string, string> = {}
  for (const key in resource.relationships) {
    const id = resource.relationships[key]?.id
    if (id !== undefined) related[key] = id
  }
  return {
    name,
    id: resource.id,
    attributes: shownAttributes(name, resource),
    relations,
    related,
  }
}

/** An entity of which only the id is known: gone, or not for us to see. */
export function unknownEntity(name: string, id: string): Entity {
  return { name, id, attributes: {}, relations: [], related: {} }
}

function shownAttributes(name: EntityName, { type, attributes }: Resource): Entity['attributes'] {
  if (name === 'Device Group') return { type: groupTypeName(type), ...attributes }
  if (name === 'Unknown') return { type, ...attributes }
  if (name !== 'Webhook' || !('content_type' in attributes)) return attributes
  return { ...attributes, content_type: CONTENT_TYPES.get(String(attributes.content_type)) ?? 'unknown' }
}
