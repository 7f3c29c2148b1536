export { ageText } from '../../output/age.ts'

/** A text as it is sorted: without regard to case, and with its numbers by their size. */
export function sortKey(text: string): string {
  return text.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(10, '0'))
}

const numbers = new Intl.NumberFormat('en')

/** A count with separators: `10,000`. */
export function countText(count: number): string {
  return numbers.format(count)
}

/** `1 device`, `2 devices`. */
export function plural(count: number, one: string): string {
  return `${countText(count)} ${one}${count === 1 ? '' : 's'}`
}

/** The time of day of a moment: `18:02:11`. */
export function clockText(ms: number): string {
  const at = new Date(ms)
  return [at.getHours(), at.getMinutes(), at.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':')
}

const MOMENT = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g

/** A text with its moments as the clock of this machine has them: `2026-11-27 18:02:11`. */
export function withLocalTimes(text: string): string {
  return text.replace(MOMENT, (moment) => {
    const at = new Date(moment)
    const day = [at.getFullYear(), at.getMonth() + 1, at.getDate()].map((part) =>
      String(part).padStart(2, '0'),
    )
    return `${day.join('-')} ${clockText(at.getTime())}`
  })
}

/** Marks of direction and control, which could turn or break the texts around a name. */
const UNSAFE = /[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu

/** A text of a device as it may stand in a line: what cannot be seen is shown as a sign. */
export function tame(text: string): string {
  return text.replace(UNSAFE, '\u00b7')
}
