import { candidateOf, matchRank, patternOf } from '../../entities/match.ts'

/** The candidates that match what was typed: by prefix, by word start, by letters in order; within each in their own order (repl.md 3.3). */
export function ranked<T>(
  candidates: readonly T[],
  typed: string,
  textOf: (candidate: T) => string,
): readonly T[] {
  const pattern = patternOf(typed)
  const found: [T[], T[], T[]] = [[], [], []]
  for (const candidate of candidates) {
    const rank = matchRank(pattern, candidateOf(textOf(candidate)))
    if (rank !== undefined) found[rank].push(candidate)
  }
  return found.flat()
}
