import { timeOf } from '../impcentral/logledger.ts'
import { ImptError } from '../output/error.ts'
import { compilePattern, match, patternFault } from '../output/pattern.ts'
import type { LogEntry } from '../output/result.ts'
import { parseTime } from '../testing/duration.ts'
import { listOf, textOf } from './options.ts'
import type { OptionValues } from './row.ts'

/** Which entries of a log are wanted. */
interface LogChoice {
  /** Nothing older than this is wanted; ms since 1970. Absent: however old. */
  readonly since: number | undefined
  /** Whether the time and the type of an entry are wanted. */
  readonly takes: (entry: LogEntry) => boolean
  /** Whether its text is; a promise where the pattern takes its time. Ends with the signal. */
  readonly matches: (entry: LogEntry) => boolean | Promise<boolean>
}

/** Reads --since, --until, --type and --grep; undefined where none is given. `now` is in ms since 1970. Throws USAGE. */
export function logChoice(options: OptionValues, signal: AbortSignal, now: number): LogChoice | undefined {
  const types = listOf(options, 'type')
  const grep = textOf(options, 'grep')
  const since = moment(options, 'since', now)
  const until = moment(options, 'until', now)
  if (since === undefined && until === undefined && types.length === 0 && grep === undefined) return undefined
  if (since !== undefined && until !== undefined && since > until)
    throw new ImptError('USAGE', 'The time of "--since" is after that of "--until".', {
      hint: 'Exchange them: --since is the older end',
    })
  const pattern = grep === undefined ? undefined : patternIn(grep)
  return {
    since,
    takes(entry) {
      const time = timeOf(entry)
      return (
        !(since !== undefined && time < since) &&
        !(until !== undefined && time > until) &&
        (types.length === 0 || types.some((type) => isOfType(entry.type, type)))
      )
    },
    matches: ({ msg }) => pattern === undefined || match('test', pattern, msg, signal),
  }
}

/** The entries that are wanted; `seen` gives an entry as it is shown, which is what --grep is about. */
export async function* chosen(
  entries: AsyncIterable<LogEntry>,
  choice: LogChoice,
  seen: (entries: AsyncIterable<LogEntry>) => AsyncIterable<LogEntry>,
): AsyncGenerator<LogEntry> {
  async function* taken(): AsyncGenerator<LogEntry> {
    for await (const entry of entries) if (choice.takes(entry)) yield entry
  }
  for await (const entry of seen(taken())) if (await choice.matches(entry)) yield entry
}

/** A type is named in full, or by one of its parts: `error` is `agent.error` and `server.error`, `agent` all of the agent. */
export function isOfType(type: string, wanted: string): boolean {
  return type === wanted || type.split('.').includes(wanted)
}

const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:\d\d)?)?$/

/** How long ago (`90s`, `2h`, `7d`), or a date with or without a time, in UTC as logs are unless it names a zone. */
function moment(options: OptionValues, option: string, now: number): number | undefined {
  const text = textOf(options, option)
  if (text === undefined) return undefined
  const [, date, time = '00:00', zone = 'Z'] = ISO.exec(text.trim()) ?? []
  if (date === undefined) return now - ago(text, option)
  const ms = Date.parse(`${date}T${time}${zone}`)
  // There is no 30 February, though JavaScript finds one.
  const day = Date.parse(date)
  if (!Number.isNaN(ms) && !Number.isNaN(day) && new Date(day).toISOString().startsWith(date)) return ms
  throw wrongTime(text, option)
}

/** A time as options have it, or several as durations of scripts are written: `1h 30m`. */
function ago(text: string, option: string): number {
  const parts = /^(?:\d+[smhd] ?)+$/.test(text) ? (text.match(/\d+[smhd]/g) ?? []) : [text]
  try {
    return parts.reduce((sum, part) => sum + parseTime(part, option), 0)
  } catch {
    throw wrongTime(text, option)
  }
}

function wrongTime(text: string, option: string): ImptError {
  return new ImptError('USAGE', `Option "--${option}" has incorrect value "${text}".`, {
    hint: 'Say how long ago, such as 90s, 10m, 2h or 7d, or a time such as 2024-01-31 or 2024-01-31T09:00Z',
  })
}

function patternIn(text: string) {
  try {
    return compilePattern(text)
  } catch (error) {
    throw new ImptError('USAGE', `Option "--grep" has incorrect value "${text}".`, {
      hint: `It is not a regular expression: ${patternFault(error)}`,
    })
  }
}
