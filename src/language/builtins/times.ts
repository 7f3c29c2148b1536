import { raise } from '../values/fault.ts'
import { durationOf } from '../syntax/literal.ts'
import { text, whole } from '../values/types.ts'
import { aType, dateOf, Duration, durationText, Time, timeOf, type Value } from '../values/value.ts'
import { nearestZone, zoneNamed } from '../values/zone.ts'
import { builtin, type Call, choice, fails, flag, word } from './builtin.ts'
import { counted } from '../../output/messages.ts'

const UNITS = ['minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'] as const
type Unit = (typeof UNITS)[number]

/** Times and durations. Steps of the calendar are made in the zone of the time: that of `in-zone`, else that of this machine. */
export const TIMES = [
  builtin({
    name: 'in-zone',
    summary: 'The same moment on the wall clock of a zone such as "Europe/Berlin", "UTC" or "local".',
    input: 'time',
    words: [word('zone', text)],
    examples: {
      '2026-07-01T10:00Z | in-zone Europe/Berlin': '2026-07-01T12:00:00+02:00',
      '2026-01-31T23:30Z | in-zone Asia/Tokyo | format "dd.MM. HH:mm"': '01.02. 08:30',
      '2026-01-31T10:00Z | in-zone Europe/Berln': fails('DATA'),
    },
    run(given, { zone }, call) {
      const found = zoneNamed(zone)
      if (found !== undefined) return new Time(given.ms, undefined, found)
      const near = nearestZone(zone)
      const message = `there is no time zone "${zone}"`
      throw raise(
        call.at('zone'),
        'DATA',
        message,
        near === undefined ? 'write a name such as Europe/Berlin' : `did you mean "${near}"?`,
      )
    },
  }),
  builtin({
    name: 'add-days',
    summary: 'So many days of the calendar later: at the same time of day, also across summer time.',
    input: 'time',
    words: [word('n', whole(-4_000_000, 4_000_000))],
    examples: {
      '2026-02-28 | add-days 1': '2026-03-01',
      '2026-03-28T12:00+01:00 | in-zone Europe/Berlin | add-days 1': '2026-03-29T12:00:00+02:00',
    },
    run: async (given, { n }, call) =>
      stepped(given, (await import('date-fns/addDays')).addDays(await calendarOf(given), n), call),
  }),
  builtin({
    name: 'add-months',
    summary: 'So many months later; a day that the month does not have becomes its last one.',
    input: 'time',
    words: [word('n', whole(-120_000, 120_000))],
    examples: { '2026-01-31 | add-months 1': '2026-02-28', '2026-01-31 | add-months -2': '2025-11-30' },
    run: async (given, { n }, call) =>
      stepped(given, (await import('date-fns/addMonths')).addMonths(await calendarOf(given), n), call),
  }),
  builtin({
    name: 'start-of',
    summary:
      'The first moment of the minute, hour, day, week, month, quarter or year; weeks begin on Monday.',
    input: 'time',
    words: [choice('unit', text, UNITS)],
    examples: {
      '2026-05-14 | start-of month': '2026-05-01',
      '2026-05-14 | start-of week': '2026-05-11',
      '2026-05-14T10:20Z | in-zone UTC | start-of hour': '2026-05-14T10:00:00+00:00',
      '2026-05-14 | start-of century': fails('BUG_ARGS'),
    },
    run: async (given, { unit }, call) =>
      stepped(given, await startOf(await calendarOf(given), unit as Unit), call, unit),
  }),
  builtin({
    name: 'end-of',
    summary: 'The last millisecond of the minute, hour, day, week, month, quarter or year.',
    input: 'time',
    words: [choice('unit', text, UNITS)],
    examples: {
      '2026-02-14 | end-of month | format "yyyy-MM-dd HH:mm:ss.SSS"': '2026-02-28 23:59:59.999',
      '2026-05-14T10:20Z | in-zone UTC | end-of week': '2026-05-17T23:59:59.999+00:00',
    },
    run: async (given, { unit }, call) =>
      stepped(given, await endOf(await calendarOf(given), unit as Unit), call),
  }),
  builtin({
    name: 'to-duration',
    summary: 'Reads a text such as 1h 30m as a duration; a number as milliseconds.',
    input: 'item',
    examples: {
      '"1h 30m" | to-duration': '1h 30m',
      '90000 | to-duration': '1m 30s',
      '"soon" | to-duration': fails('DATA'),
    },
    run(given, _args, call) {
      if (given instanceof Duration) return given
      const ms =
        typeof given === 'string' ? durationOf(given.trim()) : typeof given === 'number' ? given : undefined
      if (ms !== undefined) return new Duration(ms)
      throw raise(
        call.place,
        'DATA',
        `${shownData(given)} is not a duration`,
        'write 500ms, 30s, 5m, 2h, 7d or "1d 3h 30m"',
      )
    },
  }),
  builtin({
    name: 'to-time',
    summary: 'Reads a text as a time; a number as milliseconds since 1970.',
    input: 'item',
    examples: {
      '"2026-01-31T10:00Z" | to-time': '2026-01-31T10:00Z',
      '"yesterday" | to-time': fails('DATA'),
    },
    run(given, _args, call) {
      if (given instanceof Time) return given
      const time =
        typeof given === 'string'
          ? timeOf(given.trim())
          : typeof given === 'number'
            ? inRange(new Time(given), call)
            : undefined
      if (time !== undefined) return time
      throw raise(
        call.place,
        'DATA',
        `${shownData(given)} is not a time`,
        'write 2026-01-31 or 2026-01-31T10:00Z',
      )
    },
  }),
  builtin({
    name: 'from-epoch',
    summary: 'The time so many seconds after the beginning of 1970.',
    input: 'number',
    options: [flag('ms', 'The number counts milliseconds.')],
    examples: {
      '0 | from-epoch': '1970-01-01T00:00:00.000Z',
      '1500 | from-epoch --ms': '1970-01-01T00:00:01.500Z',
      '1e18 | from-epoch': fails('DATA'),
    },
    run: (given, { ms }, call) => inRange(new Time(ms === true ? given : given * 1000), call),
  }),
  builtin({
    name: 'to-epoch',
    summary: 'The seconds from the beginning of 1970 to a time.',
    input: 'time',
    options: [flag('ms', 'In milliseconds.')],
    examples: { '1970-01-02T00:00Z | to-epoch': '86400', '1970-01-01T00:00:01.5Z | to-epoch --ms': '1500' },
    run: (given, { ms }) => (ms === true ? given.ms : given.ms / 1000),
  }),
  builtin({
    name: 'humanize',
    summary: 'A time as "3 hours ago" or "in 2 days", a duration as "3 hours".',
    input: 'item',
    examples: {
      '3h | humanize': '3 hours',
      '(now - 50h) | humanize': '2 days ago',
      '"x" | humanize': fails('BUG_TYPE'),
    },
    run(given, _args, call) {
      if (given instanceof Duration) return spoken(Math.abs(given.ms))
      if (given instanceof Time) return fromNow(given.ms - Date.now())
      throw raise(call.place, 'BUG_TYPE', `"humanize" needs a time or a duration, not ${aType(given)}`)
    },
  }),
]

