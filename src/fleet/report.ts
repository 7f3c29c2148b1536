import { open } from 'node:fs/promises'
import { ImptError } from '../output/error.ts'
import { replaceFile } from '../session/atomic-file.ts'
import { namingFile } from '../session/file-error.ts'
import type { BatchResult, BatchRow, Ended } from './batch.ts'
import { CsvError, csvRow, readCsv, writeCsv } from './folder/csv.ts'

const OWN_COLUMNS = ['result', 'error', 'at'] as const
const DONE: ReadonlySet<string> = new Set<BatchResult>(['ok', 'already', 'gone'])

/** The report of a batch, which is its journal too: a line a device as soon as its request was answered. */
export interface Report {
  /** Whether an earlier run of the batch began: it knew every device then. */
  readonly isResumed: boolean
  /** Says that everything is known and sending begins; waits for the disk. What a kill or a spreadsheet did to the lines is put right. */
  begin(): Promise<void>
  /** Whether an earlier run of the batch has done this row. */
  isDone(row: BatchRow): boolean
  /** Whether an earlier run of the batch ended this row with this error. */
  saidOf(row: BatchRow, error: string | undefined): boolean
  /** Adds rows and waits for the disk. */
  add(ended: readonly Ended[]): Promise<void>
  /** Writes the whole report anew: what was done to others before, and a line for each row of the batch, in its order. */
  finish(rows: readonly BatchRow[], ended: readonly Ended[]): Promise<void>
}

/**
 * Opens the report of a batch; an existing one is gone on with. `columns` are those of the batch. Throws FILE, also for a file that is no
 * such report: it is not written over.
 */
export async function openReport(
  path: string,
  name: string,
  columns: readonly string[],
  text: string | undefined,
  now: () => number,
): Promise<Report> {
  const all = [...columns.filter((column) => !OWN_COLUMNS.some((own) => own === column)), ...OWN_COLUMNS]
  const earlier = text === undefined ? undefined : await rowsOf(text)
  if (
    earlier !== undefined &&
    earlier.columns.length > 0 &&
    all.some((column) => !earlier.columns.includes(column))
  )
    throw new ImptError('FILE', `"${name}" is not a report of this batch: its columns are others.`, {
      hint: `Give --report another name, or the report whose columns are ${all.join(', ')}`,
    })
  const last = new Map((earlier?.rows ?? []).map((cells) => [keyOf(columns, cells), cells]))
  const written = new Map<Ended, string>()
  let begun = earlier !== undefined && earlier.columns.length > 0
  let writing: Promise<unknown> = Promise.resolve()

  const append = async (lines: string) => {
    await namingFile(name, async () => {
      const handle = await open(path, 'a', 0o666)
      try {
        await handle.appendFile(lines)
        await handle.sync()
      } finally {
        await handle.close()
      }
    })
  }
  const line = ({ row, result, error = '' }: Ended): string =>
    csvRow(
      all.map((column) =>
        column === 'result'
          ? result
          : column === 'error'
            ? error
            : column === 'at'
              ? new Date(now()).toISOString()
              : (row.cells[column] ?? ''),
      ),
    )
  const lineOf = (cells: Readonly<Record<string, string>>) => csvRow(all.map((column) => cells[column] ?? ''))
  return {
    isResumed: begun,
    async begin() {
      const kept = (earlier?.rows ?? []).map(lineOf).join('')
      const begin = `${csvRow(all)}${begun ? kept : ''}`
      begun = true
      if (text !== begin) await namingFile(name, () => replaceFile(path, begin, 'plain'))
    },
    isDone: ({ cells }) => DONE.has(last.get(keyOf(columns, cells))?.['result'] ?? ''),
    saidOf: ({ cells }, error) => last.get(keyOf(columns, cells))?.['error'] === error,
    add(ended) {
      for (const one of ended) written.set(one, line(one))
      const lines = ended.map((one) => written.get(one)).join('')
      const turn = writing.then(() => append(lines))
      writing = turn.catch(() => undefined)
      return turn
    },
    async finish(rows, ended) {
      await writing
      const byRow = new Map(ended.map((one) => [keyOf(columns, one.row.cells), one]))
      const lines = rows.map((row) => {
        const key = keyOf(columns, row.cells)
        const own = byRow.get(key)
        const before = last.get(key)
        if (own !== undefined) return written.get(own) ?? line(own)
        return before === undefined ? line({ row, result: 'not-started' }) : lineOf(before)
      })
      const keys = new Set(rows.map(({ cells }) => keyOf(columns, cells)))
      const others = [...last].filter(([key, { result = '' }]) => !keys.has(key) && DONE.has(result))
      lines.unshift(...others.map(([, cells]) => lineOf(cells)))
      await namingFile(name, () => replaceFile(path, writeCsv(all, []) + lines.join(''), 'plain'))
    },
  }
}

/** The rows of a report. Its last line may be cut: the process was killed while it wrote it. */
async function rowsOf(
  text: string,
): Promise<{ columns: readonly string[]; rows: readonly Readonly<Record<string, string>>[] }> {
  for (let end = text.lastIndexOf('\n') + 1; end > 0; end = text.lastIndexOf('\n', end - 2) + 1) {
    try {
      const { columns, rows } = await readCsv(text.slice(0, end))
      return { columns, rows: rows.map(({ cells }) => cells) }
    } catch (error) {
      if (!(error instanceof CsvError)) throw error
    }
  }
  return { columns: [], rows: [] }
}

function keyOf(columns: readonly string[], cells: Readonly<Record<string, string>>): string {
  return JSON.stringify(
    columns.filter((one) => !OWN_COLUMNS.some((own) => own === one)).map((column) => cells[column] ?? ''),
  )
}
