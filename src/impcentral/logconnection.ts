import { ImptError } from '../output/error.ts'
import { STREAM_TAKEN, STREAM_TAKERS } from '../output/messages.ts'
import type { Api } from './api.ts'
import { openStream, urlOf } from './exchange.ts'
import { answerError, isForeign, type Answer } from './failure.ts'
import { createEventReader, type EventReader, type ServerEvent } from './logevents.ts'
import type { Resources } from './resources.ts'
import type { AuthorizedSender } from './tokens.ts'
import { anySignal, pathOf, standardHeaders, type Transport } from './transport.ts'
import type { WireResponse } from './wire.ts'

export interface LogStreamParts {
  readonly transport: Transport
  readonly sender: AuthorizedSender
  readonly api: Api
  readonly devices: Resources['devices']
}

/** An open stream with its devices added. */
export interface Connection {
  readonly reader: EventReader
  /** When its devices were added, by the server's clock, in ms since 1970. */
  readonly openedAt: number
  close(): void
}

/** Not every server need say `opened`; go on without it after this time, as adding devices is tried several times anyway. */
const OPENED_WAIT_MS = 5000
const OPENING_TIMEOUT_MS = 30_000
const ADD_TRIES = 6
const ADD_BACKOFF_MS = 100

/** Makes a stream, opens it, and adds the devices. With `gone`, devices that no longer exist are moved there instead of being an error. */
export async function connect(
  parts: LogStreamParts,
  devices: Set<string>,
  gone: string[] | undefined,
  signal: AbortSignal,
): Promise<Connection> {
  const stop = new AbortController()
  const own = anySignal(stop.signal, signal) ?? stop.signal
  try {
    const document = await parts.api.change('POST', '/logstream', undefined, undefined, { signal: own })
    const id = streamId(document?.data)
    const response = await openEvents(parts, id, own)
    const reader = await createEventReader(response.body, (ms, awake) =>
      parts.transport.clock.sleep(ms, awake),
    )
    const first = await reader.next(OPENED_WAIT_MS)
    if (first === undefined) throw lostWhileOpening()
    if (first !== 'silence' && isState(first, 'closed')) throw takenWhileOpening()
    const held = first === 'silence' || isState(first, 'opened') ? [] : [first]
    await Promise.all([...devices].map((deviceId) => addDevice(parts, id, deviceId, devices, gone, own)))
    const openedAt = serverTime(response, parts.transport.clock.now())
    return { reader: withHeld(reader, held), openedAt, close: () => stop.abort() }
  } catch (error) {
    stop.abort()
    throw signal.aborted || error instanceof ImptError ? error : lostWhileOpening(error)
  }
}

async function openEvents(parts: LogStreamParts, id: string, signal: AbortSignal): Promise<WireResponse> {
  const { transport, sender } = parts
  const wire = await transport.wire()
  const open = (token: string): Promise<WireResponse | Answer> =>
    openStream(
      wire,
      {
        method: 'GET',
        changes: false,
        url: urlOf(transport.endpoint, pathOf('logstream', id), { format: 'json' }),
        headers: {
          ...standardHeaders(transport.options),
          Accept: 'text/event-stream',
          Authorization: `Bearer ${token}`,
        },
        body: undefined,
        timeout: OPENING_TIMEOUT_MS,
        signal,
      },
      transport.clock,
      transport.options.observer,
    )
  const token = await sender.accessToken()
  const first = await open(token)
  const response = first.status === 401 ? await open(await sender.renewToken(token)) : first
  if ('body' in response) return response
  throw answerError(response)
}

/** Right after the opening the server refuses devices at times (impcentral-api.md 7), so a refusal counts only when it lasts. */
async function addDevice(
  parts: LogStreamParts,
  streamId: string,
  deviceId: string,
  devices: Set<string>,
  gone: string[] | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { clock } = parts.transport
  for (let attempt = 1; ; attempt++) {
    try {
      await parts.api.change('PUT', pathOf('logstream', streamId, deviceId), {}, undefined, { signal })
      return
    } catch (error) {
      const passing =
        error instanceof ImptError && ['NOT_FOUND', 'CONFLICT', 'DATA', 'SERVER'].includes(error.code)
      if (signal.aborted || !passing) throw error
      if (attempt < ADD_TRIES) {
        await clock.sleep(ADD_BACKOFF_MS * 2 ** (attempt - 1), signal)
        continue
      }
      if (error.code !== 'NOT_FOUND' || isForeign(error)) throw error
      // Either the device is gone or the new stream is already gone again.
      if (await exists(parts, deviceId, signal)) throw takenWhileOpening(error)
      if (gone === undefined) throw error
      devices.delete(deviceId)
      gone.push(deviceId)
      return
    }
  }
}

async function exists(parts: LogStreamParts, deviceId: string, signal: AbortSignal): Promise<boolean> {
  try {
    await parts.devices.get(deviceId, { signal })
    return true
  } catch (error) {
    if (error instanceof ImptError && error.code === 'NOT_FOUND' && !isForeign(error)) return false
    throw error
  }
}

function withHeld(reader: EventReader, held: ServerEvent[]): EventReader {
  return { next: async (ms) => held.shift() ?? reader.next(ms) }
}

function isState(event: ServerEvent, state: string): boolean {
  return event.kind === 'state' && event.state === state
}

function streamId(data: unknown): string {
  if (typeof data === 'object' && data !== null && 'id' in data && typeof data.id === 'string') return data.id
  throw new ImptError('DATA', 'impCentral sent a log stream without an id.')
}

// The Date header has whole seconds, so it only tells a clock that is set wrong; else the own clock is the better one.
function serverTime(response: WireResponse, now: number): number {
  const date = Date.parse(response.headers['date'] ?? '')
  return Number.isNaN(date) || Math.abs(date - now) < 2000 ? now : date
}

/** An account has one stream: whoever opens another takes it. */
function takenWhileOpening(cause?: unknown): ImptError {
  return new ImptError('CONFLICT', STREAM_TAKEN, { hint: STREAM_TAKERS, cause })
}

function lostWhileOpening(cause?: unknown): ImptError {
  return new ImptError('NETWORK', 'The log stream was lost while it was being opened.', { cause })
}
