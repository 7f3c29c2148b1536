import { callMetamethod } from './calls.ts'
import { raise } from './errors.ts'
import { allocate, allocateBytes, charge } from './state.ts'
import { plainText, toText } from '../values/text.ts'
import { typeName } from '../values/types.ts'
import { SqFloat, type SqObject, type SqValue, isNumeric, objectId, single } from '../values/values.ts'

/** `a + b`: numbers, text when one is a string, else `_add`. */
export function add(a: SqValue, b: SqValue): SqValue {
  if (isNumeric(a) && isNumeric(b)) {
    return typeof a === 'number' && typeof b === 'number' ? (a + b) | 0 : new SqFloat(single(a) + single(b))
  }
  if (typeof a === 'string' || typeof b === 'string') return concatenate(toText(a), toText(b))
  return arithmeticMetamethod('+', '_add', a, b)
}

export function subtract(a: SqValue, b: SqValue): SqValue {
  if (!isNumeric(a) || !isNumeric(b)) return arithmeticMetamethod('-', '_sub', a, b)
  return typeof a === 'number' && typeof b === 'number' ? (a - b) | 0 : new SqFloat(single(a) - single(b))
}

export function multiply(a: SqValue, b: SqValue): SqValue {
  if (!isNumeric(a) || !isNumeric(b)) return arithmeticMetamethod('*', '_mul', a, b)
  return typeof a === 'number' && typeof b === 'number' ? Math.imul(a, b) : new SqFloat(single(a) * single(b))
}

export function divide(a: SqValue, b: SqValue): SqValue {
  if (!isNumeric(a) || !isNumeric(b)) return arithmeticMetamethod('/', '_div', a, b)
  if (typeof a !== 'number' || typeof b !== 'number') return new SqFloat(single(a) / single(b))
  if (b === 0) throw raise('division by zero')
  return (a / b) | 0
}

export function modulo(a: SqValue, b: SqValue): SqValue {
  if (!isNumeric(a) || !isNumeric(b)) return arithmeticMetamethod('%', '_modulo', a, b)
  if (typeof a !== 'number' || typeof b !== 'number') return new SqFloat(single(a) % single(b))
  if (b === 0) throw raise('modulo by zero')
  return (a % b) | 0
}

export function negate(a: SqValue): SqValue {
  if (typeof a === 'number') return -a | 0
  if (a instanceof SqFloat) return new SqFloat(-a.v)
  const own = callMetamethod(a, '_unm')
  if (own === undefined) throw raise(`attempt to negate a ${typeName(a)}`)
  return own
}

/** `& | ^ << >> >>>`: integers only. */
export function bitwise(operator: string, a: SqValue, b: SqValue): number {
  if (typeof a !== 'number' || typeof b !== 'number') {
    throw raise(`bitwise op between '${typeName(a)}' and '${typeName(b)}'`)
  }
  switch (operator) {
    case '&':
      return a & b
    case '|':
      return a | b
    case '^':
      return a ^ b
    case '<<':
      return a << b
    case '>>':
      return a >> b
    default:
      return (a >>> b) | 0
  }
}

export function invert(a: SqValue): number {
  if (typeof a !== 'number') throw raise(`attempt to perform a bitwise op on a ${typeName(a)}`)
  return ~a
}

/** `==`: by value for numbers, by identity for objects. */
export function equals(a: SqValue, b: SqValue): boolean {
  if (typeof a === 'string' && typeof b === 'string' && a.length === b.length) chargeText(a.length)
  if (a === b) return !(a instanceof SqFloat) || !Number.isNaN(a.v)
  if (typeof a === 'number' && typeof b === 'number') return false
  return isNumeric(a) && isNumeric(b) && single(a) === single(b)
}

/** Order of two values as `<=>` gives it; raises when they have none. */
export function compare(a: SqValue, b: SqValue): number {
  if (typeof a === 'number' && typeof b === 'number') return a === b ? 0 : a < b ? -1 : 1
  if (isNumeric(a) && isNumeric(b)) return single(a) === single(b) ? 0 : single(a) < single(b) ? -1 : 1
  if (typeof a === 'string' && typeof b === 'string') {
    chargeText(Math.min(a.length, b.length))
    return a === b ? 0 : a < b ? -1 : 1
  }
  if (a === b) return 0
  if (typeof a === 'boolean' && typeof b === 'boolean') return a ? 1 : -1
  const own = typeName(a) === typeName(b) ? callMetamethod(a, '_cmp', b) : undefined
  if (own !== undefined) {
    if (typeof own !== 'number') throw raise('_cmp must return an integer')
    return own
  }
  if (a === null) return -1
  if (b === null) return 1
  if (typeName(a) === typeName(b)) return objectId(a as SqObject) - objectId(b as SqObject)
  throw raise(`comparsion between '${plainText(a).slice(0, 50)}' and '${plainText(b).slice(0, 50)}'`)
}

/** Charges for a look at so many bytes of two texts; that at short ones is part of the instruction. */
function chargeText(length: number): void {
  if (length >= 1024) charge(length >> 6)
}

/** Condition value: null, false and zero are false, everything else is true. */
export function truthy(value: SqValue): boolean {
  if (typeof value === 'boolean') return value
  return value !== null && value !== 0 && !(value instanceof SqFloat && value.v === 0)
}

/** `typeof value`. */
export function typeOf(value: SqValue): string {
  const own = callMetamethod(value, '_typeof')
  if (own === undefined) return typeName(value)
  if (typeof own !== 'string') throw raise('_typeof must return a string')
  return own
}

/**
 * Joins two byte strings; a join costs memory in proportion to its shorter part, the longer one is shared. Both are copied when somebody looks at the
 * text, which is paid for here: nobody can see later whether it was done.
 */
function concatenate(a: string, b: string): string {
  const length = a.length + b.length
  if (length >= 4096) charge(length >> 12)
  if (length > 1 << 16) allocateBytes(length > 1 << 24 ? length : Math.min(a.length, b.length))
  else allocate(Math.min(a.length, b.length) + 32)
  return a + b
}

function arithmeticMetamethod(operator: string, name: string, a: SqValue, b: SqValue): SqValue {
  const own = callMetamethod(a, name, b)
  if (own === undefined) {
    throw raise(`arith op ${operator} on between '${typeName(a)}' and '${typeName(b)}'`)
  }
  return own
}
