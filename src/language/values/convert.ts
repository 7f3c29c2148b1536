import { raise } from './fault.ts'
import { durationOf } from '../syntax/literal.ts'
import type { Place } from '../syntax/source.ts'
import type { TypeName } from '../syntax/tree.ts'
import { aType, Duration, isList, Secret, Time, timeOf, typeOf, type Value } from './value.ts'

/** What a value may be asked to be: the types of parameters, and those of built-ins. */
export type Wanted = TypeName | 'value' | 'list'

const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?$/

/** Reads a number as `to-number` and typed parameters do; undefined if the text is none. */
export function numberOf(text: string): number | undefined {
  return NUMBER.test(text) ? Number(text) : undefined
}

/**
 * Gives a value as the wanted type. Bare words arrive as text, so texts are read as numbers, bools, durations and times here; nothing
 * else is converted. Throws BUG_ARGS with `what` in the message.
 */
export function convert(value: Value, wanted: Wanted, place: Place, what: string): Value {
  const refuse = (type: string, hint?: string): never => {
    const given = typeof value === 'string' ? `"${value}"` : aType(value)
    throw raise(place, 'BUG_ARGS', `${what} must be ${type}, not ${given}`, hint)
  }
  switch (wanted) {
    case 'value':
      return value
    case 'list':
      return isList(value) ? value : refuse('a list')
    case 'number':
      if (typeof value === 'number') return value
      return (typeof value === 'string' ? numberOf(value) : undefined) ?? refuse('a number')
    case 'bool':
    case 'flag':
      if (typeof value === 'boolean') return value
      return value === 'true' ? true : value === 'false' ? false : refuse('true or false')
    case 'duration': {
      if (value instanceof Duration) return value
      const ms = typeof value === 'string' ? durationOf(value) : undefined
      return ms === undefined ? refuse('a duration', 'write 500ms, 30s, 5m, 2h, 7d or 1w') : new Duration(ms)
    }
    case 'time':
      if (value instanceof Time) return value
      return (
        (typeof value === 'string' ? timeOf(value) : undefined) ??
        refuse('a time', 'write 2026-01-31 or 2026-01-31T10:00Z')
      )
    case 'secret':
      if (value instanceof Secret) return value
      return typeof value === 'string' ? new Secret(value) : refuse('a secret')
    default:
      if (typeof value === 'string') return value
      if (
        typeof value === 'number' ||
        typeof value === 'boolean' ||
        value instanceof Time ||
        value instanceof Duration
      )
        return String(value)
      return refuse(
        wanted === 'text' ? 'text' : `the name or id of ${wanted === 'account' ? 'an' : 'a'} ${wanted}`,
        typeOf(value) === 'record' ? 'give one of its fields, such as $x.id' : undefined,
      )
  }
}
