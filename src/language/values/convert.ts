import { raise } from './fault.ts'
import type { Place } from '../syntax/source.ts'
import type { TypeName } from '../syntax/tree.ts'
import { TYPES } from './types.ts'
import type { Value } from './value.ts'

/** Gives a value as the wanted type. Throws BUG_ARGS with `what` in the message. */
export function convert(value: Value, wanted: TypeName, place: Place, what: string): Value {
  const type = TYPES[wanted]
  const found = type.read(value)
  if (found !== undefined) return found
  throw raise(place, 'BUG_ARGS', `${what} must be ${type.a}, not ${type.given(value)}`, type.hint?.(value))
}
