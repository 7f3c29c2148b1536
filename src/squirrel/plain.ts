/** Squirrel values as JSON: what crosses between agent and device, and what `server.save` and `nv` keep. */
import { blobOf, newBlob } from './language/values/blob.ts'
import { raise } from './language/run/errors.ts'
import { charge } from './language/run/state.ts'
import { SqTable } from './language/values/table.ts'
import { SqArray, SqFloat, type SqValue } from './language/values/values.ts'

/**
 * JSON form of a value. Integers are numbers, strings hold one byte a character; floats are `{f}` (text, so that infinities survive),
 * blobs `{b}` (base64), tables `{t}` with their slots in order.
 */
export type Plain =
  | null
  | boolean
  | number
  | string
  | { f: string }
  | { b: string }
  | { t: [string, Plain][] }
  | Plain[]

const deepest = 100
const mostValues = 200_000
let seen = 0
let keeps = false

/**
 * Copies a value by the rules for messages: scalars, strings, blobs, arrays and tables with text keys. Whatever else a table holds is
 * dropped; in an array, and as the whole value, it becomes null so that positions stay. With `keepsSlots` it becomes null in a table too, as what an
 * agent sends does (more-facts 23).
 * Raises for a structure that contains itself, and for more than 200,000 values.
 */
export function toPlain(value: SqValue, keepsSlots = false): Plain {
  seen = 0
  keeps = keepsSlots
  return plainOf(value, 0) ?? null
}

/** Makes a fresh value of its JSON form. Anything that is not one becomes null: stored states may have been edited. */
export function fromPlain(plain: unknown): SqValue {
  if (typeof plain === 'number') return Number.isInteger(plain) ? plain | 0 : new SqFloat(plain)
  if (typeof plain === 'string' || typeof plain === 'boolean') return plain
  if (typeof plain !== 'object' || plain === null) return null
  if (Array.isArray(plain)) return new SqArray(plain.map(fromPlain))
  const { f, b, t } = plain as { f?: unknown; b?: unknown; t?: unknown }
  if (typeof f === 'string') return new SqFloat(Number(f))
  if (typeof b === 'string') return newBlob(new Uint8Array(Buffer.from(b, 'base64')))
  if (!Array.isArray(t)) return null
  const table = new SqTable()
  for (const slot of t)
    if (Array.isArray(slot) && typeof slot[0] === 'string') table.set(slot[0], fromPlain(slot[1]))
  return table
}

/** Bytes that a value takes in a message or a store, by its JSON text. */
export function plainSize(plain: Plain): number {
  return JSON.stringify(plain).length
}

function plainOf(value: SqValue, depth: number): Plain | undefined {
  charge(1)
  if (typeof value === 'string') charge(value.length >> 4)
  if (++seen > mostValues) throw raise('serialization: too many values')
  if (depth > deepest) throw raise('serialization: nested too deep, or a structure that contains itself')
  if (value === null || typeof value !== 'object') return value
  if (value instanceof SqFloat) return { f: String(value.v) }
  const blob = blobOf(value)
  if (blob) return { b: Buffer.from(blob.bytes()).toString('base64') }
  // Plain loops: callbacks between the levels would fill the stack trace in which Squirrel's frames are looked for.
  if (value instanceof SqArray) {
    const items: Plain[] = []
    for (const item of value.a) items.push(plainOf(item, depth + 1) ?? null)
    return items
  }
  if (!(value instanceof SqTable)) return undefined
  const slots: [string, Plain][] = []
  for (const [key, item] of value.entries()) {
    const plain = typeof key === 'string' ? plainOf(item, depth + 1) : undefined
    if (plain !== undefined) slots.push([key as string, plain])
    else if (keeps && typeof key === 'string') slots.push([key, null])
  }
  return { t: slots }
}
