import { ImptError } from '../output/error.ts'

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Reads `90s`, `10m`, `1h`, `7d` or a number of seconds; gives milliseconds. Throws USAGE that names the option. */
export function parseTime(text: string, option: string): number {
  const [, number, unit = 's'] = /^(\d{1,6})([smhd])?$/.exec(text.trim()) ?? []
  if (number !== undefined) return Number(number) * (UNITS[unit] ?? 0)
  throw new ImptError('USAGE', `Option "--${option}" has incorrect value "${text}".`, {
    hint: 'Give a time, such as 90s, 10m or 1h',
  })
}

/** Milliseconds as `parseTime` reads them. */
export function shownTime(ms: number): string {
  const unit = ms > 0 && ms % 3_600_000 === 0 ? 'h' : ms > 0 && ms % 60_000 === 0 ? 'm' : 's'
  return `${ms / (UNITS[unit] ?? 1000)}${unit}`
}
