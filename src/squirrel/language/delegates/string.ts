import { integerOf, integerOr } from '../library/arguments.ts'
import { raise } from '../run/errors.ts'
import { native } from '../library/native.ts'
import { parseFloatPrefix, parseInteger, truncate } from '../values/number.ts'
import { allocateBytes, charge } from '../run/state.ts'
import { SqFloat, type SqValue } from '../values/values.ts'

/** Methods of strings. */
export const stringMethods = [
  native('len', '', (self) => (self as string).length),
  native('tointeger', '[n', (self, base?: number | SqFloat) =>
    toInteger(self as string, integerOr(base, 10)),
  ),
  native('tofloat', '', (self) => {
    const value = parseFloatPrefix(self as string)
    if (value === null) throw raise('cannot convert the string')
    return new SqFloat(value)
  }),
  native('slice', 'n[n', (self, start: number | SqFloat, end?: number | SqFloat) => {
    const text = self as string
    const [from, to] = sliceRange(text.length, start, end)
    allocateBytes(to - from)
    return text.slice(from, to)
  }),
  native('find', 's[n', (self, wanted: string, start?: number | SqFloat) => {
    charge((self as string).length >> 6)
    const from = integerOr(start, 0)
    // At the end there is nothing to find, not even an empty text.
    const at = from < 0 || from >= (self as string).length ? -1 : (self as string).indexOf(wanted, from)
    return at < 0 ? null : at
  }),
  native('tolower', '', (self) => mapLetters(self as string, /[A-Z]+/g, (text) => text.toLowerCase())),
  native('toupper', '', (self) => mapLetters(self as string, /[a-z]+/g, (text) => text.toUpperCase())),
]

/** Start and end of a slice; negative ones count from the end. Raises when they make none. */
export function sliceRange(
  length: number,
  start: SqValue,
  end: SqValue | undefined,
): [from: number, to: number] {
  const first = integerOf(start as number | SqFloat)
  const last = integerOr(end, length)
  const from = first < 0 ? first + length : first
  const to = last < 0 ? last + length : last
  if (to < from) throw raise('wrong indexes')
  if (to > length || from < 0) throw raise('slice out of range')
  return [from, to]
}

// Text with a point is read as a float, and `0x` says that the base is 16, unless it is another one (developer.electricimp.com/node/2443).
function toInteger(text: string, base: number): number {
  if (base < 2 || base > 36) throw raise('invalid base')
  const value =
    base !== 10 ? parseInteger(text, base) : text.includes('.') ? parseFloatPrefix(text) : decimalOrHex(text)
  if (value === null) throw raise('cannot convert the string')
  return truncate(value)
}

/** More than eight digits of a number in hex are -1, whatever they are. */
function decimalOrHex(text: string): number | null {
  const [hex, digits = ''] = /^[ \t\n\v\f\r]*[+-]?0[xX]([0-9a-fA-F]+)/.exec(text) ?? []
  if (hex === undefined) return parseInteger(text, 10)
  return digits.length > 8 ? -1 : parseInteger(hex, 16)
}

// Only ASCII letters have cases; the other bytes belong to UTF-8 sequences.
function mapLetters(text: string, letters: RegExp, change: (text: string) => string): string {
  charge(text.length >> 6)
  allocateBytes(text.length)
  return text.replace(letters, change)
}
