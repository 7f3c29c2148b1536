import { raise } from './fault.ts'
import type { Place } from '../syntax/source.ts'
import { aType, Block, Duration, Secret, Time, typeOf, type Value } from './value.ts'

/** A value as a piece of text: numbers, bools, times and durations are converted, nothing else is (language.md 2.5). */
export function textOf(value: Value, place: Place): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (value instanceof Time || value instanceof Duration) return value.toString()
  throw raise(
    place,
    'BUG_TYPE',
    `${aType(value)} cannot be put into a text`,
    writtenHint(value, place) ?? hintFor(value),
  )
}

/** What is meant where habits of other languages wrote this. */
function writtenHint(value: Value, { source, start, end }: Place): string | undefined {
  const written = source.text.slice(start, end)
  if (value === null && /^\$\d$/.test(written))
    return `there is no argument ${written.slice(1)}; a pattern with "${written}" in it stands in single quotes`
  const item = /^\.(\d+)/.exec(source.text.slice(end, end + 8))?.[1]
  return typeOf(value) === 'list' && item !== undefined ? `write ${written}[${item}] for an item` : undefined
}

function hintFor(value: Value): string | undefined {
  switch (typeOf(value)) {
    case 'record':
      return 'write "${x.name}" for a field: "$x.name" is $x and the text ".name"'
    case 'list':
      return 'write $list | join-text ", "'
    case 'null':
      return 'write ${x ?? "text for null"}'
    case 'stream':
      return 'read the stream through a pipe'
    case 'secret':
      return 'give a secret as a whole argument; "reveal" gives its text'
    default:
      return undefined
  }
}

/** A value as an argument of a command or a program, exactly as text. `what` names the argument in errors. */
export function argumentText(value: Value, place: Place, what: string): string {
  if (value instanceof Secret) return value.reveal()
  const type = typeOf(value)
  if (type === 'list') {
    throw raise(
      place,
      'BUG_TYPE',
      `${what} is a list`,
      'write ...$list to give each item as an argument of its own',
    )
  }
  if (type === 'record')
    throw raise(place, 'BUG_TYPE', `${what} is a record`, 'give one of its fields, such as $x.id')
  if (type === 'null')
    throw raise(place, 'BUG_TYPE', `${what} is null`, 'write (... ?? "text") to give a value for null')
  return textOf(value, place)
}

/** A record or a list as JSON text. `what` names in errors where it goes. Throws BUG_TYPE for a secret or a block in it: neither is data. */
export function jsonText(value: Value, place: Place, what: string): string {
  return JSON.stringify(
    value,
    function (this: Readonly<Record<string, unknown>>, key: string, shown: unknown) {
      const inner = this[key]
      if (inner instanceof Secret || inner instanceof Block)
        throw raise(place, 'BUG_TYPE', `${what} has ${aType(inner)} in it`, hintFor(inner))
      return shown
    },
  )
}
