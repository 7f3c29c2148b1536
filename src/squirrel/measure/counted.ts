/** What a program built for coverage counts, as plain data that may leave its thread. */
import type { Point } from '../language/codegen/emitter.ts'
import type { Span } from '../language/syntax/ast.ts'
import type { Token } from '../language/syntax/token.ts'
import type { SideKind } from '../side.ts'

/** Row and column of the first byte, and of the one behind the last, in the code of a program as it was given; from 1. */
export type Range = readonly [row: number, column: number, endRow: number, endColumn: number]

/** A place that is counted. `file` and `line` are those of its begin by the `#line` control of the code. */
export type CountedPoint = {
  readonly at: Range
  readonly file: string
  readonly line: number
} & (
  | { readonly kind: 'statement' }
  | { readonly kind: 'function'; readonly name: string }
  /** `what` as Istanbul calls it; `whole` is the branch, `at` one of its arms. */
  | { readonly kind: 'branch'; readonly what: string; readonly arm: number; readonly whole: Range }
)

/** What one program counts on one side: `counts[i]` is how often `points[i]` was reached; null is code of a library. */
export type Counted = {
  readonly deploymentId: string
  readonly side: SideKind
  readonly points: readonly (CountedPoint | null)[]
  /** In shared memory, as all here: it goes on counting, and outlives the thread. */
  readonly counts: Float64Array
  /** The counts at the end of what is measured, once `isSettled` holds 1. */
  readonly settled: Float64Array
  readonly isSettled: Float64Array
}

/** The same for others to read, with the counts of this moment. */
export type Count = Pick<Counted, 'deploymentId' | 'side' | 'points'> & { readonly counts: readonly number[] }

/** What is counted up to now. */
export function countOf({ deploymentId, side, points, counts, settled, isSettled }: Counted): Count {
  return { deploymentId, side, points, counts: [...(isSettled[0] === 1 ? settled : counts)] }
}

/** The points of a unit; `source` is what was compiled, whose row `firstRow` is the first of the program: libraries stand before it. */
export function countedPoints(
  points: readonly Point[],
  source: string,
  firstRow: number,
): (CountedPoint | null)[] {
  const range = ({ first, last }: Span): Range => {
    const [endRow, endColumn] = endOf(last, source)
    return [first.row - firstRow + 1, first.column, endRow - firstRow + 1, endColumn]
  }
  return points.map((point) => {
    const { first, last, ...rest } = point
    if (first.row < firstRow || rest.kind === 'stop' || rest.kind === 'guard') return null
    const place = { at: range({ first, last }), file: first.file, line: first.line }
    return rest.kind === 'branch' ? { ...rest, ...place, whole: range(rest.whole) } : { ...rest, ...place }
  })
}

/** Only strings go over several rows. */
function endOf({ row, column, start, end }: Token, source: string): [row: number, column: number] {
  const rows = source.slice(start, end).split('\n')
  return rows.length === 1
    ? [row, column + end - start]
    : [row + rows.length - 1, (rows.at(-1) ?? '').length + 1]
}
