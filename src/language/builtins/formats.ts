import { csvLine, unguarded } from '../../output/csv.ts'
import { raise, type ScriptError } from '../values/fault.ts'

import { jsonError } from '../values/json-error.ts'
import { cellValue, lineOf, renderValue } from '../values/print-value.ts'
import { type Piped, ProgramOutput } from '../run/program-output.ts'
import { plain } from '../values/result-value.ts'
import { positionOf, type Place } from '../syntax/source.ts'
import { textOf } from '../values/text-of.ts'
import { text } from '../values/types.ts'
import { aType, isList, isRecord, type RecordValue, Stream, type Value } from '../values/value.ts'
import { builtin, type Call, choice, fails, flag, option, wholeOf } from './builtin.ts'

/** Values as text and back. */
export const FORMATS = [
  builtin({
    name: 'to',
    summary: 'Turns a value into text.',
    input: 'piped',
    words: [choice('format', text, ['json', 'csv', 'tsv', 'table', 'lines', 'text'])],
    options: [
      flag('compact', 'JSON on one line.'),
      flag('lines', 'One JSON value a line.'),
      flag('bom', 'CSV with a byte order mark, which spreadsheets like.'),
      flag('raw', 'CSV with cells as they are: a leading = + - @ gets no quote before it.'),
      option('sep', text, 'What stands between the cells of CSV; a comma if absent.'),
    ],
    examples: {
      '{a: 1} | to json --compact': '{"a":1}',
      '[{a: 1, b: "x"}] | to csv': 'a,b\n1,x',
      '[{a: 1}, {b: 2}] | to csv': fails('DATA'),
    },
    async run(input, { format, sep, ...layout }, call) {
      if (format === 'json' && layout.lines === true && input instanceof Stream)
        return new Stream(jsonLines(input), input.kind)
      if (format === 'lines' && input instanceof Stream)
        return new Stream(textLines(input, call.place), input.kind)
      const value = await wholeOf(input, call.place)
      return written(value, format, call, sep === undefined ? layout : { ...layout, sep })
    },
  }),
  builtin({
    name: 'from',
    summary: 'Reads text as json, csv or tsv.',
    input: 'text',
    words: [choice('format', text, ['json', 'csv', 'tsv'])],
    options: [
      flag('lines', 'One JSON value a line.'),
      option('sep', text, 'What stands between the cells of CSV; a comma if absent.'),
      flag('raw', 'Leaves a quote before a formula where it is, as "to csv --raw" puts none there.'),
    ],
    examples: {
      '\'{"a": [1, 2]}\' | from json | get a': '1\n2',
      "$'id,name\\n1,x' | from csv | get name": 'x',
      '[{a: "=1"}] | to csv | from csv | get a': '=1',
      '"{" | from json': fails('DATA'),
    },
    run(given, { format, lines: byLine, raw, sep = ',' }, { place }) {
      if (format !== 'json')
        return csvOf(given, format === 'tsv' ? '\t' : sep, place, 'the text', raw === true)
      return byLine === true ? jsonLinesOf(given, place, 'the text') : jsonOf(given, place, 'the text')
    },
  }),
  builtin({
    name: 'lines',
    summary: 'The lines of a text or of the output of a program.',
    input: 'piped',
    examples: { "$'a\\nb\\n' | lines | count": '2', '"" | lines | count': '0' },
    run: (input, _args, call) => linesOf(input, call),
  }),
]

function linesOf(input: Piped, call: Call): Value {
  if (input instanceof ProgramOutput) return new Stream(input.lines(), 'list')
  if (input instanceof Stream) return input
  if (isList(input)) return input
  if (typeof input !== 'string')
    throw raise(call.place, 'BUG_TYPE', `"lines" needs text, not ${aType(input)}`)
  const parts = input.split(/\r?\n/)
  if (parts.at(-1) === '') parts.pop()
  return parts
}

/** How a value is written, besides its format. */
interface Layout {
  readonly compact?: boolean | undefined
  readonly lines?: boolean | undefined
  readonly bom?: boolean | undefined
  readonly raw?: boolean | undefined
  readonly sep?: string
}

