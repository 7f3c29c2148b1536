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
    allocateBytes(bytes.length * 2)
    return Buffer.from(bytes, 'latin1').toString('base64')
  }),
  api('http.base64decode', (_self, text: string) => blobOfBytes(Buffer.from(text, 'base64'))),
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
  return table
    .entries()
    .flatMap(([key, value]) =>
      (value instanceof SqArray ? value.a : [value]).map(
        (one) => `${escaped(toText(key))}=${escaped(textOf(one))}`,
      ),
    )
    .join('&')
}

/** The table of such a text; a name that comes again makes an array. */
function urlDecode(text: string): SqTable {
  const table = new SqTable()
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

function escaped(text: string): string {
  return text.replaceAll(
    /[^A-Za-z0-9._~-]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
}

function unescaped(text: string): string {
  return text
    .replaceAll('+', ' ')
    .replaceAll(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
