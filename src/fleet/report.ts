import { open } from 'node:fs/promises'
import { ImptError } from '../output/error.ts'
import { replaceFile } from '../session/atomic-file.ts'
import { visible } from '../output/visible.ts'
import { namingFile } from '../session/file-error.ts'
import type { BatchResult, BatchRow, Ended } from './batch.ts'
import { CsvError, csvRow, readCsv, writeCsv } from './folder/csv.ts'

/** `impt` is what the report is of: a name that no list has for something else. */
const OWN_COLUMNS = ['result', 'error', 'at', 'impt'] as const
const DONE: ReadonlySet<string> = new Set<BatchResult>(['ok', 'already', 'gone'])

/** The report of a batch, which is its journal too: a line a device as soon as its request was answered. */
export interface Report {
  /** Whether it has rows that do not say what was done, as earlier versions wrote them: those rows are done anew. */
  readonly isVague: boolean
  /**
   * Says that everything is known and sending begins, with a line for each row that has none, so that the report says from then on what it is
   * of; waits for the disk. What a kill or a spreadsheet did to the lines is put right.
   */
  begin(rows: readonly BatchRow[]): Promise<void>
  /** Whether an earlier run of the batch has done this row. */
  isDone(row: BatchRow): boolean
  /** Whether an earlier run of the batch knew the device of this row: it began with it, and did not end it with this error. */
  wasKnown(row: BatchRow, error: string | undefined): boolean
  /** Adds rows and waits for the disk. */
  add(ended: readonly Ended[]): Promise<void>
  /** Writes the whole report anew: what was done to others before, and a line for each row of the batch, in its order. */
  finish(rows: readonly BatchRow[], ended: readonly Ended[]): Promise<void>
}

/**
 * Opens the report of a batch; an existing one is gone on with. `columns` are those of the batch, `of` the command with what it does to every
 * device, and the account. Throws FILE, also for a file that is no such report, or that of another batch: it is not written over, and what was
 * done then is not taken for this.
 */
export async function openReport(
  path: string,
  name: string,
  { columns, of }: { readonly columns: readonly string[]; readonly of: string },
  text: string | undefined,
  now: () => number,
): Promise<Report> {
  const all = [...columns.filter((column) => !OWN_COLUMNS.some((own) => own === column)), ...OWN_COLUMNS]
  const earlier = text === undefined ? undefined : await rowsOf(text)
  if (
    earlier !== undefined &&
    earlier.columns.length > 0 &&
    all.some((column) => column !== 'impt' && !earlier.columns.includes(column))
  )
    throw new ImptError('FILE', `"${name}" is not a report of this batch: its columns are others.`, {
      hint: `Give --report another name, or the report whose columns are ${all.join(', ')}`,
    })
  const other = earlier?.rows.find(({ impt = '' }) => impt !== '' && impt !== of)
  if (other !== undefined)
    throw new ImptError(
      'FILE',
      `"${name}" is the report of "${visible(other['impt'] ?? '')}", not of "${visible(of)}": nothing was sent.`,
      { hint: 'Give --report another name; each thing that is done to devices has a report of its own' },
    )
  const last = new Map((earlier?.rows ?? []).map((cells) => [keyOf(columns, cells), cells]))
  const written = new Map<Ended, string>()
  const isKnown = (cells: Readonly<Record<string, string>> | undefined) => cells?.['impt'] === of
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
              : column === 'impt'
                ? of
                : (row.cells[column] ?? ''),
      ),
    )
  const lineOf = (cells: Readonly<Record<string, string>>) => csvRow(all.map((column) => cells[column] ?? ''))
  return {
    isVague: earlier !== undefined && earlier.rows.some((cells) => !isKnown(cells)),
    async begin(rows) {
      const kept = (earlier?.rows ?? []).map(lineOf)
      const fresh = rows.filter(({ cells }) => !isKnown(last.get(keyOf(columns, cells))))
      const waiting = fresh.map((row) => line({ row, result: 'not-started' }))
      const begin = csvRow(all) + [...kept, ...waiting].join('')
      if (text !== begin) await namingFile(name, () => replaceFile(path, begin, 'plain'))
    },
    isDone({ cells }) {
      const before = last.get(keyOf(columns, cells))
      return isKnown(before) && DONE.has(before?.['result'] ?? '')
    },
    wasKnown({ cells }, error) {
      const before = last.get(keyOf(columns, cells))
      return isKnown(before) && before?.['error'] !== error
    },
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
