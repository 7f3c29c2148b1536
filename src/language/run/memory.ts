import { getHeapStatistics } from 'node:v8'
import { collectGarbage } from '../../program/garbage.ts'
import type { Place } from '../syntax/source.ts'
import { ScriptError } from '../values/fault.ts'

/** What a script may keep, in bytes, unless `--memory` says otherwise. */
export const DEFAULT_MEMORY = 1024 ** 3

/** A part of what Node itself may use: beyond it the process would end without a word. */
const SAFE_PART = 0.75

let limit = DEFAULT_MEMORY
let nextLook = DEFAULT_MEMORY

/** Sets what a script may keep, in bytes. */
export function limitMemory(bytes: number): void {
  limit = Math.min(bytes, Math.floor(getHeapStatistics().heap_size_limit * SAFE_PART))
  nextLook = limit
}

/** Throws MEMORY where a script keeps more than it may. What only waits to be collected does not count. */
export function checkMemory(place?: Place): void {
  if (used() < nextLook) return
  collectGarbage()
  const kept = used()
  // Collecting takes long: the next look is worth it only when much more has come.
  nextLook = Math.max(limit, kept + limit / 8)
  if (kept < limit) return
  throw new ScriptError('MEMORY', `the script keeps more than ${size(limit)}`, {
    place,
    hint: 'work on streams, which are never kept as a whole, or allow more with impt run --memory 4GB',
  })
}

function used(): number {
  const { used_heap_size: heap, external_memory: outside } = getHeapStatistics()
  return heap + outside
}

function size(bytes: number): string {
  return bytes >= 1024 ** 3
    ? `${Math.round((bytes * 10) / 1024 ** 3) / 10} GB`
    : `${Math.round(bytes / 1024 ** 2)} MB`
}

/** Bytes of a text such as `500MB` or `2GB`; undefined if it is none. */
export function bytesOf(text: string): number | undefined {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*([KMG])i?B?$/i.exec(text) ?? []
  if (number === undefined || unit === undefined) return undefined
  return Math.round(Number(number) * 1024 ** ('KMG'.indexOf(unit.toUpperCase()) + 1))
}
