import { SqFloat, type SqValue, objectId } from './values.ts'

/**
 * Hash of a key as Squirrel 3.0 computes it (squirrel.md 1.2): the order of tables depends on it. Only the low bits are used, so a 32-bit
 * integer holds all of it.
 */
export function hashOf(key: SqValue): number {
  if (typeof key === 'string') return hashText(key)
  if (typeof key === 'number') return key
  if (typeof key === 'boolean') return key ? 1 : 0
  if (key instanceof SqFloat) return Math.trunc(key.v) | 0
  return key === null ? 0 : objectId(key)
}

function hashText(text: string): number {
  let hash = text.length
  const step = (text.length >> 5) | 1
  let at = 0
  for (let left = text.length; left >= step; left -= step) {
    const code = text.charCodeAt(at++)
    // A C char is signed: bytes from 128 count as 0xFF80 and up.
    hash ^= (hash << 5) + (hash >>> 2) + (code < 128 ? code : code | 0xff00)
  }
  return hash
}
