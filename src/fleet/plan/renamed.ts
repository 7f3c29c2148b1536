import type { DeviceNode, GroupNode, Targets } from '../account.ts'
import type { Cloud } from '../cloud/read.ts'
import type { Folder } from '../folder/read.ts'
import type { GroupPair, PlanOptions } from './plan.ts'

/** The names of a Product and of a group of it, as a row of `devices.csv` has them. */
export interface Place {
  readonly product: string
  readonly group: string
}

/** What names groups in the folder and is to name them as they are called there now. */
export interface Renamed {
  /** Rows of `devices.csv`, by the ids of devices. */
  readonly rows: ReadonlyMap<string, Place>
  /** Targets in the `group.json` of fixtures, by the paths of these. */
  readonly targets: ReadonlyMap<string, Targets>
}

/** The name that a target of a fixture has now, where the fixture names it as the cloud does still; undefined for any other. */
export function targetRenamed(
  ours: GroupNode,
  theirs: GroupNode | undefined,
  groups: readonly GroupPair[],
  which: keyof Targets,
): string | undefined {
  const name = ours.targets[which]
  const id = theirs?.cloud?.targetIds[which]
  if (name === undefined || id === undefined || name !== theirs?.targets[which]) return undefined
  const now = groups.find((one) => one.theirs?.cloud?.id === id)?.ours.name
  return now === name ? undefined : now
}

export function renamedTargets(groups: readonly GroupPair[]): Renamed['targets'] {
  return new Map(
    groups.flatMap(({ ours, theirs }) => {
      const found = (['production', 'dut'] as const).flatMap((which) => {
        const now = targetRenamed(ours, theirs, groups, which)
        return now === undefined ? [] : [[which, now] as const]
      })
      return found.length === 0 ? [] : [[ours.path, Object.fromEntries(found)] as const]
    }),
  )
}

/**
 * The rows of `devices.csv` that name a group as it was called before it, or its Product, got another name in the folder: by the device's id
 * the names that they mean now. A changed name is no move (fleet 2.3), also where two groups change their names with each other. A row whose
 * names are those of where its device is in the cloud is such a row; so is each of a table that nobody edited, and one whose old name no
 * group has any more.
 */
export function renamedRows(
  folder: Folder,
  cloud: Cloud,
  groups: readonly GroupPair[],
  { rows, isAsWritten }: Pick<PlanOptions, 'rows' | 'isAsWritten'>,
): ReadonlyMap<string, Place> {
  const ours = new Map(
    folder.tree.products.flatMap((product) =>
      product.groups.map((group) => [group.path, { product: product.name, group: group.name }] as const),
    ),
  )
  const names = new Set([...ours.values()].map(keyOf))
  const before = new Map<string, { readonly to: Place; readonly isEdited: boolean }>()
  const pairOf = new Map(groups.map(({ ours: mine, theirs }) => [theirs?.cloud?.id, mine]))
  for (const product of cloud.tree.products)
    for (const group of product.groups) {
      const mine = pairOf.get(group.cloud?.id)
      const to = mine && ours.get(mine.path)
      const from = { product: product.name, group: group.name }
      if (mine === undefined || to === undefined || keyOf(to) === keyOf(from)) continue
      const files = [`${mine.path}/group.json`, `${mine.path.split('/').slice(0, 2).join('/')}/product.json`]
      before.set(keyOf(from), { to, isEdited: !files.every(isAsWritten) })
    }
  if (before.size === 0 || rows === undefined) return new Map()
  const byId = new Map(cloud.tree.devices?.map((one) => [one.id, one]))
  const isUnedited = isAsWritten('devices.csv')
  return new Map(
    rows.flatMap((row) => {
      const meant = row.group === '' ? undefined : before.get(keyOf(row))
      if (meant === undefined) return []
      const there = byId.get(row.id)
      const isThere = there !== undefined && keyOf(there) === keyOf(row)
      const isOld = isThere || (isUnedited && meant.isEdited) || !names.has(keyOf(row))
      return isOld ? [[row.id, meant.to] as const] : []
    }),
  )
}

function keyOf({ product, group }: Place | DeviceNode): string {
  return `${product}\n${group}`
}
