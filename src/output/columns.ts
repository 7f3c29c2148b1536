import { widthOf } from './width.ts'
import { shorten } from './table.ts'
import { wrapWords } from './wrap.ts'

/** One column of a table for people. */
export interface PeopleColumn {
  readonly title: string
  /** Never left out: people copy it. */
  readonly keeps: boolean
  /** May be shortened before it is left out. */
  readonly shrinks: boolean
}

export interface PeopleTable {
  readonly columns: readonly PeopleColumn[]
  /** A cell for each column, without control characters. */
  readonly rows: readonly (readonly string[])[]
}

interface PeopleLook {
  /** Columns of the terminal; undefined for as many as it takes. */
  readonly width: number | undefined
  readonly head: (text: string) => string
  readonly note: (text: string) => string
}

const GAP = 2
/** Free text is not shortened to less than this. */
const SHORTEST = 16
/** cli-table3 takes 0.2 ms a row; longer lists are aligned by padding alone, which looks the same. */
const MOST_DRAWN = 500

/**
 * A table without rules, fitted to a terminal: whole columns are left out, the last ones first, and named in one line; nothing that people
 * copy is cut (language-2 E2). Where not even the columns that stay find room, each row is a block of lines.
 */
export async function renderPeopleTable(
  table: PeopleTable,
  { width, head, note }: PeopleLook,
): Promise<string> {
  const { shown, widths, dropped, fits } = fit(table, width)
  if (!fits) return blocks(table, width ?? Infinity, { head, note })
  const titles = shown.map((index) => table.columns[index]?.title ?? '')
  const rows = table.rows.map((row) => shown.map((index, at) => shorten(row[index] ?? '', widths[at] ?? 0)))
  const left = table.columns.filter((_, index) => dropped.includes(index)).map(({ title }) => title)
  const drawn =
    rows.length > MOST_DRAWN
      ? padded(titles.map(head), rows, widths)
      : await draw(titles.map(head), rows, widths)
  return (
    drawn +
    leftOut(left, width)
      .map((line) => `${note(line)}\n`)
      .join('')
  )
}

function fit(
  { columns, rows }: PeopleTable,
  width: number | undefined,
): { shown: number[]; widths: number[]; dropped: number[]; fits: boolean } {
  const natural = columns.map(({ title }, index) =>
    rows.reduce((most, row) => Math.max(most, widthOf(row[index] ?? '')), widthOf(title)),
  )
  // A column without a value says nothing.
  let shown = columns.flatMap(({ keeps }, index) =>
    keeps || rows.some((row) => (row[index] ?? '') !== '') ? [index] : [],
  )
  const widths = [...natural]
  const dropped: number[] = []
  const used = () => shown.reduce((sum, index) => sum + (widths[index] ?? 0) + GAP, -GAP)
  while (width !== undefined && used() > width) {
    const over = used() - width
    const soft = shown.findLast(
      (index) => columns[index]?.shrinks === true && (widths[index] ?? 0) - over >= SHORTEST,
    )
    if (soft !== undefined) {
      widths[soft] = (widths[soft] ?? 0) - over
      break
    }
    const last = shown.findLast((index) => columns[index]?.keeps !== true)
    if (last === undefined) break
    shown = shown.filter((index) => index !== last)
    dropped.push(last)
  }
  const fits = width === undefined || used() <= width
  return { shown, dropped, fits, widths: shown.map((index) => widths[index] ?? 0) }
}

/** The first cell that stays, and below it the others that say something, each behind its title, as many in a line as find room. */
function blocks(
  { columns, rows }: PeopleTable,
  width: number,
  { head, note }: Pick<PeopleLook, 'head' | 'note'>,
): string {
  const space = ' '.repeat(GAP)
  const first = columns.findIndex(({ keeps }) => keeps)
  const pairOf = (row: readonly string[], at: number) => `${columns[at]?.title ?? ''} ${row[at] ?? ''}`
  const dropped = columns.flatMap(({ keeps, title }, at) =>
    !keeps && rows.some((row) => widthOf(pairOf(row, at)) > width - GAP) ? [title] : [],
  )
  const lines = rows.flatMap((row) => {
    const below: string[] = []
    for (const [at, { title }] of columns.entries()) {
      if (at === first || (row[at] ?? '') === '' || dropped.includes(title)) continue
      const joined = `${below.at(-1)}${space}${pairOf(row, at)}`
      if (below.length > 0 && widthOf(joined) <= width) below.splice(-1, 1, joined)
      else below.push(...wrapWords(pairOf(row, at), width - GAP, space))
    }
    return [...wrapWords(row[first] ?? '', width).map(head), ...below]
  })
  return [...lines, ...leftOut(dropped, width).map(note)].map((line) => `${line}\n`).join('')
}

/** Names the columns that are not shown. */
function leftOut(titles: readonly string[], width: number | undefined): readonly string[] {
  if (titles.length === 0) return []
  return wrapWords(`not shown for lack of room: ${titles.join(', ')} (--wide shows all)`, width)
}

async function draw(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  widths: readonly number[],
): Promise<string> {
  const { default: Table } = await import('cli-table3')
  const none = Object.fromEntries(
    [
      'top',
      'top-mid',
      'top-left',
      'top-right',
      'bottom',
      'bottom-mid',
      'bottom-left',
      'bottom-right',
      'left',
      'left-mid',
      'mid',
      'mid-mid',
      'right',
      'right-mid',
      'middle',
    ].map((name) => [name, '']),
  )
  const drawn = new Table({
    head: [...titles],
    chars: none,
    // Its own colours ignore NO_COLOR and pipes.
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': GAP },
    colWidths: widths.map((width) => width + GAP),
  })
  drawn.push(...rows.map((row) => [...row]))
  return `${drawn.toString().replace(/ +$/gm, '')}\n`
}

function padded(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  widths: readonly number[],
): string {
  return [titles, ...rows]
    .map((row) =>
      row
        .map((cell, at) => cell + ' '.repeat(Math.max(0, (widths[at] ?? 0) - widthOf(cell)) + GAP))
        .join('')
        .trimEnd(),
    )
    .join('\n')
    .concat('\n')
}
