/** `crypto`: comparison in constant time, keyed digests, signatures on the agent, AES in CBC mode, random bytes. */
import {
  constants,
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto'
import { raise } from '../language/run/errors.ts'
import { charge } from '../language/run/state.ts'
import type { SqValue } from '../language/values/values.ts'
import { currentSide } from '../side.ts'
import { bytesOf } from './arguments.ts'
import { blobOfBytes, digest, hmac } from './http-codec.ts'
import { type Implementation, api } from './natives.ts'
import { constant } from './table/rows.ts'

/** The code of `crypto`. */
export const cryptoCode: readonly Implementation[] = [
  api('crypto.equals', (_self, one: SqValue, other: SqValue) => {
    const [first, second] = [bytes(one), bytes(other)]
    return first.length === second.length && timingSafeEqual(first, second)
  }),
  api('crypto.hmacsha256', (_self, data: SqValue, key: SqValue) => hmac('sha256', data, key)),
  ...(['sha1', 'sha256', 'sha512'] as const).map((name) =>
    api(`crypto.${name}`, (_self, data: SqValue) => digest(name, data)),
  ),
  api('crypto.random', (_self, count: number) => {
    if (count < 0 || count > 4096) throw raise('crypto.random: 0 to 4096 bytes')
    const { random } = currentSide().world
    return blobOfBytes(Buffer.from(Array.from({ length: count }, () => Math.floor(random() * 256))))
  }),
  api('crypto.sign', (_self, algorithm: number, data: SqValue, key: SqValue) => {
    charge(100_000)
    return keyed(() =>
      blobOfBytes(sign('sha256', bytes(data), { key: privateKey(bytes(key)), ...padding(algorithm) })),
    )
  }),
  api('crypto.verify', (_self, algorithm: number, data: SqValue, signature: SqValue, key: SqValue) => {
    charge(100_000)
    return keyed(() =>
      verify('sha256', bytes(data), { key: publicKey(bytes(key)), ...padding(algorithm) }, bytes(signature)),
    )
  }),
  api('crypto.aescbc.encrypt', (_self, key: SqValue, data: SqValue, start: SqValue) =>
    keyed(() => transformed(createCipheriv(cipher(key), bytes(key), bytes(start)), data)),
  ),
  api('crypto.aescbc.decrypt', (_self, key: SqValue, data: SqValue, start: SqValue) =>
    keyed(() => transformed(createDecipheriv(cipher(key), bytes(key), bytes(start)), data)),
  ),
]

/** Errors about keys and lengths are those of the code. */
function keyed(act: () => SqValue): SqValue {
  try {
    return act()
  } catch (error) {
    if (error instanceof Error && 'code' in error) throw raise(`crypto: ${error.message}`)
    throw error
  }
}

function padding(algorithm: number) {
  if (algorithm === constant('crypto.RSASSA_PKCS1_SHA256')) return { padding: constants.RSA_PKCS1_PADDING }
  if (algorithm === constant('crypto.ECDSA_SHA256')) return { dsaEncoding: 'der' as const }
  throw raise('crypto: unknown algorithm')
}

function privateKey(der: Buffer) {
  if (der.includes('-----BEGIN')) return createPrivateKey(der)
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  } catch {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs1' })
  }
}

function publicKey(der: Buffer) {
  if (der.includes('-----BEGIN')) return createPublicKey(der)
  try {
    return createPublicKey({ key: der, format: 'der', type: 'spki' })
  } catch {
    return createPublicKey({ key: der, format: 'der', type: 'pkcs1' })
  }
}

function cipher(key: SqValue): string {
  return `aes-${bytes(key).length * 8}-cbc`
}

function transformed(stream: ReturnType<typeof createCipheriv>, data: SqValue): SqValue {
  const input = bytes(data)
  charge(input.length >> 3)
  stream.setAutoPadding(false)
  return blobOfBytes(Buffer.concat([stream.update(input), stream.final()]))
}

function bytes(value: SqValue): Buffer {
  return Buffer.from(bytesOf(value), 'latin1')
}