/** A time of text in messages. */
export function shownData(value: Value): string {
  return typeof value === 'string' ? JSON.stringify(value) : aType(value)
}

/** A time by a pattern of date-fns (Unicode: yyyy-MM-dd HH:mm), on the wall clock of its zone. */
export async function formatTime(given: Time, pattern: string, utc: boolean, call: Call): Promise<string> {
  const { format } = await import('date-fns/format')
  try {
    return format(await calendarOf(utc ? new Time(given.ms, undefined, 'UTC') : given), pattern)
  } catch (error) {
    const reason = (error as Error).message.split(/[;.]/)[0] ?? ''
    throw raise(
      call.at('pattern'),
      'DATA',
      `"${pattern}" is no pattern of a time: ${reason}`,
      'write yyyy-MM-dd HH:mm:ss; other letters stand in single quotes',
    )
  }
}

/** A time as date-fns reads it: a Date whose parts are those of its zone. */
async function calendarOf({ ms, zone }: Time): Promise<Date> {
  if (zone === undefined) return new Date(ms)
  const { TZDate } = await import('@date-fns/tz/date')
  return new TZDate(ms, zone)
}

/** What a step of the calendar gives: in the same zone, and a date where a date, or the start of a day, is meant. */
function stepped({ zone, isDate }: Time, made: Date, call: Call, unit?: string): Time {
  const ms = made.getTime()
  if (zone !== undefined) return inRange(new Time(ms, undefined, zone), call)
  const day = isDate || (unit !== undefined && unit !== 'hour' && unit !== 'minute')
  return inRange(day ? dateOf(ms) : new Time(ms), call)
}

function inRange(time: Time, call: Call): Time {
  if (!Number.isNaN(new Date(time.ms).getTime())) return time
  throw raise(call.place, 'DATA', 'the time is out of range')
}

async function startOf(date: Date, unit: Unit): Promise<Date> {
  switch (unit) {
    case 'minute':
      return (await import('date-fns/startOfMinute')).startOfMinute(date)
    case 'hour':
      return (await import('date-fns/startOfHour')).startOfHour(date)
    case 'day':
      return (await import('date-fns/startOfDay')).startOfDay(date)
    case 'week':
      return (await import('date-fns/startOfISOWeek')).startOfISOWeek(date)
    case 'month':
      return (await import('date-fns/startOfMonth')).startOfMonth(date)
    case 'quarter':
      return (await import('date-fns/startOfQuarter')).startOfQuarter(date)
    default:
      return (await import('date-fns/startOfYear')).startOfYear(date)
  }
}

async function endOf(date: Date, unit: Unit): Promise<Date> {
  switch (unit) {
    case 'minute':
      return (await import('date-fns/endOfMinute')).endOfMinute(date)
    case 'hour':
      return (await import('date-fns/endOfHour')).endOfHour(date)
    case 'day':
      return (await import('date-fns/endOfDay')).endOfDay(date)
    case 'week':
      return (await import('date-fns/endOfISOWeek')).endOfISOWeek(date)
    case 'month':
      return (await import('date-fns/endOfMonth')).endOfMonth(date)
    case 'quarter':
      return (await import('date-fns/endOfQuarter')).endOfQuarter(date)
    default:
      return (await import('date-fns/endOfYear')).endOfYear(date)
  }
}

const SPOKEN = [
  ['year', 365.25 * 86_400_000],
  ['month', 30.44 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const

/** `3 hours`, in the largest unit of which there is one, rounded down. */
function spoken(ms: number): string {
  const [unit, size] = SPOKEN.find(([, one]) => ms >= one) ?? []
  if (unit === undefined) return ms === 0 ? '0 seconds' : durationText(Math.round(ms))
  return counted(Math.floor(ms / size), unit)
}

function fromNow(ms: number): string {
  if (Math.abs(ms) < 1000) return 'now'
  return ms < 0 ? `${spoken(-ms)} ago` : `in ${spoken(ms)}`
}
