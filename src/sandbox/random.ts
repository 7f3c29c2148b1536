/** Identifiers and secrets, drawn from a source of bytes: secure at run time, repeatable for seeds. */
import { randomBytes } from 'node:crypto'

/** Gives `count` random bytes. */
export type Bytes = (count: number) => Uint8Array

export const secureBytes: Bytes = (count) => randomBytes(count)

/** Bytes that depend on the seed only (a 32-bit generator; not for secrets). */
export function seededBytes(seed: number): Bytes {
  let state = seed >>> 0
  const word = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  return (count) => Uint8Array.from({ length: count }, () => word() >>> 24)
}

export const hex = (bytes: Bytes, digits: number): string =>
  Buffer.from(bytes(Math.ceil(digits / 2)))
    .toString('hex')
    .slice(0, digits)

/** An id of the form 8-4-4-4-12 hex digits. */
export const uuid = (bytes: Bytes): string =>
  hex(bytes, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')

/** 16 hex digits (impcentral-api.md 2.3). */
export const deviceId = (bytes: Bytes): string => `23${hex(bytes, 14)}`

/** 12 characters of base64url: may begin with `-` or `_`. */
export const agentId = (bytes: Bytes): string => Buffer.from(bytes(9)).toString('base64url')

/** A MAC address in the API's spelling, under the vendor prefix of imp modules. */
export const macAddress = (bytes: Bytes): string => `0c:2a:69:${hex(bytes, 6).replace(/(..)(?=.)/g, '$1:')}`

/** A whole number from 0 to `below` - 1. */
export const below = (bytes: Bytes, limit: number): number =>
  new DataView(Uint8Array.from(bytes(4)).buffer).getUint32(0) % limit
