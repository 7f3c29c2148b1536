// A value as text in a format. Throws BUG_TYPE or DATA at the place of the call.
import { csvLine } from '../../output/csv.ts'
import { raise, type ScriptError } from '../values/fault.ts'
import { cellOf, cellValue, renderValue } from '../values/print-value.ts'
import { textOf } from '../values/text-of.ts'
import { aType, isList, isRecord, type RecordValue, type Value } from '../values/value.ts'
import type { Call } from './builtin.ts'
import { markup } from '../../output/visible.ts'

export const WRITTEN = ['json', 'csv', 'tsv', 'yaml', 'md', 'html', 'table', 'lines', 'text'] as const

/** How a value is written, besides its format. */
interface Layout {
  readonly compact?: boolean | undefined
  readonly lines?: boolean | undefined
  readonly bom?: boolean | undefined
  readonly raw?: boolean | undefined
  readonly sep?: string
}

/** A value as text in a format. */
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
    case 'yaml':
      return toYaml(value)
    case 'md':
      return toMarkdown(value, call)
    case 'html':
      return toHtml(value, call)
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
    if (!isRecord(row)) throw notARow(row, index, call)
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

function notARow(row: Value, index: number, call: Call): ScriptError {
  const message = `row ${index + 1} is ${aType(row)}, not a record`
  return raise(call.place, 'BUG_TYPE', message, 'a table is made of records')
}

function otherColumn(row: RecordValue, columns: readonly string[], index: number, call: Call): ScriptError {
  const name = Object.keys(row).find((key) => !columns.includes(key)) ?? ''
  const message = `row ${index + 1} has a column "${name}" that the first row does not have`
  return raise(call.place, 'DATA', message, 'name the columns: | select a b c')
}

/** Texts that readers of YAML 1.1 have a meaning for and the library writes plainly: the value and the merge key. */
const YAML_SIGNS = /^(?:=|<<)$/

/** YAML that readers of version 1.1 and 1.2 understand alike: what either would take for something else is quoted. */
async function toYaml(value: Value): Promise<string> {
  const { Document, visit } = await import('yaml')
  const document = new Document(JSON.parse(JSON.stringify(value)), {
    compat: 'yaml-1.1',
    aliasDuplicateObjects: false,
  })
  visit(document, {
    Scalar: (_, node) => {
      if (typeof node.value === 'string' && YAML_SIGNS.test(node.value)) node.type = 'QUOTE_DOUBLE'
    },
  })
  return document.toString({ lineWidth: 0 })
}

/** The columns of all rows, and the cells as text. A record is one row; values that are no records are one column. */
function tableOf(
  value: Value,
  call: Call,
): { columns: readonly string[]; rows: readonly (readonly string[])[] } {
  const rows = isRecord(value) ? [value] : listOf(value, call)
  if (!rows.some(isRecord)) return { columns: ['value'], rows: rows.map((row) => [cellOf(row)]) }
  const columns = new Set<string>()
  for (const [index, row] of rows.entries()) {
    if (!isRecord(row)) throw notARow(row, index, call)
    for (const name of Object.keys(row)) columns.add(name)
  }
  const names = [...columns]
  return {
    columns: names,
    rows: (rows as readonly RecordValue[]).map((row) => names.map((name) => cellOf(row[name] ?? null))),
  }
}

/** A table of GitHub's Markdown. */
async function toMarkdown(value: Value, call: Call): Promise<string> {
  const { markdownTable } = await import('markdown-table')
  const { columns, rows } = tableOf(value, call)
  if (rows.length === 0) return ''
  const { default: stringLength } = await import('string-width')
  const escaped = [columns, ...rows].map((cells) => cells.map(markdownCell))
  return `${markdownTable(escaped, { stringLength })}\n`
}

function markdownCell(cell: string): string {
  return cell.replace(/[\\`*_[\]<>#~|]/g, '\\$&').replace(/\r?\n|\\n/g, '<br>')
}

/** A table of HTML; every cell is text, whatever is in it. */
function toHtml(value: Value, call: Call): string {
  const { columns, rows } = tableOf(value, call)
  if (rows.length === 0) return ''
  const line = (cells: readonly string[], tag: string): string =>
    `    <tr>${cells.map((cell) => `<${tag}>${markup(cell)}</${tag}>`).join('')}</tr>\n`
  return `<table>\n  <thead>\n${line(columns, 'th')}  </thead>\n  <tbody>\n${rows.map((row) => line(row, 'td')).join('')}  </tbody>\n</table>\n`
}
