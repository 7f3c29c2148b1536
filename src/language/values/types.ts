import type { Type } from '../../commands/row.ts'
import { durationOf, numberIn } from '../syntax/literal.ts'
import {
  aType,
  Block,
  Duration,
  isList,
  isRecord,
  type RecordValue,
  Secret,
  Time,
  timeOf,
  typeOf,
  type Value,
} from './value.ts'

// What words, options and parameters may be asked to be. Bare words arrive as text, so texts are read as numbers, bools, durations and
// times here; nothing else is converted.

const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$/

/** Reads a number as literals, `to-number` and typed parameters do; undefined if the text is none, or none that a number can hold. */
export function numberOf(text: string): number | undefined {
  return NUMBER.test(text) ? numberIn(text) : undefined
}

/** A type with the way to read it: `a` stands in "must be ..., not ...". `hint` says how one is written. */
function type<V>(
  name: string,
  a: string,
  read: (value: Value) => V | undefined,
  hint?: string | ((value: Value) => string | undefined),
): Type<V> {
  return {
    name,
    a,
    read: (value) => read(value as Value),
    given: (value) => (typeof value === 'string' ? `"${value}"` : aType(value as Value)),
    ...(hint !== undefined && {
      hint: (value) => (typeof hint === 'string' ? hint : hint(value as Value)),
    }),
  }
}

function textFrom(value: Value): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return value instanceof Time || value instanceof Duration ? value.toJSON() : undefined
}

function elementOf(word: string): Value {
  if (word === 'null') return null
  if (word === 'true' || word === 'false') return word === 'true'
  const ms = durationOf(word)
  if (ms !== undefined) return new Duration(ms)
  return numberOf(word) ?? timeOf(word) ?? word
}

function numberFrom(value: Value): number | undefined {
  if (typeof value === 'number') return value
  return typeof value === 'string' ? numberOf(value) : undefined
}

const ofRecord = (value: Value): string | undefined =>
  typeOf(value) === 'record' ? 'give one of its fields, such as $x.id' : undefined

/** Any value as it is. */
export const value = type<Value>('value', 'a value', (given) => given)
/** Any value, in words that are mostly text: `[` and `{` are text in them. */
export const shown = type<Value>('shown', 'a value', (given) => given)
/** Any value; a word without quotes that an expression would read as a number, a bool, null, a duration or a time is one. */
export const element: Type<Value> = { ...value, bare: elementOf }
export const text = type('text', 'text', textFrom, ofRecord)
export const number = type('number', 'a number', numberFrom)

/** A whole number within limits, both of them allowed. */
export function whole(least = 0, most = Infinity): Type<number> {
  const range = most === Infinity ? `from ${least}` : `from ${least} to ${most}`
  return type('number', `a whole number ${range}`, (given) => {
    const found = numberFrom(given)
    return found !== undefined && Number.isInteger(found) && found >= least && found <= most
      ? found
      : undefined
  })
}

const bool = type('bool', 'true or false', (given) =>
  typeof given === 'boolean' ? given : given === 'true' ? true : given === 'false' ? false : undefined,
)

export const duration = type(
  'duration',
  'a duration',
  (given) => {
    if (given instanceof Duration) return given
    const ms = typeof given === 'string' ? durationOf(given) : undefined
    return ms === undefined ? undefined : new Duration(ms)
  },
  'write 500ms, 30s, 5m, 2h, 7d or 1w',
)

const time = type(
  'time',
  'a time',
  (given) => (given instanceof Time ? given : typeof given === 'string' ? timeOf(given) : undefined),
  'write 2026-01-31 or 2026-01-31T10:00Z',
)

const secret = type('secret', 'a secret', (given) =>
  given instanceof Secret ? given : typeof given === 'string' ? new Secret(given) : undefined,
)

/** Text that may be a secret. */
export const openText = type<string | Secret>(
  'text',
  'text',
  (given) => (given instanceof Secret ? given : textFrom(given)),
  ofRecord,
)

export const list = type('list', 'a list', (given) => (isList(given) ? given : undefined))
export const record = type<RecordValue>('record', 'a record', (given) =>
  isRecord(given) ? given : undefined,
)

/** The name of a field, or a path such as `device_group.name`. */
export const field = type('field', 'the name of a field', textFrom, ofRecord)

/** Names of files and folders: `~` is the home directory where it stands unquoted. */
export const file = type('file', 'the name of a file', textFrom, ofRecord)
export const dir = type('dir', 'the name of a directory', textFrom, ofRecord)

/** A block, or a variable that holds one. */
export const block = type(
  'block',
  'a block',
  (given) => (given instanceof Block ? given : undefined),
  (given) =>
    typeof given === 'string' ? 'a block stands in braces: { ... $it ... }, or {|x| ... $x ... }' : undefined,
)

/** The name of a field, or a block that gives what stands for it. */
export const fieldOrBlock = type(
  'field',
  'the name of a field or a block',
  (given) => (given instanceof Block ? given : textFrom(given)),
  ofRecord,
)

/** A condition over the fields of an item: written as an expression, a block, or a variable that holds a block. */
export const condition = type('condition', 'a condition', (given) =>
  given instanceof Block ? given : undefined,
)

function identifier(kind: string): Type<string> {
  return type(kind, `the name or id of ${kind === 'account' ? 'an' : 'a'} ${kind}`, textFrom, ofRecord)
}

/** The types that parameters of scripts and functions name. */
export const TYPES = {
  text,
  number,
  bool,
  flag: bool,
  duration,
  time,
  secret,
  file,
  dir,
  product: identifier('product'),
  dg: identifier('dg'),
  device: identifier('device'),
  build: identifier('build'),
  account: identifier('account'),
  list,
  record,
  block,
  value,
  choice: text,
} as const
