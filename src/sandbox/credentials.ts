/** Passwords and one-time codes. */
import { createHmac, scryptSync } from 'node:crypto'
import { isSameSecret } from '../program/secret.ts'

/** `salt:hash` in hex. The cost is low: what it guards is a sandbox. */
function hashPassword(password: string, salt: Uint8Array): string {
  const hash = scryptSync(password, salt, 32, { N: 1024 })
  return `${Buffer.from(salt).toString('hex')}:${hash.toString('hex')}`
}

export function isPassword(password: string, stored: string): boolean {
  const salt = Buffer.from(stored.slice(0, stored.indexOf(':')), 'hex')
  return isSameSecret(hashPassword(password, salt), stored)
}

/** The six-digit code of RFC 6238 (SHA-1, 30 s) for a base32 secret at a time in milliseconds. */
export function oneTimeCode(secret: string, time: number): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(time / 30_000)))
  const mac = createHmac('sha1', base32(secret)).update(counter).digest()
  const offset = mac[19]! & 15
  const code = (mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000
  return String(code).padStart(6, '0')
}

/** Whether the code is right now, or was or will be 30 s away. */
export function isOneTimeCode(code: string, secret: string, time: number): boolean {
  return [0, -30_000, 30_000].some((shift) => isSameSecret(code, oneTimeCode(secret, time + shift)))
}

function base32(text: string): Buffer {
  const bits = Array.from(text.toUpperCase().replace(/=+$/, ''))
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)))
}
