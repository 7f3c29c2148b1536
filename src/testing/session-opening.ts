import type { Client } from '../impcentral/client.ts'
import { isLocal } from '../impcentral/endpoint.ts'
import { pathOf } from '../impcentral/transport.ts'
import { STREAM_TAKEN, STREAM_TAKERS } from '../output/messages.ts'
import { openDeviceLogs, type DeviceEvent, type DeviceLogs } from './device-logs.ts'
import { shownTime } from './duration.ts'
import type { Journal } from './journal.ts'
import type { SessionPlan, SessionSettings } from './session.ts'

/** How the opening of a session ended. */
export type Opening = { readonly kind: 'assigned' } | { readonly kind: 'refused'; readonly error: unknown }

/**
 * Opens the log stream, then assigns the device to its group again, which makes it load the build. Gives what closes the stream; the
 * device's events are held back until the assignment is answered, so that they come after it.
 */
export async function openSession(
  { device, logs: shared, journal, builtAt }: SessionPlan,
  { client, groupId, clock, wait, counts }: SessionSettings,
  signal: AbortSignal,
  tell: (happening: DeviceEvent | Opening) => void,
): Promise<() => Promise<void>> {
  let logs: DeviceLogs | undefined
  try {
    logs = await (shared ??
      openDeviceLogs(client, [device.id], {
        signal,
        clock,
        wait,
        since: builtAt,
        onWait: () => tellWaiting(journal, wait),
      }))
    signal.throwIfAborted()
    const held: DeviceEvent[] = []
    logs.listen(device.id, (event) => held.push(event))
    await assign(client, groupId, device.id, counts, signal)
    tell({ kind: 'assigned' })
    held.forEach(tell)
    logs.listen(device.id, tell)
  } catch (error) {
    tell({ kind: 'refused', error })
  }
  return async () => {
    logs?.listen(device.id, undefined)
    if (!shared) await logs?.close()
  }
}

/** Tells that the log stream is waited for, and how long. */
export function tellWaiting(journal: Journal, wait: number): void {
  journal.warning(`${STREAM_TAKEN} ${STREAM_TAKERS} Waiting for it, at most ${shownTime(wait)} (--wait).`)
}

/** A device of the sandbox then runs ahead of the clock, so that nobody waits for its timers; other servers do not know the header. */
const AHEAD = { 'X-Impt-Time': 'fast' }

/** Its code then counts what it reaches. */
const COUNTED = { 'X-Impt-Coverage': 'on' }

async function assign(
  client: Client,
  groupId: string,
  deviceId: string,
  counts: boolean,
  signal: AbortSignal,
): Promise<void> {
  const path = pathOf('devicegroups', groupId, 'relationships', 'devices')
  await client.api.change(
    'POST',
    path,
    { data: [{ type: 'device', id: deviceId }] },
    { ...(isLocal(client.endpoint) ? AHEAD : {}), ...(counts ? COUNTED : {}) },
    { signal },
  )
}
