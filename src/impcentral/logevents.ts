import { ImptError } from '../output/error.ts'
import { ANSWER_LIMIT, tooLarge } from './nodefetch.ts'
import type { DeviceLogEntry } from './types.ts'

/** What a log stream says (impcentral-api.md 7). */
export type ServerEvent =
  | { readonly kind: 'entry'; readonly entry: DeviceLogEntry }
  | { readonly kind: 'state'; readonly state: string; readonly deviceId?: string }

/** Reads the events of one open stream. */
export interface EventReader {
  /** The next event; `silence` when not even a comment came within `ms`, undefined at the end. Throws what breaks the connection. */
  next(ms: number): Promise<ServerEvent | 'silence' | undefined>
}

/** `sleep` must reject when its signal is aborted, as that of `Clock`. */
export async function createEventReader(
  body: AsyncIterable<Uint8Array>,
  sleep: (ms: number, signal: AbortSignal) => Promise<void>,
): Promise<EventReader> {
  const { createParser } = await import('eventsource-parser')
  const events: ServerEvent[] = []
  const parser = createParser({
    onEvent({ event, data }) {
      unread = 0
      events.push(event === 'state_change' ? parseState(data) : parseEntry(data))
    },
  })
  const decoder = new TextDecoder()
  // What no event has ended yet is kept by the parser.
  let unread = 0
  const chunks = body[Symbol.asyncIterator]()
  let reading: ReturnType<typeof chunks.next> | undefined

  async function next(ms: number): Promise<ServerEvent | 'silence' | undefined> {
    for (;;) {
      const event = events.shift()
      if (event !== undefined) return event
      reading ??= chunks.next()
      const awake = new AbortController()
      const silence = sleep(ms, awake.signal).then(
        () => 'silence' as const,
        () => 'silence' as const,
      )
      const chunk = await Promise.race([reading, silence]).finally(() => awake.abort())
      if (chunk === 'silence') return 'silence'
      reading = undefined
      if (chunk.done) return undefined
      if (unread > ANSWER_LIMIT) throw tooLarge(ANSWER_LIMIT)
      unread += chunk.value.length
      parser.feed(decoder.decode(chunk.value, { stream: true }))
    }
  }

  return { next }
}

function parseState(data: string): ServerEvent {
  const value = parseObject(data)
  if (value === undefined) {
    const [state = '', deviceId] = data.trim().split(/\s+/)
    return { kind: 'state', state, ...(deviceId !== undefined && { deviceId }) }
  }
  const device = value['device_id'] ?? value['device'] ?? value['id']
  return {
    kind: 'state',
    state: String(value['state']),
    ...(typeof device === 'string' && { deviceId: device }),
  }
}

function parseEntry(data: string): ServerEvent {
  // A line break inside an entry arrives as two lines of data, also when it stood unescaped in the JSON text.
  const value = parseObject(data) ?? parseObject(data.replaceAll('\n', '\\n'))
  const entry = value ?? parseTextEntry(data)
  if (entry === undefined || !isEntry(entry)) {
    throw new ImptError('DATA', `Internal error: Unexpected format of log stream message: ${data}.`)
  }
  return { kind: 'entry', entry }
}

// The text format: <device id> <ts> <development or production> <type> <message...>
function parseTextEntry(data: string): Readonly<Record<string, unknown>> | undefined {
  const match = /^(\S+) (\S+) (?:development|production) (\S+) ?([^]*)$/.exec(data)
  if (match === null) return undefined
  const [, deviceId, ts, type, msg] = match
  return { device_id: deviceId, ts, type, msg }
}

function isEntry(value: Readonly<Record<string, unknown>>): value is DeviceLogEntry {
  return ['device_id', 'ts', 'type', 'msg'].every((field) => typeof value[field] === 'string')
}

function parseObject(data: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(data)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
