import type { DeviceNode, GroupNode } from '../account.ts'
import type { Cloud } from '../cloud/read.ts'
import type { Folder } from '../folder/read.ts'
import type { Change } from './change.ts'
import type { GroupPair, PlanOptions } from './plan.ts'
import type { Place } from './renamed.ts'

const BLESSED = /^(?:pre_)?production_devicegroup$/

/** Names and groups of devices. Devices are never made or deleted; production ones only move between production groups (impcentral-api.md 11). */
export function planDevices(
  folder: Folder,
  cloud: Cloud,
  groups: readonly GroupPair[],
  renamed: ReadonlyMap<string, Place>,
  options: PlanOptions,
): readonly Change[] {
  const mine = folder.tree.devices?.map((row) => ({ ...row, ...renamed.get(row.id) }))
  const theirs = cloud.tree.devices
  if (mine === undefined || theirs === undefined) return []
  const byId = new Map(theirs.map((one) => [one.id, one]))
  const groupAt = new Map<string, GroupNode>(
    folder.tree.products.flatMap((product) =>
      product.groups.map((group) => [`${product.name}\n${group.name}`, group]),
    ),
  )
  const nameOfId = new Map(groups.map(({ ours, theirs }) => [theirs?.cloud?.id, ours.name]))
  const pairOf = new Map(groups.map((pair) => [pair.ours.path, pair]))
  const typeOf = new Map(
    cloud.tree.products.flatMap((product) =>
      product.groups.map(({ cloud: facts, type }) => [facts?.id ?? '', type]),
    ),
  )
  const inScope = ({ product }: DeviceNode) =>
    folder.tree.products.some(
      (one) => one.name === product && options.isChosen({ name: one.name, path: one.path, id: undefined }),
    )
  const changes = mine.flatMap((device): readonly Change[] => {
    if (!options.isWhole && !inScope(device)) return []
    const base = { kind: 'device', path: 'devices.csv', id: device.id, label: labelOf(device) } as const
    const other = byId.get(device.id)
    if (other === undefined)
      return [{ ...base, action: 'impossible', fields: [], why: 'not in this account' }]
    const found: Change[] = []
    if (device.name !== other.name)
      found.push({
        ...base,
        action: 'change',
        fields: [{ name: 'name', from: other.name, to: device.name }],
        op: { do: 'update device', id: device.id, name: device.name === '' ? null : device.name },
      })
    const place = `${device.product}\n${device.group}`
    const group = groupAt.get(place)
    // As it is called here: by the old name of a renamed one a move may seem to lead nowhere.
    const from = (other.groupId === undefined ? undefined : nameOfId.get(other.groupId)) ?? other.group
    const fields = [{ name: 'group', from: from || undefined, to: device.group || undefined }]
    const fromType = typeOf.get(other.groupId ?? '')
    if (device.group === '') {
      if (other.groupId === undefined) return found
      if (!options.prune) found.push({ ...base, action: 'keep', fields, why: 'kept (--prune unassigns)' })
      else if (fromType === 'development_devicegroup')
        found.push({
          ...base,
          action: 'change',
          fields,
          op: { do: 'unassign device', id: device.id, groupId: other.groupId },
        })
      else
        found.push({
          ...base,
          action: 'impossible',
          fields,
          why: 'only devices of development groups are unassigned',
        })
      return found
    }
    if (group === undefined) {
      if (device.group !== other.group && device.group !== other.groupId)
        found.push({ ...base, action: 'impossible', fields, why: 'there is no such group in this folder' })
      return found
    }
    const pair = pairOf.get(group.path)
    if (pair?.theirs?.cloud?.id !== undefined && pair.theirs.cloud.id === other.groupId) return found
    const op = { do: 'assign device', id: device.id, group: group.path } as const
    if (BLESSED.test(group.type) && fromType !== group.type)
      found.push({
        ...base,
        action: 'impossible',
        fields,
        why: 'only blessing brings a device into such a group',
      })
    else if (fromType === 'production_devicegroup' && group.type !== fromType)
      found.push({
        ...base,
        action: 'impossible',
        fields,
        why: 'it needs the unbond key: impt device unassign',
      })
    else found.push({ ...base, action: 'change', fields, op })
    return found
  })
  const known = new Set(mine.map(({ id }) => id))
  const left = theirs.flatMap((device): readonly Change[] =>
    known.has(device.id)
      ? []
      : [
          {
            kind: 'device',
            path: 'devices.csv',
            id: device.id,
            label: labelOf(device),
            action: 'keep',
            fields: [],
            why: 'kept (devices are never deleted)',
            lasting: true,
          },
        ],
  )
  return [...changes, ...left]
}

/** Login keys cannot be made again: the id of one is its secret. They are told from each other by description only. */
export function planLoginKeys(
  ours: readonly string[] | undefined,
  theirs: readonly string[] | undefined,
): readonly Change[] {
  if (ours === undefined || theirs === undefined) return []
  const left = [...theirs]
  const missing = ours.filter((description) => {
    const at = left.indexOf(description)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
  const base = { kind: 'loginkey', path: 'loginkeys.csv', fields: [] } as const
  return [
    ...missing.map((label): Change => ({
      ...base,
      label: quoted(label),
      action: 'impossible',
      why: 'a login key cannot be restored: its id is its secret',
    })),
    ...left.map((label): Change => ({
      ...base,
      label: quoted(label),
      action: 'keep',
      why: 'kept (login keys are never deleted)',
      lasting: true,
    })),
  ]
}

function labelOf({ id, name }: DeviceNode): string {
  return name === '' ? id : `${id} ${quoted(name)}`
}

function quoted(text: string): string {
  return JSON.stringify(text)
}
