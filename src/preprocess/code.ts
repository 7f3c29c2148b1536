import { basename, isAbsolute, relative, resolve } from 'node:path'
import { Failure } from './errors.ts'
import type { LineMap, Segment } from './lines.ts'
import { type MultiLine, multiLineAfter } from './multi-line.ts'
import { MAX_TEXT, tooLong } from './values.ts'

/**
 * How `#line` markers are written: not at all; `true`: at each change of file, as Builder does; `'exact'`: also wherever
 * the line number does not follow on, but never inside a verbatim string or a block comment.
 */
export type LineControl = boolean | 'exact'

/** The preprocessed code as it grows, with the origin of each of its rows. */
export interface Code {
  /** Adds text that starts at `line` of `file`; all of it belongs to `line` if `step` is 0. */
  write(text: string, file: string, line: number, step: 0 | 1): void
  text(): string
  lines(): LineMap
}

/**
 * Starts an empty piece of code.
 * @param root folder whose files the markers name relative to it; files elsewhere by their base name only. As they are without it
 */
export function newCode(lineControl: LineControl, root?: string): Code {
  const chunks: string[] = []
  const segments: Segment[] = []
  let length = 0
  let row = 1
  let atStart = true
  let markedFile: string | undefined
  let multiLine: MultiLine
  let partOfRow = ''
  // What a reader of the markers takes the next row for.
  let countedLine = 0

  return { write, text: () => chunks.join(''), lines: () => segments }

  function write(text: string, file: string, line: number, step: 0 | 1): void {
    let rest = text
    let at = line
    // Row by row in a verbatim string or comment, so that the first row after it can have its marker.
    for (;;) {
      const end = rest.indexOf('\n') + 1
      if (multiLine === undefined || step === 0 || end === 0 || end === rest.length) break
      writePiece(rest.slice(0, end), file, at++, step)
      rest = rest.slice(end)
    }
    writePiece(rest, file, at, step)
  }

  function writePiece(text: string, file: string, line: number, step: 0 | 1): void {
    if (lineControl !== false && atStart && needsMarker(file, line)) {
      add(`#line ${line} "${markerName(file, root)}"\n`)
      row++
      countedLine = line
      markedFile = file
    }
    const breaks = count(text)
    // Text that begins inside a row says something about the next row only.
    if (atStart) mark(row, file, line, step)
    else if (breaks > 0) mark(row + 1, file, line + step, step)
    add(text)
    row += breaks
    if (text !== '') atStart = text.endsWith('\n')
    countedLine += breaks
    if (lineControl === 'exact') follow(text)
  }

  function needsMarker(file: string, line: number): boolean {
    if (lineControl === true) return file !== markedFile
    return multiLine === undefined && (file !== markedFile || line !== countedLine)
  }

  /** Whole rows only, as a piece of a row may begin inside a string. */
  function follow(text: string): void {
    partOfRow += text
    if (!atStart) return
    multiLine = multiLineAfter(partOfRow, multiLine)
    partOfRow = ''
  }

  function mark(at: number, file: string, line: number, step: 0 | 1): void {
    const last = segments.at(-1)
    if (last?.file === file && last.step === step && last.line + (at - last.row) * step === line) return
    if (last?.row === at) segments.pop()
    segments.push({ row: at, file, line, step })
  }

  function add(text: string): void {
    length += text.length
    if (length > MAX_TEXT)
      throw new Failure('DATA', `The preprocessed code: ${tooLong().message.toLowerCase()}`)
    chunks.push(text)
  }
}

function markerName(file: string, root: string | undefined): string {
  const name = root === undefined ? file : nameBelow(file, root)
  return name.replace(/[\r\n]/g, '?').replaceAll('"', '\\"')
}

/** What deployed code may tell of a file: nothing about the machine outside of the project. */
function nameBelow(file: string, root: string): string {
  const [, scheme = '', path = file] = /^(git-local:)(.*)$/s.exec(file) ?? []
  if (!isAbsolute(path) && !path.startsWith('../')) return file
  const inside = relative(root, resolve(root, path)).replaceAll('\\', '/')
  return scheme + (isAbsolute(inside) || inside.startsWith('../') ? basename(path) : inside)
}

function count(text: string): number {
  let breaks = 0
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) breaks++
  return breaks
}
