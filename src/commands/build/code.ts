import type { Whole } from '../../entities/kinds.ts'
import { told } from '../../entities/told.ts'
import type { Side } from '../source-file.ts'

/** The code of one side of a build that was read by id. Throws DATA where the server does not tell it: unknown code is not empty code. */
export function codeOf(build: Whole<'build'>, side: Side): string {
  return told(build.attributes[`${side}_code`], `the ${side} code`, 'build', build.id)
}
