import { raise, type ScriptError } from './fault.ts'
import { match, patternOf } from './pattern.ts'
import type { Place } from '../syntax/source.ts'
import type { BinaryOperator } from '../syntax/tree.ts'
import {
  aType,
  dateOf,
  Duration,
  isList,
  isRecord,
  type RecordValue,
  Secret,
  Time,
  typeOf,
  type Value,
} from './value.ts'

/**
 * Operators of two values that are both needed (language.md 2.5). `place` is where the whole expression stands; a match that takes long
 * gives a promise and ends with the signal.
 */
export type Operation = (
  left: Value,
  right: Value,
  place: Place,
  signal: AbortSignal,
) => Value | Promise<Value>

function mismatch(operator: string, left: Value, right: Value, place: Place, hint?: string): ScriptError {
  const types = `${aType(left)} and ${aType(right)}`
  return raise(
    place,
    'BUG_TYPE',
    `"${operator}" does not work on ${types}`,
    hint ?? conversionHint(left, right),
  )
}

function conversionHint(left: Value, right: Value): string | undefined {
  const types = new Set([typeOf(left), typeOf(right)])
  if (types.has('null')) return 'write ?? to give a value for null'
  if (types.has('secret'))
    return 'a secret goes to options marked secret and to == only; "reveal" gives its text'
  if (types.has('stream')) return 'a stream is read through a pipe'
  if (types.has('text') && types.has('number')) return 'convert with | to-number, or join texts as "${a}${b}"'
  if (types.has('text') && types.has('time')) return 'convert with | to-time'
  if (types.has('text')) return 'join texts as "${a}${b}"'
  return undefined
}

function add(left: Value, right: Value, place: Place): Value {
  if (typeof left === 'number' && typeof right === 'number') return held(left + right, place)
  if (typeof left === 'string' && typeof right === 'string') {
    demandRoom(left.length + right.length, LONGEST_TEXT, 'text', 'characters', place)
    return left + right
  }
  if (isList(left) && isList(right)) {
    demandRoom(left.length + right.length, LONGEST_LIST, 'list', 'items', place)
    return [...left, ...right]
  }
  if (left instanceof Duration && right instanceof Duration)
    return new Duration(held(left.ms + right.ms, place))
  if (left instanceof Time && right instanceof Duration) return shifted(left, right.ms, place)
  if (left instanceof Duration && right instanceof Time) return shifted(right, left.ms, place)
  throw mismatch('+', left, right, place)
}

/** A number as it is. Throws DATA where it has left the range of numbers: nothing could write it down. */
export function held(made: number, place: Place): number {
  if (Number.isFinite(made)) return made
  throw raise(place, 'DATA', 'the result is too large for a number')
}

/** Beyond these the process would end without a word. */
const LONGEST_TEXT = 2 ** 28
const LONGEST_LIST = 2 ** 25

function demandRoom(length: number, most: number, what: string, of: string, place: Place): void {
  if (length > most)
    throw raise(place, 'MEMORY', `the ${what} would have ${length} ${of}; at most ${most} fit`)
}

function subtract(left: Value, right: Value, place: Place): Value {
  if (typeof left === 'number' && typeof right === 'number') return held(left - right, place)
  if (left instanceof Duration && right instanceof Duration)
    return new Duration(held(left.ms - right.ms, place))
  if (left instanceof Time && right instanceof Duration) return shifted(left, -right.ms, place)
  if (left instanceof Time && right instanceof Time) return new Duration(left.ms - right.ms)
  throw mismatch('-', left, right, place)
}

function shifted(time: Time, ms: number, place: Place): Time {
  const at = time.ms + ms
  if (Number.isNaN(new Date(at).getTime())) throw raise(place, 'DATA', 'the time is out of range')
  return time.isDate ? dateOf(at) : new Time(at, undefined, time.zone)
}

function multiply(left: Value, right: Value, place: Place): Value {
  if (typeof left === 'number' && typeof right === 'number') return held(left * right, place)
  if (left instanceof Duration && typeof right === 'number') return new Duration(held(left.ms * right, place))
  if (typeof left === 'number' && right instanceof Duration) return new Duration(held(left * right.ms, place))
  throw mismatch('*', left, right, place)
}

function divide(left: Value, right: Value, place: Place): Value {
  const zero = right === 0 || (right instanceof Duration && right.ms === 0)
  if (zero) throw raise(place, 'DATA', 'division by zero')
  if (typeof left === 'number' && typeof right === 'number') return held(left / right, place)
  if (left instanceof Duration && typeof right === 'number') return new Duration(held(left.ms / right, place))
  if (left instanceof Duration && right instanceof Duration) return held(left.ms / right.ms, place)
  throw mismatch('/', left, right, place)
}

function remainder(left: Value, right: Value, place: Place): Value {
  if (right === 0) throw raise(place, 'DATA', 'division by zero')
  if (typeof left === 'number' && typeof right === 'number') return left % right
  throw mismatch('%', left, right, place)
}

