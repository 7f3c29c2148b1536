import type { Place } from './errors.ts'

/**
 * A run of rows of preprocessed code. Row `row + k` comes from line `line + k` of `file` when `step` is 1, and from
 * `line` itself when `step` is 0 (several rows made by one inline expression).
 */
export interface Segment {
  readonly row: number
  readonly file: string
  readonly line: number
  readonly step: 0 | 1
}

/** Where each row of preprocessed code comes from; segments are in ascending order of their 1-based first row. */
export type LineMap = readonly Segment[]

const MARKER = /^[ \t]*#line[ \t]+(\d{1,9})(?:[ \t]+"((?:[^"\\\r\n]|\\.)*)")?[ \t]*\r?$/gm

/**
 * Maps a 1-based row of preprocessed code (as in `agent_code:<row>`) to the file and line that a person wrote.
 * A row past the end, or a map without segments, gives the nearest known place.
 */
export function locate(lines: LineMap, row: number): Place {
  let low = 0
  let high = lines.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((lines[middle]?.row ?? 0) <= row) low = middle + 1
    else high = middle
  }
  const segment = lines[low - 1] ?? lines[0]
  if (segment === undefined) return { file: '', line: row }
  return { file: segment.file, line: segment.line + Math.max(0, row - segment.row) * segment.step }
}

/** A text of this room as it is shown: paths below `directory` are relative to it. */
export function withoutFolder(text: string, directory: string): string {
  return text.replaceAll(directory.endsWith('/') ? directory : `${directory}/`, '')
}

/**
 * Derives the map from the `#line <n> "<file>"` markers of any preprocessed text. Rows before the first marker belong
 * to `name`. Markers in Builder's own style are written only when the file changes (test-run.md 3), so lines after a
 * directive of the same file are as inexact as the markers; the map of `preprocess` itself is exact.
 */
export function lineMapOf(code: string, name = ''): LineMap {
  const segments: Segment[] = [{ row: 1, file: name, line: 1, step: 1 }]
  let row = 1
  let counted = 0
  let file = name
  for (const match of code.matchAll(MARKER)) {
    for (
      let at = code.indexOf('\n', counted);
      at !== -1 && at < match.index;
      at = code.indexOf('\n', counted)
    ) {
      counted = at + 1
      row++
    }
    if (match[2] !== undefined) file = match[2].replaceAll('\\"', '"')
    segments.push({ row: row + 1, file, line: Number(match[1]), step: 1 })
  }
  return segments
}
