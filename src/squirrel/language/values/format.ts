import { integerOf } from '../library/arguments.ts'
import { SqAbort, raise } from '../run/errors.ts'
import { fixedText, generalText, scientificText } from './number.ts'
import { LARGEST_STRING, allocateBytes } from '../run/state.ts'
import { type SqValue, isNumeric, num } from './values.ts'

const LETTERS = 'sdiuoxXceEfgG'

interface Spec {
  readonly flags: string
  readonly width: number
  readonly precision: number | null
  readonly letter: string
}

/**
 * C's printf as Squirrel offers it: flags `-+ #0`, width, precision, letters `s d i u o x X c e E f g G %`. Raises for a missing or wrong
 * argument.
 */
export function format(pattern: string, args: readonly SqValue[]): string {
  let result = ''
  let used = 0
  let at = 0
  const conversion = /%([-+ #0]*)(\d*)(?:\.(\d*))?([^]?)/y
  while (at < pattern.length) {
    const next = pattern.indexOf('%', at)
    if (next < 0) return result + pattern.slice(at)
    result += pattern.slice(at, next)
    conversion.lastIndex = next
    const match = conversion.exec(pattern)
    at = conversion.lastIndex
    if (match === null) throw raise('invalid format')
    const [text, flags = '', width = '', precision, letter = ''] = match
    if (text === '%%') {
      result += '%'
      continue
    }
    if (!LETTERS.includes(letter) || letter === '') throw raise('invalid format')
    if (width.length > 3) throw raise('width format too long')
    if ((precision ?? '').length > 3) throw raise('precision format too long')
    if (used >= args.length) throw raise('not enough paramters for the given format string')
    const spec = {
      flags,
      width: Number(width),
      precision: precision === undefined ? null : Number(precision),
      letter,
    }
    result += convert(spec, args[used++] as SqValue)
    if (result.length > LARGEST_STRING) throw new SqAbort('memory')
  }
  allocateBytes(result.length)
  return result
}

function convert(spec: Spec, value: SqValue): string {
  switch (spec.letter) {
    case 's':
      if (typeof value !== 'string') throw raise('string expected for the specified format')
      return pad(spec, '', spec.precision === null ? value : value.slice(0, spec.precision), false)
    case 'c':
      return pad(spec, '', String.fromCharCode(integer(value) & 0xff), false)
    case 'd':
    case 'i':
      return signed(spec, integer(value))
    case 'u':
    case 'o':
    case 'x':
    case 'X':
      return unsigned(spec, integer(value) >>> 0)
    case 'e':
    case 'E':
    case 'f':
    case 'g':
    case 'G':
      if (!isNumeric(value)) throw raise('float expected for the specified format')
      return float(spec, num(value))
    default:
      throw raise('invalid format')
  }
}

function integer(value: SqValue): number {
  if (!isNumeric(value)) throw raise('integer expected for the specified format')
  return integerOf(value)
}

function signed(spec: Spec, value: number): string {
  const digits = digitsOf(spec, String(Math.abs(value)), value === 0)
  return pad(spec, signOf(spec, value < 0), digits, spec.precision === null)
}

function unsigned(spec: Spec, value: number): string {
  const { letter } = spec
  const base = letter === 'u' ? 10 : letter === 'o' ? 8 : 16
  let digits = digitsOf(spec, value.toString(base), value === 0)
  const alternate = spec.flags.includes('#')
  if (alternate && base === 8 && !digits.startsWith('0')) digits = `0${digits}`
  const prefix = alternate && base === 16 && value !== 0 ? '0x' : ''
  const upper = letter === 'X'
  return pad(
    spec,
    upper ? prefix.toUpperCase() : prefix,
    upper ? digits.toUpperCase() : digits,
    spec.precision === null,
  )
}

function digitsOf(spec: Spec, digits: string, isZero: boolean): string {
  if (spec.precision === 0 && isZero) return ''
  return digits.padStart(spec.precision ?? 0, '0')
}

function float(spec: Spec, value: number): string {
  const negative = value < 0 || Object.is(value, -0)
  const size = Math.abs(value)
  const precision = Math.min(spec.precision ?? 6, 100)
  const lower = spec.letter.toLowerCase()
  const text =
    lower === 'f'
      ? fixedText(size, precision)
      : lower === 'e'
        ? scientificText(size, precision)
        : generalText(size, precision, spec.flags.includes('#'))
  const pointed = spec.flags.includes('#') && Number.isFinite(value) ? withPoint(text) : text
  const shown = spec.letter === lower ? pointed : pointed.toUpperCase()
  return pad(spec, signOf(spec, negative), shown, Number.isFinite(value))
}

// The `#` flag keeps the decimal point even when no digit follows.
function withPoint(text: string): string {
  return text.includes('.') ? text : text.replace(/(?=e|$)/, '.')
}

function signOf(spec: Spec, negative: boolean): string {
  if (negative) return '-'
  if (spec.flags.includes('+')) return '+'
  return spec.flags.includes(' ') ? ' ' : ''
}

function pad(spec: Spec, prefix: string, digits: string, zeros: boolean): string {
  const missing = spec.width - prefix.length - digits.length
  if (missing <= 0) return prefix + digits
  if (spec.flags.includes('-')) return prefix + digits + ' '.repeat(missing)
  if (zeros && spec.flags.includes('0')) return prefix + '0'.repeat(missing) + digits
  return ' '.repeat(missing) + prefix + digits
}
