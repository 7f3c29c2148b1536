import { type Cursor, Fault } from './cursor.ts'
import { positionOf } from './source.ts'
import { close, expression, fieldName } from './expression.ts'
import { singleQuoted } from './word.ts'
import type { Expression, ListLiteral, RecordField, RecordLiteral } from './tree.ts'

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}
const TIME =
  /\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?(?![A-Za-z0-9_])/y
const NUMBER = /\d+(?:\.\d+)?(?:[eE][-+]?\d+(?![A-Za-z0-9_]))?/y

/** Milliseconds of a duration such as `1.5h`, or `1d 3h 30m` as durations print; undefined if the text is none. */
export function durationOf(text: string): number | undefined {
  const [, sign, parts = ''] =
    /^(-)?(\d+(?:\.\d+)?(?:ms|[smhdw])(?: ?\d+(?:\.\d+)?(?:ms|[smhdw]))*)$/.exec(text) ?? []
  if (parts === '') return undefined
  let ms = 0
  for (const [, count, unit = ''] of parts.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g))
    ms += Number(count) * (UNITS[unit] ?? 0)
  return sign === undefined ? ms : -ms
}

/** The number that digits write; undefined where a number cannot hold what they say: beyond its range, or a whole number that it would change. */
export function numberIn(text: string): number | undefined {
  const value = Number(text)
  if (!Number.isFinite(value)) return undefined
  if (Number.isSafeInteger(value) || !/^-?\d+$/.test(text)) return value
  return BigInt(value) === BigInt(text) ? value : undefined
}

/** Reads a number, a duration or a time. */
export function numeral(c: Cursor): Expression {
  const start = c.pos
  const time = c.match(TIME)
  if (time !== undefined) {
    c.takeText('constant', time)
    return { kind: 'time', text: time, start, end: c.pos }
  }
  const number = c.match(NUMBER) ?? ''
  const unit = c.match(/\d+(?:\.\d+)?(?:ms|s|m|h|d|w)(?![A-Za-z0-9_])/y)
  if (unit !== undefined) {
    c.takeText('constant', unit)
    return { kind: 'duration', value: durationOf(unit) ?? 0, start, end: c.pos }
  }
  const rest = c.match(/[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*/y) ?? number
  if (rest.length > number.length && /[A-Za-z_]/.test(rest)) {
    c.fail(`"${rest}" is not a number`, {
      end: start + rest.length,
      hint: `ids and other texts need quotes here: "${rest}"; durations end in ms, s, m, h, d or w`,
    })
  }
  const value = numberIn(number)
  if (value === undefined) {
    c.fail(`${number} is too long for a number`, {
      end: start + number.length,
      hint: `an id or another text needs quotes here: "${number}"`,
    })
  }
  c.takeText('number', number)
  return { kind: 'number', value, start, end: c.pos }
}

/** Reads items between brackets, separated by commas or line ends. */
function items(c: Cursor, bracket: string, item: () => void): void {
  c.skipLines()
  let isOnNextLine = false
  while (c.peek() !== bracket) {
    const { multiline } = c
    c.multiline = 0
    try {
      item()
      c.skipSpace()
      c.multiline = multiline
      if (c.peek() === bracket) break
      isOnNextLine = c.peek() !== ','
      if (c.peek() === ',') c.take('punctuation', c.pos + 1)
      else if (c.peek() !== '\n' && !c.at('\r\n')) {
        c.fail(`expected "," or "${bracket}"`, commaHint(c))
      }
    } catch (error) {
      throw isOnNextLine && error instanceof Fault ? unclosed(c, bracket, error) : error
    }
    c.skipLines()
  }
  close(c, bracket)
}

/** What is wrong where the next line was taken for an item because the bracket of the line before it is missing; else the fault as it is. */
function unclosed(c: Cursor, bracket: string, fault: Fault): Fault {
  const { diagnostic } = fault
  const opening = c.openings.at(-1)
  if (opening === undefined || diagnostic.code !== 'SYNTAX' || isClosed(c.text, opening.start)) return fault
  const { line } = positionOf(c.text, diagnostic.start)
  return new Fault({
    code: 'SYNTAX',
    severity: 'error',
    message: `"${opening.what}" is not closed`,
    start: opening.start,
    end: opening.start + opening.what.length,
    hint: `put "${bracket}" before line ${line}, where no item follows: ${diagnostic.message}`,
  })
}

/** So many characters are looked through for the partner of a bracket; one that is not among them may be further on. */
const FAR = 100_000

/** Whether the bracket at this place has its partner, by brackets alone: texts and comments are passed over. */
function isClosed(text: string, start: number): boolean {
  let depth = 0
  const end = start + FAR
  for (const [mark] of text.slice(start, end).matchAll(/[[\](){}]|"(?:[^"\\]|\\.)*"|'[^']*'|#[^\n]*/gs)) {
    if ('[({'.includes(mark)) depth += 1
    else if ('])}'.includes(mark)) depth -= 1
    if (depth === 0) return true
  }
  return end < text.length
}

function commaHint(c: Cursor): { hint?: string } {
  return c.ended ? {} : { hint: 'items are separated by commas or line ends' }
}

function spread(c: Cursor): boolean {
  if (!c.at('...')) return false
  c.takeText('operator', '...')
  return true
}

/** Reads `[ ... ]`. */
export function list(c: Cursor): ListLiteral {
  const start = c.pos
  const found: { spread: boolean; value: Expression }[] = []
  c.take('punctuation', c.pos + 1)
  c.within('[', start, () =>
    items(c, ']', () => {
      found.push({ spread: spread(c), value: expression(c) })
    }),
  )
  return { kind: 'list', items: found, start, end: c.pos }
}

/** Reads `{ name: value, ... }`. */
export function record(c: Cursor): RecordLiteral {
  const start = c.pos
  const sequence = c.match(/\{-?\d+\.\.-?\d+(?:\.\.-?\d+)?\}/y)
  if (sequence !== undefined)
    c.fail(`"${sequence}" is not expanded here`, {
      end: start + sequence.length,
      code: 'BASH',
      hint: `write ${sequence.slice(1, -1)}`,
    })
  const fields: RecordField[] = []
  c.take('punctuation', c.pos + 1)
  c.within('{', start, () =>
    items(c, '}', () => {
      fields.push(recordField(c))
    }),
  )
  return { kind: 'record', fields, start, end: c.pos }
}

function recordField(c: Cursor): RecordField {
  if (spread(c)) return { kind: 'spread', value: expression(c) }
  const start = c.pos
  if (c.peek() === '[') {
    c.take('punctuation', c.pos + 1)
    c.skipLines()
    const key = expression(c)
    c.skipLines()
    close(c, ']')
    return { kind: 'computed', name: key, value: fieldValue(c, '[...]') }
  }
  const name =
    c.peek() === "'"
      ? singleQuoted(c).text
      : c.peek() === '"' || NAME_START.test(c.peek())
        ? fieldName(c)
        : undefined
  if (name === undefined) c.fail('expected the name of a field', { hint: 'a record is {name: value, ...}' })
  return { kind: 'field', name, start, value: fieldValue(c, name) }
}

function fieldValue(c: Cursor, name: string): Expression {
  c.skipSpace()
  if (c.peek() !== ':')
    c.fail(`expected ":" after the field "${name}"`, { hint: 'a record is {name: value, ...}' })
  c.take('punctuation', c.pos + 1)
  c.skipLines()
  return expression(c)
}

const NAME_START = /[A-Za-z_]/
