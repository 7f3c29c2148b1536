// Text in a format as a value. Every error names line and column of the data; a whole number that a number cannot hold is kept as text.
import { separatorOf, unguarded } from '../../output/csv.ts'
import { raise } from '../values/fault.ts'
import type { Task } from '../run/frame.ts'
import { checkMemory } from '../run/memory.ts'
import { jsonError } from '../values/json-error.ts'
import { plain } from '../values/result-value.ts'
import { positionOf, type Place } from '../syntax/source.ts'
import { putField, Time, timeOf, type Value } from '../values/value.ts'
import { counted } from '../../output/messages.ts'

/** Where a text is read from, for messages. */
interface From {
  readonly place: Place
  /** Such as `devices.csv`, or `the text`. */
  readonly what: string
  /** Is told what reads otherwise than it looks. */
  readonly task: Task
}

export const READ = ['json', 'csv', 'tsv', 'yaml', 'toml'] as const

/** How a text is read, besides its format. */
interface Reading {
  /** One JSON value a line. */
  readonly lines?: boolean | undefined
  readonly raw?: boolean | undefined
  /** What stands between the cells of CSV; if absent, what its first line shows. */
  readonly sep?: string | undefined
}

/** A text in a format as a value. Throws DATA at the place, with line and column of the data. */
export function read(
  text: string,
  format: string,
  from: From,
  { lines = false, raw = false, sep }: Reading = {},
): Value | Promise<Value> {
  switch (format) {
    case 'csv':
      return csvOf(text, sep ?? separatorOf(text), from, raw)
    case 'tsv':
      return csvOf(text, '\t', from, raw)
    case 'yaml':
      return yamlOf(text, from)
    case 'toml':
      return tomlOf(text, from)
    default:
      return lines ? jsonLinesOf(text, from) : jsonOf(text, from)
  }
}

/** A number that stands alone. */
const NUMBERS = /(?<![\w.+-])-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w.])/g

/** Where a text has a number of 16 digits or a large power at most: quick to look for, since few places in it begin a number. */
const LONG = /[:,[\s]-?\d(?:\d{15}|[\d.]*[eE]\+?\d{3})/

function mayBeLong(text: string): boolean {
  return LONG.test(text) || LONG.test(`:${text.slice(0, 64)}`)
}

/** Reads JSON; an error names line and column of the data. */
export function jsonOf(text: string, from: From): Value {
  try {
    // What JSON gives is a value as it is: there is nothing to convert.
    return JSON.parse(mayBeLong(text) ? withoutLongNumbers(text, from) : text) as Value
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    const { offset, message } = jsonError(text)
    const { line, col } = positionOf(text, offset)
    throw raise(from.place, 'DATA', `${from.what} is not JSON: line ${line}, column ${col}: ${message}`)
  }
}

function withoutLongNumbers(text: string, from: From): string {
  const kept: string[] = []
  const quoted = (piece: string): string => {
    if (fits(Number(piece), /^-?\d+$/.test(piece))) return piece
    kept.push(piece)
    return `"${piece}"`
  }
  let changed = ''
  for (let at = 0; at < text.length;) {
    const quote = text.indexOf('"', at)
    const start = quote < 0 ? text.length : quote
    const end = endOfText(text, start)
    changed += text.slice(at, start).replace(NUMBERS, quoted) + text.slice(start, end)
    at = end
  }
  warnOfLong(kept, from)
  return changed
}

/** Behind the JSON text that begins at a quote; texts may be longer than a regular expression can go through. */
function endOfText(text: string, start: number): number {
  for (let at = start + 1; ;) {
    const quote = text.indexOf('"', at)
    if (quote < 0) return text.length
    let before = quote
    while (text[before - 1] === '\\') before -= 1
    if ((quote - before) % 2 === 0) return quote + 1
    at = quote + 1
  }
}

/** Whether a number keeps what was written: whole numbers digit by digit, others unless they are beyond all numbers. */
function fits(value: number, isWhole: boolean): boolean {
  return isWhole ? Number.isSafeInteger(value) : Number.isFinite(value)
}

function warnOfLong([first, ...others]: readonly string[], { what, task }: From): void {
  if (first === undefined) return
  const more = others.length === 0 ? '' : ` and ${others.length} more`
  task.machine.host.err(
    `warning: ${what}: the number ${first}${more} is too long for a number and is kept as text\n`,
  )
}

/** Reads one JSON value a line; empty lines are left out. */
function jsonLinesOf(text: string, from: From): Value {
  const isLong = mayBeLong(text)
  const values: Value[] = []
  let number = 0
  for (let start = 0; start < text.length;) {
    const end = text.indexOf('\n', start)
    const line = text.slice(start, end < 0 ? text.length : end)
    start = end < 0 ? text.length : end + 1
    number += 1
    if (line.trim() === '') continue
    values.push(lineOf(line, number, isLong, from))
    if ((number & 0xfff) === 0) checkMemory(from.place)
  }
  return values
}

function lineOf(line: string, number: number, isLong: boolean, from: From): Value {
  if (!isLong) {
    try {
      return JSON.parse(line) as Value
    } catch {
      // Read once more for the message.
    }
  }
  return jsonOf(line, { ...from, what: `line ${number} of ${from.what}` })
}

/**
 * Reads CSV with a line of column names; every cell is text. The one quote that writing puts before a text that looks like a formula is taken
 * off again unless `raw`.
 */
async function csvOf(text: string, separator: string, from: From, raw: boolean): Promise<Value> {
  const { CsvError, parse } = await import('csv-parse/sync')
  const { place, what } = from
  try {
    const rows = parse(text, {
      bom: true,
      delimiter: separator,
      skip_empty_lines: true,
      relax_column_count: false,
      // Lines may have been added on another system than the first ones.
      record_delimiter: ['\r\n', '\n', '\r'],
      info: false,
    })
    const cellsOf = (cells: readonly string[]) => (raw ? cells : cells.map(unguarded))
    const [header = [], ...records] = rows.map(cellsOf)
    const twice = header.find((name, index) => header.indexOf(name) !== index)
    if (twice !== undefined) throw raise(place, 'DATA', `${what} has two columns "${twice}"`)
    return records.map((cells) =>
      plain(Object.fromEntries(header.map((name, index) => [name, cells[index] ?? '']))),
    )
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const { lines } = error as Error & { lines?: number }
    throw raise(place, 'DATA', `${what} is not CSV: line ${lines ?? 1}: ${csvReason(error)}`)
  }
}

/** What the reader of CSV found wrong, without the line, which is named before it. */
function csvReason({ code, message, record }: Error & { code: string; record?: unknown }): string {
  switch (code) {
    case 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH': {
      const cells = Array.isArray(record) ? record.length : 0
      const [, wanted = '?'] = /expect (\d+)/.exec(message) ?? []
      return `${counted(cells, 'cell')}, but the first line has ${wanted}`
    }
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'a quote is opened and never closed'
    case 'INVALID_OPENING_QUOTE':
      return 'a quote inside of a cell: quote the whole cell and write the quote twice'
    case 'CSV_INVALID_CLOSING_QUOTE':
      return 'text after a closing quote'
    default:
      return message
  }
}

