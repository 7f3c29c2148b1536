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
interface Position {
  readonly line: number
  readonly col: number
}

/** Where the lines of a text start, and how far the last line that was asked about has been counted. */
interface Lines {
  readonly text: string
  readonly starts: readonly number[]
  counted: { readonly lineStart: number; readonly offset: number; readonly points: number }
}

let lastLines: Lines | undefined

function linesOf(text: string): Lines {
  if (lastLines?.text === text) return lastLines
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  lastLines = { text, starts, counted: { lineStart: 0, offset: 0, points: 0 } }
  return lastLines
}

/** The index of the line that holds an offset. */
function lineIndex(starts: readonly number[], offset: number): number {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return low
}

/** Gives line and column of an offset. The lines of the last text are remembered: a check asks for one place after the other. */
export function positionOf(text: string, offset: number): Position {
  const lines = linesOf(text)
  const index = lineIndex(lines.starts, offset)
  const lineStart = lines.starts[index] ?? 0
  const { counted } = lines
  const goesOn = counted.lineStart === lineStart && counted.offset <= offset
  const points = goesOn
    ? counted.points + codePoints(text.slice(counted.offset, offset))
    : codePoints(text.slice(lineStart, offset))
  lines.counted = { lineStart, offset, points }
  return { line: index + 1, col: points + 1 }
}

/** Gives the line that holds an offset, without its line end. */
export function lineAt(text: string, offset: number): Span {
  const { starts } = linesOf(text)
  const index = lineIndex(starts, offset)
  const start = starts[index] ?? 0
  const next = starts[index + 1]
  const end = next === undefined ? text.length : next - 1
  return { start, end: text[end - 1] === '\r' && next !== undefined ? end - 1 : end }
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
