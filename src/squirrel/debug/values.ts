/** Values as a debugger shows them: without running any code, one level at a time. */
import { blobOf } from '../language/values/blob.ts'
import { type Fields, SqClass, SqInstance } from '../language/values/class.ts'
import { SqTable, mapKey } from '../language/values/table.ts'
import { plainText, toText } from '../language/values/text.ts'
import { publicType } from '../language/values/types.ts'
import { SqArray, SqFloat, SqFunction, SqWeakRef, type SqValue } from '../language/values/values.ts'
import type { Variables } from '../language/variants/frame.ts'
import type { Variable } from './protocol.ts'

/** Something whose parts have a handle: a value, or the variables of a block under their names. */
export type Holder =
  | { readonly kind: 'value'; readonly value: SqValue; readonly path: string | null }
  | { readonly kind: 'variables'; readonly list: readonly Local[] }

/** A variable that code at a place can name. */
export type Local = { readonly name: string; readonly variables: Variables; readonly at: number }

/** One part: what it is called, what it holds, and how an expression reaches it. */
type Part = { name: string; value: SqValue; path: string | null }

const longestText = 200
const mostShown = 8
const deepest = 2
const WORD = /^[A-Za-z_]\w*$/

/** A value in one line, as the prompt shows values inside of others. */
export function shown(value: SqValue, depth = 0): string {
  if (typeof value === 'string') {
    const text = value.length > longestText ? value.slice(0, longestText) : value
    return JSON.stringify(text) + (text === value ? '' : `... ${value.length} bytes`)
  }
  if (value === null) return 'null'
  if (value instanceof SqFloat)
    return Number.isInteger(value.v) && Math.abs(value.v) < 1e6 ? `${value.v}.0` : toText(value)
  if (typeof value !== 'object') return toText(value)
  if (value instanceof SqWeakRef) return `weakref of ${shown(value.target, depth + 1)}`
  if (value instanceof SqFunction) return functionText(value)
  const blob = blobOf(value)
  if (blob !== null) {
    const bytes = blob.bytes()
    return `blob of ${bytes.length}${bytes.length > 0 ? `: ${Buffer.from(bytes.subarray(0, 16)).toString('hex')}${bytes.length > 16 ? '...' : ''}` : ''}`
  }
  if (depth >= deepest) return plainText(value)
  if (value instanceof SqArray)
    return `[${list(value.a.length, (count) => value.a.slice(0, count).map((item) => shown(item, depth + 1)))}]`
  if (value instanceof SqTable) {
    const pairs = (count: number) =>
      firstEntries(value, count).map(([key, item]) => `${keyText(key)} = ${shown(item, depth + 1)}`)
    return `{${list(value.size, pairs)}}`
  }
  if (value instanceof SqInstance) {
    const parts = namedParts(value)
    const texts = (count: number) =>
      parts.slice(0, count).map(([key, item]) => `${keyText(key)} = ${shown(item, depth + 1)}`)
    return `instance {${list(parts.length, texts)}}`
  }
  return plainText(value)
}

/** The variable of a part; `handleOf` gives a handle to what has parts of its own. */
export function variableOf({ name, value, path }: Part, handleOf: (holder: Holder) => number): Variable {
  const { named, indexed } = countsOf(value)
  return {
    name,
    value: shown(value),
    type: value instanceof SqInstance && blobOf(value) ? 'blob' : publicType(value),
    handle: named + indexed > 0 ? handleOf({ kind: 'value', value, path }) : 0,
    named,
    indexed,
    ...(path === null ? {} : { path }),
  }
}

/** The parts of a value from `start` on, in Squirrel's order. */
export function partsOf(holder: Holder, start: number, count: number): Part[] {
  if (holder.kind === 'variables')
    return holder.list
      .slice(start, start + count)
      .map(({ name, variables, at }) => ({ name, value: variables[at] as SqValue, path: name }))
  const { value, path } = holder
  if (value instanceof SqArray)
    return value.a.slice(start, start + count).map((item, at) => indexPart(item, start + at, path))
  const blob = value === null || typeof value !== 'object' ? null : blobOf(value)
  if (blob !== null)
    return [...blob.bytes().subarray(start, start + count)].map((item, at) =>
      indexPart(item, start + at, path),
    )
  return namedParts(value)
    .slice(start, start + count)
    .map(([key, item]) => ({ name: keyText(key), value: item, path: pathOf(path, key) }))
}

/** The named parts of a value, as keys and values. */
export function namedParts(value: SqValue): [SqValue, SqValue][] {
  if (value instanceof SqTable) {
    const slots = value.entries()
    return value.delegate === null ? slots : [...slots, ['delegate', value.delegate]]
  }
  if (value instanceof SqInstance)
    return [...value.cls.members.entries()].flatMap(([key, member]): [SqValue, SqValue][] => {
      if (!value.cls.isField(key)) return member instanceof SqFunction ? [] : [[key, member]]
      const field = value.cls.fields.get(mapKey(key)) ?? ''
      return [[key, (value as unknown as Fields)[field] ?? null]]
    })
  if (value instanceof SqClass) return value.members.entries()
  return []
}

/** A key as the name of a part. */
export function keyText(key: SqValue): string {
  return typeof key === 'string' ? key : `[${shown(key, deepest)}]`
}

function indexPart(value: SqValue, at: number, path: string | null): Part {
  return { name: String(at), value, path: path === null ? null : `${path}[${at}]` }
}

function pathOf(path: string | null, key: SqValue): string | null {
  if (path === null) return null
  if (typeof key === 'string') return WORD.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`
  return typeof key === 'number' ? `${path}[${key}]` : null
}

function countsOf(value: SqValue): { named: number; indexed: number } {
  if (value === null || typeof value !== 'object') return { named: 0, indexed: 0 }
  if (value instanceof SqArray) return { named: 0, indexed: value.a.length }
  if (value instanceof SqTable) return { named: value.size + (value.delegate === null ? 0 : 1), indexed: 0 }
  const blob = blobOf(value)
  if (blob !== null) return { named: 0, indexed: blob.length }
  return { named: namedParts(value).length, indexed: 0 }
}

function firstEntries(table: SqTable, count: number): [SqValue, SqValue][] {
  const found: [SqValue, SqValue][] = []
  for (let at = table.seek(0); at >= 0 && found.length < count; at = table.seek(at + 1))
    found.push([table.keyAt(at), table.valueAt(at)])
  return found
}

function list(length: number, first: (count: number) => string[]): string {
  const texts = first(mostShown)
  return length > texts.length ? `${texts.join(', ')}, ... ${length - texts.length} more` : texts.join(', ')
}

function functionText({ info, nativeName }: SqFunction): string {
  if (info === null) return `native function ${nativeName ?? ''}`.trim()
  const parameters = [...info.parameters, ...(info.variadic ? ['...'] : [])].join(', ')
  return `function ${info.name ?? ''}(${parameters}) at ${info.file}:${info.line}`
}
