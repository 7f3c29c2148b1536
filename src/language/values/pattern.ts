import { compilePattern, type Pattern, patternFault } from '../../output/pattern.ts'
import type { Place } from '../syntax/source.ts'
import { raise } from './fault.ts'

export { type Found, match, type Pattern } from '../../output/pattern.ts'

/** Compiles a pattern; `(?i)` at the start ignores case. Throws DATA. */
export function patternOf(source: string, place: Place): Pattern {
  try {
    return compilePattern(source)
  } catch (error) {
    throw raise(place, 'DATA', `not a regular expression: ${patternFault(error)}`)
  }
}
