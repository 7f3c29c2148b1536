/** JSON as `http.jsonencode` writes it and `http.jsondecode` reads it. Works on byte strings: UTF-8 passes through. */
import { blobOf } from '../language/values/blob.ts'
import { raise } from '../language/run/errors.ts'
import { floatText } from '../language/values/number.ts'
import { allocateBytes, charge } from '../language/run/state.ts'
import { SqTable } from '../language/values/table.ts'
import { toText } from '../language/values/text.ts'
import { utf8Encode } from '../utf8.ts'
import { SqArray, SqFloat, type SqValue } from '../language/values/values.ts'

const deepest = 100

/** JSON text of a value, slots in the table's own order. Not compact, it has a blank inside brackets and after commas and colons. */
export function jsonEncode(value: SqValue, compact: boolean): string {
  const marks = compact
    ? { open: '', close: '', comma: ',', colon: ':' }
    : { open: ' ', close: ' ', comma: ', ', colon: ': ' }
  const text = encode(value, 0)
  allocateBytes(text.length)
  return text

  function encode(item: SqValue, depth: number): string {
    charge(1)
    if (depth > deepest) throw raise('http.jsonencode: nested too deep, or a structure that contains itself')
    if (item === null) return 'null'
    if (typeof item === 'string') {
      charge(item.length)
      return quoted(item)
    }
    if (typeof item !== 'object') return String(item)
    if (item instanceof SqFloat) return Number.isFinite(item.v) ? floatText(item.v) : 'null'
    const blob = blobOf(item)
    if (blob) return quoted(Buffer.from(blob.bytes()).toString('latin1'))
    const parts: string[] = []
    // Plain loops: callbacks between the levels would fill the stack trace in which Squirrel's frames are looked for.
    if (item instanceof SqArray) {
      for (const one of item.a) parts.push(encode(one, depth + 1))
      return wrapped('[', parts, ']')
    }
    if (!(item instanceof SqTable)) return 'null'
    for (const [key, one] of item.entries())
      parts.push(`${quoted(toText(key))}${marks.colon}${encode(one, depth + 1)}`)
    return wrapped('{', parts, '}')
  }

  function wrapped(open: string, parts: string[], close: string): string {
    let length = 0
    for (const part of parts) length += part.length + 2
    allocateBytes(length)
    return `${open}${marks.open}${parts.join(marks.comma)}${marks.close}${close}`
  }
}

/** The value of a JSON text; raises where it is wrong. Numbers without fraction and exponent that fit are integers. */
export function jsonDecode(text: string): SqValue {
  let at = 0
  charge(text.length >> 3)
  const value = decode(0)
  skip()
  if (at < text.length) throw wrong()
  return value

  function decode(depth: number): SqValue {
    charge(1)
    if (depth > deepest) throw raise('http.jsondecode: nested too deep')
    skip()
    switch (text[at]) {
      case '{':
        return table(depth)
      case '[':
        return array(depth)
      case '"':
        return string()
      case 't':
        return word('true', true)
      case 'f':
        return word('false', false)
      case 'n':
        return word('null', null)
    }
    return number()
  }

  function table(depth: number): SqTable {
    const result = new SqTable()
    at++
    for (let first = true; !ends('}', first); first = false) {
      if (text[at] !== '"') throw wrong()
      const key = string()
      skip()
      if (text[at++] !== ':') throw wrong()
      result.set(key, decode(depth + 1))
    }
    return result
  }

  function array(depth: number): SqArray {
    const items: SqValue[] = []
    at++
    for (let first = true; !ends(']', first); first = false) items.push(decode(depth + 1))
    return new SqArray(items)
  }

  /** Moves behind the closing bracket, or behind the comma in front of the next item. */
  function ends(close: string, first: boolean): boolean {
    skip()
    if (text[at] === close) {
      at++
      return true
    }
    if (first) return false
    if (text[at++] !== ',') throw wrong()
    skip()
    return false
  }

  // Not by an expression: what it has to remember of a text of megabytes would not fit the stack.
  function string(): string {
    if (text[at] !== '"') throw wrong()
    let end = at + 1
    for (let code = text.charCodeAt(end); code !== 0x22; code = text.charCodeAt(end)) {
      if (Number.isNaN(code)) throw wrong()
      end += code === 0x5c ? 2 : 1
    }
    const body = text.slice(at + 1, end)
    at = end + 1
    return body.includes('\\') ? body.replaceAll(escapePattern, unescaped) : body
  }

  function number(): SqValue {
    numberPattern.lastIndex = at
    const match = numberPattern.exec(text)
    if (!match) throw wrong()
    at += match[0].length
    const value = Number(match[0])
    return match[1] === undefined && value === (value | 0) ? value | 0 : new SqFloat(value)
  }

  function word(name: string, value: SqValue): SqValue {
    if (!text.startsWith(name, at)) throw wrong()
    at += name.length
    return value
  }

  function skip(): void {
    while (at < text.length && ' \t\r\n'.includes(text[at] as string)) at++
  }

  function wrong() {
    const found = at < text.length ? `unexpected '${text[Math.min(at, text.length - 1)]}'` : 'unexpected end'
    return raise(`http.jsondecode: ${found} at position ${at}`)
  }
}

/** A byte string as a JSON string. */
function quoted(text: string): string {
  return `"${text.replaceAll(/["\\\x00-\x1f]/g, (char) => shortEscapes[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`
}

const shortEscapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}
const longEscapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

// Both halves of a pair are one character.
const escapePattern = /\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\[^]/g
const numberPattern = /-?(?:0|[1-9]\d*)(\.\d+(?:[eE][+-]?\d+)?|[eE][+-]?\d+)?/y

function unescaped(escape: string): string {
  if (escape[1] !== 'u' || escape.length < 6) return longEscapes[escape[1] as string] ?? (escape[1] as string)
  const units = escape.match(/[0-9a-fA-F]{4}/g) ?? []
  return utf8Encode(String.fromCharCode(...units.map((unit) => Number.parseInt(unit, 16))))
}
