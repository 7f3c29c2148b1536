import { lineMapOf } from '../preprocess/lines.ts'
import type { CodeTexts } from './account.ts'

/** Longest time to look for the shortest difference of one file, ms; after it only lines are counted. */
const PATIENCE_MS = 1000

export interface DiffOptions {
  /** Lines shown around a change. */
  readonly context: number
  /** Blanks at the ends of lines do not count. */
  readonly ignoreSpace: boolean
  /** Compares the deployed texts, without looking at `#line` markers. */
  readonly raw: boolean
}

export const DEFAULT_DIFF: DiffOptions = { context: 3, ignoreSpace: false, raw: false }

/** How one file of one side differs. `hunks` is undefined where the texts differ too much to say more than how many lines. */
export interface FileDiff {
  readonly file: string
  readonly side: 'device' | 'agent'
  readonly status: 'added' | 'removed' | 'changed'
  readonly added: number
  readonly removed: number
  readonly hunks: readonly Hunk[] | undefined
}

/** Lines begin with a blank, `-`, `+`, or `\` for what is said about the line before. Line numbers are those of the source files, from 1. */
export interface Hunk {
  readonly oldStart: number
  readonly oldLines: number
  readonly newStart: number
  readonly newLines: number
  readonly lines: readonly string[]
}

type Library = typeof import('diff')

/** The rows of a text that came from one file, with the line of each there. */
interface Source {
  text: string
  readonly lines: number[]
}

/**
 * Compares two builds file by file: both texts are cut at their `#line` markers, so that a change is where a person made it. Sides that
 * are equal give nothing.
 */
export async function diffPrograms(
  from: Partial<CodeTexts>,
  to: Partial<CodeTexts>,
  options: DiffOptions = DEFAULT_DIFF,
): Promise<readonly FileDiff[]> {
  const library = await import('diff')
  return (['device', 'agent'] as const).flatMap((side) => {
    const [a, b] = [from[side], to[side]]
    if (a === undefined || b === undefined || a === b) return []
    return diffSide(library, side, a, b, options)
  })
}

function diffSide(
  library: Library,
  side: FileDiff['side'],
  from: string,
  to: string,
  options: DiffOptions,
): readonly FileDiff[] {
  const name = `${side}.nut`
  const [a, b] = [sourcesOf(from, name, options.raw), sourcesOf(to, name, options.raw)]
  const files = [...new Set([...a.keys(), ...b.keys()])]
  const diffs = files.flatMap((file) => diffFile(library, file, side, a.get(file), b.get(file), options))
  // Only markers differ: no file does, but the code is not the same text.
  return diffs
}

function diffFile(
  library: Library,
  file: string,
  side: FileDiff['side'],
  a: Source | undefined,
  b: Source | undefined,
  options: DiffOptions,
): readonly FileDiff[] {
  const [from, to] = [a?.text ?? '', b?.text ?? '']
  if (from === to) return []
  const status =
    a === undefined || from === '' ? 'added' : b === undefined || to === '' ? 'removed' : 'changed'
  const patch = library.structuredPatch(file, file, from, to, undefined, undefined, {
    context: options.context,
    timeout: PATIENCE_MS,
    ...(options.ignoreSpace ? { ignoreWhitespace: true } : {}),
  })
  if (patch === undefined) {
    const { added, removed } = countLines(from, to)
    return [{ file, side, status, added, removed, hunks: undefined }]
  }
  if (patch.hunks.length === 0) return []
  const hunks = patch.hunks.map((hunk) => ({
    oldStart: placeOf(a, hunk.oldStart, hunk.oldLines),
    oldLines: hunk.oldLines,
    newStart: placeOf(b, hunk.newStart, hunk.newLines),
    newLines: hunk.newLines,
    lines: hunk.lines,
  }))
  const count = (mark: string) =>
    hunks.reduce((sum, { lines }) => sum + lines.filter((line) => line.startsWith(mark)).length, 0)
  return [{ file, side, status, added: count('+'), removed: count('-'), hunks }]
}

/** The line in the file of the n-th row that came from it; an empty side of a hunk is named by the line before it, as patches do. */
function placeOf(source: Source | undefined, row: number, rows: number): number {
  if (row === 0 || source === undefined) return row
  return source.lines[row - 1] ?? (source.lines.at(-1) ?? 0) + (rows === 0 ? 0 : 1)
}

function sourcesOf(text: string, name: string, raw: boolean): ReadonlyMap<string, Source> {
  const sources = new Map<string, Source>()
  const rows = text.split('\n')
  // The end of the last line begins no row of its own.
  const last = rows.at(-1) === '' ? rows.length - 1 : rows.length
  const segments = raw ? [{ row: 1, file: name, line: 1 }] : lineMapOf(text, name)
  segments.forEach(({ row, file, line }, i) => {
    // The row before the next segment is its marker.
    const next = segments[i + 1]
    const end = next === undefined ? last : next.row - 2
    const source = sources.get(file) ?? { text: '', lines: [] }
    const begin = row - 1
    if (end <= begin) return
    sources.set(file, source)
    source.text += `${rows.slice(begin, end).join('\n')}${end < rows.length ? '\n' : ''}`
    for (let k = begin; k < end; k++) source.lines.push(line + k - begin)
  })
  return sources
}

function countLines(from: string, to: string): { added: number; removed: number } {
  const counts = new Map<string, number>()
  const lines = from.split('\n')
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1)
  let common = 0
  const others = to.split('\n')
  for (const line of others) {
    const left = counts.get(line) ?? 0
    if (left === 0) continue
    counts.set(line, left - 1)
    common++
  }
  return { added: others.length - common, removed: lines.length - common }
}

/** A difference as a patch in unified form: what `patch -p1` takes, where it was made of raw texts. */
export function patchText(diffs: readonly FileDiff[]): string {
  return diffs
    .map(({ file, status, added, removed, hunks }) => {
      const head = `--- ${status === 'added' ? '/dev/null' : `a/${file}`}\n+++ ${status === 'removed' ? '/dev/null' : `b/${file}`}\n`
      if (hunks === undefined) return `${head}(too different to show: +${added} -${removed} lines)\n`
      return head + hunks.map(hunkText).join('')
    })
    .join('')
}

export function hunkText({ oldStart, oldLines, newStart, newLines, lines }: Hunk): string {
  return `@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@\n${lines.map((line) => `${line}\n`).join('')}`
}

function range(start: number, lines: number): string {
  return lines === 1 ? String(start) : `${start},${lines}`
}
