import { sha256 } from './code.ts'
import { grouped } from './grouped.ts'
import type { Change, Op, Rename } from './plan/change.ts'

/** Something that is done with one request, or a few that belong together. */
export interface Step {
  readonly op: Op
  /** What it carries out: one change, or those of all devices that go to one group. */
  readonly changes: readonly Change[]
  /** The first half of a rename in a circle: its success is no news yet. */
  readonly isPrelude?: true
  /** Paths that must not have failed before. */
  readonly needs: readonly string[]
  /** Paths that nothing can be done with if it fails. */
  readonly gives: readonly string[]
}

/** Steps that are done one after the other; lanes of one stage run side by side. */
type Lane = readonly Step[]

/**
 * The stages of a plan in order: Products; groups, fixtures after their targets; builds, each group's in order with its minimum; webhooks;
 * devices; and at the end what is deleted, children first.
 */
export function stepsOf(changes: readonly Change[]): readonly (readonly Lane[])[] {
  const of = (...kinds: readonly Op['do'][]) =>
    changes.filter(({ op }) => op !== undefined && kinds.includes(op.do))
  const single = (change: Change): Step => ({
    op: change.op as Op,
    changes: [change],
    needs: needsOf(change),
    gives: givesOf(change),
  })
  const lanes = (list: readonly Change[]): readonly Lane[] => list.map((change) => [single(change)])
  const isFixture = ({ op }: Change) => op?.do === 'create group' && /factoryfixture/.test(op.group.type)
  const hasTargets = ({ op }: Change) => op?.do === 'update group' && op.targets !== undefined
  const groups = of('create group')
  const updates = of('update group')
  const byGroup = grouped(of('create build', 'update build', 'move tags', 'set minimum'), ({ path }) => path)
  return [
    renamesFirst(of('update product')).map((lane) => lane.map(stepOf)),
    lanes(of('create product')),
    renamesFirst(updates.filter((one) => !hasTargets(one))).map((lane) => lane.map(stepOf)),
    lanes(groups.filter((one) => !isFixture(one))),
    lanes(groups.filter(isFixture)),
    lanes(updates.filter(hasTargets)),
    [...byGroup.values()].map((list) =>
      [
        ...list.filter(({ op }) => op?.do !== 'set minimum'),
        ...list.filter(({ op }) => op?.do === 'set minimum'),
      ].map(single),
    ),
    lanes(of('create webhook', 'update webhook')),
    lanes(of('update device')),
    moves(of('assign device', 'unassign device')),
    lanes(of('delete webhook')),
    lanes(of('delete group')),
    lanes(of('delete product')),
  ]

  function stepOf(item: Change | Step): Step {
    return 'changes' in item ? item : single(item)
  }
}

/**
 * Renames that free a name come before those that take it; a circle goes through a name that nobody has. They form one lane; changes without
 * a new name need none.
 */
function renamesFirst(changes: readonly Change[]): readonly (readonly (Change | Step)[])[] {
  const renameOf = ({ op }: Change): Rename | undefined =>
    op !== undefined && 'rename' in op ? op.rename : undefined
  const rest = changes.filter((change) => renameOf(change) === undefined)
  const byParent = grouped(
    changes.filter((change) => renameOf(change) !== undefined),
    ({ path }) => path.split('/').slice(0, -1).join('/'),
  )
  const lanes = [...byParent.values()].map((all) => {
    const ordered: (Change | Step)[] = []
    const pending = [...all]
    const held = new Set(pending.map((change) => renameOf(change)?.from))
    while (pending.length > 0) {
      const free = pending.findIndex((change) => !held.has(renameOf(change)?.to))
      const [next] = pending.splice(Math.max(0, free), 1) as [Change]
      const from = renameOf(next)?.from ?? ''
      held.delete(from)
      if (free >= 0) {
        ordered.push(next)
        continue
      }
      const name = `${from.slice(0, 75).replace(/[\ud800-\udbff]$/, '')}~${sha256(from).slice(0, 4)}`
      const op = {
        ...(next.op as Op & { readonly do: 'update group' }),
        attributes: { name },
        env: undefined,
        targets: undefined,
      }
      ordered.push({ op, changes: [next], isPrelude: true, needs: [], gives: [next.path] })
      pending.push(next)
    }
    return ordered
  })
  return [...rest.map((change) => [change]), ...lanes]
}

/** Devices of one group go together. */
function moves(changes: readonly Change[]): readonly Lane[] {
  const groupOf = ({ op }: Change) =>
    op?.do === 'assign device' ? op.group : op?.do === 'unassign device' ? ` ${op.groupId}` : ''
  return [...grouped(changes, groupOf)].map(([path, list]) => [
    { op: list[0]?.op as Op, changes: list, needs: ancestorsOf(path), gives: [] },
  ])
}

function needsOf({ op, path }: Change): readonly string[] {
  if (op === undefined || path === 'devices.csv') return []
  const targets =
    'targets' in op && op.targets ? [op.targets.production, op.targets.dut].flatMap((one) => one ?? []) : []
  const builds = ['create build', 'move tags', 'set minimum'].includes(op.do) ? [`${path}#builds`] : []
  return [...ancestorsOf(path), ...targets, ...builds]
}

/** A group's builds and a minimum that are not there fail together; what fails of an entity that exists harms nothing else. */
function givesOf({ op, path }: Change): readonly string[] {
  switch (op?.do) {
    case 'create product':
    case 'create group':
      return [path]
    case 'create build':
      return [`${path}#builds`]
    default:
      return []
  }
}

/** `a/b/c/d` needs `a/b` and `a/b/c/d` itself: products and groups have two parts each. */
function ancestorsOf(path: string): readonly string[] {
  const parts = path.split('/')
  return [parts.slice(0, 2).join('/'), parts.slice(0, 4).join('/')]
}
