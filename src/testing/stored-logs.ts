import type { Client } from '../impcentral/client.ts'
import type { DeviceLogEntry } from '../impcentral/types.ts'
import { ImptError } from '../output/error.ts'
import { sleep, type Clock } from './clock.ts'
import type { Listener } from './device-logs.ts'

/** The stored logs of devices, in place of a stream that was lost: entries that the stream has given do not come again. */
export interface StoredLogs {
  /** Notes an entry that has been given. */
  count(entry: DeviceLogEntry): void
  /** Gives the entries of devices that are listened to, as they are stored, until the signal is aborted. Throws what the client throws. */
  follow(listeners: ReadonlyMap<string, Listener>, signal: AbortSignal): Promise<void>
}

const POLL_MS = 1000
/** Clocks of devices and of the server are not quite the same. */
const SLACK_MS = 5000
const PAGE_SIZE = 100

/** `since`: entries from before this time, in milliseconds since 1970, are not looked at. */
export function createStoredLogs(
  client: Client,
  { clock, since }: { readonly clock: Clock; readonly since: number },
): StoredLogs {
  // Entries have no id, so equal ones are counted.
  const given = new Map<string, number>()

  function count(entry: DeviceLogEntry): void {
    const key = keyOf(entry)
    given.set(key, (given.get(key) ?? 0) + 1)
  }

  async function newEntries(deviceId: string, signal: AbortSignal): Promise<DeviceLogEntry[]> {
    const entries: DeviceLogEntry[] = []
    for await (const stored of client.devices.logs(deviceId, { pageSize: PAGE_SIZE, signal })) {
      // Newest first (impcentral-api.md 8).
      if (Date.parse(stored.ts) < since - SLACK_MS) break
      entries.push({ ...stored, device_id: deviceId })
    }
    const seen = new Map<string, number>()
    const fresh = entries.reverse().filter((entry) => {
      const key = keyOf(entry)
      const number = (seen.get(key) ?? 0) + 1
      seen.set(key, number)
      return number > (given.get(key) ?? 0)
    })
    fresh.forEach(count)
    return fresh.sort((a, b) => Date.parse(a.ts) - Date.parse(b.ts))
  }

  return {
    count,
    async follow(listeners, signal) {
      for (; !signal.aborted; await sleep(clock, POLL_MS, signal)) {
        for (const deviceId of listeners.keys()) {
          const entries = await newEntries(deviceId, signal).catch((error: unknown) => {
            if (isPassing(error)) return []
            throw error
          })
          for (const entry of entries) listeners.get(deviceId)?.({ kind: 'entry', entry })
        }
      }
    },
  }
}

function keyOf({ device_id: deviceId, ts, type, msg }: DeviceLogEntry): string {
  return JSON.stringify([deviceId, ts, type, msg])
}

function isPassing(error: unknown): boolean {
  return error instanceof ImptError && ['NETWORK', 'TIMEOUT', 'SERVER', 'RATE_LIMIT'].includes(error.code)
}
