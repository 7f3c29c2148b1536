import { csvLine } from '../../output/csv.ts'
import { raise, type ScriptError } from '../values/fault.ts'
import { allItems, type Items } from '../run/items.ts'
import { jsonError } from '../values/json-error.ts'
import { cellValue, lineOf, renderValue } from '../values/print-value.ts'
import { ProgramOutput } from '../run/program-output.ts'
import { plain } from '../values/result-value.ts'
import { positionOf, type Place } from '../syntax/source.ts'
import { textOf } from '../values/text-of.ts'
import { aType, isList, isRecord, type RecordValue, Stream, type Value } from '../values/value.ts'
import { type Call, type Implementation, wordOf } from './call.ts'

/** The input as a value that is all there: the output of a program as text, a stream as a list. */
export async function wholeInput(call: Call): Promise<Value> {
  const { input } = call
  if (input instanceof ProgramOutput) return input.text(call.place)
  if (input instanceof Stream) return allItems(input)
  return input ?? null
}

/** The input as text; anything else is an error. */
export async function textInput(call: Call): Promise<string> {
  const value = await wholeInput(call)
  if (typeof value === 'string') return value
  throw raise(call.place, 'BUG_TYPE', `"${call.builtIn.name}" needs text, not ${aType(value)}`)
}

export const to: Implementation = async (call) => {
  const format = wordOf(call)
  const { input, options } = call
  if (format === 'json' && options['lines'] === true && input instanceof Stream)
    return new Stream(jsonLines(input), input.kind)
  if (format === 'lines' && input instanceof Stream)
    return new Stream(textLines(input, call.place), input.kind)
  const value = await wholeInput(call)
  switch (format) {
    case 'json':
      if (options['lines'] === true)
        return listOf(value, call)
          .map((item) => JSON.stringify(item))
          .join('\n')
      return options['compact'] === true ? JSON.stringify(value) : JSON.stringify(value, null, 2)
    case 'csv':
      return toCsv(value, call, typeof options['sep'] === 'string' ? options['sep'] : ',')
    case 'tsv':
      return toCsv(value, call, '\t')
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
function toCsv(value: Value, call: Call, separator: string): string {
  const rows = isRecord(value) ? [value] : listOf(value, call)
  const [first] = rows
  if (first === undefined) return ''
  const columns = isRecord(first) ? Object.keys(first) : []
  const raw = call.options['raw'] === true
  let text = (call.options['bom'] === true ? '\ufeff' : '') + csvLine(columns, separator, raw)
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
      else text += csvLine([cellValue(cell)], separator, raw).slice(0, -1)
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

export const from: Implementation = async (call) => {
  const text = await textInput(call)
  switch (call.args[0]) {
    case 'json':
      return call.options['lines'] === true
        ? jsonLinesOf(text, call.place, 'the text')
        : jsonOf(text, call.place, 'the text')
    case 'csv':
      return csvOf(
        text,
        typeof call.options['sep'] === 'string' ? call.options['sep'] : ',',
        call.place,
        'the text',
      )
    default:
      return csvOf(text, '\t', call.place, 'the text')
  }
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

/** Reads CSV with a line of column names; every cell is text. */
export async function csvOf(text: string, separator: string, place: Place, what: string): Promise<Value> {
  const { parse } = await import('csv-parse/sync')
  try {
    const rows = parse(text, {
      bom: true,
      delimiter: separator,
      skip_empty_lines: true,
      relax_column_count: false,
      info: false,
    })
    const [header = [], ...records] = rows
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

export const lines: Implementation = async (call) => {
  const { input } = call
  if (input instanceof ProgramOutput) return new Stream(input.lines(), 'list')
  if (input instanceof Stream) return input
  if (isList(input as Value)) return input as Items
  const text = await textInput(call)
  const parts = text.split(/\r?\n/)
  if (parts.at(-1) === '') parts.pop()
  return parts
}
