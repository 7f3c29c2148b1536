import { cellOf, columnsOf, cutTo, endOfPlain, nextBoundary } from '../editor/graphemes.ts'
import type { EditorState } from '../editor/state.ts'
import { menuRows } from './menu-rows.ts'
import { styled, type Span, type Style } from './style.ts'

/** What stands around the text of the editor. */
export interface Frame {
  /** Before the first row. */
  readonly prompt: readonly Span[]
  /** Before row n of the text (from 1), such as `  … { `. */
  readonly continuation: (row: number) => string
  /** The style of the text, in order and without gaps; what is not covered is plain. */
  readonly paint: readonly { readonly end: number; readonly style: Style }[]
  /** Shown dim after the text. */
  readonly suggestion: string
  /** One line below the text. */
  readonly hint: readonly Span[]
  readonly columns: number
  readonly rows: number
  readonly colour: boolean
}

/** What the screen should show: rows that end with their styles closed, and where the cursor stands in them. */
export interface Picture {
  readonly rows: readonly string[]
  readonly cursor: { readonly row: number; readonly column: number }
}

/** The renderer: what a state looks like. Pure. Shows the rows around the cursor where the text has more rows than the screen. */
export function layout(state: EditorState, frame: Frame): Picture {
  const below = [...hintRow(frame), ...(state.menu ? menuRows(state.menu, frame) : [])]
  const room = Math.max(1, frame.rows - Math.min(below.length, frame.rows - 1))
  const text = textRows(state, frame, room)
  return { rows: [...text.rows, ...below].slice(0, Math.max(frame.rows, 1)), cursor: text.cursor }
}

interface Line {
  readonly start: number
  readonly end: number
  /** Rows of the screen that it takes, as far as is known without laying it out. */
  readonly height: number
  readonly prefix: readonly Span[]
}

function textRows(state: EditorState, frame: Frame, room: number): Picture {
  const lines = linesOf(state.text, frame)
  const at = lines.findIndex((line) => state.cursor <= line.end)
  const [from, to] = windowOf(lines, at, room)
  const writer = createRowWriter(frame)
  for (let index = from; index <= to; index++) {
    const line = lines[index] as Line
    if (index > from) writer.newRow()
    for (const span of line.prefix) writer.write(span)
    writeText(writer, state, frame, line)
    if (index === lines.length - 1 && state.cursor === state.text.length)
      writer.write({ text: frame.suggestion, style: 'dim' })
  }
  const { rows, cursor } = writer.end()
  if (rows.length <= room) return { rows, cursor }
  const first = Math.max(0, Math.min(cursor.row - Math.floor(room / 2), rows.length - room))
  return { rows: rows.slice(first, first + room), cursor: { ...cursor, row: cursor.row - first } }
}

function linesOf(text: string, frame: Frame): readonly Line[] {
  const lines: Line[] = []
  for (let start = 0; ;) {
    const newline = text.indexOf('\n', start)
    const end = newline < 0 ? text.length : newline
    const prefix: readonly Span[] =
      start === 0 ? frame.prompt : [{ text: frame.continuation(lines.length), style: 'dim' }]
    // Two columns a character at most, so this is never too small.
    lines.push({
      start,
      end,
      prefix,
      height: Math.max(1, Math.ceil((2 * (end - start) + 20) / frame.columns)),
    })
    if (newline < 0) return lines
    start = newline + 1
  }
}

/** The lines to lay out: the cursor's, and around it as many as can be seen. */
function windowOf(lines: readonly Line[], at: number, room: number): readonly [number, number] {
  const from = Math.max(0, at - room)
  return [from, Math.min(lines.length - 1, at + room)]
}

function writeText(writer: RowWriter, { text, cursor }: EditorState, frame: Frame, line: Line): void {
  let piece = frame.paint.findIndex((one) => one.end > line.start)
  if (piece < 0) piece = frame.paint.length
  for (let at = line.start; at < line.end;) {
    if (at === cursor) writer.mark()
    while ((frame.paint[piece]?.end ?? Infinity) <= at) piece += 1
    const sameStyle = Math.min(line.end, frame.paint[piece]?.end ?? line.end)
    const plain = endOfPlain(text, at, cursor > at ? Math.min(sameStyle, cursor) : sameStyle)
    if (plain > at) {
      writer.writePlain(text.slice(at, plain), frame.paint[piece]?.style ?? 'plain')
      at = plain
      continue
    }
    const end = nextBoundary(text, at)
    const cluster = text.slice(at, end)
    const style = frame.paint[piece]?.style ?? 'plain'
    const cell = cellOf(cluster)
    writer.write(
      { text: cell.text, style: cell.text !== cluster && cluster !== '\t' ? 'escaped' : style },
      cell.width,
    )
    at = end
  }
  if (cursor === line.end) writer.mark()
}

function hintRow({ hint, columns, colour }: Frame): readonly string[] {
  if (hint.length === 0) return []
  let left = columns - 1
  let row = ''
  for (const { text, style } of hint) {
    const cut = cutTo(text, left)
    left -= columnsOf(cut)
    row += styled({ text: cut, style }, colour)
  }
  return [row]
}

interface RowWriter {
  readonly write: (span: Span, width?: number) => void
  /** Characters of one column each. */
  readonly writePlain: (text: string, style: Style) => void
  /** The cursor stands here. */
  readonly mark: () => void
  readonly newRow: () => void
  readonly end: () => Picture
}

/** Fills rows of the screen, wrapping at its width; neighbours in one style share their escape codes. */
function createRowWriter({ columns, colour }: Frame): RowWriter {
  const rows: string[] = []
  let row = ''
  let used = 0
  let pending: Span = { text: '', style: 'plain' }
  let cursor = { row: 0, column: 0 }
  const flush = () => {
    row += styled(pending, colour)
    pending = { text: '', style: 'plain' }
  }
  const newRow = () => {
    flush()
    rows.push(row)
    row = ''
    used = 0
  }
  const put = (text: string, width: number, style: Style) => {
    if (used + width > columns) newRow()
    if (style !== pending.style) flush()
    pending = { text: pending.text + text, style }
    used += width
  }
  return {
    write({ text, style }, width) {
      if (width !== undefined) return put(text, Math.min(width, columns), style)
      for (let at = 0; at < text.length;) {
        const end = nextBoundary(text, at)
        const cell = cellOf(text.slice(at, end))
        put(cell.text, cell.width, style)
        at = end
      }
    },
    writePlain(text, style) {
      for (let at = 0; at < text.length;) {
        if (used >= columns) newRow()
        const part = text.slice(at, at + columns - used)
        put(part, part.length, style)
        at += part.length
      }
    },
    mark() {
      // The cursor cannot stand behind the last column: it goes to the next row, where the next character will be.
      if (used >= columns) newRow()
      cursor = { row: rows.length, column: used }
    },
    newRow,
    end() {
      newRow()
      return { rows, cursor }
    },
  }
}