/** Reads YAML 1.2. Several documents are a list of them. */
async function yamlOf(text: string, from: From): Promise<Value> {
  const { LineCounter, parseAllDocuments } = await import('yaml')
  const lineCounter = new LineCounter()
  const documents = parseAllDocuments(text, { lineCounter, intAsBigInt: true, prettyErrors: false })
  const long: string[] = []
  const values: Value[] = []
  for (const document of Array.isArray(documents) ? documents : []) {
    const [error] = document.errors
    if (error !== undefined) {
      const { line, col } = lineCounter.linePos(error.pos[0])
      throw raise(
        from.place,
        'DATA',
        `${from.what} is not YAML: line ${line}, column ${col}: ${error.message.split('\n')[0]}`,
      )
    }
    try {
      values.push(foreign(document.toJS({ maxAliasCount: 1000 }), long))
    } catch (failure) {
      throw raise(from.place, 'DATA', `${from.what} is not YAML: ${(failure as Error).message}`)
    }
  }
  warnOfLong(long, from)
  return values.length > 1 ? values : (values[0] ?? null)
}

/** Reads TOML 1.0. Its dates and times become times. */
async function tomlOf(text: string, from: From): Promise<Value> {
  const { parse, TomlError } = await import('smol-toml')
  const long: string[] = []
  try {
    const value = foreign(parse(text, { integersAsBigInt: 'asNeeded' }), long)
    warnOfLong(long, from)
    return value
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const reason = error.message.replace(/^Invalid TOML document: /, '').split('\n')[0] ?? ''
    throw raise(
      from.place,
      'DATA',
      `${from.what} is not TOML: line ${error.line}, column ${error.column}: ${reason}`,
    )
  }
}

/** What a library read: whole numbers as BigInt become numbers where they fit, else text; dates become times. */
function foreign(value: unknown, long: string[]): Value {
  if (typeof value === 'bigint') {
    if (fits(Number(value), true)) return Number(value)
    long.push(String(value))
    return String(value)
  }
  if (typeof value === 'number' && !fits(value, false)) {
    long.push(String(value))
    return String(value)
  }
  if (value instanceof Date) {
    const text = value.toISOString()
    return timeOf(text) ?? (Number.isNaN(value.getTime()) ? text : new Time(value.getTime()))
  }
  if (Array.isArray(value)) return value.map((item) => foreign(item, long))
  if (typeof value !== 'object' || value === null) return plain(value)
  const record: Record<string, Value> = {}
  for (const [name, field] of Object.entries(value)) putField(record, name, foreign(field, long))
  return record
}
