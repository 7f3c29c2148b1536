/** Text of a float as C's `%g` prints it: six significant digits, no trailing zeros. */
export function floatText(value: number): string {
  return generalText(value, 6, false)
}

/** C's `%.{precision}g`; `keepZeros` is its `#` flag. */
export function generalText(value: number, precision: number, keepZeros: boolean): string {
  const digits = precision === 0 ? 1 : precision
  return signed(value, (size) => {
    if (size === 0) return keepZeros && digits > 1 ? `0.${'0'.repeat(digits - 1)}` : '0'
    const { mantissa, exponent } = scientific(size, digits - 1)
    if (exponent < -4 || exponent >= digits) {
      return `${keepZeros ? mantissa : trimZeros(mantissa)}${exponentText(exponent)}`
    }
    const text = fixed(size, digits - 1 - exponent)
    return keepZeros ? text : trimZeros(text)
  })
}

/** C's `%.{precision}e`. */
export function scientificText(value: number, precision: number): string {
  return signed(value, (size) => {
    const { mantissa, exponent } = scientific(size, precision)
    return `${mantissa}${exponentText(exponent)}`
  })
}

/** C's `%.{precision}f`, exact for any size of number. */
export function fixedText(value: number, precision: number): string {
  return signed(value, (size) => fixed(size, precision))
}

/** Text of an integer in `base` as C's strtol reads it: leading blanks, a sign, the longest run of digits; null when there is no digit. */
export function parseInteger(text: string, base: number): number | null {
  const match = /^[ \t\n\v\f\r]*([+-]?)(.*)$/s.exec(text)
  let rest = match?.[2] ?? ''
  if (base === 16 && /^0[xX][0-9a-fA-F]/.test(rest)) rest = rest.slice(2)
  let value = 0
  let count = 0
  for (const digit of rest) {
    const worth = Number.parseInt(digit, 36)
    if (!(worth < base)) break
    value = (Math.imul(value, base) + worth) | 0
    count++
  }
  if (count === 0) return null
  return match?.[1] === '-' ? -value | 0 : value
}

/** Text as C's strtod reads it: the longest prefix that is a number; null when there is none. */
export function parseFloatPrefix(text: string): number | null {
  const match = /^[ \t\n\v\f\r]*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/.exec(text)
  return match === null ? null : Number(match[1])
}

/** A float as an integer: cut towards zero, kept to 32 bits as the processors of the platform do (saturating). */
export function truncate(value: number): number {
  if (Number.isNaN(value)) return 0
  return Math.max(-2147483648, Math.min(2147483647, Math.trunc(value))) | 0
}

function signed(value: number, text: (size: number) => string): string {
  if (Number.isNaN(value)) return 'nan'
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  return sign + (Number.isFinite(value) ? text(Math.abs(value)) : 'inf')
}

const MOST_DIGITS = 100

function fixed(size: number, wanted: number): string {
  const precision = Math.min(wanted, MOST_DIGITS)
  if (size >= 1e21) return BigInt(size).toString() + (precision > 0 ? `.${'0'.repeat(precision)}` : '')
  const exact = size.toFixed(Math.min(MOST_DIGITS, precision + 30))
  return toEven(size.toFixed(precision), exact.slice(exact.indexOf('.') + 1 + precision))
}

function scientific(size: number, precision: number): { mantissa: string; exponent: number } {
  const [mantissa = '', exponent = ''] = size.toExponential(Math.min(precision, MOST_DIGITS)).split('e')
  const [exact = '', exactExponent] = size.toExponential(Math.min(MOST_DIGITS, precision + 30)).split('e')
  // Where rounding gave one digit more, the digit it changed is an even zero.
  const carried = exponent !== exactExponent
  return {
    mantissa: carried ? mantissa : toEven(mantissa, exact.slice(2 + precision)),
    exponent: Number(exponent),
  }
}

// JavaScript rounds a half up, C to the even digit: an odd last digit after an exact half goes back by one.
function toEven(rounded: string, rest: string): string {
  const last = Number(rounded.at(-1))
  return last % 2 === 1 && /^50*$/.test(rest) ? `${rounded.slice(0, -1)}${last - 1}` : rounded
}

function exponentText(exponent: number): string {
  const size = Math.abs(exponent)
  return `e${exponent < 0 ? '-' : '+'}${size < 10 ? '0' : ''}${size}`
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}
