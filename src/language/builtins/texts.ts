import { numberOf, text, value } from '../values/types.ts'
import { raise } from '../values/fault.ts'
import { equal } from '../values/operators.ts'
import { match, patternOf } from '../values/pattern.ts'
import { codePoints } from '../syntax/source.ts'
import { textOf } from '../values/text-of.ts'
import { aType, isList, Time, timeOf, type Value } from '../values/value.ts'
import { builtin, type Call, fails, flag, maybe, word } from './builtin.ts'

/** Texts, and what is written as text. */
export const TEXTS = [
  builtin({
    name: 'lower',
    summary: 'In small letters.',
    input: 'text',
    examples: { '"Kitchen" | lower': 'kitchen', '["A", "B"] | lower': 'a\nb' },
    run: (given) => given.toLowerCase(),
  }),
  builtin({
    name: 'upper',
    summary: 'In capitals.',
    input: 'text',
    examples: { '"Kitchen" | upper': 'KITCHEN', '3 | upper': fails('BUG_TYPE') },
    run: (given) => given.toUpperCase(),
  }),
  builtin({
    name: 'trim',
    summary: 'Without spaces at both ends.',
    input: 'text',
    examples: { '"  a " | trim | length': '1', '[" a", "b "] | trim': 'a\nb' },
    run: (given) => given.trim(),
  }),
  builtin({
    name: 'split',
    summary: 'Cuts a text at a separator; "" gives its characters.',
    input: 'text',
    words: [word('separator', text)],
    examples: { '"a,b" | split ","': 'a\nb', '"abc" | split ""': 'a\nb\nc' },
    run: (given, { separator }) => (separator === '' ? Array.from(given) : given.split(separator)),
  }),
  builtin({
    name: 'starts-with',
    summary: 'Whether the text starts so.',
    input: 'text',
    words: [word('start', text)],
    examples: { '"lab-1" | starts-with lab': 'true', '"lab-1" | starts-with Lab': 'false' },
    run: (given, { start }) => given.startsWith(start),
  }),
  builtin({
    name: 'ends-with',
    summary: 'Whether the text ends so.',
    input: 'text',
    words: [word('end', text)],
    examples: { '"a.nut" | ends-with .nut': 'true', '"a.nut" | ends-with .js': 'false' },
    run: (given, { end }) => given.endsWith(end),
  }),
  builtin({
    name: 'replace',
    summary: 'Replaces each occurrence of a text, or of a pattern.',
    input: 'text',
    words: [word('old', text), word('new', text)],
    options: [flag('pattern', 'The old text is a regular expression; $1 in the new one is its first group.')],
    examples: { '"a-b-c" | replace - _': 'a_b_c', "\"v12\" | replace --pattern '(\\d)' '<$1>'": 'v<1><2>' },
    run(given, { old, new: fresh, pattern: isPattern }, call) {
      if (isPattern !== true) return old === '' ? given : given.replaceAll(old, () => fresh)
      return match('replace', patternOf(old, call.at('old')), given, call.task.signal, fresh)
    },
  }),
  builtin({
    name: 'contains',
    summary: 'Whether the text or list holds this.',
    input: 'any',
    words: [word('part', value)],
    examples: { '"abc" | contains b': 'true', '[1, 2] | contains (3)': 'false' },
    run(given, { part }, call) {
      if (isList(given)) return given.some((item) => equal(item, part, call.place, 'contains'))
      if (typeof given === 'string' && typeof part === 'string') return given.includes(part)
      throw raise(call.place, 'BUG_TYPE', `"contains" needs a text or a list, not ${aType(given)}`)
    },
  }),
  builtin({
    name: 'length',
    summary: 'The number of characters of a text or of items of a list.',
    input: 'any',
    examples: { '"häuser" | length': '6', '[1, 2] | length': '2', '{} | length': fails('BUG_TYPE') },
    run(given, _args, call) {
      if (typeof given === 'string') return codePoints(given)
      if (isList(given)) return given.length
      throw raise(call.place, 'BUG_TYPE', `"length" needs a text or a list, not ${aType(given)}`)
    },
  }),
  builtin({
    name: 'join-text',
    summary: 'Joins texts with a separator between them.',
    input: 'items',
    words: [maybe('separator', text)],
    examples: { '["a", "b"] | join-text ", "': 'a, b', '[1, 2] | join-text': '12' },
    run: (items, { separator = '' }, call) => items.map((item) => textOf(item, call.place)).join(separator),
  }),
  builtin({
    name: 'format',
    summary: 'A time as text.',
    input: 'any',
    words: [word('pattern', text)],
    options: [flag('utc', 'In UTC; else in the time zone of this machine.')],
    examples: {
      '2026-01-31T10:00Z | format --utc "yyyy-MM-dd HH:mm"': '2026-01-31 10:00',
      '"x" | format yyyy': fails('BUG_TYPE'),
    },
    run: (given, { pattern, utc }, call) => formatTime(given, pattern, utc === true, call),
  }),
  builtin({
    name: 'to-number',
    summary: 'Reads a text as a number.',
    input: 'any',
    examples: { '"12" | to-number': '12', '"12x" | to-number': fails('DATA') },
    run(given, _args, call) {
      if (typeof given === 'number') return given
      const number = typeof given === 'string' ? numberOf(given.trim()) : undefined
      if (number !== undefined) return number
      throw raise(call.place, 'DATA', `${shownData(given)} is not a number`)
    },
  }),
  builtin({
    name: 'to-text',
    summary: 'A number, bool, time or duration as text.',
    input: 'any',
    examples: { '12 | to-text': '12', '[1] | to-text': fails('BUG_TYPE') },
    run: (given, _args, call) => textOf(given, call.place),
  }),
  builtin({
    name: 'to-time',
    summary: 'Reads a text as a time; a number as milliseconds since 1970.',
    input: 'any',
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
            ? new Time(given)
            : undefined
      if (time !== undefined) return time
      const hint = 'write 2026-01-31 or 2026-01-31T10:00Z'
      throw raise(call.place, 'DATA', `${shownData(given)} is not a time`, hint)
    },
  }),
]

function shownData(value: Value): string {
  return typeof value === 'string' ? JSON.stringify(value) : aType(value)
}

async function formatTime(value: Value, pattern: string, utc: boolean, call: Call): Promise<string> {
  if (!(value instanceof Time)) {
    const hint = typeof value === 'string' ? 'write | to-time | format ...' : undefined
    throw raise(call.place, 'BUG_TYPE', `"format" needs a time, not ${aType(value)}`, hint)
  }
  const { format: write } = await import('date-fns/format')
  const date = new Date(value.ms)
  // date-fns writes local time: for UTC the date is moved by the offset.
  const shown = utc ? new Date(value.ms + date.getTimezoneOffset() * 60_000) : date
  try {
    return write(shown, pattern)
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
