/** The parts of `http` that only compute: JSON, URL encoding, base64, hashes. On both sides. */
import { createHash, createHmac } from 'node:crypto'
import { newBlob } from '../language/values/blob.ts'
import { raise } from '../language/run/errors.ts'
import { truthy } from '../language/library/native.ts'
import { allocateBytes, charge } from '../language/run/state.ts'
import { SqTable } from '../language/values/table.ts'
import { toText } from '../language/values/text.ts'
import { utf8Encode } from '../utf8.ts'
import { SqArray, type SqValue } from '../language/values/values.ts'
import { currentSide } from '../side.ts'
import { type Implementation, api } from './natives.ts'
import { bytesOf, option } from './arguments.ts'
import { jsonDecode, jsonEncode } from './json.ts'

/** Members of `http` that both sides have, but for `hash`. */
/** The code of the encodings of `http`. */
export const codecCode: readonly Implementation[] = [
  api('http.jsonencode', (_self, value: SqValue, options: SqValue = null) =>
    jsonEncode(value, truthy(option(options, 'compact') ?? null)),
  ),
  api('http.jsondecode', (_self, text: SqValue) => jsonDecode(bytesOf(text))),
  api('http.urlencode', (_self, table: SqTable) => urlEncode(table)),
  api('http.urldecode', (_self, text: string) => urlDecode(text)),
  api('http.base64encode', (_self, data: SqValue) => {
    const bytes = bytesOf(data)
    charge(bytes.length >> 6)
    allocateBytes(bytes.length * 2)
    return Buffer.from(bytes, 'latin1').toString('base64')
  }),
  api('http.base64decode', (_self, text: string) => {
    charge(text.length >> 6)
    return blobOfBytes(Buffer.from(text, 'base64'))
  }),
  api('http.agenturl', () => utf8Encode(currentSide().world.facts.agentUrl)),
]

const hashes = ['md5', 'sha1', 'sha256', 'sha512'] as const

/** The code of `http.hash`: digests and keyed digests (data first, then the key), as blobs. */
export const hashCode: readonly Implementation[] = hashes.flatMap((name) => [
  api(`http.hash.${name}`, (_self, data: SqValue) => digest(name, data)),
  api(`http.hash.hmac${name}`, (_self, data: SqValue, key: SqValue) => hmac(name, data, key)),
])

/** A digest as a blob. */
export function digest(name: (typeof hashes)[number], data: SqValue): SqValue {
  return blobOfBytes(createHash(name).update(chargedBytes(data)).digest())
}

/** A keyed digest as a blob. */
export function hmac(name: (typeof hashes)[number], data: SqValue, key: SqValue): SqValue {
  return blobOfBytes(createHmac(name, chargedBytes(key)).update(chargedBytes(data)).digest())
}

/** A blob of bytes that are the caller's to give away. */
export function blobOfBytes(bytes: Buffer): SqValue {
  allocateBytes(bytes.length)
  return newBlob(new Uint8Array(bytes))
}

function chargedBytes(data: SqValue): Buffer {
  const bytes = Buffer.from(bytesOf(data), 'latin1')
  charge(bytes.length >> 4)
  return bytes
}

/** `application/x-www-form-urlencoded` text of a table; an array gives one pair an item. */
function urlEncode(table: SqTable): string {
  const pairs: string[] = []
  let length = 0
  for (const [key, value] of table.entries())
    for (const one of value instanceof SqArray ? value.a.slice() : [value]) {
      const pair = `${escaped(toText(key))}=${escaped(textOf(one))}`
      allocateBytes((length += pair.length + 1))
      pairs.push(pair)
    }
  return pairs.join('&')
}

/** The table of such a text; a name that comes again makes an array. */
function urlDecode(text: string): SqTable {
  const table = new SqTable()
  charge(text.length >> 3)
  allocateBytes(text.length)
  for (const pair of text.split('&')) {
    if (pair === '') continue
    charge(1)
    const at = pair.indexOf('=')
    const key = unescaped(at < 0 ? pair : pair.slice(0, at))
    const value = at < 0 ? '' : unescaped(pair.slice(at + 1))
    const before = table.get(key)
    if (before === undefined) table.set(key, value)
    else if (before instanceof SqArray) before.a.push(value)
    else table.set(key, new SqArray([before, value]))
  }
  return table
}

function textOf(value: SqValue): string {
  if (value === null) return ''
  if (value instanceof SqTable) throw raise('http.urlencode: nested tables are not possible')
  return toText(value)
}

const DIGITS = Buffer.from('0123456789ABCDEF')
/** The bytes that stand for themselves in a query, by their codes. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, code) =>
  /[A-Za-z0-9._~-]/.test(String.fromCharCode(code)) ? 1 : 0,
)

function escaped(text: string): string {
  charge(text.length >> 3)
  const bytes = Buffer.alloc(text.length * 3)
  let end = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (PLAIN[code] === 1) bytes[end++] = code
    else {
      bytes[end++] = 0x25
      bytes[end++] = DIGITS[code >> 4] as number
      bytes[end++] = DIGITS[code & 15] as number
    }
  }
  return bytes.toString('latin1', 0, end)
}

function unescaped(text: string): string {
  return text
    .replaceAll('+', ' ')
    .replaceAll(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
