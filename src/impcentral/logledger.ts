import type { DeviceLogEntry, LogEntry } from './types.ts'

/**
 * Remembers which log entries were handed on, so that the stored logs fill a gap without loss or repetition. Entries have no id: two are the same
 * if time, type and text are, and such twins are counted.
 */
export interface LogLedger {
  /** Notes an entry of the stream; false if it was handed on before, from the stored logs. */
  admitLive(entry: DeviceLogEntry): boolean
  /** Oldest time (ms since 1970) from which stored entries of a device may be missing. */
  since(deviceId: string): number
  /** Notes and gives those stored entries of a device that are missing, oldest first. `stored` is newest first or oldest first. */
  admitStored(deviceId: string, stored: readonly LogEntry[]): DeviceLogEntry[]
  /**
   * Devices with entries of the stream that were taken for a repetition of a stored one but may be its twin, and the oldest time of such: one
   * reading of the stored logs cannot tell them apart.
   */
  doubtful(): readonly { readonly deviceId: string; readonly since: number }[]
  /** Compares how often each doubtful entry is stored and was handed on; notes and gives those that are missing. To be called after a while. */
  settle(deviceId: string, stored: readonly LogEntry[]): DeviceLogEntry[]
}

/** Entries of a device and its agent may overtake each other a little on their way into the stream. */
const OVERTAKING_MS = 5000
const REMEMBERED_ENTRIES = 2000

interface DeviceLedger {
  /** How often each recent entry was handed on, oldest first. */
  readonly counts: Map<string, number>
  /** Entries handed on from the stored logs that the stream may yet bring. */
  readonly filled: Map<string, number>
  /** How often each entry was handed on of which one was held back. */
  readonly doubtful: Map<string, number>
  lastTime: number
}

/** `openedAt` is when the stream began by the server's clock: what was stored before it does not belong to the stream. */
export function createLedger(openedAt: number): LogLedger {
  const devices = new Map<string, DeviceLedger>()

  function ledgerOf(deviceId: string): DeviceLedger {
    const known = devices.get(deviceId)
    if (known !== undefined) return known
    const ledger: DeviceLedger = {
      counts: new Map(),
      filled: new Map(),
      doubtful: new Map(),
      lastTime: -Infinity,
    }
    devices.set(deviceId, ledger)
    return ledger
  }

  function note(ledger: DeviceLedger, key: string, time: number): void {
    const count = ledger.counts.get(key) ?? 0
    ledger.counts.delete(key)
    ledger.counts.set(key, count + 1)
    forgetOldest(ledger.counts)
    if (ledger.doubtful.has(key)) ledger.doubtful.set(key, count + 1)
    if (time > ledger.lastTime) ledger.lastTime = time
  }

  function fill(ledger: DeviceLedger, deviceId: string, entry: LogEntry): DeviceLogEntry {
    const key = keyOf(entry)
    note(ledger, key, timeOf(entry))
    ledger.filled.set(key, (ledger.filled.get(key) ?? 0) + 1)
    forgetOldest(ledger.filled)
    return { device_id: deviceId, ...entry }
  }

  return {
    admitLive(entry) {
      const ledger = ledgerOf(entry.device_id)
      const key = keyOf(entry)
      const filled = ledger.filled.get(key) ?? 0
      if (filled > 0) {
        if (filled === 1) ledger.filled.delete(key)
        else ledger.filled.set(key, filled - 1)
        ledger.doubtful.set(key, ledger.counts.get(key) ?? 1)
        return false
      }
      note(ledger, key, timeOf(entry))
      return true
    },
    since(deviceId) {
      return Math.max(openedAt, ledgerOf(deviceId).lastTime - OVERTAKING_MS)
    },
    admitStored(deviceId, stored) {
      const ledger = ledgerOf(deviceId)
      const since = Math.max(openedAt, ledger.lastTime - OVERTAKING_MS)
      const seen = new Map(ledger.counts)
      const missing = oldestFirst(stored).filter((entry) => {
        if (timeOf(entry) < since) return false
        const key = keyOf(entry)
        const count = seen.get(key) ?? 0
        seen.set(key, count - 1)
        return count <= 0
      })
      return missing.map((entry) => fill(ledger, deviceId, entry))
    },
    doubtful() {
      return [...devices]
        .filter(([, { doubtful }]) => doubtful.size > 0)
        .map(([deviceId, { doubtful }]) => ({
          deviceId,
          since: Math.min(...[...doubtful.keys()].map(timeOfKey)),
        }))
    },
    settle(deviceId, stored) {
      const ledger = ledgerOf(deviceId)
      const left = new Map(ledger.doubtful)
      ledger.doubtful.clear()
      const missing = oldestFirst(stored).filter((entry) => {
        const key = keyOf(entry)
        const count = left.get(key)
        if (count === undefined) return false
        left.set(key, count - 1)
        return count <= 0
      })
      return missing.map((entry) => fill(ledger, deviceId, entry))
    },
  }
}

/** Time of an entry in ms since 1970. */
export function timeOf(entry: LogEntry): number {
  return Date.parse(entry.ts)
}

function keyOf(entry: LogEntry): string {
  return JSON.stringify([timeOf(entry), entry.type, entry.msg])
}

function forgetOldest(counts: Map<string, number>): void {
  for (const oldest of counts.keys()) {
    if (counts.size <= REMEMBERED_ENTRIES) return
    counts.delete(oldest)
  }
}

function timeOfKey(key: string): number {
  return (JSON.parse(key) as [number, string, string])[0]
}

function oldestFirst(entries: readonly LogEntry[]): LogEntry[] {
  const first = entries[0]
  const last = entries.at(-1)
  const isNewestFirst = first !== undefined && last !== undefined && timeOf(first) >= timeOf(last)
  const inOrder = isNewestFirst ? entries.toReversed() : [...entries]
  return inOrder.sort((a, b) => timeOf(a) - timeOf(b))
}
