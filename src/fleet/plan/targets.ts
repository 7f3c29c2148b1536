import type { GroupNode } from '../account.ts'
import type { Field, TargetPaths } from './change.ts'
import type { GroupPair } from './plan.ts'
import { targetRenamed } from './renamed.ts'

/** What differs between the targets of a fixture here and there. */
export function planTargets(
  ours: GroupNode,
  theirs: GroupNode,
  siblings: readonly GroupPair[],
): { readonly fields: readonly Field[]; readonly paths: TargetPaths } | undefined {
  const paths = targetPaths(ours, siblings)
  const fields = (['production', 'dut'] as const).flatMap((which): Field[] => {
    const path = paths[which]
    // By its old name it is the one that it was: a changed name is no other target.
    if (path === undefined || targetRenamed(ours, theirs, siblings, which) !== undefined) return []
    const wanted = siblings.find((one) => one.ours.path === path)?.theirs?.cloud?.id
    if (wanted !== undefined && wanted === theirs.cloud?.targetIds[which]) return []
    return [{ name: `target ${which}`, from: theirs.targets[which], to: ours.targets[which] }]
  })
  return fields.length === 0 ? undefined : { fields, paths }
}

/** The folder's paths of the groups that a fixture names. */
export function targetPaths({ targets }: GroupNode, siblings: readonly GroupPair[]): TargetPaths {
  const pathOf = (name: string | undefined) =>
    name === undefined ? undefined : siblings.find(({ ours }) => ours.name === name)?.ours.path
  return { production: pathOf(targets.production), dut: pathOf(targets.dut) }
}
