import { closest } from '../../commands/closest.ts'
import { KINDS, kindNamed } from '../../entities/kinds.ts'
import { raise } from './fault.ts'
import type { Place } from '../syntax/source.ts'
import {
  aType,
  isList,
  isPlainRecord,
  isRecord,
  kindOf,
  type RecordValue,
  typeOf,
  type Value,
} from './value.ts'

/**
 * Gives a field of a record. A field that the record does not have is an error with the closest name, or null where `optional`
 * (language.md 2.6). `bare`: it is a name without quotes in a condition, where a text may be meant.
 */
export function fieldOf(value: Value, name: string, optional: boolean, place: Place, bare = false): Value {
  if (isPlainRecord(value)) {
    const field = value[name]
    // What every object has, such as "constructor", is no field; null and undefined are told apart below.
    if (field !== undefined && Object.hasOwn(value, name)) return field
  }
  if (value !== null && typeof value === 'object' && Object.hasOwn(value, name) && isRecord(value)) {
    return value[name] ?? null
  }
  if (isRecord(value)) {
    if (optional) return null
    throw unknownField(value, name, place, bare)
  }
  if (value === null) {
    if (optional) return null
    throw raise(place, 'BUG_TYPE', `null has no field "${name}"`, `write .${name}? to get null from null`)
  }
  const hint = isList(value)
    ? `a list has no fields: write | get ${name}, or [0].${name}`
    : typeof value === 'string'
      ? `to join texts, write "\${...}.${name}"`
      : typeOf(value) === 'stream'
        ? `write | map { $it.${name} }`
        : undefined
  throw raise(place, 'BUG_TYPE', `${aType(value)} has no field "${name}"`, hint)
}

function unknownField(record: RecordValue, name: string, place: Place, bare: boolean): Error {
  const kind = kindOf(record)
  const untold = kind === undefined ? undefined : kindNamed(kind)
  if (untold !== undefined && KINDS[untold].lists.mayLeaveOut.includes(name)) {
    const hint = `lists leave it out: read the entity by its id, as with ${untold} info --${untold} $it.id, or write .${name}? for null`
    return raise(
      place,
      'BUG_FIELD',
      `the server does not tell the field "${name}" of ${articled(kind ?? '')}`,
      hint,
    )
  }
  const names = Object.keys(record)
  const near = closestField(name, names)
  const suggestion = near === undefined ? '' : `; did you mean "${near}"?`
  const fields = names.length > 0 && names.length <= 40 ? `fields are ${names.join(', ')}` : undefined
  return raise(
    place,
    'BUG_FIELD',
    `no field "${name}" in ${articled(kind ?? 'record')}${suggestion}`,
    near === undefined
      ? bare
        ? `write "${name}" for the text${fields === undefined ? '' : `; ${fields}`}`
        : fields
      : undefined,
  )
}

/** The field that was most likely meant: by its whole name, else by a part of it such as `online` in `device_online`. */
export function closestField(name: string, names: readonly string[]): string | undefined {
  return (
    closest(name, names) ??
    names.find((known) => known.includes('_') && closest(name, known.split('_')) !== undefined)
  )
}

/** A kind with its article: `a device`, `an account`. */
export function articled(kind: string): string {
  const lower = kind.toLowerCase()
  return `${/^[aeiou]/.test(lower) ? 'an' : 'a'} ${lower}`
}

/** `list[0]`, `list[-1]`, `record["name"]`. An index outside of the list is an error, or null where `optional`. */
export function indexOf(value: Value, index: Value, place: Place, optional = false): Value {
  if (optional && value === null) return null
  if (isList(value)) {
    if (typeof index !== 'number' || !Number.isInteger(index)) {
      throw raise(place, 'BUG_TYPE', `the index of a list is a whole number, not ${aType(index)}`)
    }
    const at = index < 0 ? value.length + index : index
    const item = value[at]
    if (item === undefined && optional) return null
    if (item === undefined)
      throw raise(
        place,
        'EMPTY',
        `no item ${index} in a list of ${value.length}`,
        'write ? after the "]" to get null where there is none',
      )
    return item
  }
  if (isRecord(value)) {
    if (typeof index !== 'string')
      throw raise(place, 'BUG_TYPE', `the name of a field is text, not ${aType(index)}`)
    return fieldOf(value, index, optional, place)
  }
  const hint = typeof value === 'string' ? 'a text is cut with | split or | replace' : undefined
  throw raise(place, 'BUG_TYPE', `${aType(value)} has no items`, hint)
}

/** Follows `a.b.c`. A null on the way gives null: what is not there has no parts. */
export function pathOf(value: Value, path: readonly string[], place: Place): Value {
  let current = value
  for (const [depth, part] of path.entries()) {
    const optional = part.endsWith('?')
    const name = optional ? part.slice(0, -1) : part
    if (current === null && depth > 0) return null
    if (isList(current) && /^-?\d+$/.test(name)) current = indexOf(current, Number(name), place)
    else current = fieldOf(current, name, optional, place)
  }
  return current
}
