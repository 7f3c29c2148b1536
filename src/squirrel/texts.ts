/** Texts of plain data: worlds have byte strings, everybody else has JavaScript's. */
import { utf8Decode, utf8Encode } from './utf8.ts'

/** The same data with JavaScript texts for byte strings that hold UTF-8. */
export function decodeTexts<Value>(value: Value): Value {
  return mapTexts(value, utf8Decode)
}

/** The same data with byte strings for JavaScript texts. */
export function encodeTexts<Value>(value: Value): Value {
  return mapTexts(value, utf8Encode)
}

function mapTexts<Value>(value: Value, change: (text: string) => string): Value {
  if (typeof value === 'string') return change(value) as Value
  if (Array.isArray(value)) return value.map((item: unknown) => mapTexts(item, change)) as Value
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]: [string, unknown]) => [key, mapTexts(item, change)]),
  ) as Value
}
