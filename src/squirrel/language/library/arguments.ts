import { truncate } from '../values/number.ts'
import { type SqFloat, type SqValue, isNumeric } from '../values/values.ts'

/** An integer from an integer or float parameter (floats are cut). */
export function integerOf(value: number | SqFloat): number {
  return typeof value === 'number' ? value : truncate(value.v)
}

/** An integer from an optional parameter: `otherwise` when it is absent or null. */
export function integerOr(value: SqValue | undefined, otherwise: number): number {
  return value === undefined || !isNumeric(value) ? otherwise : integerOf(value)
}
