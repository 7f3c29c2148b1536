import { integerOf, integerOr } from '../library/arguments.ts'
import { raise } from '../run/errors.ts'
import { native } from '../library/native.ts'
import { parseFloatPrefix, parseInteger, truncate } from '../values/number.ts'
import { allocate, allocateBytes, charge } from '../run/state.ts'
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
    const text = self as string
    const from = integerOr(start, 0)
    // At the end there is nothing to find, not even an empty text.
    if (from < 0 || from >= text.length) return null
    const at = placeOf(wanted, text, from)
    return at < 0 ? null : at
  }),
  native('tolower', '', (self) => mapLetters(self as string, /[A-Z]+/g, (text) => text.toLowerCase())),
  native('toupper', '', (self) => mapLetters(self as string, /[a-z]+/g, (text) => text.toUpperCase())),
]

/** Longest text that JavaScript looks for: the time that it takes is that of one text times the other. */
const SHORT = 64

/** Where a text begins in another at or after a place, -1 for nowhere; by Knuth, Morris and Pratt when it is long. */
function placeOf(wanted: string, text: string, from: number): number {
  charge(text.length >> 6)
  if (wanted.length <= SHORT) return text.indexOf(wanted, from)
  if (wanted.length > text.length - from) return -1
  charge((text.length + wanted.length) >> 3)
  allocate(wanted.length * 4)
  // For each beginning of the text that is looked for, how much of its end is a beginning too.
  const again = new Int32Array(wanted.length)
  let length = 0
  const goOn = (code: number) => {
    while (length > 0 && wanted.charCodeAt(length) !== code) length = again[length - 1] as number
    if (wanted.charCodeAt(length) === code) length++
  }
  for (let at = 1; at < wanted.length; at++) {
    goOn(wanted.charCodeAt(at))
    again[at] = length
  }
  length = 0
  for (let at = from; at < text.length; at++) {
    goOn(text.charCodeAt(at))
    if (length === wanted.length) return at - length + 1
  }
  return -1
}

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
