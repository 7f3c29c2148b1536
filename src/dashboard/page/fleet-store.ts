import type { About, DeviceRow, GroupRow, ProductRow } from '../protocol.ts'
import { stateOf, STATES, type State } from './state.ts'
import { sortKey, tame } from './text.ts'

/** A device as the page shows it. */
export interface Device {
  readonly id: string
  readonly name: string
  readonly mac: string
  readonly group: Place
  readonly online: boolean | null
  readonly since: number | null
  readonly agentRuns: boolean | null
  readonly rssi: number | null
  readonly os: string
  readonly imp: string
  readonly state: State
  /** What a search looks at. */
  readonly text: string
  /** Its name as it is sorted. */
  readonly key: string
  /** When a page last saw it change, by `performance.now()`; 0: never. */
  readonly changedAt: number
}

/** A Device Group with its Product. */
export interface Place {
  readonly id: string | null
  readonly name: string
  readonly product: string
  readonly type: string
  readonly key: string
}

type Counts = Readonly<Record<State, number>>

/** All devices by id, with how many stand how. Views read it and are told what changed. */
export interface FleetStore {
  readonly devices: ReadonlyMap<string, Device>
  readonly places: () => readonly Place[]
  readonly counts: () => Counts
  /** Whether the whole fleet has come. */
  readonly isWhole: () => boolean
  /** Whether a first part of it has. */
  readonly hasBegun: () => boolean
  readonly about: () => About | undefined
  readonly setAbout: (about: About) => void
  readonly setPlaces: (groups: readonly GroupRow[], products: readonly ProductRow[]) => void
  readonly addPart: (from: number, total: number, rows: readonly DeviceRow[]) => void
  readonly change: (rows: readonly DeviceRow[], gone: readonly string[]) => void
  /** Judges all devices anew: what is offline becomes silent with time. */
  readonly age: (now: number) => void
  /** Calls back after each change with the ids concerned; `null`: all. */
  readonly onChange: (listener: (ids: ReadonlySet<string> | null) => void) => void
}

const NOWHERE: Place = { id: null, name: 'No Device Group', product: '', type: '', key: '\uffff' }

export function createFleetStore(now: () => number = Date.now): FleetStore {
  let devices = new Map<string, Device>()
  let places = new Map<string, Place>()
  let counts = zero()
  let about: About | undefined
  let total: number | undefined
  let coming: Map<string, Device> | undefined
  const listeners: ((ids: ReadonlySet<string> | null) => void)[] = []
  const tell = (ids: ReadonlySet<string> | null) => listeners.forEach((listener) => listener(ids))

  function placeOf(id: string | null): Place {
    if (id === null) return NOWHERE
    const known = places.get(id)
    if (known !== undefined) return known
    const unnamed: Place = { id, name: id, product: '', type: '', key: `\ufffe${id}` }
    places.set(id, unnamed)
    return unnamed
  }

  function deviceOf(row: DeviceRow, changedAt: number): Device {
    const [id, rawName, mac, groupId, , online, since, agentRuns, rssi, os, imp] = row
    const name = tame(rawName)
    const group = placeOf(groupId)
    const facts = { online, since, agentRuns, rssi }
    return {
      id,
      name,
      mac,
      group,
      ...facts,
      os: tame(os),
      imp,
      changedAt,
      state: about === undefined ? 'unknown' : stateOf(facts, now(), about),
      text: `${name}\n${id}\n${mac}\n${group.name}\n${group.product}\n${os}`.toLowerCase(),
      key: name === '' ? `\uffff${id}` : sortKey(name),
    }
  }

  const put = (device: Device) => {
    const before = devices.get(device.id)
    if (before !== undefined) counts[before.state] -= 1
    counts[device.state] += 1
    devices.set(device.id, device)
  }
  const recount = () => {
    counts = zero()
    for (const { state } of devices.values()) counts[state] += 1
  }

  return {
    get devices() {
      return devices
    },
    places: () => [...places.values()],
    counts: () => counts,
    isWhole: () => total !== undefined && coming === undefined,
    hasBegun: () => total !== undefined,
    about: () => about,
    setAbout(next) {
      about = next
    },
    setPlaces(groups, products) {
      const productNames = new Map(products.map(([id, name]) => [id, tame(name)]))
      places = new Map(
        groups.map(([id, rawName, type, productId]) => {
          const name = tame(rawName)
          const product = productId === null ? '' : (productNames.get(productId) ?? productId)
          return [id, { id, name, type, product, key: `${sortKey(product)}\n${sortKey(name)}\n${id}` }]
        }),
      )
      for (const [id, device] of devices)
        devices.set(id, {
          ...device,
          group: placeOf(device.group.id),
        })
      tell(null)
    },
    addPart(from, all, rows) {
      if (from === 0) coming = new Map()
      for (const row of rows) {
        const device = deviceOf(row, 0)
        coming?.set(device.id, device)
      }
      total = all
      // A first part of a fleet is shown at once; one that comes anew replaces the old one when it is whole.
      const isFirst = devices.size === 0 || coming === undefined
      if (coming !== undefined && (from + rows.length >= all || isFirst)) devices = coming
      if (from + rows.length >= all) coming = undefined
      recount()
      tell(null)
    },
    change(rows, gone) {
      const at = performance.now()
      const ids = new Set<string>()
      let isOther = gone.length > 0
      for (const row of rows) {
        const device = deviceOf(row, at)
        const before = devices.get(device.id)
        if (before === undefined || before.group !== device.group) isOther = true
        put(device)
        ids.add(device.id)
      }
      for (const id of gone) {
        const before = devices.get(id)
        if (before === undefined) continue
        counts[before.state] -= 1
        devices.delete(id)
      }
      tell(isOther ? null : ids)
    },
    age(at) {
      if (about === undefined) return
      const ids = new Set<string>()
      for (const device of devices.values()) {
        const state = stateOf(device, at, about)
        if (state === device.state) continue
        put({ ...device, state })
        ids.add(device.id)
      }
      if (ids.size > 0) tell(ids)
    },
    onChange: (listener) => void listeners.push(listener),
  }
}

function zero(): Record<State, number> {
  return Object.fromEntries(STATES.map((state) => [state, 0])) as Record<State, number>
}
