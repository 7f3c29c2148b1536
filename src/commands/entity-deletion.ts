import type { Finder } from '../entities/finder.ts'
import { collect } from '../impcentral/paging.ts'
import type { Resource } from '../impcentral/types.ts'
import { deleteGroupsPlan, type DeletionPlan } from './deletion.ts'
import { TARGETS } from './dg/targets.ts'

/**
 * Adds to a plan the Device Group that a Project or test configuration names with all its builds, the targets that only it uses (where
 * asked), and the Product if nothing else would be left in it (manual, project delete and test delete).
 */
export async function deleteEntitiesPlan(
  plan: DeletionPlan,
  finder: Finder,
  groupId: string,
  withTargets: boolean,
): Promise<void> {
  const group = await finder.byId('dg', groupId)
  if (!group) return
  // Without its Product there is no saying which other groups belong with it.
  const productId = group.relationships?.product?.id
  const siblings =
    productId === undefined ? [group] : await collect(finder.list('dg', { 'product.id': productId }))
  const others = siblings.filter(({ id }) => id !== group.id)
  const targets = withTargets
    ? others.filter(
        (sibling) => isTargetOf(group, sibling) && !others.some((other) => isTargetOf(other, sibling)),
      )
    : []
  const doomed = [group, ...targets]
  await deleteGroupsPlan(plan, finder, doomed, true)
  const isLast = productId !== undefined && siblings.length === doomed.length
  const product = isLast ? await finder.byId('product', productId) : null
  if (product) plan.products.push(product)
}

function isTargetOf(group: Resource, candidate: Resource): boolean {
  return TARGETS.some(({ relation }) => group.relationships?.[relation]?.id === candidate.id)
}
