import { compileSource } from '../compile-program.ts'
import { programConstants } from '../constants.ts'
import { soloProgram } from '../check.ts'
import { utf8Encode } from '../utf8.ts'
import type { Library } from '../requires.ts'
import type { CountedPoint } from './counted.ts'

/** Libraries are not needed to know what is there to reach. */
const anything: Library = () => ''

/** The places of a text that coverage counts. Throws an Error with the first compile error. */
export function pointsOf(code: string): readonly (CountedPoint | null)[] {
  const constants = programConstants(soloProgram({}))
  const result = compileSource(utf8Encode(code), 'code', constants, anything, 'coverage')
  if (result.ok) return result.points
  const [error] = result.errors
  throw new Error(`${error?.text} in row ${error?.row}`)
}
