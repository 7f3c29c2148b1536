/** A named text: a script file, `<command>`, `<stdin>` or `<prompt>`. */
export interface Source {
  readonly name: string
  readonly text: string
}

/** A half-open range of UTF-16 offsets in a text. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** A range in a named text: where a run-time error points. */
export interface Place extends Span {
  readonly source: Source
}

/** Line and column, both from 1; the column counts code points (language.md 4). */
export interface Position {
  readonly line: number
  readonly col: number
}

/** Gives line and column of an offset. Computed when needed: only errors ask. */
export function positionOf(text: string, offset: number): Position {
  let line = 1
  let lineStart = 0
  for (;;) {
    const next = text.indexOf('\n', lineStart)
    if (next < 0 || next >= offset) break
    line += 1
    lineStart = next + 1
  }
  return { line, col: codePoints(text.slice(lineStart, offset)) + 1 }
}

/** Gives the line that holds an offset, without its line end, and the offset where it starts. */
export function lineAt(text: string, offset: number): { text: string; start: number } {
  const start = offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1
  const end = text.indexOf('\n', start)
  return { text: text.slice(start, end < 0 ? text.length : end).replace(/\r$/, ''), start }
}

/** The number of code points of a text. */
export function codePoints(text: string): number {
  let count = 0
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i)
    if (unit >= 0xd800 && unit < 0xdc00 && i + 1 < text.length) {
      const low = text.charCodeAt(i + 1)
      if (low >= 0xdc00 && low < 0xe000) i += 1
    }
    count += 1
  }
  return count
}
