import { csvLine } from '../../output/csv.ts'

/** A cell that a spreadsheet would take for a formula (OWASP), or that begins with our own mark. */
const RISKY = /^[=+\-@'\t\r]/

/** CSV by RFC 4180 with one header line; cells that begin like a formula get one `'`, which reading takes off. Lines end in LF. */
export function writeCsv(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  return [columns, ...rows].map((row) => csvRow(row)).join('')
}

/** One line of such a file. */
export function csvRow(cells: readonly string[]): string {
  // A line of a single empty cell would be taken for no line at all.
  if (cells.length === 1 && cells[0] === '') return '""\n'
  const guarded = cells.map((cell) => (RISKY.test(cell) ? `'${cell}` : cell))
  return csvLine(guarded, ',', true)
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

/** Reads CSV with a header line; a byte order mark is dropped. Throws CsvError. */
export async function readCsv(text: string): Promise<CsvTable> {
  const [head, ...rest] = plainRecords(text) ?? (await parsedRecords(text))
  const columns = head?.record ?? []
  return {
    columns,
    rows: rest.map(({ record, line }) => ({
      line,
      cells: Object.fromEntries(columns.map((name, i) => [name, bare(record[i] ?? '')])),
    })),
  }
}

interface CsvRecord {
  readonly record: readonly string[]
  readonly line: number
}

/**
 * The records of a text in which no cell is quoted, which is what fleets of ten thousand devices have: the parser takes ten times as long.
 * Undefined where the parser has to look: quotes, CR, a mark at the begin, a line with another number of cells.
 */
function plainRecords(text: string): readonly CsvRecord[] | undefined {
  if (/["\r\ufeff]/.test(text)) return undefined
  const records = text
    .split('\n')
    .flatMap((line, i) => (line === '' ? [] : [{ record: line.split(','), line: i + 1 }]))
  const width = records[0]?.record.length
  return records.every(({ record }) => record.length === width) ? records : undefined
}

async function parsedRecords(text: string): Promise<readonly CsvRecord[]> {
  const { parse, CsvError: ParserError } = await import('csv-parse/sync')
  let records: { readonly record: readonly string[]; readonly info: { readonly lines: number } }[]
  try {
    records = parse(text, { bom: true, info: true, skip_empty_lines: true }) as unknown as typeof records
  } catch (error) {
    if (!(error instanceof ParserError)) throw error
    const line = Number((error as { lines?: unknown }).lines)
    throw new CsvError(reasonOf(error), Number.isInteger(line) && line > 0 ? line : 1)
  }
  return records.map(({ record, info }) => {
    // The parser counts the line that a record ends on.
    const inner = record.reduce((count, cell) => count + cell.split(/\r\n|\r|\n/).length - 1, 0)
    return { record, line: info.lines - inner }
  })
}

function reasonOf(error: { readonly code?: string }): string {
  if (String(error.code).includes('COLUMN') || String(error.code).includes('RECORD_INCONSISTENT'))
    return 'the row has another number of cells than the first line'
  return 'a quoted cell is broken'
}

function bare(cell: string): string {
  return cell.startsWith("'") ? cell.slice(1) : cell
}
