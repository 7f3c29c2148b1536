import type { Client } from '../impcentral/client.ts'
import type { LogStreamEvent } from '../impcentral/logstream.ts'
import type { DeviceLogEntry } from '../impcentral/types.ts'
import { ImptError } from '../output/error.ts'

/** What a test session hears of its device. */
export type DeviceEvent =
  | { readonly kind: 'entry'; readonly entry: DeviceLogEntry }
  /** Nothing will come by itself any more: devices of the sandbox say so. */
  | { readonly kind: 'idle' }
  | { readonly kind: 'reconnecting'; readonly reason: string }
  | { readonly kind: 'resumed'; readonly backfilled: number }
  /** The last one. */
  | { readonly kind: 'ended'; readonly reason: string }

export type Listener = (event: DeviceEvent) => void

/** One log stream for one or several devices: an account has only one at a time (impcentral-api.md 7). */
export interface DeviceLogs {
  /** Hears the events of a device from now on, in place of who heard them before; undefined ends that. */
  listen(deviceId: string, listener: Listener | undefined): void
  close(): Promise<void>
}

/** Opens a log stream and adds the devices; nothing stays open when that fails or the signal is aborted. Throws what the client throws. */
export async function openDeviceLogs(
  client: Client,
  deviceIds: readonly string[],
  signal: AbortSignal,
): Promise<DeviceLogs> {
  const listeners = new Map<string, Listener>()
  const stream = client.logStream(deviceIds, signal)
  const opened = await stream.next()
  if (opened.done || opened.value.kind !== 'opened') {
    await stream.return()
    throw new ImptError('NETWORK', 'The log stream is closed.')
  }
  const tellAll = (event: DeviceEvent) => listeners.forEach((listener) => listener(event))
  const pumping = pump(stream, listeners, tellAll)
  return {
    listen(deviceId, listener) {
      if (listener) listeners.set(deviceId, listener)
      else listeners.delete(deviceId)
    },
    async close() {
      listeners.clear()
      await stream.return()
      await pumping
    },
  }
}

async function pump(
  stream: AsyncGenerator<LogStreamEvent>,
  listeners: ReadonlyMap<string, Listener>,
  tellAll: Listener,
): Promise<void> {
  try {
    for await (const event of stream) {
      switch (event.kind) {
        case 'entry':
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
          tellAll({ kind: 'ended', reason: 'The log stream is closed.' })
          break
        case 'opened':
          break
        default:
          event satisfies never
      }
    }
  } catch (error) {
    tellAll({ kind: 'ended', reason: error instanceof ImptError ? error.message : String(error) })
  }
}
