import { candidateOf, matchRank, patternOf } from '../entities/match.ts'

/** The candidates that match what was typed: by prefix and by word start, or else by letters in order; within each in their own order (repl.md 3.3). */
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
  const [prefix, words, letters] = found
  // Letters in order are a guess: where something begins so, it is what is meant.
  return prefix.length + words.length > 0 ? [...prefix, ...words] : letters
}
