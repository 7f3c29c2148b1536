import { conflictIn } from './conflict.ts'
import { csvLine, separatorOf, unguarded } from '../../output/csv.ts'

/** Whether cells, with a 0 between them, have anything that is written otherwise than it is. */
const UNPLAIN = /[",\r\n\ufeff]|(?:^|\0)[=+\-@'\t]/

/** CSV by RFC 4180 with one header line; cells that begin like a formula get one `'`, which reading takes off. Lines end in LF. */
export function writeCsv(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  return [columns, ...rows].map((row) => csvRow(row)).join('')
}

/** One line of such a file. */
export function csvRow(cells: readonly string[]): string {
  // Nearly all rows of a fleet are plain; to look at each cell takes three times as long. One that is alone has rules of its own.
  if (cells.length > 1 && !UNPLAIN.test(cells.join('\0'))) return `${cells.join(',')}\n`
  return csvLine(cells)
}

/** A row of a CSV file by its columns, and the line it begins on, from 1. */
export interface CsvRow {
  readonly line: number
  readonly cells: Readonly<Record<string, string>>
}

export interface CsvTable {
  readonly columns: readonly string[]
  readonly rows: readonly CsvRow[]
}

/** What is wrong with a CSV file, and on which line, from 1. */
export class CsvError extends Error {
  override readonly name = 'CsvError'
  readonly line: number
  constructor(message: string, line: number) {
    super(message)
    this.line = line
  }
}

/** Reads CSV with a header line, whose separator may be that of any spreadsheet; a byte order mark is dropped. Throws CsvError. */
export async function readCsv(text: string): Promise<CsvTable> {
  const conflict = conflictIn(text)
  if (conflict !== undefined) throw new CsvError(conflict.text, conflict.line)
  let columns: readonly string[] | undefined
  const rows: CsvRow[] = []
  for await (const records of recordsOf([text])) {
    columns ??= records.shift()?.record
    for (const record of records) rows.push(rowOf(columns ?? [], record))
  }
  return { columns: columns ?? [], rows }
}

/** The rows of CSV that comes in pieces of any size, as they come; nothing is kept. As `readCsv` otherwise. */
export async function* csvRows(
  pieces: Iterable<string> | AsyncIterable<string>,
): AsyncGenerator<CsvRow, void, undefined> {
  let columns: readonly string[] | undefined
  for await (const records of recordsOf(pieces)) {
    columns ??= records.shift()?.record
    for (const record of records) yield rowOf(columns ?? [], record)
  }
}

function rowOf(columns: readonly string[], { record, line }: CsvRecord): CsvRow {
  return { line, cells: Object.fromEntries(columns.map((name, i) => [name, unguarded(record[i] ?? '')])) }
}

interface CsvRecord {
  readonly record: readonly string[]
  readonly line: number
}

/** The records of a text in pieces, the head too, all with as many cells as that. Throws CsvError. */
async function* recordsOf(
  pieces: Iterable<string> | AsyncIterable<string>,
): AsyncGenerator<CsvRecord[], void, undefined> {
  let width: number | undefined
  let separator = ','
  let line = 1
  const read = async (text: string) => {
    if (width === undefined) separator = separatorOf(text)
    const records = plainRecords(text, line, separator) ?? (await parsedRecords(text, line, separator))
    width ??= records[0]?.record.length
    const odd = records.find(({ record }) => record.length !== width)
    if (odd) throw new CsvError('the row has another number of cells than the first line', odd.line)
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) line++
    return records
  }
  let pending: string[] = []
  let isQuoted = false
  for await (const piece of pieces) {
    // Up to the last line break outside of quotes the records are whole; each piece is looked at once.
    let end = 0
    for (const { 0: mark, index } of piece.matchAll(/["\n]/g)) {
      if (mark === '"') isQuoted = !isQuoted
      else if (!isQuoted) end = index + 1
    }
    if (end > 0) {
      const records = await read([...pending, piece.slice(0, end)].join(''))
      pending = []
      if (records.length > 0) yield records
    }
    pending.push(piece.slice(end))
  }
  const records = await read(pending.join(''))
  if (records.length > 0) yield records
}

/**
 * The records of a text in which no cell is quoted, which is what fleets of ten thousand devices have: the parser takes ten times as long.
 * Undefined where the parser has to look: quotes, CR, a mark at the begin.
 */
function plainRecords(text: string, start: number, separator: string): CsvRecord[] | undefined {
  if (/["\r\ufeff]/.test(text)) return undefined
  return text
    .split('\n')
    .flatMap((line, i) => (line === '' ? [] : [{ record: line.split(separator), line: start + i }]))
}

async function parsedRecords(text: string, start: number, separator: string): Promise<CsvRecord[]> {
  const { parse, CsvError: ParserError } = await import('csv-parse/sync')
  let records: { readonly record: readonly string[]; readonly info: { readonly lines: number } }[]
  try {
    records = parse(text, {
      bom: true,
      delimiter: separator,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as typeof records
  } catch (error) {
    if (!(error instanceof ParserError)) throw error
    const line = Number((error as { lines?: unknown }).lines)
    throw new CsvError('a quoted cell is broken', start - 1 + (Number.isInteger(line) && line > 0 ? line : 1))
  }
  return records.map(({ record, info }) => {
    // The parser counts the line that a record ends on.
    const inner = record.reduce((count, cell) => count + cell.split(/\r\n|\r|\n/).length - 1, 0)
    return { record, line: start - 1 + info.lines - inner }
  })
}

/** What is said of a table without one of the columns that it needs; undefined where it has them all. */
export function lackOf(
  { columns }: Pick<CsvTable, 'columns'>,
  needed: readonly string[],
): string | undefined {
  if (columns.every((column) => column.trim() === '')) return 'is empty'
  const missing = needed.find((column) => !columns.includes(column))
  return missing === undefined ? undefined : `has no column "${missing}"`
}
