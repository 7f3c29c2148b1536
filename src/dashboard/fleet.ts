import type { DeviceRow, Reading } from './protocol.ts'

/** What a new reading changed. */
export interface FleetChange {
  readonly changed: readonly string[]
  readonly gone: readonly string[]
  /** Whether Products or Device Groups are other ones. */
  readonly places: boolean
}

/** The last reading, by device. */
export interface Fleet {
  readonly rows: ReadonlyMap<string, DeviceRow>
  /** The reading that `rows` are of; undefined before the first. */
  readonly reading: () => Reading | undefined
  readonly apply: (reading: Reading) => FleetChange
}

export function createFleet(): Fleet {
  let rows = new Map<string, DeviceRow>()
  let last: Reading | undefined
  return {
    get rows() {
      return rows
    },
    reading: () => last,
    apply(reading) {
      const changed: string[] = []
      const next = new Map<string, DeviceRow>()
      for (const row of reading.devices) {
        const [id] = row
        const before = rows.get(id)
        const isSame = before !== undefined && before.every((value, i) => value === row[i])
        if (!isSame) changed.push(id)
        next.set(id, row)
      }
      const gone = [...rows.keys()].filter((id) => !next.has(id))
      const places =
        JSON.stringify([last?.groups, last?.products]) !== JSON.stringify([reading.groups, reading.products])
      rows = next
      last = reading
      return { changed, gone, places }
    },
  }
}
