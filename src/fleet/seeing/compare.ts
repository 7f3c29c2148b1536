import { grouped } from '../grouped.ts'
import type { Snapshot, SnapshotDevice } from './snapshot.ts'

export const CHANGE_KINDS = ['appeared', 'gone', 'moved', 'renamed', 'silent', 'back', 'os', 'agent'] as const

export type ChangeKind = (typeof CHANGE_KINDS)[number]

/** How much of each kind happened in one Device Group. */
type GroupChanges = Readonly<Record<ChangeKind | 'total', number>> & {
  readonly product: string
  readonly group: string
}

/** What became of one device between two snapshots. `product` and `group` are those of the later one, of the earlier one for a device that is gone. */
export interface FleetChange {
  readonly kind: ChangeKind
  readonly id: string
  readonly name: string
  readonly product: string
  readonly group: string
  readonly from: string
  readonly to: string
}

/**
 * What moved between two snapshots of an account, by device id and then in the order of `ChangeKind`. Not seen is not deleted: `gone` says
 * no more than that. Both are read side by side, and neither is kept.
 */
export async function* compare(from: Snapshot, to: Snapshot): AsyncGenerator<FleetChange, void, undefined> {
  const before = reading(from.devices)
  const after = reading(to.devices)
  let [left, right] = [await before.next(), await after.next()]
  while (left !== undefined || right !== undefined) {
    const isLeft = left !== undefined && (right === undefined || idOf(left) <= idOf(right))
    const isRight = right !== undefined && (left === undefined || idOf(right) <= idOf(left))
    yield* changesOf(isLeft ? left : undefined, isRight ? right : undefined)
    if (isLeft) left = await before.next()
    if (isRight) right = await after.next()
  }
}

function idOf(device: SnapshotDevice): string {
  return device['id'] ?? ''
}

/** One after the other; undefined after the last. */
function reading(devices: Snapshot['devices']) {
  const iterator =
    Symbol.asyncIterator in devices ? devices[Symbol.asyncIterator]() : devices[Symbol.iterator]()
  return {
    async next(): Promise<SnapshotDevice | undefined> {
      const { done, value } = await iterator.next()
      return done === true ? undefined : value
    },
  }
}

/** The changes counted by Device Group, by the names of Product and group; a device without one counts under empty names. */
export function byGroup(changes: readonly FleetChange[]): readonly GroupChanges[] {
  return [...grouped(changes, ({ product, group }) => JSON.stringify([product, group]))]
    .map(([, members]): GroupChanges => {
      const { product = '', group = '' } = members[0] ?? {}
      const counts = Object.fromEntries(
        CHANGE_KINDS.map((kind) => [kind, members.filter((change) => change.kind === kind).length]),
      ) as Record<ChangeKind, number>
      return { product, group, total: members.length, ...counts }
    })
    .sort((a, b) => (a.product + a.group < b.product + b.group ? -1 : 1))
}

/** The changes of fields: the field that decides and the one that people read. */
const FIELDS: readonly (readonly [ChangeKind, decides: string, reads: string])[] = [
  ['moved', 'group_id', 'group'],
  ['renamed', 'name', 'name'],
  ['os', 'swversion', 'swversion'],
  ['agent', 'agent_id', 'agent_id'],
]

function changesOf(from: SnapshotDevice | undefined, to: SnapshotDevice | undefined): readonly FleetChange[] {
  const now = to ?? from
  if (now === undefined) return []
  const { id = '', name = '', product = '', group = '' } = now
  const change = (kind: ChangeKind, before: string, after: string): FleetChange => ({
    kind,
    id,
    name,
    product,
    group,
    from: before,
    to: after,
  })
  if (from === undefined) return [change('appeared', '', placeOf(now))]
  if (to === undefined) return [change('gone', placeOf(now), '')]
  const fields = FIELDS.flatMap(([kind, decides, reads]) => {
    // A list may leave the OS version out: what is not told has not changed.
    const isUntold = kind === 'os' && (from[decides] === '' || to[decides] === '')
    if (from[decides] === to[decides] || isUntold) return []
    return [change(kind, from[reads] || (from[decides] ?? ''), to[reads] || (to[decides] ?? ''))]
  })
  const since = to['device_state_changed_at'] ?? ''
  const [before, after] = [from['device_online'], to['device_online']]
  const states =
    before === 'true' && after === 'false'
      ? [change('silent', 'online', `offline since ${since}`)]
      : before === 'false' && after === 'true'
        ? [change('back', 'offline', `online since ${since}`)]
        : []
  return [...fields, ...states]
}

function placeOf({ product = '', group = '', group_id: id = '' }: SnapshotDevice): string {
  return id === '' ? '' : `${product}/${group || id}`
}
