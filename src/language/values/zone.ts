// Time zones by the tables of the engine (Intl): nothing is loaded for them.
import { closest } from '../../commands/closest.ts'

const formats = new Map<string, Intl.DateTimeFormat>()

/** The format of a zone's wall clock; undefined for a zone that does not exist. */
function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  const known = formats.get(zone)
  if (known !== undefined) return known
  try {
    const made = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    })
    formats.set(zone, made)
    return made
  } catch {
    return undefined
  }
}

/** The name of a zone as the tables spell it; undefined for a zone that does not exist. `local` is the zone of this machine. */
export function zoneNamed(name: string): string | undefined {
  if (name.toLowerCase() === 'local') return new Intl.DateTimeFormat().resolvedOptions().timeZone
  return formatOf(name)?.resolvedOptions().timeZone
}

/** The zone that was most likely meant: also by its city alone. */
export function nearestZone(name: string): string | undefined {
  const zones = Intl.supportedValuesOf('timeZone')
  const city = name.replace(/^.*\//, '').replaceAll(' ', '_').toLowerCase()
  const found = zones.find((zone) => zone.toLowerCase().endsWith(`/${city}`))
  return found ?? closest(name, zones)
}

/** A time on the wall clock of a zone, in ISO 8601 with its offset: `2026-01-31T11:00:00+01:00`. */
export function zonedText(ms: number, zone: string): string {
  const parts: Record<string, string> = {}
  for (const { type, value } of formatOf(zone)?.formatToParts(ms) ?? []) parts[type] = value
  const { era, year = '', month, day, hour, minute, second } = parts
  // Before the first year the ISO year is one less: 1 BC is 0000.
  const shownYear = era === 'BC' ? -(Number(year) - 1) : Number(year)
  const wall = new Date(0)
  wall.setUTCFullYear(shownYear, Number(month) - 1, Number(day))
  wall.setUTCHours(Number(hour), Number(minute), Number(second), ((ms % 1000) + 1000) % 1000)
  const offset = Math.round((wall.getTime() - ms) / 60_000)
  const text = wall
    .toISOString()
    .slice(0, -1)
    .replace(/\.000$/, '')
  const size = Math.abs(offset)
  const two = (part: number): string => String(part).padStart(2, '0')
  return `${text}${offset < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
}
