import { pathOf } from '../values/access.ts'
import { raise } from '../values/fault.ts'
import { mapItems, noteItem } from '../run/items.ts'
import type { Call } from './builtin.ts'
import { order } from '../values/operators.ts'
import type { Place } from '../syntax/source.ts'
import { Block, Duration, isPlainRecord, Time, typeOf, type Value } from '../values/value.ts'

/** A field such as `device_group.name` as the names on the way. */
export function pathParts(text: string): string[] {
  return text.split('.')
}

/** What items are sorted by: one value of each. */
export interface SortColumn {
  readonly keys: readonly Value[]
  readonly text: string
  readonly place: Place
  readonly descending: boolean
}

/** The values of a field, or of a block, for sorting. `a:desc` and `a:asc` name the direction. */
export async function sortColumn(
  items: readonly Value[],
  by: string | Block,
  descending: boolean,
  index: number,
  call: Call,
): Promise<SortColumn> {
  const place = call.at('field', index)
  if (by instanceof Block) {
    const keys = await mapItems(call.task, items, (item, position) => by.run([item, position]))
    return { keys: keys as readonly Value[], text: 'the value of the block', place, descending }
  }
  const [, name = by, direction] = /^(.*):(asc|desc)$/.exec(by) ?? []
  const isDescending = direction === undefined ? descending : direction === 'desc'
  return { keys: keysOf(items, pathParts(name), place), text: name, place, descending: isDescending }
}

/** Sorts stably by columns, or by the items; null comes last in both directions, different types in one column are an error that names the rows. */
export function sorted(
  items: readonly Value[],
  given: readonly SortColumn[],
  descending: boolean,
  place: Place,
): Value[] {
  const columns = given.length === 0 ? [{ keys: items, text: 'the items', place, descending }] : given
  for (const { keys, text, place: at } of columns) checkOneType(keys, text, at)
  const order = Array.from({ length: items.length }, (_, index) => index)
  const compares = columns.map(({ keys, place: at, descending: isDown }) =>
    comparison(keys, isDown ? -1 : 1, at),
  )
  const [only] = compares
  if (only !== undefined && compares.length === 1) order.sort(only)
  else {
    order.sort((a, b) => {
      for (const compare of compares) {
        const difference = compare(a, b)
        if (difference !== 0) return difference
      }
      return 0
    })
  }
  return order.map((index) => items[index] as Value)
}

/** The value of a field of each item; an error names the item. */
export function keysOf(items: readonly Value[], path: readonly string[], place: Place): Value[] {
  const [only] = path
  if (only !== undefined && path.length === 1 && !only.endsWith('?'))
    return items.map((item, index) => {
      // Most are plain records that have the field; all others go the long way, which knows the errors.
      const value = isPlainRecord(item) && Object.hasOwn(item, only) ? item[only] : undefined
      return value === undefined ? keyOf(item, path, place, index, items.length) : value
    })
  return items.map((item, index) => keyOf(item, path, place, index, items.length))
}

function keyOf(item: Value, path: readonly string[], place: Place, index: number, count: number): Value {
  try {
    return pathOf(item, path, place)
  } catch (error) {
    throw noteItem(error, item, index, count)
  }
}

/** Demands that values that are compared are of one type; null does not count. */
export function checkOneType(keys: readonly Value[], text: string, place: Place): void {
  let first: { type: string; index: number } | undefined
  let last: string | undefined
  for (const [index, key] of keys.entries()) {
    if (key === null) continue
    // Most keys are plain texts or numbers like the one before.
    if (typeof key === last && last !== 'object') continue
    last = typeof key
    const type = typeOf(key)
    first ??= { type, index }
    if (type !== first.type) {
      throw raise(
        place,
        'BUG_TYPE',
        `"${text}" is ${first.type} in row ${first.index + 1} and ${type} in row ${index + 1}`,
        'all of them must be of one type: convert the others, as with | map { $it | to-number }',
      )
    }
  }
}

/** Compares by index. Keys are of one type, so plain texts and numbers compare without looking at types again. */
function comparison(keys: readonly Value[], sign: number, place: Place): (a: number, b: number) => number {
  const sample = keys.find((key) => key !== null)
  const isTimed = sample instanceof Time || sample instanceof Duration
  const plain = isTimed ? keys.map((key) => (key === null ? null : (key as Time).ms)) : keys
  const isPlain = isTimed || typeof sample === 'number' || typeof sample === 'string'
  if (isPlain && !plain.includes(null)) {
    return (a, b) => {
      const left = plain[a] as number
      const right = plain[b] as number
      return left < right ? -sign : left > right ? sign : 0
    }
  }
  return (a, b) => {
    const left = plain[a] as Value
    const right = plain[b] as Value
    if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1
    return sign * order(left, right, place, 'sort-by')
  }
}
