import { ImptError } from '../output/error.ts'
import { connect, type Connection, type LogStreamParts } from './logconnection.ts'
import { isForeign } from './failure.ts'
import { cancelledError, isConnectionLoss } from './networkfailure.ts'
import type { ServerEvent } from './logevents.ts'
import { createLedger, timeOf, type LogLedger } from './logledger.ts'
import { closable } from './iteration.ts'
import { anySignal } from './transport.ts'
import type { DeviceLogEntry, LogEntry } from './types.ts'

/** What happens on a log stream, in order. */
export type LogStreamEvent =
  /** All devices were added; first event of every stream. */
  | { readonly kind: 'opened'; readonly devices: readonly string[] }
  | { readonly kind: 'entry'; readonly entry: DeviceLogEntry }
  /** The server took this device off the stream, for its limit or because the device is gone. */
  | { readonly kind: 'dropped'; readonly deviceId: string }
  /** A sandbox says that nothing more will come from this device, whose time runs ahead. */
  | { readonly kind: 'idle'; readonly deviceId: string }
  /** The connection is lost; `attempt` counts from 1, `reason` is a text for people. */
  | { readonly kind: 'reconnecting'; readonly attempt: number; readonly reason: string }
  /** The stream is back. The next `backfilled` entries come from the stored logs; those of `missed` devices could not be read. */
  | { readonly kind: 'resumed'; readonly backfilled: number; readonly missed: readonly string[] }
  /** The server ended the stream: another stream of this account was opened. Last event. */
  | { readonly kind: 'closed'; readonly reason: string }

/** Comments come about every 30 s, so this long without any means that the connection is dead (impcentral-api.md 7). */
const SILENCE_MS = 60_000
const FIRST_BACKOFF_MS = 250
const LONGEST_BACKOFF_MS = 30_000
const OPENING_TRIES = 3
/** Connections that held this long in total, since the last long wait, were good ones: the next loss starts again with a short wait. */
const STABLE_MS = 10_000
/** How long after a gap equal lines are counted: by then all of its entries are stored and have come. */
const SETTLING_MS = 5000

/**
 * Streams the logs of devices, given by their device ids (not MAC addresses: entries are told apart by id), until the server closes the stream, the consumer stops, or the signal is aborted (which throws its error), and leaves
 * no connection behind. A lost connection is opened again with growing waits for as long as it takes, and the gap is filled from the stored logs.
 * Throws what an opening throws: AUTH, FORBIDDEN, NOT_FOUND for an unknown device, NETWORK.
 */
