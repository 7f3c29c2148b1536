import { clearScreenDown, cursorTo, moveCursor } from 'node:readline'
import type { Picture } from './layout.ts'

/** What is on the screen now, as far as we drew it. */
export interface Drawn extends Picture {
  /** The width it was drawn for. */
  readonly columns: number
}

export const NOTHING: Drawn = { rows: [''], cursor: { row: 0, column: 0 }, columns: 0 }

/** The bytes that turn what is on the screen into a picture: rows that did not change are not sent again. Pure. */
export function drawing(before: Drawn, next: Picture): string {
  const first = firstDifference(before.rows, next.rows)
  return collected((out) => {
    if (first === undefined) {
      moveCursor(out, 0, next.cursor.row - before.cursor.row)
      cursorTo(out, next.cursor.column)
      return
    }
    // What follows the first changed row is cleared and written again.
    const reached = Math.min(first, before.rows.length - 1)
    moveCursor(out, 0, reached - before.cursor.row)
    if (reached < first) out.write('\r\n')
    cursorTo(out, 0)
    clearScreenDown(out)
    out.write(next.rows.slice(first).join('\r\n'))
    moveCursor(out, 0, next.cursor.row - Math.max(first, next.rows.length - 1))
    cursorTo(out, next.cursor.column)
  })
}

/** The bytes that take away what was drawn; the cursor is then at the start of its first row. Pure. */
export function erasing(before: Drawn): string {
  return collected((out) => {
    moveCursor(out, 0, -before.cursor.row)
    cursorTo(out, 0)
    clearScreenDown(out)
  })
}

/** The bytes that leave what was drawn where it is and go to the row below it. Pure. */
export function leaving(before: Drawn): string {
  return collected((out) => {
    moveCursor(out, 0, before.rows.length - 1 - before.cursor.row)
    out.write('\r\n')
  })
}

/**
 * What the terminal makes of the rows when its width changes: rows wrap or join. Gives the row of the cursor in the new width, so that
 * the next drawing begins at the right place. Pure.
 */
export function rewrapped(before: Drawn, columns: number): Drawn {
  if (columns >= before.columns || columns < 1) return { ...before, columns }
  const heights = before.rows.map((row) => Math.max(1, Math.ceil(plainLength(row) / columns)))
  const above = heights.slice(0, before.cursor.row).reduce((sum, height) => sum + height, 0)
  const row = above + Math.floor(before.cursor.column / columns)
  const total = heights.reduce((sum, height) => sum + height, 0)
  // The content does not matter: all of it is drawn again.
  return {
    rows: Array.from({ length: Math.max(total, row + 1) }, () => '\0'),
    cursor: { row, column: before.cursor.column % columns },
    columns,
  }
}

function plainLength(row: string): number {
  return row.replace(/\x1b\[[\d;]*m/g, '').length
}

function firstDifference(before: readonly string[], next: readonly string[]): number | undefined {
  const most = Math.max(before.length, next.length)
  for (let row = 0; row < most; row++) if (before[row] !== next[row]) return row
  return undefined
}

function collected(draw: (out: NodeJS.WritableStream) => void): string {
  let text = ''
  const out = {
    write(piece: string) {
      text += piece
      return true
    },
  }
  draw(out as unknown as NodeJS.WritableStream)
  return text
}
