import { collect } from '../impcentral/paging.ts'
import type { Resource } from '../impcentral/types.ts'
import type { Entity, Relation } from '../output/result.ts'
import { entityOf } from './entity.ts'
import type { Finder } from './finder.ts'
import { groupRelations, type CorruptionListener } from './relatives.ts'

/** The groups that target a group, by the relation that they have to it (impcentral-api.md 9). */
const TARGET_KEYS = [
  { relation: 'production_target', key: 'Production Target for' },
  { relation: 'dut_target', key: 'DUT Target for' },
] as const

/** What `--full` adds to a Device Group: which groups target it, its webhooks and devices. Empty collections are left out. */
export async function fullRelations(finder: Finder, group: Resource): Promise<readonly Relation[]> {
  const productId = group.relationships?.product?.id
  const [siblings, webhooks, devices] = await Promise.all([
    isTarget(group) && productId !== undefined ? collect(finder.list('dg', { 'product.id': productId })) : [],
    collect(finder.list('webhook', { 'devicegroup.id': group.id })),
    collect(finder.list('device', { 'devicegroup.id': group.id })),
  ])
  return collections(group, siblings, webhooks, devices)
}

/** The Device Groups of a Product with all that `product info --full` shows in them, read with one list of each kind. */
export async function fullGroups(
  finder: Finder,
  productId: string,
  onCorrupted: CorruptionListener,
): Promise<readonly Entity[]> {
  const [groups, webhooks, devices] = await Promise.all([
    collect(finder.list('dg', { 'product.id': productId })),
    collect(finder.list('webhook')),
    collect(finder.list('device', { 'product.id': productId })),
  ])
  const isOf = (group: Resource) => (resource: Resource) =>
    resource.relationships?.devicegroup?.id === group.id
  return Promise.all(
    groups.map(async (group) =>
      entityOf(group, [
        ...(await groupRelations(finder, group, onCorrupted)),
        ...collections(group, groups, webhooks.filter(isOf(group)), devices.filter(isOf(group))),
      ]),
    ),
  )
}

/** Only production and DUT groups can be targets. */
function isTarget({ type }: Resource): boolean {
  return /^(?:pre_)?(?:production|dut)_devicegroup$/.test(type)
}

function collections(
  group: Resource,
  siblings: readonly Resource[],
  webhooks: readonly Resource[],
  devices: readonly Resource[],
): readonly Relation[] {
  const targeting = TARGET_KEYS.map(({ relation, key }) => ({
    key,
    value: siblings
      .filter((sibling) => sibling.relationships?.[relation]?.id === group.id)
      .map((sibling) => entityOf(sibling)),
  }))
  return [
    ...targeting,
    { key: 'Webhooks', value: webhooks.map((webhook) => entityOf(webhook)) },
    { key: 'Devices', value: devices.map((device) => entityOf(device)) },
  ].filter(({ value }) => value.length > 0)
}
