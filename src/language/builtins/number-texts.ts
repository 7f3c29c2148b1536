import { formatTime } from './times.ts'
import { measureFor, numberBySpec, padded, specOf, textBySpec } from '../values/format-spec.ts'
import { bytesText, fixedText, groupedText, percentText } from '../values/number-text.ts'
import { pathOf } from '../values/access.ts'
import { raise } from '../values/fault.ts'
import { textOf } from '../values/text-of.ts'
import { text, whole } from '../values/types.ts'
import { aType, isList, isRecord, Time, type Value } from '../values/value.ts'
import { builtin, type Call, fails, flag, maybe, option, word } from './builtin.ts'
import { pathParts } from './sorting.ts'

/** Numbers, texts, times and records as texts of a certain look. Lists and streams are worked on item by item. */
export const NUMBER_TEXTS = [
  builtin({
    name: 'fixed',
    summary: 'A number as text with exactly n decimals.',
    input: 'number',
    words: [word('n', whole(0, 20))],
    examples: {
      '3 | fixed 2': '3.00',
      '[2.5, 1.005] | fixed 1': '2.5\n1.0',
      'null | fixed 1': fails('BUG_TYPE'),
    },
    run: (given, { n }) => fixedText(given, n),
  }),
  builtin({
    name: 'thousands',
    summary: 'A number as text with a comma between its thousands.',
    input: 'number',
    examples: { '1234567.5 | thousands': '1,234,567.5', '999 | thousands': '999' },
    run: (given) => groupedText(String(given)),
  }),
  builtin({
    name: 'percent',
    summary: 'A share as percent, with n decimals.',
    input: 'number',
    words: [maybe('n', whole(0, 20))],
    examples: { '0.256 | percent': '26%', '0.256 | percent 1': '25.6%' },
    run: (given, { n = 0 }) => percentText(given, n),
  }),
  builtin({
    name: 'bytes',
    summary: 'A number of bytes as text, in units of 1024.',
    input: 'number',
    examples: { '1536 | bytes': '1.5 KiB', '100 | bytes': '100 B' },
    run: (given) => bytesText(given),
  }),
  builtin({
    name: 'pad',
    summary: 'Fills a text or a number up to a width; the named side is filled, the right one if none is.',
    input: 'item',
    words: [word('width', whole(0, 9999))],
    options: [
      flag('left', 'Fills the left side.'),
      flag('right', 'Fills the right side.'),
      flag('center', 'Fills both sides.'),
      option('with', text, 'The character that fills; a space if absent.'),
    ],
    examples: {
      '7 | pad 3 --left --with 0': '007',
      '"ab" | pad 6 --center --with "*"': '**ab**',
      '["a", "bcd"] | pad 2 --with .': 'a.\nbcd',
      '"a" | pad 3 --with "--"': fails('BUG_ARGS'),
    },
    async run(given, { width, left, center, with: fill = ' ' }, call) {
      if (Array.from(fill).length !== 1)
        throw raise(call.at('with'), 'BUG_ARGS', `--with takes one character, not "${fill}"`)
      const shown = textOf(given, call.place)
      const measure = await measureFor(shown)
      return padded(shown, width, center === true ? '^' : left === true ? '>' : '<', fill, measure)
    },
  }),
  builtin({
    name: 'format',
    summary: 'A value, or the fields of a record, as text by a pattern. The guide has the table of patterns.',
    input: 'item',
    words: [word('pattern', text)],
    options: [flag('utc', 'Times in UTC; else in their own zone or that of this machine.')],
    examples: {
      '{name: "lab", total: 12, share: 0.256} | format "{name} {total:>4} {share:.1%}"': 'lab   12 25.6%',
      '1234.5 | format ",.2f"': '1,234.50',
      '2026-01-31T10:00Z | format --utc "yyyy-MM-dd HH:mm"': '2026-01-31 10:00',
      '[1, 2] | format "{:03}"': '001\n002',
      '"x" | format yyyy': fails('DATA'),
    },
    run: (given, { pattern, utc }, call) =>
      pattern.includes('{') || pattern.includes('}')
        ? byTemplate(given, templateOf(pattern, call), utc === true, call)
        : bySpec(given, pattern, utc === true, call),
  }),
]

type Piece = string | { readonly path: string; readonly spec: string }

const templates = new Map<string, readonly Piece[]>()
const PIECE = /\{\{|\}\}|\{([^{}:]*)(?::([^{}]*))?\}|[^{}]+/gy

/** Reads `{name} and {share:.1%}`; `{{` and `}}` are braces. */
function templateOf(pattern: string, call: Call): readonly Piece[] {
  const known = templates.get(pattern)
  if (known !== undefined) return known
  const pieces: Piece[] = []
  let end = 0
  for (const match of pattern.matchAll(PIECE)) {
    const [all, path, spec] = match
    end = match.index + all.length
    if (all === '{{' || all === '}}') pieces.push(all.slice(1))
    else pieces.push(path === undefined ? all : { path: path.trim(), spec: spec ?? '' })
  }
  if (end < pattern.length) {
    throw raise(
      call.at('pattern'),
      'DATA',
      `"${pattern}" has a brace without its other half at character ${end + 1}`,
      'write {name} for a field, and {{ for a brace',
    )
  }
  if (templates.size > 500) templates.clear()
  templates.set(pattern, pieces)
  return pieces
}

async function byTemplate(given: Value, pieces: readonly Piece[], utc: boolean, call: Call): Promise<string> {
  let made = ''
  for (const piece of pieces) {
    if (typeof piece === 'string') made += piece
    else {
      const value = piece.path === '' ? given : fieldOf(given, piece.path, call)
      made += await bySpec(value, piece.spec, utc, call)
    }
  }
  return made
}

function fieldOf(given: Value, path: string, call: Call): Value {
  if (isRecord(given)) return pathOf(given, pathParts(path), call.at('pattern'))
  throw raise(
    call.place,
    'BUG_TYPE',
    `{${path}} is a field of a record, not of ${aType(given)}`,
    'write {} for the value itself',
  )
}

/** One value by a spec. null is an empty text, as in tables. */
async function bySpec(given: Value, spec: string, utc: boolean, call: Call): Promise<string> {
  if (given instanceof Time && specOf(spec) === undefined) return formatTime(given, spec, utc, call)
  if (isRecord(given) || isList(given)) {
    const hint = isRecord(given)
      ? 'write {name} for a field of the record'
      : 'join its items with | join-text ", "'
    throw raise(
      call.place,
      'BUG_TYPE',
      `"format" needs a text, a number or a time, not ${aType(given)}`,
      hint,
    )
  }
  const read = specOf(spec)
  if (read === undefined || (typeof given !== 'number' && (read.kind !== '' || read.grouped || read.plus))) {
    const what = typeof given === 'number' ? 'a number' : aType(given)
    const hint =
      typeof given === 'string' && /[yMdHms]/.test(spec)
        ? 'a time is read with | to-time before it'
        : 'a pattern is such as >10, .2, .1% or {name:>10}; see "help language"'
    throw raise(call.at('pattern'), 'DATA', `"${spec}" is no pattern for ${what}`, hint)
  }
  const shown = given === null ? '' : typeof given === 'number' ? '' : textOf(given, call.place)
  const measure = await measureFor(shown, read.fill)
  return typeof given === 'number' ? numberBySpec(given, read, measure) : textBySpec(shown, read, measure)
}