/** A value as text in a format. Throws BUG_TYPE or DATA at the place of the call. */
export async function written(
  value: Value,
  format: string,
  call: Call,
  layout: Layout = {},
): Promise<string> {
  switch (format) {
    case 'json':
      if (layout.lines === true)
        return listOf(value, call)
          .map((item) => JSON.stringify(item))
          .join('\n')
      return layout.compact === true ? JSON.stringify(value) : JSON.stringify(value, null, 2)
    case 'csv':
      return toCsv(value, call, layout.sep ?? ',', layout)
    case 'tsv':
      return toCsv(value, call, '\t', layout)
    case 'table':
      return (
        await renderValue(value, call.purpose === 'print' ? call.task.machine.host.terminal : {})
      ).replace(/\n$/, '')
    case 'lines':
      return isList(value)
        ? value.map((item) => textOf(item, call.place)).join('\n')
        : textOf(value, call.place)
    default:
      return isList(value) || isRecord(value)
        ? (await renderValue(value, {})).replace(/\n$/, '')
        : textOf(value, call.place)
  }
}

async function* jsonLines(stream: Stream): AsyncGenerator<Value> {
  for await (const item of stream) yield JSON.stringify(item)
}

async function* textLines(stream: Stream, place: Place): AsyncGenerator<Value> {
  for await (const item of stream) yield isRecord(item) ? lineOf(item) : textOf(item, place)
}

function listOf(value: Value, call: Call): readonly Value[] {
  if (isList(value)) return value
  throw raise(call.place, 'BUG_TYPE', `expected a list, got ${aType(value)}`)
}

/** CSV of records; the columns are those of the first row (language.md 2.9). */
function toCsv(value: Value, call: Call, separator: string, { raw = false, bom = false }: Layout): string {
  const rows = isRecord(value) ? [value] : listOf(value, call)
  const [first] = rows
  if (first === undefined) return ''
  const columns = isRecord(first) ? Object.keys(first) : []
  let text = (bom ? '\ufeff' : '') + csvLine(columns, separator, raw)
  const isPlain = /[,;|\t]/.test(separator)
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows[index] as Value
    if (!isRecord(row)) {
      throw raise(
        call.place,
        'BUG_TYPE',
        `row ${index + 1} is ${aType(row)}, not a record`,
        'CSV is made of records',
      )
    }
    let found = 0
    for (let column = 0; column < columns.length; column += 1) {
      const cell = row[columns[column] as string]
      if (column > 0) text += separator
      if (cell === undefined) continue
      found += 1
      if (typeof cell === 'number' || (isPlain && typeof cell === 'string' && PLAIN.test(cell))) text += cell
      else if (cell !== '' || columns.length === 1)
        text += csvLine([cellValue(cell)], separator, raw).slice(0, -1)
    }
    if (Object.keys(row).length !== found) throw otherColumn(row, columns, index, call)
    text += '\n'
  }
  return text
}

/** Nothing in it needs quotes or is taken for a formula, whatever the usual separator is. */
const PLAIN = /^[A-Za-z0-9][\w .:/-]*$/

function otherColumn(row: RecordValue, columns: readonly string[], index: number, call: Call): ScriptError {
  const name = Object.keys(row).find((key) => !columns.includes(key)) ?? ''
  const message = `row ${index + 1} has a column "${name}" that the first row does not have`
  return raise(call.place, 'DATA', message, 'name the columns: | select a b c')
}

/** Reads JSON; an error names line and column of the data. */
export function jsonOf(text: string, place: Place, what: string): Value {
  try {
    return plain(JSON.parse(text))
  } catch {
    const { offset, message } = jsonError(text)
    const { line, col } = positionOf(text, offset)
    throw raise(place, 'DATA', `${what} is not JSON: line ${line}, column ${col}: ${message}`)
  }
}

/** Reads one JSON value a line; empty lines are left out. */
export function jsonLinesOf(text: string, place: Place, what: string): Value {
  return text
    .split('\n')
    .flatMap((line, index) =>
      line.trim() === '' ? [] : [jsonOf(line, place, `line ${index + 1} of ${what}`)],
    )
}

/**
 * Reads CSV with a line of column names; every cell is text. The one quote that writing puts before a text that looks like a formula is taken
 * off again unless `raw`.
 */
export async function csvOf(
  text: string,
  separator: string,
  place: Place,
  what: string,
  raw = false,
): Promise<Value> {
  const { parse } = await import('csv-parse/sync')
  try {
    const rows = parse(text, {
      bom: true,
      delimiter: separator,
      skip_empty_lines: true,
      relax_column_count: false,
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
    const { code, lines, message } = error as Error & { code?: string; lines?: number }
    if (code?.startsWith('CSV_') !== true) throw error
    throw raise(place, 'DATA', `${what} is not CSV: line ${lines ?? 1}: ${message}`)
  }
}
