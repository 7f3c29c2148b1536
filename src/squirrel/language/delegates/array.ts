import { integerOf } from '../library/arguments.ts'
import { callFunction } from '../run/calls.ts'
import { SqError, raise } from '../run/errors.ts'
import { native } from '../library/native.ts'
import { equals, truthy } from '../run/operators.ts'
import { allocate, charge } from '../run/state.ts'
import { SqArray, type SqFloat, SqFunction, type SqValue, stored } from '../values/values.ts'
import { sortItems } from '../values/sort.ts'
import { sliceRange } from './string.ts'

type Numeric = number | SqFloat

/** Methods of arrays. What changes the array itself gives nothing, as in Squirrel 3.0 (developer.electricimp.com/node/2503, node/2507). */
export const arrayMethods = [
  new SqFunction(count, null, 'len'),
  new SqFunction(push, null, 'append', '.'),
  new SqFunction(push, null, 'push', '.'),
  native('extend', 'a', (self, more: SqArray) => {
    charge(more.a.length >> 3)
    allocate(more.a.length * 8)
    const { a } = array(self)
    for (const item of more.a.slice()) a.push(item)
    return null
  }),
  native('pop', '', (self) => {
    const value = array(self).a.pop()
    if (value === undefined) throw raise('pop() on a empty array')
    return value
  }),
  native('top', '', (self) => {
    const value = array(self).a.at(-1)
    if (value === undefined) throw raise('top() on a empty array')
    return value
  }),
  native('insert', 'n.', (self, at: Numeric, value: SqValue) => {
    const { a } = array(self)
    const index = integerOf(at)
    if (index < 0 || index > a.length) throw raise('index out of range')
    charge((a.length - index) >> 5)
    allocate(8)
    a.splice(index, 0, stored(value))
    return null
  }),
  native('remove', 'n', (self, at: Numeric) => {
    const { a } = array(self)
    const index = integerOf(at)
    if (index < 0 || index >= a.length) throw raise('idx out of range')
    charge((a.length - index) >> 5)
    return a.splice(index, 1)[0] as SqValue
  }),
  native('resize', 'n[.', (self, size: Numeric, fill: SqValue = null) => {
    resize(array(self).a, integerOf(size), stored(fill))
    return null
  }),
  native('clear', '', (self) => {
    array(self).a.length = 0
    return null
  }),
  native('sort', '[c', (self, order?: SqFunction) => {
    sortItems(array(self).a, order ?? null)
    return null
  }),
  native('reverse', '', (self) => {
    charge(array(self).a.length >> 3)
    array(self).a.reverse()
    return null
  }),
  native('slice', 'n[n', (self, start: Numeric, end?: Numeric) => {
    const { a } = array(self)
    const [from, to] = sliceRange(a.length, start, end)
    charge((to - from) >> 3)
    allocate((to - from) * 8)
    return new SqArray(a.slice(from, to))
  }),
  native('map', 'c', (self, change: SqFunction) => {
    const { a } = array(self)
    allocate(a.length * 8)
    return new SqArray(a.map((item) => stored(callFunction(change, self, item))))
  }),
  native('apply', 'c', (self, change: SqFunction) => {
    const { a } = array(self)
    for (let at = 0; at < a.length; at++) a[at] = stored(callFunction(change, self, a[at] as SqValue))
    return null
  }),
  native('reduce', 'c', (self, join: SqFunction) => {
    const { a } = array(self)
    let result: SqValue = a[0] ?? null
    for (let at = 1; at < a.length; at++) result = callFunction(join, self, result, a[at] as SqValue)
    return result
  }),
  native('filter', 'c', (self, keep: SqFunction) => {
    const kept: SqValue[] = []
    for (const [at, item] of array(self).a.slice().entries()) {
      if (truthy(callFunction(keep, self, at, item))) kept.push(item)
    }
    return new SqArray(kept)
  }),
  native('find', '.', (self, wanted: SqValue) => {
    const { a } = array(self)
    charge(a.length >> 3)
    const at = a.findIndex((item) => equals(item, wanted))
    return at < 0 ? null : at
  }),
]

/** Sets the length of a list of values. */
export function resize(items: SqValue[], size: number, fill: SqValue): void {
  if (size < 0) throw raise('resizing to negative length')
  charge(size >> 3)
  allocate(Math.max(0, size - items.length) * 8)
  if (size < items.length) items.length = size
  while (items.length < size) items.push(fill)
}

// These two are called so often that they check their arguments themselves.
function count(self: SqValue): SqValue {
  // oxlint-disable-next-line prefer-rest-params
  if (arguments.length !== 1) throw wrongCount()
  return array(self).a.length
}

function push(self: SqValue, value: SqValue = null): SqValue {
  // oxlint-disable-next-line prefer-rest-params
  if (arguments.length !== 2) throw wrongCount()
  allocate(8)
  array(self).a.push(stored(value))
  return null
}

function wrongCount(): SqError {
  return raise('wrong number of parameters')
}

function array(self: SqValue): SqArray {
  if (self instanceof SqArray) return self
  throw raise('wrong type of environment: expected an array')
}
