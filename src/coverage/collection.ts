/** Adds up what programs counted, where people wrote it. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import type { BranchMapping, CoverageMapData, FileCoverageData, Range as Loc } from 'istanbul-lib-coverage'
import { locate, type LineMap } from '../preprocess/lines.ts'
import type { Count, CountedPoint, Range } from '../squirrel/measure/counted.ts'

/** The code of one side of a build as it was given to the device, and where its rows come from. */
export interface Source {
  readonly code: string
  /** Absent for code that a person wrote as it is, as the file `file`. */
  readonly lines?: LineMap
  /** Full path. */
  readonly file?: string
}

/** The counts of many programs by file. */
export interface Collection {
  /** Adds what a program counted. */
  add(counted: Pick<Count, 'points' | 'counts'>, source: Source): void
  /** Istanbul's coverage map, by full paths, with numbers in the order of the places. */
  data(): CoverageMapData
}

type Place = { readonly file: string; readonly loc: Loc }
type Sum = { readonly loc: Loc; count: number; readonly name: string }
type Branch = { readonly what: string; readonly loc: Loc; readonly arms: (Sum | undefined)[] }
type File = {
  readonly statements: Map<string, Sum>
  readonly functions: Map<string, Sum>
  readonly branches: Map<string, Branch>
}

/**
 * Makes an empty collection. `includes` says which files count, by their full paths; `directory` is where relative names of `#line` control are
 * looked for. Places of code that is no file here (bundled libraries, remote includes, what a build adds) are left out.
 */
export function createCollection(directory: string, includes: (path: string) => boolean): Collection {
  const files = new Map<string, File>()
  const texts = new Map<string, readonly string[] | undefined>()

  /** The lines of a file that is counted; undefined for every other name. */
  function linesOf(path: string): readonly string[] | undefined {
    if (!texts.has(path)) {
      // A name with a line end would be a line of its own in lcov.
      const counts = isAbsolute(path) && !/[\0-\u001f]/.test(path) && isFile(path) && includes(path)
      texts.set(path, counts ? readFileSync(path, 'utf8').split('\n') : undefined)
    }
    return texts.get(path)
  }

  /** The file and line of a row. The line of a point by `#line` control counts where that names a file. */
  function originOf(
    row: number,
    point: CountedPoint,
    { lines, file }: Source,
  ): { file: string; line: number } {
    if (lines) return locate(lines, row)
    const named = resolve(directory, point.file)
    if (named !== file && existsSync(named)) return { file: named, line: point.line + row - point.at[0] }
    return { file: file ?? '', line: row }
  }

  function placeOf(
    [row, column, endRow, endColumn]: Range,
    point: CountedPoint,
    source: Source,
    rows: readonly string[],
  ): Place | undefined {
    const from = originOf(row, point, source)
    const written = linesOf(from.file)
    if (!written) return undefined
    const start = { line: from.line, column: columnOf(rows[row - 1], column, written[from.line - 1]) }
    const to = originOf(endRow, point, source)
    // What was put together from several places ends with its first line.
    const isWhole = to.file === from.file && to.line >= from.line
    const endLine = isWhole ? to.line : from.line
    const text = written[endLine - 1] ?? ''
    const end = isWhole ? columnOf(rows[endRow - 1], endColumn, text) : text.length
    return { file: from.file, loc: { start, end: { line: endLine, column: end } } }
  }

  function fileOf(path: string): File {
    const known = files.get(path)
    if (known) return known
    const made: File = { statements: new Map(), functions: new Map(), branches: new Map() }
    files.set(path, made)
    return made
  }

  return {
    add({ points, counts }, source) {
      const rows = source.code.split('\n')
      for (const [index, point] of points.entries()) {
        if (point === null) continue
        const place = placeOf(point.at, point, source, rows)
        const count = counts[index] ?? 0
        if (point.kind === 'branch') {
          const whole = placeOf(point.whole, point, source, rows)
          if (!whole) continue
          const { branches } = fileOf(whole.file)
          const key = `${point.what} ${keyOf(whole.loc)}`
          const branch = branches.get(key) ?? { what: point.what, loc: whole.loc, arms: [] }
          branches.set(key, branch)
          const loc = place?.file === whole.file ? place.loc : whole.loc
          const arm = (branch.arms[point.arm] ??= { loc, count: 0, name: '' })
          arm.count += count
        } else if (place) {
          const file = fileOf(place.file)
          const sums = point.kind === 'statement' ? file.statements : file.functions
          const name = point.kind === 'function' ? point.name : ''
          const key = `${name} ${keyOf(place.loc)}`
          const sum = sums.get(key) ?? { loc: place.loc, count: 0, name }
          sums.set(key, sum)
          sum.count += count
        }
      }
    },
    data: () =>
      Object.fromEntries(
        [...files.keys()].toSorted().map((path) => [path, dataOf(path, files.get(path) as File)]),
      ),
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

/** A column of the compiled row, which counts bytes from 1, as one of the written line, which counts characters from 0. */
function columnOf(row = '', column: number, written = ''): number {
  const bytes = Buffer.from(row, 'utf8').subarray(0, column - 1)
  return Math.min(bytes.toString('utf8').length, written.length)
}

function dataOf(path: string, { statements, functions, branches }: File): FileCoverageData {
  const inOrder = <T extends { loc: Loc }>(sums: Map<string, T>) =>
    [...sums.values()].toSorted((a, b) => compare(a.loc, b.loc))
  const numbered = <T, V>(items: readonly T[], value: (item: T, index: number) => V) =>
    Object.fromEntries(items.map((item, index) => [String(index), value(item, index)]))
  const [all, named, forked] = [inOrder(statements), inOrder(functions), inOrder(branches)]
  const names = uniqueNames(named)
  return {
    path,
    statementMap: numbered(all, ({ loc }) => loc),
    fnMap: numbered(named, ({ loc }, index) => ({
      name: names[index] as string,
      decl: { start: loc.start, end: loc.start },
      loc,
      line: loc.start.line,
    })),
    branchMap: numbered(forked, ({ what, loc, arms }): BranchMapping => ({
      type: what,
      loc,
      locations: Array.from(arms, (arm) => arm?.loc ?? loc),
      line: loc.start.line,
    })),
    s: numbered(all, ({ count }) => count),
    f: numbered(named, ({ count }) => count),
    b: numbered(forked, ({ arms }) => Array.from(arms, (arm) => arm?.count ?? 0)),
  }
}

/** Names that tell the functions of a file apart, as lcov needs them: one that stands there twice, or none, gets its line. */
function uniqueNames(functions: readonly Sum[]): string[] {
  const base = functions.map(({ name }) => name.replaceAll(/[^\w:.-]/g, '_') || '(anonymous)')
  const seen = new Map<string, number>()
  return base.map((name, index) => {
    const isAlone = name !== '(anonymous)' && base.indexOf(name) === base.lastIndexOf(name)
    const full = isAlone ? name : `${name}:${functions[index]?.loc.start.line}`
    const count = (seen.get(full) ?? 0) + 1
    seen.set(full, count)
    return count === 1 ? full : `${full}.${count}`
  })
}

function keyOf({ start, end }: Loc): string {
  return `${start.line}:${start.column}-${end.line}:${end.column}`
}

function compare(a: Loc, b: Loc): number {
  return (
    a.start.line - b.start.line ||
    a.start.column - b.start.column ||
    a.end.line - b.end.line ||
    a.end.column - b.end.column
  )
}
