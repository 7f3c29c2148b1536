import type { LogEntry } from './result.ts'
import { visible } from './visible.ts'

/**
 * How the time of an entry is shown: `full` as the cloud tells it; `short` the time of day, in UTC as the cloud has it; `delta` how long after
 * the line before; `epoch` in seconds since 1970.
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
  return ({ device_id: id, ts, type, msg }) => {
    const shownId = id === undefined ? '' : visible(nameOf?.(id) ?? id)
    const device = id === undefined ? '' : `[${paint?.device(shownId, id) ?? shownId}] `
    const kind = `[${visible(type)}]`
    const shownKind = paint !== undefined && /(?:^|\.)(?:error|exit)/.test(type) ? paint.error(kind) : kind
    const head = `${device}${timeOf(ts)} ${shownKind} `
    if (!msg.includes('\n')) return `${head}${visible(msg)}\n`
    const [first = '', ...more] = msg.split(/\r?\n/)
    const lines = [head + visible(first), ...more.map((line) => visible(line))].map((line) => `  ${line}\n`)
    return `"""\n${lines.join('')}"""\n`
  }
}

/** Makes what shows the times of entries, one after the other. A time that cannot be read stays as it is. */
export function logTimes(form: LogTime): (ts: string) => string {
  let before: number | undefined
  return (ts) => {
    const at = Date.parse(ts)
    if (form === 'full' || Number.isNaN(at)) return visible(ts)
    if (form === 'short') return new Date(at).toISOString().slice(11, 23)
    if (form === 'epoch') return (at / 1000).toFixed(3)
    const passed = at - (before ?? at)
    before = at
    return `${passed < 0 ? '-' : '+'}${(Math.abs(passed) / 1000).toFixed(3)}s`
  }
}

/** One log entry as text, with the id of its device and its full time. */
export const renderLogEntry: (entry: LogEntry) => string = logRenderer({})
