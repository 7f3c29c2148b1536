// The one format language, for `format` with numbers, texts, times and the fields of records. A spec is [fill][align][+][,][width][.N][f|%|e],
// as in Python's format(), but that ".2" of a number always means two decimals; the spec of a time is a pattern such as yyyy-MM-dd.
import { fixedText, groupedText } from './number-text.ts'

interface Spec {
  readonly fill: string
  readonly align: '<' | '>' | '^' | undefined
  readonly plus: boolean
  readonly grouped: boolean
  readonly width: number
  readonly precision: number | undefined
  readonly kind: '' | 'f' | '%' | 'e'
}

const SPEC = /^(?:(.)?([<>^]))?(\+)?(0)?(\d{1,4})?(,)?(?:\.(\d{1,2}))?([f%e])?$/u

/** Reads a spec; undefined if the text is none. A 0 before the width fills with zeros. */
export function specOf(text: string): Spec | undefined {
  const found = SPEC.exec(text)
  if (found === null) return undefined
  const [, fill, align, plus, zero, width, comma, precision, kind] = found
  return {
    fill: fill ?? (zero === undefined ? ' ' : '0'),
    align: align as Spec['align'],
    plus: plus !== undefined,
    grouped: comma !== undefined,
    width: Number(width ?? 0),
    precision: precision === undefined ? undefined : Number(precision),
    kind: (kind ?? '') as Spec['kind'],
  }
}

/** A number by a spec; numbers stand at the right of their width. */
export function numberBySpec(given: number, spec: Spec, measure: Measure = length): string {
  const sign = spec.plus && given >= 0 ? '+' : ''
  const digits = digitsOf(given, spec)
  const text = sign + (spec.grouped ? groupedText(digits) : digits)
  if (spec.fill === '0' && spec.align === undefined) return zeroFilled(text, spec.width)
  return padded(text, spec.width, spec.align ?? '>', spec.fill, measure)
}

function digitsOf(given: number, { kind, precision }: Spec): string {
  switch (kind) {
    case '%':
      return `${fixedText(given * 100, precision ?? 0)}%`
    case 'e':
      return given.toExponential(precision ?? 6).replace(/e([-+])(\d)$/, 'e$10$2')
    case 'f':
      return fixedText(given, precision ?? 6)
    default:
      return precision === undefined ? String(given) : fixedText(given, precision)
  }
}

function zeroFilled(text: string, width: number): string {
  const sign = /^[-+]/.exec(text)?.[0] ?? ''
  return sign + text.slice(sign.length).padStart(width - sign.length, '0')
}

/** A text by a spec: `.N` cuts it after N characters. */
export function textBySpec(
  given: string,
  { precision, width, align, fill }: Spec,
  measure: Measure = length,
): string {
  const text = precision === undefined ? given : Array.from(given).slice(0, precision).join('')
  return padded(text, width, align ?? '<', fill, measure)
}

/** The columns of a terminal that a text takes. */
type Measure = (text: string) => number

const length: Measure = (text) => text.length

/** What measures these texts: the library for wide characters is loaded only where one may be wide. */
export async function measureFor(...texts: readonly string[]): Promise<Measure> {
  if (texts.every((text) => /^[\x20-\x7e]*$/.test(text))) return length
  return (await import('string-width')).default
}

/** Fills a text up to a width in columns. The text stands at the side that `align` names; `fill` is one character. */
export function padded(
  text: string,
  width: number,
  align: '<' | '>' | '^',
  fill = ' ',
  measure: Measure = length,
): string {
  const missing = width - measure(text)
  if (missing <= 0) return text
  const left = align === '<' ? 0 : align === '>' ? missing : Math.floor(missing / 2)
  return fill.repeat(left) + text + fill.repeat(missing - left)
}
