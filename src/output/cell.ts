import { visible } from './visible.ts'

/** The text of a value in a cell of a table: one line, lists joined, records as compact JSON. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map(cellText).join(', ')
  if (typeof value === 'object') return visible(JSON.stringify(value))
  return visible((value as string | number | boolean).toString())
}
