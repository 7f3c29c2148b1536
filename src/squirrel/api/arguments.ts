/** Reading the arguments of native functions. */
import { blobOf } from '../language/values/blob.ts'
import { raise } from '../language/run/errors.ts'
import { SqTable } from '../language/values/table.ts'
import { toText } from '../language/values/text.ts'
import { type SqValue, num } from '../language/values/values.ts'

/** The bytes of a string or a blob, which the API takes alike (squirrel.md 1.1); raises for anything else. */
export function bytesOf(value: SqValue): string {
  if (typeof value === 'string') return value
  const blob = blobOf(value)
  if (!blob) throw raise('expected a string or a blob')
  return Buffer.from(blob.bytes()).toString('latin1')
}

/** What goes on the wire for a value: bytes of strings and blobs, the text of anything else. */
export function contentOf(value: SqValue): string {
  return typeof value === 'string' || blobOf(value) ? bytesOf(value) : toText(value)
}

/** Headers of a table: byte strings by name; values that are arrays are joined. */
export function headersOf(value: SqValue | undefined): Record<string, string> {
  const headers: Record<string, string> = Object.create(null) as Record<string, string>
  if (value instanceof SqTable)
    for (const [name, text] of value.entries()) headers[toText(name)] = toText(text)
  return headers
}

/** Cuts to an integer of Squirrel, wrapping as the platform does; 0 for what is no number. */
export function toInteger(value: number): number {
  return Number.isFinite(value) ? Number(BigInt.asIntN(32, BigInt(Math.trunc(value)))) : 0
}

const longestTime = 2 ** 31

/** Seconds of a duration: never negative, never endless; what is no number is 0. */
export function secondsOf(value: SqValue): number {
  const seconds = num(value)
  return seconds > 0 ? Math.min(seconds, longestTime) : 0
}

/** A slot of an options table. */
export function option(options: SqValue | undefined, name: string): SqValue | undefined {
  return options instanceof SqTable ? options.get(name) : undefined
}
