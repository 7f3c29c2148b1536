import { distance } from 'fastest-levenshtein'

/**
 * The candidate that was most likely meant by a word, for "did you mean": the only one that
 * begins with it, or else the one with the fewest differences, at most a third of its letters,
 * or two. Case does not count. Gives undefined
 * if nothing comes near.
 */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  const typed = word.toLowerCase()
  const all = [...candidates]
  const longer = all.filter((candidate) => typed.length > 1 && candidate.toLowerCase().startsWith(typed))
  if (longer.length === 1) return longer[0]
  let best: string | undefined
  // Two letters that changed places count as two differences.
  const allowed = word.length < 4 ? 1 : Math.max(2, Math.floor(word.length / 3))
  let least = allowed + 1
  for (const candidate of all) {
    const differences = distance(typed, candidate.toLowerCase())
    if (differences < least && differences < candidate.length) {
      least = differences
      best = candidate
    }
  }
  return best
}
