import type { LogEntry } from './result.ts'
import { visible } from './visible.ts'

/** The types of log entries that are known (impcentral-api.md 7). The cloud may have others. */
export const LOG_TYPES = [
  'server.log',
  'server.error',
  'server.sleep',
  'agent.log',
  'agent.error',
  'status',
  'powerstate',
  'lastexitcode',
  'firmware',
] as const
export type LogType = (typeof LOG_TYPES)[number]

/**
 * How the time of an entry is shown: `full` as the cloud tells it; `short` the time of day, in UTC as the cloud has it; `delta` how long after
 * the entry before it, which stands above it, or below where the newest is first; `epoch` in seconds since 1970.
 */
export type LogTime = 'full' | 'short' | 'delta' | 'epoch'

/** How log entries are shown to people. */
export interface LogLook {
  readonly time?: LogTime
  /** What stands in the place of a device's id. */
  readonly nameOf?: (id: string) => string | undefined
  /** Colours the name of a device, the same each time, and the type of an error. */
  readonly paint?: {
    readonly device: (text: string, id: string) => string
    readonly error: (text: string) => string
  }
}

/**
 * Makes what shows one log entry after the other as text (log.md): `<ts> [<type>] <msg>`, with `[<device>] ` before it in streams. An entry of
 * several lines becomes a block between two `"""` lines.
 */
export function logRenderer({ time = 'full', nameOf, paint }: LogLook): (entry: LogEntry) => string {
  const timeOf = logTimes(time)
  return ({ device_id: id, ts, type, msg, [EARLIER]: earlier }: LogEntry & Earlier) => {
    const shownId = id === undefined ? '' : visible(nameOf?.(id) ?? id)
    const device = id === undefined ? '' : `[${paint?.device(shownId, id) ?? shownId}] `
    const kind = `[${visible(type)}]`
    const shownKind = paint !== undefined && /(?:^|\.)(?:error|exit)/.test(type) ? paint.error(kind) : kind
    const head = `${device}${timeOf(ts, earlier)} ${shownKind} `
    if (!msg.includes('\n')) return `${head}${visible(msg)}\n`
    const [first = '', ...more] = msg.split(/\r?\n/)
    const lines = [head + visible(first), ...more.map((line) => visible(line))].map((line) => `  ${line}\n`)
    return `"""\n${lines.join('')}"""\n`
  }
}

/** Makes what shows the times of entries, one after the other. A time that cannot be read stays as it is. */
export function logTimes(form: LogTime): (ts: string, earlier?: string) => string {
  let last: number | undefined
  return (ts, earlier) => {
    const at = Date.parse(ts)
    if (form === 'full' || Number.isNaN(at)) return visible(ts)
    if (form === 'short') return new Date(at).toISOString().slice(11, 23)
    if (form === 'epoch') return (at / 1000).toFixed(3)
    const before = earlier === undefined ? last : Date.parse(earlier)
    const passed = before === undefined || Number.isNaN(before) ? 0 : at - before
    last = at
    return `${passed < 0 ? '-' : '+'}${(Math.abs(passed) / 1000).toFixed(3)}s`
  }
}

/** The time of the entry before it, on an entry of a list whose newest is first: for its line, no part of what programs get. */
const EARLIER: unique symbol = Symbol('earlier')
interface Earlier {
  readonly [EARLIER]?: string
}

/** Entries of which the newest is first, each with the time of the one before it: that of the last one is in `next`, where there is one. */
export async function* withEarlier(
  entries: Iterable<LogEntry> | AsyncIterable<LogEntry>,
  next?: LogEntry,
): AsyncGenerator<LogEntry> {
  let held: LogEntry | undefined
  try {
    for await (const entry of entries) {
      if (held !== undefined) yield { ...held, [EARLIER]: entry.ts }
      held = entry
    }
  } catch (error) {
    if (held !== undefined) yield held
    throw error
  }
  if (held !== undefined) yield { ...held, [EARLIER]: next?.ts ?? held.ts }
}

/** One log entry as text, with the id of its device and its full time. */
export const renderLogEntry: (entry: LogEntry) => string = logRenderer({})
