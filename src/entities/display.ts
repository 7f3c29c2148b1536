import type { Entity, Form, Relation } from '../output/result.ts'
import { KINDS, kindNamed } from './kinds.ts'
import { isSetting } from './schema.ts'

/** A plain object whose keys are in the order of display: the documented JSON, and what the text modes lay out (output.md 7). */
type Display = { readonly [key: string]: unknown }

/** The object shown for an entity, wrapped in its name: `{"Product": {...}}`. */
export function displayOf(entity: Entity, form: Form): Display {
  return { [entity.name]: contentOf(entity, form) }
}

/** Several entities side by side in one object, as `project info --full` shows them. */
export function displayBeside(entity: Entity, form: Form, beside: readonly Entity[]): Display {
  return Object.assign(
    {},
    displayOf(entity, form),
    ...beside.map((other) => displayOf(other, 'info')),
  ) as Display
}

/** The attributes and relations of an entity without its name around them. */
function contentOf(entity: Entity, form: Form): Display {
  const shown = attributesOf(entity, form)
  return form === 'created' || entity.relations.length === 0
    ? shown
    : Object.assign(shown, relationsOf(entity.relations))
}

const LISTED = new Map<string, readonly string[]>()

/** The names of the attributes of a list, id first. */
export function listedAttributes(name: string): readonly string[] {
  const known = LISTED.get(name)
  if (known !== undefined) return known
  const kind = kindNamed(name)
  // Of what is not known, the type says most.
  const listed = ['id', ...(kind ? KINDS[kind].lists.show : ['type'])]
  LISTED.set(name, listed)
  return listed
}

function attributesOf(entity: Entity, form: Form): Display {
  if (isSetting(entity.name)) return { ...entity.attributes }
  const shown: Record<string, unknown> = { id: entity.id }
  if (form === 'info') {
    for (const [key, value] of Object.entries(entity.attributes))
      shown[key] = isEmptyValue(value) ? '' : value
    return shown
  }
  for (const key of listedAttributes(entity.name)) {
    if (key === 'id') continue
    const value = entity.attributes[key]
    if (value !== undefined && value !== '' && value !== false && !isEmptyValue(value)) shown[key] = value
  }
  return shown
}

function isEmptyValue(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.length === 0)
}

function relationsOf(relations: readonly Relation[]): Display {
  const shown: Record<string, unknown> = {}
  for (const { key, value, form = 'list' } of relations) {
    if (!isMany(value)) shown[key] = form === 'list' ? listedContent(value) : contentOf(value, form)
    else if (value.length > 0) shown[key] = value.map((entity) => displayOf(entity, 'list'))
  }
  return shown
}

const LISTED_CONTENT = new WeakMap<Entity, Display>()

/** Many entities of a list are related to the same few. */
function listedContent(entity: Entity): Display {
  const known = LISTED_CONTENT.get(entity)
  if (known !== undefined) return known
  const content = contentOf(entity, 'list')
  LISTED_CONTENT.set(entity, content)
  return content
}

function isMany(value: Relation['value']): value is readonly Entity[] {
  return Array.isArray(value)
}
