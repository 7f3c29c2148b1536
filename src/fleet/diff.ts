import { lineMapOf } from '../preprocess/lines.ts'
import type { CodeTexts } from './account.ts'

/** Longest time to look for the shortest difference of one file, ms; after it only lines are counted. */
const PATIENCE_MS = 1000

interface DiffOptions {
  /** Lines shown around a change. */
  readonly context: number
  /** Blanks at the beginning and the end of lines do not count. */
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
  readonly rows: string[]
  readonly lines: number[]
}

/** Ends a last row that has no line end: no row has one in it. */
const UNENDED = '\n'

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
  { raw, ignoreSpace, context }: DiffOptions,
): readonly FileDiff[] {
  const [from, to] = [a?.rows ?? [], b?.rows ?? []]
  const isSame = from.length === to.length && from.every((row, i) => row === to[i])
  if (isSame) return []
  const status = raw ? 'changed' : from.length === 0 ? 'added' : to.length === 0 ? 'removed' : 'changed'
  const base = { file, side, status } as const
  const parts = library.diffArrays(from, to, {
    timeout: PATIENCE_MS,
    ...(ignoreSpace ? { comparator: (one: string, other: string) => one.trim() === other.trim() } : {}),
  })
  if (parts === undefined) return [{ ...base, ...countLines(from, to), hunks: undefined }]
  const hunks = hunksOf(parts, a?.lines ?? [], b?.lines ?? [], context)
  if (hunks.length === 0) return []
  const count = (mark: string) =>
    hunks.reduce((sum, { lines }) => sum + lines.filter((line) => line.startsWith(mark)).length, 0)
  return [{ ...base, added: count('+'), removed: count('-'), hunks }]
}

type Part = { readonly value: readonly string[]; readonly added: boolean; readonly removed: boolean }

/** Changes with the rows around them; those that are near each other are one hunk. */
function hunksOf(
  parts: readonly Part[],
  oldLines: readonly number[],
  newLines: readonly number[],
  context: number,
): readonly Hunk[] {
  const hunks: Hunk[] = []
  let lines: string[] = []
  let before: { old: number; new: number } | undefined
  let oldRow = 0
  let newRow = 0
  const close = () => {
    if (before === undefined) return
    const [oldCount, newCount] = [oldRow - before.old, newRow - before.new]
    hunks.push({
      oldStart: placeOf(oldLines, before.old, oldCount),
      oldLines: oldCount,
      newStart: placeOf(newLines, before.new, newCount),
      newLines: newCount,
      lines,
    })
    lines = []
    before = undefined
  }
  parts.forEach(({ value, added, removed }, i) => {
    if (added || removed) {
      before ??= { old: oldRow, new: newRow }
      for (const row of value) lines.push(...shownRow(added ? '+' : '-', row))
      if (added) newRow += value.length
      else oldRow += value.length
      return
    }
    const isLast = i === parts.length - 1
    const goesOn = before !== undefined && !isLast && value.length <= 2 * context
    const after = before === undefined ? 0 : goesOn ? value.length : Math.min(context, value.length)
    for (const row of value.slice(0, after)) lines.push(...shownRow(' ', row))
    oldRow += after
    newRow += after
    if (goesOn) return
    close()
    const ahead = isLast ? 0 : Math.min(context, value.length - after)
    oldRow += value.length - after - ahead
    newRow += value.length - after - ahead
    if (isLast) return
    before = { old: oldRow, new: newRow }
    for (const row of value.slice(value.length - ahead)) lines.push(...shownRow(' ', row))
    oldRow += ahead
    newRow += ahead
  })
  close()
  return hunks
}

function shownRow(mark: string, row: string): readonly string[] {
  return row.endsWith(UNENDED) ? [mark + row.slice(0, -1), '\\ No newline at end of file'] : [mark + row]
}

/** The line in the file of a row, from 0; an empty side of a hunk is named by the line before it, as patches do. */
function placeOf(lines: readonly number[], row: number, count: number): number {
  if (count === 0) return row === 0 ? 0 : (lines[row - 1] ?? row)
  return lines[row] ?? row + 1
}

function sourcesOf(text: string, name: string, raw: boolean): ReadonlyMap<string, Source> {
  const sources = new Map<string, Source>()
  const rows = text.split('\n')
  // The end of the last line begins no row of its own; a last line without an end is told by a mark that no other line can have.
  if (rows.at(-1) === '') rows.pop()
  else rows.push(`${rows.pop()}${UNENDED}`)
  const segments = raw ? [{ row: 1, file: name, line: 1 }] : lineMapOf(text, name)
  segments.forEach(({ row, file, line }, i) => {
    // The row before the next segment is its marker.
    const next = segments[i + 1]
    const end = next === undefined ? rows.length : next.row - 2
    const source = sources.get(file) ?? { rows: [], lines: [] }
    if (end < row) return
    sources.set(file, source)
    for (let k = row - 1; k < end; k++) {
      source.rows.push(rows[k] as string)
      source.lines.push(line + k - row + 1)
    }
  })
  return sources
}

function countLines(from: readonly string[], to: readonly string[]): { added: number; removed: number } {
  const counts = new Map<string, number>()
  for (const line of from) counts.set(line, (counts.get(line) ?? 0) + 1)
  let common = 0
  for (const line of to) {
    const left = counts.get(line) ?? 0
    if (left === 0) continue
    counts.set(line, left - 1)
    common++
  }
  return { added: to.length - common, removed: from.length - common }
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
