import { groupTypeName } from '../../entities/kinds.ts'
import type { GroupNode, ProductNode } from '../account.ts'
import type { Cloud } from '../cloud/read.ts'
import type { Change } from './change.ts'
import type { PlanOptions } from './plan.ts'
import { counted } from '../../output/messages.ts'

/** A Product that the folder does not have: it goes with all of its groups or not at all. */
export function onlyCloudProduct(
  product: ProductNode,
  cloud: Cloud,
  options: PlanOptions,
): readonly Change[] {
  const id = product.cloud?.id ?? ''
  const base = { kind: 'product', path: product.path, id, label: product.name, fields: [] } as const
  if (!options.prune) return [{ ...base, action: 'keep', why: 'kept (--prune deletes)' }]
  const groups = product.groups.map((group) => onlyInCloud(group, cloud, options))
  const stays = groups.some(({ action }) => action !== 'delete')
  if (stays || cloud.unread.length > 0)
    return [
      { ...base, action: 'impossible', why: stays ? 'it has groups that stay' : 'not all of it may be read' },
      ...groups,
    ]
  return [{ ...base, action: 'delete', op: { do: 'delete product', id } }, ...groups]
}

/** A group that the folder does not have: it goes only if it is empty (impcentral-api.md 9). */
export function onlyInCloud(group: GroupNode, cloud: Cloud, { prune }: PlanOptions): Change {
  const id = group.cloud?.id ?? ''
  const base = {
    kind: 'group',
    path: group.path,
    id,
    label: `${group.name} (${groupTypeName(group.type)})`,
    fields: [],
  } as const
  if (!prune) return { ...base, action: 'keep', why: 'kept (--prune deletes)' }
  const devices = cloud.deviceCounts?.get(id) ?? 0
  if (devices > 0)
    return {
      ...base,
      action: 'impossible',
      why: `not deleted: it has ${counted(devices, 'device')}`,
    }
  if (cloud.deviceCounts === undefined || cloud.unread.length > 0)
    return { ...base, action: 'impossible', why: 'not deleted: not all of it may be read' }
  if (group.builds?.some(({ flagged }) => flagged))
    return { ...base, action: 'impossible', why: 'not deleted: it has flagged builds' }
  return { ...base, action: 'delete', op: { do: 'delete group', id } }
}
