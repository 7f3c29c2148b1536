import { groupTypeName, type Listed } from '../../entities/kinds.ts'
import { grouped } from '../grouped.ts'

/** What the devices of a fleet are counted by. */
export type StatusKey = 'group' | 'product' | 'type' | 'imp' | 'os'

/** From when on a device is conspicuous. */
export interface StatusLimits {
  /** The moment that the lists were read, in ms since 1970. */
  readonly now: number
  /** Offline for at least this many ms is silent. */
  readonly silentMs: number
  /** A last signal below this many dBm is weak. */
  readonly weakDbm: number
}

/** Groups and Products by id, for their names. */
export interface Places {
  readonly groups: ReadonlyMap<string, Listed<'dg'>>
  readonly products: ReadonlyMap<string, Listed<'product'>>
}

/** The devices of one group, Product, type, imp or OS version, counted. Empty texts: what the cloud does not tell, or no group. */
export interface StatusRow {
  readonly product?: string
  readonly group?: string
  readonly type?: string
  readonly imp?: string
  readonly os?: string
  readonly id?: string
  readonly total: number
  readonly online: number
  readonly silent: number
  readonly weak: number
  /** Devices whose agent does not run. */
  readonly no_agent: number
  /** Devices by OS version; `unknown` where the cloud does not tell. */
  readonly os_versions?: Readonly<Record<string, number>>
  /** Ids of the builds that the group gives to its devices: no device tells which one it runs (fleet.md C2). */
  readonly current?: string | null
  readonly minimum?: string | null
}

/** A device that is silent, weak or both. `since`: when it went offline or came online, if the cloud tells. */
export interface ConspicuousDevice {
  readonly id: string
  readonly name: string
  readonly product: string
  readonly group: string
  readonly silent: boolean
  readonly weak: boolean
  readonly online: boolean | null
  readonly since: string | null
  readonly rssi: number | null
}

type Device = Listed<'device'>

/** Whether a device is offline and was last heard of before the limit. One that never was online is silent too. */
function isSilent({ attributes }: Device, { now, silentMs }: StatusLimits): boolean {
  if (attributes.device_online !== false) return false
  const since = Date.parse(attributes.device_state_changed_at ?? '')
  return Number.isNaN(since) || now - since >= silentMs
}

/** Whether the last signal that a device told was below the limit. */
function isWeak({ attributes: { rssi } }: Device, { weakDbm }: StatusLimits): boolean {
  return typeof rssi === 'number' && rssi < weakDbm
}

/** The counts of a fleet, a row a key, in the order of the keys' names. */
export function statusRows(
  devices: readonly Device[],
  places: Places,
  by: StatusKey,
  limits: StatusLimits,
): readonly StatusRow[] {
  const rows = [...grouped(devices, (device) => keyOf(device, by))].map(([key, members]) => ({
    ...labelOf(key, by, places),
    ...countsOf(members, by, limits),
    ...(by === 'group' && buildsOf(places.groups.get(key))),
  }))
  const sortKey = ({ product, group, type, imp, os }: StatusRow) =>
    [product, group, type, imp, os].map((text) => text ?? '').join('\0')
  return rows.sort((a, b) => order(sortKey(a), sortKey(b)))
}

/** The silent and the weak devices: silent ones first, longest silent first. */
export function conspicuous(
  devices: readonly Device[],
  places: Places,
  limits: StatusLimits,
): readonly ConspicuousDevice[] {
  const found = devices.flatMap((device): ConspicuousDevice[] => {
    const silent = isSilent(device, limits)
    const weak = isWeak(device, limits)
    if (!silent && !weak) return []
    const { attributes, relationships } = device
    const groupId = relationships?.devicegroup?.id
    return [
      {
        id: device.id,
        name: attributes.name ?? '',
        product: productName(relationships?.product?.id, places),
        group: groupName(groupId, places),
        silent,
        weak,
        online: attributes.device_online ?? null,
        since: attributes.device_state_changed_at ?? null,
        rssi: attributes.rssi ?? null,
      },
    ]
  })
  return found.sort(
    (a, b) => Number(b.silent) - Number(a.silent) || order(a.since ?? '', b.since ?? '') || order(a.id, b.id),
  )
}

function keyOf({ attributes, relationships }: Device, by: StatusKey): string {
  switch (by) {
    case 'group':
      return relationships?.devicegroup?.id ?? ''
    case 'product':
      return relationships?.product?.id ?? ''
    case 'type':
      return relationships?.devicegroup?.type ?? ''
    case 'imp':
      return attributes.imp_type ?? ''
    case 'os':
      return osOf(attributes)
    default:
      return by satisfies never
  }
}

function labelOf(key: string, by: StatusKey, places: Places): Partial<StatusRow> {
  switch (by) {
    case 'group': {
      const group = places.groups.get(key)
      return {
        product: productName(group?.relationships?.product?.id, places),
        group: groupName(key === '' ? undefined : key, places),
        id: key,
        type: group ? groupTypeName(group.type) : '',
      }
    }
    case 'product':
      return { product: productName(key === '' ? undefined : key, places), id: key }
    case 'type':
      return { type: key === '' ? '' : groupTypeName(key) }
    case 'imp':
      return { imp: key }
    case 'os':
      return { os: key }
    default:
      return by satisfies never
  }
}

function countsOf(members: readonly Device[], by: StatusKey, limits: StatusLimits) {
  const count = (fits: (device: Device) => boolean) =>
    members.reduce((sum, one) => sum + Number(fits(one)), 0)
  return {
    total: members.length,
    online: count(({ attributes }) => attributes.device_online === true),
    silent: count((device) => isSilent(device, limits)),
    weak: count((device) => isWeak(device, limits)),
    no_agent: count(({ attributes }) => attributes.agent_running === false),
    ...(by !== 'os' && { os_versions: versionsOf(members) }),
  }
}

function versionsOf(members: readonly Device[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>()
  for (const { attributes } of members) {
    const os = osOf(attributes) || 'unknown'
    counts.set(os, (counts.get(os) ?? 0) + 1)
  }
  return Object.fromEntries([...counts].sort(([a], [b]) => order(a, b)))
}

/** Lists tell it although they may leave it out (impcentral-api.md 9): then it is unknown, and no device is read for it. */
function osOf(attributes: object): string {
  const os = (attributes as { readonly swversion?: unknown }).swversion
  return typeof os === 'string' ? os : ''
}

function buildsOf(group: Listed<'dg'> | undefined) {
  return {
    current: group?.relationships?.current_deployment?.id ?? null,
    minimum: group?.relationships?.min_supported_deployment?.id ?? null,
  }
}

/** A group or Product that this login may not read has no name; its id says at least which it is. */
function groupName(id: string | undefined, { groups }: Places): string {
  return id === undefined ? '' : (groups.get(id)?.attributes.name ?? id)
}

function productName(id: string | undefined, { products }: Places): string {
  return id === undefined ? '' : (products.get(id)?.attributes.name ?? id)
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
