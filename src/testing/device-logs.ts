import type { Client } from '../impcentral/client.ts'
import type { LogStreamEvent } from '../impcentral/logstream.ts'
import type { DeviceLogEntry } from '../impcentral/types.ts'
import { ImptError } from '../output/error.ts'
import { STREAM_TAKEN } from '../output/messages.ts'
import { sleep, type Clock } from './clock.ts'
import { createStoredLogs, type StoredLogs } from './stored-logs.ts'

/** What a test session hears of its device. */
export type DeviceEvent =
  | { readonly kind: 'entry'; readonly entry: DeviceLogEntry }
  /** Nothing will come by itself any more: devices of the sandbox say so. */
  | { readonly kind: 'idle' }
  | { readonly kind: 'reconnecting'; readonly reason: string }
  | { readonly kind: 'resumed'; readonly backfilled: number }
  /** Another client has the stream now: the entries come from the stored logs from now on. */
  | { readonly kind: 'taken' }
  /** The last one. */
  | { readonly kind: 'ended'; readonly reason: string }

export type Listener = (event: DeviceEvent) => void

/** One log stream for one or several devices: an account has only one at a time (impcentral-api.md 7). */
export interface DeviceLogs {
  /** Hears the events of a device from now on, in place of who heard them before; undefined ends that. */
  listen(deviceId: string, listener: Listener | undefined): void
  close(): Promise<void>
}

interface OpeningOptions {
  readonly signal: AbortSignal
  readonly clock: Clock
  /** Milliseconds for which a stream that others take is asked for again. */
  readonly wait: number
  /** The stream is not to be had at once: it is waited for. Called once. */
  readonly onWait: () => void
  /** Milliseconds since 1970 by the server's clock, of before all entries that matter. */
  readonly since: number
}

const FIRST_WAIT_MS = 1000
const LONGEST_WAIT_MS = 15_000

/**
 * Opens a log stream and adds the devices; nothing stays open when that fails or the signal is aborted. When another client of the account
 * takes the stream, the entries are read from the stored logs, so that nobody needs to take it back. Throws what the client throws, and
 * CONFLICT when others had the stream all the time that it was waited for.
 */
export async function openDeviceLogs(
  client: Client,
  deviceIds: readonly string[],
  options: OpeningOptions,
): Promise<DeviceLogs> {
  const listeners = new Map<string, Listener>()
  const stored = createStoredLogs(client, options)
  const stream = await openStream(client, deviceIds, options)
  const ending = new AbortController()
  const pumping = pump(stream, listeners, stored, AbortSignal.any([ending.signal, options.signal]))
  return {
    listen(deviceId, listener) {
      if (listener) listeners.set(deviceId, listener)
      else listeners.delete(deviceId)
    },
    async close() {
      listeners.clear()
      ending.abort()
      await stream.return(undefined)
      await pumping
    },
  }
}

async function openStream(
  client: Client,
  deviceIds: readonly string[],
  { signal, clock, wait, onWait }: OpeningOptions,
): Promise<AsyncGenerator<LogStreamEvent>> {
  const deadline = clock.now() + wait
  for (let pause = FIRST_WAIT_MS; ; pause = Math.min(pause * 2, LONGEST_WAIT_MS)) {
    const stream = client.logStream(deviceIds, signal)
    try {
      const opened = await stream.next()
      if (!opened.done && opened.value.kind === 'opened') return stream
      throw new ImptError('CONFLICT', STREAM_TAKEN)
    } catch (error) {
      await stream.return(undefined)
      const isTaken = error instanceof ImptError && error.code === 'CONFLICT'
      if (signal.aborted || !isTaken || clock.now() >= deadline) throw error
      if (pause === FIRST_WAIT_MS) onWait()
      await sleep(clock, Math.min(pause, deadline - clock.now()), signal)
    }
  }
}

async function pump(
  stream: AsyncGenerator<LogStreamEvent>,
  listeners: ReadonlyMap<string, Listener>,
  stored: StoredLogs,
  signal: AbortSignal,
): Promise<void> {
  const tellAll = (event: DeviceEvent) => listeners.forEach((listener) => listener(event))
  try {
    for await (const event of stream) {
      switch (event.kind) {
        case 'entry':
          stored.count(event.entry)
          listeners.get(event.entry.device_id)?.(event)
          break
        case 'idle':
          listeners.get(event.deviceId)?.(event)
          break
        case 'dropped':
          listeners.get(event.deviceId)?.({
            kind: 'ended',
            reason: 'The server took the device off the log stream.',
          })
          break
        case 'reconnecting':
          if (event.attempt === 1) tellAll(event)
          break
        case 'resumed':
          tellAll(event)
          break
        case 'closed':
          tellAll({ kind: 'taken' })
          await stored.follow(listeners, signal)
          break
        case 'opened':
          break
        default:
          event satisfies never
      }
    }
  } catch (error) {
    if (!signal.aborted)
      tellAll({ kind: 'ended', reason: error instanceof ImptError ? error.message : String(error) })
  }
}
