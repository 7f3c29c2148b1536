/** How well a candidate matches what was typed; smaller is better (repl.md 3.3). */
export type MatchRank = 0 | 1 | 2

/** What was typed, prepared for comparing with many candidates. */
export interface Pattern {
  readonly text: string
  /** Case is ignored unless a capital was typed. */
  readonly folds: boolean
}

export function patternOf(typed: string): Pattern {
  const lower = typed.toLowerCase()
  return { text: typed, folds: lower === typed }
}

/** A text to be matched many times. */
export interface Candidate {
  readonly text: string
  readonly lower: string
}

export function candidateOf(text: string): Candidate {
  return { text, lower: text.toLowerCase() }
}

/** The candidate as the pattern sees it. */
export function foldedBy(pattern: Pattern, candidate: Candidate): string {
  return pattern.folds ? candidate.lower : candidate.text
}

/** 0: the candidate starts with the pattern; 1: one of its words does; 2: it has the pattern's characters in order; else undefined. */
export function matchRank(pattern: Pattern, candidate: Candidate): MatchRank | undefined {
  const text = foldedBy(pattern, candidate)
  if (text.startsWith(pattern.text)) return 0
  for (let at = text.indexOf(pattern.text, 1); at > 0; at = text.indexOf(pattern.text, at + 1)) {
    if (isWordStart(candidate.text, at)) return 1
  }
  return isSubsequence(pattern.text, text) ? 2 : undefined
}

// After a separator, at a capital inside a word (`lineOne`), and where digits begin (`lab3`).
function isWordStart(text: string, at: number): boolean {
  const before = text.charAt(at - 1)
  const first = text.charAt(at)
  if (isDigit(before)) return false
  if (isDigit(first)) return true
  return isCapital(first) ? !isCapital(before) : before.toLowerCase() === before.toUpperCase()
}

function isDigit(character: string): boolean {
  return character >= '0' && character <= '9'
}

function isCapital(character: string): boolean {
  return character !== character.toLowerCase()
}

function isSubsequence(typed: string, text: string): boolean {
  let at = 0
  for (const character of typed) {
    at = text.indexOf(character, at)
    if (at < 0) return false
    at += character.length
  }
  return true
}
