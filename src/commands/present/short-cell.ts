import { KINDS, type ColumnRow, type Kind } from '../../entities/kinds.ts'
import { agoText } from '../../output/age.ts'
import { cellText } from '../../output/cell.ts'
import type { Entity } from '../../output/result.ts'
import { visible } from '../../output/visible.ts'
import type { Look } from './look.ts'

/** What people read in a column of a kind's short list; times as how long ago, seen from `now` in ms. */
export function shortCell(
  kind: Kind,
  entity: Entity,
  { of, as }: ColumnRow,
  now: number,
  nameOf: Look['nameOf'],
): string {
  const { cache, relations } = KINDS[kind]
  if (of === 'id') return visible(entity.id)
  const relation = relations[of]
  if (relation !== undefined) {
    const found = entity.relations.find(({ key }) => key.replace(/^Corrupted /, '') === relation.key)?.value
    const related = found !== undefined && 'id' in found ? found : undefined
    const id = related?.id ?? entity.related[of]
    const name = related?.attributes[KINDS[relation.kind].cache.name]
    return cellText(name ?? (id === undefined ? '' : (nameOf?.(relation.kind, id) ?? id)))
  }
  const value = entity.attributes[of]
  if (of === cache.name && of === 'name' && (value === null || value === undefined || value === ''))
    return '(unnamed)'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'string' && as === 'ago') return agoText(value, now)
  if (typeof value === 'string' && as === 'short') return visible(value.slice(0, 8))
  return cellText(value)
}
