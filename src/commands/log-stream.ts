import type { Client } from '../impcentral/client.ts'
import { STREAM_TAKEN, STREAM_TAKERS, SUCCEEDS } from '../output/messages.ts'
import type { LogEntry, Result } from '../output/result.ts'
import { createLogPlaces, type KnownBuilds } from './build/log-places.ts'
import type { Context } from './context.ts'

/** How many devices the opening line names (log.md 2). */
const MOST_NAMED = 5

/** Follows the logs of devices until the server ends the stream or Ctrl-C (log.md 2). What happens to the stream is told between entries. */
export function streamLogs(
  context: Context,
  client: Client,
  deviceIds: readonly string[],
): Result & { readonly kind: 'logs' } {
  return { kind: 'logs', live: true, items: followLogs(context, client, deviceIds) }
}

/**
 * Follows the logs of devices from before they restart, so that no line of their start is lost: the restart is asked for when the stream is
 * there, and all the same when it cannot be had.
 */
export function streamRestart(
  context: Context,
  client: Client,
  deviceIds: readonly string[],
  restart: () => Promise<void>,
  builds?: KnownBuilds,
): Result {
  let asked = false
  const once = async () => {
    if (!asked) {
      asked = true
      await restart()
    }
  }
  async function* items(): AsyncGenerator<LogEntry> {
    try {
      yield* followLogs(context, client, deviceIds, once, builds)
    } catch (error) {
      if (!context.signal.aborted) await once()
      throw error
    }
  }
  return { kind: 'logs', live: true, items: items() }
}

/** The entries of `streamLogs`; `opened` is awaited when the stream is there, before that is told. */
export async function* followLogs(
  context: Context,
  client: Client,
  deviceIds: readonly string[],
  opened: () => void | Promise<void> = () => undefined,
  builds?: KnownBuilds,
): AsyncGenerator<LogEntry> {
  const places = createLogPlaces(client, context.directory, builds)
  for await (const event of client.logStream(deviceIds, context.signal)) {
    switch (event.kind) {
      case 'opened':
        await opened()
        context.info(`${openingLine(event.devices)}\n${SUCCEEDS}\n\nPress <Ctrl-C> to exit.`)
        break
      case 'entry':
        // Programs get the entries as the API gives them.
        yield context.quiet ? event.entry : await places.mapped(event.entry, event.entry.device_id)
        break
      case 'dropped':
        context.warn(
          `Device "${event.deviceId}" was taken off the log stream by the server: its limit of devices is reached, or the device is gone`,
        )
        break
      case 'reconnecting':
        if (event.attempt === 1)
          notice(context, `The log stream is lost. Trying to reconnect... (${event.reason})`)
        break
      case 'resumed':
        notice(context, `The log stream is back; ${event.backfilled} entries of the meantime follow.`)
        if (event.missed.length > 0)
          context.warn(
            `The stored logs of ${event.missed.join(', ')} could not be read: entries may be missing`,
          )
        break
      case 'idle':
        break
      case 'closed':
        notice(context, 'The log stream is closed.')
        notice(context, STREAM_TAKEN)
        notice(context, STREAM_TAKERS)
        return
      default:
        event satisfies never
    }
  }
}

function openingLine(devices: readonly string[]): string {
  const shown = devices.slice(0, MOST_NAMED).join(', ')
  return `Log stream for Device(s) ${shown}${devices.length > MOST_NAMED ? ', ...' : ''} is opened.`
}

/** Where stdout is data for a program, what happens to the stream is told on stderr. */
export function notice(context: Context, text: string): void {
  if (context.quiet) context.warn(text)
  else context.info(text)
}
