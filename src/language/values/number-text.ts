// Numbers as people write them. The functions take a finite number and give text without a sign before zero.

/** With exactly `decimals` decimals; a half goes away from zero. */
export function fixedText(given: number, decimals: number): string {
  if (!Number.isFinite(given) || Math.abs(given) >= 1e21) return String(given)
  const text = given.toFixed(decimals)
  return /^-[0.]+$/.test(text) ? text.slice(1) : text
}

/** Groups the digits before the point of a number in threes: `-1234567.5` is `-1,234,567.5`. */
export function groupedText(text: string): string {
  const [, sign = '', digits = '', rest = ''] = /^([-+]?)(\d+)(.*)$/.exec(text) ?? [text, '', '', text]
  return sign + digits.replace(/\B(?=(?:\d{3})+$)/g, ',') + rest
}

/** A share as percent: 0.256 with one decimal is `25.6%`. */
export function percentText(share: number, decimals: number): string {
  return `${fixedText(share * 100, decimals)}%`
}

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

/** A number of bytes in the largest unit of 1024 that fits, with one decimal below ten: `1.5 KiB`, `12 MiB`. */
export function bytesText(given: number): string {
  let size = Math.abs(given)
  let unit = 0
  const shown = (): number => Number(size.toFixed(unit > 0 && size < 9.95 ? 1 : 0))
  while (unit < BYTE_UNITS.length - 1 && shown() >= 1024) {
    size /= 1024
    unit += 1
  }
  const text = fixedText(shown(), unit > 0 && size < 9.95 ? 1 : 0)
  return `${given < 0 && text !== '0' ? '-' : ''}${text} ${BYTE_UNITS[unit]}`
}
