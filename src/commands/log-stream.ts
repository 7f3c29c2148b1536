import type { Client } from '../impcentral/client.ts'
import { createLedger, timeOf } from '../impcentral/logledger.ts'
import { inParallel } from '../impcentral/parallel.ts'
import { collect } from '../impcentral/paging.ts'
import type { DeviceLogEntry } from '../impcentral/types.ts'
import type { Listed } from '../entities/kinds.ts'
import { ImptError } from '../output/error.ts'
import { STREAM_TAKEN, STREAM_TAKERS, SUCCEEDS } from '../output/messages.ts'
import type { LogTime } from '../output/log-line.ts'
import type { LogEntry, Result } from '../output/result.ts'
import { createLogPlaces, type KnownBuilds } from './build/log-places.ts'
import type { Context } from './context.ts'
import { textOf } from './options.ts'
import type { OptionValues } from './row.ts'

/** How many devices the opening line names (log.md 2). */
const MOST_NAMED = 5

/**
 * Follows the logs of devices until the server ends the stream or Ctrl-C (log.md 2), from what was stored since `since` (ms since 1970) on where
 * that is given. What happens to the stream is told between entries.
 */
export function streamLogs(
  context: Context,
  client: Client,
  devices: readonly Listed<'device'>[],
  since?: number,
): Result & { readonly kind: 'logs' } {
  const ids = devices.map(({ id }) => id)
  const items =
    since === undefined
      ? followLogs(context, client, ids)
      : followLogs(context, client, ids, undefined, undefined, since)
  return { kind: 'logs', live: true, items, lines: { nameOf: namesOf(devices) } }
}

/** How `--time` wants times to be shown; empty where nobody said. */
export function timesOf(options: OptionValues): { readonly time?: LogTime } {
  const time = textOf(options, 'time') as LogTime | undefined
  return time === undefined ? {} : { time }
}

/** How people call devices: by their names; by their ids too where another one of them has the same name. */
export function namesOf(devices: readonly Listed<'device'>[]): (id: string) => string | undefined {
  const names = new Map(devices.map(({ id, attributes }) => [id, attributes.name ?? '']))
  const counts = new Map<string, number>()
  for (const name of names.values()) counts.set(name, (counts.get(name) ?? 0) + 1)
  return (id) => {
    const name = names.get(id)
    if (name === undefined || name === '') return undefined
    return counts.get(name) === 1 ? name : `${name} ${id}`
  }
}

/**
 * Follows the logs of devices from before they restart, so that no line of their start is lost: the restart is asked for when the stream is
 * there, and all the same when it cannot be had.
 */
export function streamRestart(
  context: Context,
  options: OptionValues,
  client: Client,
  devices: readonly Listed<'device'>[],
  restart: () => Promise<void>,
  builds?: KnownBuilds,
): Result {
  const deviceIds = devices.map(({ id }) => id)
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
  return {
    kind: 'logs',
    live: true,
    items: items(),
    lines: { nameOf: namesOf(devices), ...timesOf(options) },
  }
}

/** The entries of `streamLogs`; `opened` is awaited when the stream is there, before that is told. */
export async function* followLogs(
  context: Context,
  client: Client,
  deviceIds: readonly string[],
  opened: () => void | Promise<void> = () => undefined,
  builds?: KnownBuilds,
  since?: number,
): AsyncGenerator<LogEntry> {
  const places = createLogPlaces(client, context.directory, builds)
  // What comes on the stream may have been stored already when that was read.
  const ledger = since === undefined ? undefined : createLedger(since)
  // Programs get the entries as the API gives them.
  const seen = (entry: DeviceLogEntry) => (context.quiet ? entry : places.mapped(entry, entry.device_id))
  for await (const event of client.logStream(deviceIds, context.signal)) {
    switch (event.kind) {
      case 'opened':
        await opened()
        context.info(`${openingLine(event.devices)}\n${SUCCEEDS}\n\nPress <Ctrl-C> to exit.`)
        if (ledger)
          for (const entry of await storedSince(context, client, event.devices, ledger))
            yield await seen(entry)
        break
      case 'entry':
        if (ledger?.admitLive(event.entry) !== false) yield await seen(event.entry)
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

/** The entries of devices that were stored before the stream was there, oldest first. A device whose log cannot be read is warned of. */
async function storedSince(
  context: Context,
  client: Client,
  deviceIds: readonly string[],
  ledger: ReturnType<typeof createLedger>,
): Promise<readonly DeviceLogEntry[]> {
  const found: DeviceLogEntry[] = []
  await inParallel(deviceIds, async (id) => {
    const { signal } = context
    try {
      const stored = await collect(client.devices.logs(id, { since: ledger.since(id), signal }))
      found.push(...ledger.admitStored(id, stored))
    } catch (error) {
      if (signal.aborted || !(error instanceof ImptError)) throw error
      context.warn(`The stored logs of ${id} could not be read: ${error.message}`)
    }
  })
  return found.sort((a, b) => timeOf(a) - timeOf(b))
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
