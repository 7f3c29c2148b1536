import { callMetamethod } from '../run/calls.ts'
import { raise } from '../run/errors.ts'
import { floatText } from './number.ts'
import { typeName } from './types.ts'
import { SqFloat, type SqValue, objectId } from './values.ts'

/** Text of any value as `tostring()` and string concatenation give it. */
export function toText(value: SqValue): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (value instanceof SqFloat) return floatText(value.v)
  if (value === null) return '(null : 0x0)'
  const own = callMetamethod(value, '_tostring')
  if (own === undefined) return addressText(value)
  if (typeof own !== 'string') throw raise('internal vm error, calling tostring failed')
  return own
}

/** Text of a value for messages: runs no Squirrel code. */
export function plainText(value: SqValue): string {
  if (value === null || typeof value !== 'object' || value instanceof SqFloat) return toText(value)
  return addressText(value)
}

function addressText(value: Exclude<SqValue, null | boolean | number | string>): string {
  return `(${typeName(value)} : 0x${(0x20000000 + objectId(value) * 16).toString(16)})`
}
