import { widthOf } from './width.ts'
import { wrapWords } from './wrap.ts'

/** A table of text: every row has a cell for each column. Cells hold no control characters. */
interface TextTable {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** cli-table3 takes 0.2 ms a row; longer lists are aligned without borders. */
const MOST_BORDERED = 500
const NARROWEST = 6
/** Columns whose cells somebody copies: cut, they name nothing. */
const IDS = /(?:^|[\s._])id$|^mac(?:_address)?$/i
/** Cells that are an identifier, whatever the column is called: of a device, a MAC address, of anything else in the cloud, of a release. */
const ID =
  /^(?:\d[0-9a-f]{15}|(?:[0-9a-f]{2}:){5}[0-9a-f]{2}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{8}-\d{6}-[0-9a-f]{4})$/
/** Text is cut between what a reader takes for one character: half of a joined one has another width. */
const GRAPHEMES = new Intl.Segmenter()

/**
 * A table with borders, fitted to a terminal of `width` columns: wide cells are shortened with `…`, identifiers never; columns that still do not
 * fit are left out and named in a last line (language.md 2.7). Only a first column of identifiers may be wider than the terminal.
 */
export async function renderTable(table: TextTable, width: number): Promise<string> {
  const natural = naturalWidths(table)
  const isWhole = table.columns.map(
    (name, column) => IDS.test(name) || ID.test(table.rows.find((row) => row[column])?.[column] ?? ''),
  )
  const { widths, kept } = fit(natural, isWhole, width)
  const rows = table.rows.map((row) =>
    row.slice(0, kept).map((cell, column) => shorten(cell, widths[column] ?? 0)),
  )
  const heads = table.columns.slice(0, kept).map((name, column) => shorten(name, widths[column] ?? 0))
  const dropped = table.columns.slice(kept)
  const note =
    dropped.length > 0
      ? `${wrapWords(`left out for lack of room: ${dropped.join(', ')} (-z csv shows all)`, width).join('\n')}\n`
      : ''
  if (rows.length > MOST_BORDERED) return align([heads, ...rows], widths) + note
  const { default: Table } = await import('cli-table3')
  // Its own colours ignore NO_COLOR and pipes.
  const bordered = new Table({ head: heads, style: { head: [], border: [] } })
  bordered.push(...rows)
  return `${withoutRules(bordered.toString())}\n${note}`
}

/** A rule stands under the head only: between rows it doubles the length of a list and says nothing. */
function withoutRules(text: string): string {
  const [top, head, rule, ...rest] = text.split('\n')
  return [top, head, rule, ...rest.filter((line) => !line.startsWith('├'))].join('\n')
}

/** The same rows and columns aligned with spaces, without borders, nothing shortened: for files and pipes. */
export function renderPlainTable(table: TextTable): string {
  return align([table.columns, ...table.rows], naturalWidths(table))
}

function naturalWidths({ columns, rows }: TextTable): number[] {
  const widths = columns.map((name) => widthOf(name))
  for (const row of rows) {
    for (let column = 0; column < widths.length; column++) {
      const cell = row[column] ?? ''
      // A cell's width in columns is at most twice its length: most cells need no exact measure.
      if (cell.length * 2 > (widths[column] ?? 0))
        widths[column] = Math.max(widths[column] ?? 0, widthOf(cell))
    }
  }
  return widths
}

/** Shortens the widest columns first, but no whole ones, then leaves out columns from the right. */
function fit(
  natural: readonly number[],
  isWhole: readonly boolean[],
  width: number,
): { widths: number[]; kept: number } {
  const least = natural.map((one, column) => (isWhole[column] ? one : Math.min(one, NARROWEST)))
  const room = (count: number) => width - 1 - 3 * count
  let kept = natural.length
  while (kept > 1 && least.slice(0, kept).reduce((sum, one) => sum + one, 0) > room(kept)) kept--
  const widths = natural.slice(0, kept)
  let over = widths.reduce((sum, one) => sum + one, 0) - room(kept)
  while (over > 0) {
    const elastic = widths.map((one, column) => (isWhole[column] ? 0 : one))
    const widest = Math.max(...elastic)
    if (widest <= NARROWEST) break
    const column = elastic.lastIndexOf(widest)
    const next = Math.max(NARROWEST, ...elastic.filter((one) => one < widest))
    const step = Math.min(over, Math.max(1, widest - next))
    widths[column] = widest - step
    over -= step
  }
  return { widths, kept }
}

/** A text cut to so many columns, between what a reader takes for characters. */
export function shorten(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  if (/^[ -~]*$/.test(text)) return `${text.slice(0, width - 1)}…`
  let short = ''
  let used = 0
  for (const { segment } of GRAPHEMES.segment(text)) {
    const size = widthOf(segment)
    if (used + size > width - 1) break
    short += segment
    used += size
  }
  return `${short}…`
}

function align(rows: readonly (readonly string[])[], widths: readonly number[]): string {
  return rows
    .map((row) => {
      const cells = row.map((cell, column) =>
        column === row.length - 1
          ? cell
          : cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - widthOf(cell))),
      )
      return `${cells.join('  ').trimEnd()}\n`
    })
    .join('')
}
