import type { Result } from '../../output/result.ts'

type Row = Readonly<Record<string, unknown>>

/**
 * The rows that a record is for tables and CSV: those that it has for them, those that it gives to scripts, or those of the only list that it
 * holds. Undefined for a record that is none but itself.
 */
export function rowsOf({
  record,
  value,
  rows,
}: Extract<Result, { kind: 'record' }>): readonly Row[] | undefined {
  if (rows) return rows
  if (value) return value
  const [only, ...others] = Object.values(record)
  const isList = others.length === 0 && Array.isArray(only) && only.length > 0 && only.every(isRow)
  return isList ? only : undefined
}

function isRow(item: unknown): item is Row {
  return typeof item === 'object' && item !== null && !Array.isArray(item)
}
