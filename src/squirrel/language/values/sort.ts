import { integerOf } from '../library/arguments.ts'
import { raise } from '../run/errors.ts'
import { compare } from '../run/operators.ts'
import { charge, machine } from '../run/state.ts'
import { type SqFunction, type SqValue, isNumeric } from './values.ts'

/**
 * Sorts values in place, by `order` or by `<=>`. A heap sort as in Squirrel 3.0, whose order of equal items and sequence of comparisons show
 * in programs; values that cannot be told apart when equal take a faster way.
 */
export function sortItems(items: SqValue[], order: SqFunction | null): void {
  charge(items.length * Math.ceil(Math.log2(items.length + 2)))
  if (order === null && sortAlike(items)) return
  const compareItems = order === null ? compare : comparator(order)
  const last = items.length - 1
  for (let root = items.length >> 1; root >= 0; root--) siftDown(items, root, last, compareItems)
  for (let end = last; end >= 1; end--) {
    swap(items, 0, end)
    siftDown(items, 0, end - 1, compareItems)
  }
}

type Comparison = (a: SqValue, b: SqValue) => number

function siftDown(items: SqValue[], start: number, end: number, order: Comparison): void {
  let root = start
  for (let child = root * 2; child <= end; child = root * 2) {
    let largest = child
    if (child < end && order(at(items, child), at(items, child + 1)) <= 0) largest = child + 1
    if (order(at(items, root), at(items, largest)) >= 0) return
    if (root === largest) throw raise('inconsistent compare function')
    swap(items, root, largest)
    root = largest
  }
}

// A comparison function may shorten the array under the sort.
function at(items: readonly SqValue[], index: number): SqValue {
  return items[index] ?? null
}

function swap(items: SqValue[], a: number, b: number): void {
  const kept = at(items, a)
  items[a] = at(items, b)
  items[b] = kept
}

function comparator(order: SqFunction): Comparison {
  const { root } = machine()
  return (a, b) => {
    const result = order.fn(root, a, b)
    if (typeof result === 'number') return result
    if (!isNumeric(result)) throw raise('numeric value expected as return value of the compare function')
    // A float is cut: a difference below 1 means equal.
    return integerOf(result)
  }
}

function sortAlike(items: SqValue[]): boolean {
  if (items.every((item) => typeof item === 'number')) {
    const sorted = Int32Array.from(items).sort()
    for (let index = 0; index < sorted.length; index++) items[index] = sorted[index] as number
    return true
  }
  if (items.every((item) => typeof item === 'string')) {
    let length = 0
    for (const item of items) length += item.length
    charge(Math.ceil(length / 64) * Math.ceil(Math.log2(items.length + 2)))
    items.sort()
    return true
  }
  return false
}