/** Whether two values are the same: deep for lists and records; different types are an error, except with null. */
export function equal(left: Value, right: Value, place: Place, operator = '=='): boolean {
  if (left === right) return true
  if (left === null || right === null) return false
  if (left instanceof Secret || right instanceof Secret) return equalSecrets(left, right, place, operator)
  const type = typeOf(left)
  if (type !== typeOf(right)) throw mismatch(operator, left, right, place)
  if (left instanceof Time) return left.ms === (right as Time).ms
  if (left instanceof Duration) return left.ms === (right as Duration).ms
  if (isList(left)) {
    const other = right as readonly Value[]
    return (
      left.length === other.length &&
      left.every((item, index) => equal(item, other[index] ?? null, place, operator))
    )
  }
  if (isRecord(left)) return equalRecords(left, right as RecordValue, place, operator)
  if (type === 'stream') throw mismatch(operator, left, right, place)
  return false
}

function equalSecrets(left: Value, right: Value, place: Place, operator: string): boolean {
  const texts = [left, right].map((value) => (value instanceof Secret ? value.reveal() : value))
  if (!texts.every((text) => typeof text === 'string')) throw mismatch(operator, left, right, place)
  return texts[0] === texts[1]
}

function equalRecords(left: RecordValue, right: RecordValue, place: Place, operator: string): boolean {
  const names = Object.keys(left)
  if (names.length !== Object.keys(right).length) return false
  return names.every(
    (name) => Object.hasOwn(right, name) && equal(left[name] ?? null, right[name] ?? null, place, operator),
  )
}

/** Orders two values of one type; an error for values without an order. */
export function order(left: Value, right: Value, place: Place, operator: string): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0
  if (left instanceof Time && right instanceof Time) return left.ms - right.ms
  if (left instanceof Duration && right instanceof Duration) return left.ms - right.ms
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right)
  throw mismatch(operator, left, right, place)
}

function ordered(operator: string, test: (difference: number) => boolean): Operation {
  return (left, right, place) => left !== null && right !== null && test(order(left, right, place, operator))
}

function matches(
  left: Value,
  right: Value,
  place: Place,
  operator: '=~' | '!~',
  signal: AbortSignal,
): boolean | Promise<boolean> {
  if (left === null || right === null) return false
  if (typeof left !== 'string' || typeof right !== 'string') throw mismatch(operator, left, right, place)
  const wanted = operator === '=~'
  const found = match('test', patternOf(right, place), left, signal)
  return found instanceof Promise ? found.then((later) => later === wanted) : found === wanted
}

function within(left: Value, right: Value, place: Place): boolean {
  if (left === null || right === null) return false
  if (isList(right) && right.length === 1 && isList(right[0] ?? null) && !isList(left))
    throw mismatch('in', left, right, place, 'a range is a list by itself: 3 in 1..5')
  if (isList(right)) return right.some((item) => equal(left, item, place, 'in'))
  if (typeof left === 'string' && typeof right === 'string') return right.includes(left)
  if (typeof left === 'string' && isRecord(right)) return Object.hasOwn(right, left)
  throw mismatch('in', left, right, place, 'the right side is a list, a text or a record')
}

/** The longest range that is made a list; a loop over a longer one makes no list. */
const LONGEST_RANGE = 10_000_000

/** The ends of a range, whole numbers. Throws BUG_TYPE. */
export function rangeEnds(left: Value, right: Value, place: Place): readonly [number, number] {
  if (!Number.isSafeInteger(left) || !Number.isSafeInteger(right))
    throw raise(place, 'BUG_TYPE', `".." needs whole numbers, not ${endShown(left)} and ${endShown(right)}`)
  return [left as number, right as number]
}

function endShown(value: Value): string {
  return typeof value === 'number' ? String(value) : aType(value)
}

/** The numbers of a range as a list. */
export function rangeOf(left: Value, right: Value, place: Place): Value {
  const [from, to] = rangeEnds(left, right, place)
  const length = Math.max(0, to - from + 1)
  if (length > LONGEST_RANGE)
    throw raise(
      place,
      'DATA',
      `the range has ${length} numbers`,
      'go through it with for i in A..B, or | where it is piped',
    )
  return Array.from({ length }, (_, index) => from + index)
}

/** Every operator that needs both sides; `and`, `or` and `??` do not. */
export const OPERATIONS: Readonly<Record<Exclude<BinaryOperator, 'and' | 'or' | '??'>, Operation>> = {
  '+': add,
  '-': subtract,
  '*': multiply,
  '/': divide,
  '%': remainder,
  '==': (left, right, place) => equal(left, right, place),
  '!=': (left, right, place) => !equal(left, right, place, '!='),
  '<': ordered('<', (difference) => difference < 0),
  '<=': ordered('<=', (difference) => difference <= 0),
  '>': ordered('>', (difference) => difference > 0),
  '>=': ordered('>=', (difference) => difference >= 0),
  '=~': (left, right, place, signal) => matches(left, right, place, '=~', signal),
  '!~': (left, right, place, signal) => matches(left, right, place, '!~', signal),
  in: within,
  '..': rangeOf,
}

/** Demands a bool: there is no truthiness. */
export function boolOf(value: Value, place: Place, what: string): boolean {
  if (typeof value === 'boolean') return value
  const hint = isList(value)
    ? 'write ($list | count) > 0'
    : typeof value === 'string'
      ? 'write $text != ""'
      : typeof value === 'number'
        ? 'write $n != 0'
        : value === null
          ? 'write $x != null'
          : undefined
  throw raise(place, 'BUG_TYPE', `${what} must be a bool, not ${aType(value)}`, hint)
}
