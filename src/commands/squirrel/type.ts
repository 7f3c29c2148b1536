import { ImptError } from '../../output/error.ts'
import { visible } from '../../output/visible.ts'
import { IMP_TYPES, impTypeOf } from '../../squirrel/api/table/types.ts'

/** The name of an imp type that was written in any case. Throws USAGE for what is none, with the list. */
export function typeOf(text: string): string {
  const type = impTypeOf(text)
  if (type) return type.name
  throw new ImptError('USAGE', `There is no imp type "${visible(text)}".`, {
    hint: `Types: ${IMP_TYPES.map(({ name }) => name).join(', ')}`,
  })
}