export function streamLogs(
  parts: LogStreamParts,
  deviceIds: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<LogStreamEvent, void, undefined> {
  const stop = new AbortController()
  const both = anySignal(stop.signal, signal, parts.transport.options.signal) ?? stop.signal
  return closable(follow(parts, new Set(deviceIds), both), stop)
}

async function* follow(
  parts: LogStreamParts,
  devices: Set<string>,
  signal: AbortSignal,
): AsyncGenerator<LogStreamEvent, void, undefined> {
  const { clock } = parts.transport
  let connection: Connection | undefined
  try {
    connection = await openFirst(parts, devices, signal)
    const ledger = createLedger(connection.openedAt)
    yield { kind: 'opened', devices: [...devices] }
    let connected = 0
    for (let attempt = 0; ;) {
      const begin = clock.now()
      const ending = yield* readUntilLost(parts, connection, devices, ledger, signal)
      connection.close()
      if (ending.closed) {
        for (const entry of await unsettledEntries(parts, ledger, signal)) yield { kind: 'entry', entry }
        return yield { kind: 'closed', reason: ending.reason }
      }
      connected += clock.now() - begin
      if (connected >= STABLE_MS) {
        attempt = 0
        connected = 0
      }
      let reason = ending.reason
      for (;;) {
        attempt += 1
        yield { kind: 'reconnecting', attempt, reason }
        await clock.sleep(backoff(attempt, clock.random()), signal)
        try {
          const gone: string[] = []
          connection = await connect(parts, devices, gone, signal)
          for (const deviceId of gone) yield { kind: 'dropped', deviceId }
          const { entries, missed } = await storedEntries(parts, devices, ledger, signal)
          yield { kind: 'resumed', backfilled: entries.length, missed }
          for (const entry of entries) yield { kind: 'entry', entry }
          break
        } catch (error) {
          connection.close()
          if (!signal.aborted && error instanceof ImptError && error.code === 'CONFLICT')
            return yield { kind: 'closed', reason: error.message }
          if (signal.aborted || !isPassing(error)) throw error
          reason = reasonOf(error)
        }
      }
    }
  } catch (error) {
    throw cancelledError(signal, error)
  } finally {
    connection?.close()
  }
}

async function* readUntilLost(
  parts: LogStreamParts,
  connection: Connection,
  devices: Set<string>,
  ledger: LogLedger,
  signal: AbortSignal,
): AsyncGenerator<LogStreamEvent, { closed: boolean; reason: string }, undefined> {
  const { clock } = parts.transport
  let lastSign = clock.now()
  let settleAt = lastSign + SETTLING_MS
  for (;;) {
    let event: ServerEvent | 'silence' | undefined
    const now = clock.now()
    if (now >= settleAt) {
      settleAt = now + SETTLING_MS
      for (const entry of await unsettledEntries(parts, ledger, signal)) yield { kind: 'entry', entry }
    }
    const isSettled = ledger.doubtful().length === 0
    const patience = lastSign + SILENCE_MS - now
    try {
      event = await connection.reader.next(isSettled ? patience : Math.min(patience, settleAt - now))
    } catch (error) {
      if (signal.aborted || error instanceof ImptError) throw error
      return { closed: false, reason: 'the connection was lost' }
    }
    signal.throwIfAborted()
    if (event === undefined) return { closed: false, reason: 'the server ended the connection' }
    if (event === 'silence') {
      if (clock.now() < lastSign + SILENCE_MS) continue
      return { closed: false, reason: `nothing came for ${SILENCE_MS / 1000} s` }
    }
    lastSign = clock.now()
    if (event.kind === 'entry') {
      if (ledger.admitLive(event.entry)) yield event
    } else if (event.state === 'closed') {
      return { closed: true, reason: 'the server closed the log stream, as when another one is opened' }
    } else if (event.state === 'unsubscribed' && event.deviceId !== undefined) {
      devices.delete(event.deviceId)
      yield { kind: 'dropped', deviceId: event.deviceId }
    } else if (event.state === 'idle' && event.deviceId !== undefined) {
      yield { kind: 'idle', deviceId: event.deviceId }
    }
  }
}

async function openFirst(
  parts: LogStreamParts,
  devices: Set<string>,
  signal: AbortSignal,
): Promise<Connection> {
  const { clock } = parts.transport
  for (let attempt = 1; ; attempt++) {
    try {
      return await connect(parts, devices, undefined, signal)
    } catch (error) {
      const again = error instanceof ImptError && (error.code === 'SERVER' || isConnectionLoss(error))
      if (signal.aborted || !again || attempt === OPENING_TRIES) throw error
      await clock.sleep(backoff(attempt, clock.random()), signal)
    }
  }
}

async function storedEntries(
  parts: LogStreamParts,
  devices: ReadonlySet<string>,
  ledger: LogLedger,
  signal: AbortSignal,
): Promise<{ entries: DeviceLogEntry[]; missed: string[] }> {
  const missed: string[] = []
  const found = await Promise.all(
    [...devices].map(async (deviceId) => {
      try {
        const stored = await recentEntries(parts, deviceId, ledger.since(deviceId), signal)
        return { deviceId, stored }
      } catch (error) {
        if (signal.aborted || isPassing(error)) throw error
        missed.push(deviceId)
        return { deviceId, stored: [] }
      }
    }),
  )
  const entries = found.flatMap(({ deviceId, stored }) => ledger.admitStored(deviceId, stored))
  return { entries: entries.sort((a, b) => timeOf(a) - timeOf(b)), missed }
}

/**
 * Equal lines of the same time that one reading of the stored logs could not tell apart, counted once more. What cannot be read now is left for
 * the next time.
 */
async function unsettledEntries(
  parts: LogStreamParts,
  ledger: LogLedger,
  signal: AbortSignal,
): Promise<DeviceLogEntry[]> {
  const found = await Promise.all(
    ledger.doubtful().map(async ({ deviceId, since }) => {
      try {
        return ledger.settle(deviceId, await recentEntries(parts, deviceId, since, signal))
      } catch (error) {
        if (signal.aborted || !(error instanceof ImptError)) throw error
        return []
      }
    }),
  )
  return found.flat().sort((a, b) => timeOf(a) - timeOf(b))
}

async function recentEntries(
  parts: LogStreamParts,
  deviceId: string,
  since: number,
  signal: AbortSignal,
): Promise<LogEntry[]> {
  const entries: LogEntry[] = []
  for await (const entry of parts.devices.logs(deviceId, { signal })) {
    const newest = entries[0]
    // Newest first is the rule but not for sure (impcentral-api.md 8), so only a falling order ends the reading.
    if (newest !== undefined && timeOf(entry) < since && timeOf(newest) > timeOf(entry)) break
    entries.push(entry)
  }
  return entries
}

/** HTML, garbage and answers of another form come from proxies and servers that start: they pass as a 503 does. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof ImptError)) return false
  if (error.code === 'AUTH') return false
  return ['NETWORK', 'TIMEOUT', 'SERVER', 'RATE_LIMIT', 'DATA'].includes(error.code) || isForeign(error)
}

function reasonOf(error: unknown): string {
  return error instanceof ImptError ? (error.hint ?? error.message) : String(error)
}

function backoff(attempt: number, random: number): number {
  return Math.min(FIRST_BACKOFF_MS * 2 ** (attempt - 1), LONGEST_BACKOFF_MS) * (0.5 + random)
}
