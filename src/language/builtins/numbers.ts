import { raise } from '../values/fault.ts'
import { order } from '../values/operators.ts'
import { field } from '../values/types.ts'
import { aType, Duration, type Value } from '../values/value.ts'
import { builtin, type Call, fails, maybe } from './builtin.ts'
import { checkOneType, keysOf, pathParts } from './sorting.ts'

/** One number from many. All take the items, or a field of each; null does not count. */
export const NUMBERS = [
  builtin({
    name: 'sum',
    summary: 'The sum; null items are skipped.',
    input: 'items',
    words: [maybe('field', field)],
    examples: {
      '[1, 2, null] | sum': '3',
      '[{n: 1}, {n: 2}] | sum n': '3',
      '["a"] | sum': fails('BUG_TYPE'),
    },
    run(items, { field: name }, call) {
      const values = valuesIn(items, name, call)
      return values.length === 0 ? 0 : total(values, call)
    },
  }),
  builtin({
    name: 'avg',
    summary: 'The average; null of nothing.',
    input: 'items',
    words: [maybe('field', field)],
    examples: { '[1, 2, 3] | avg': '2', 'print (([] | avg) == null)': 'true' },
    run(items, { field: name }, call) {
      const values = valuesIn(items, name, call)
      if (values.length === 0) return null
      const all = total(values, call)
      return all instanceof Duration ? new Duration(all.ms / values.length) : (all as number) / values.length
    },
  }),
  builtin({
    name: 'min',
    summary: 'The least value; null of nothing.',
    input: 'items',
    words: [maybe('field', field)],
    examples: { '[3, 1, 2] | min': '1', '[{n: 3}, {n: 1}] | min n': '1' },
    run: (items, { field: name }, call) => extreme(valuesIn(items, name, call), call, 1),
  }),
  builtin({
    name: 'max',
    summary: 'The greatest value; null of nothing.',
    input: 'items',
    words: [maybe('field', field)],
    examples: { '[3, 1, 2] | max': '3', '["a", "b"] | max': 'b' },
    run: (items, { field: name }, call) => extreme(valuesIn(items, name, call), call, -1),
  }),
  builtin({
    name: 'median',
    summary: 'The middle value; of an even number of values the average of the two in the middle.',
    input: 'items',
    words: [maybe('field', field)],
    examples: { '[1, 9, 2] | median': '2', '[1, 2] | median': '1.5' },
    run(items, { field: name }, call) {
      const values = valuesIn(items, name, call).sort((a, b) => order(a, b, call.place, 'median'))
      const middle = values.length >> 1
      const upper = values[middle]
      if (upper === undefined) return null
      const lower = values[middle - 1]
      if (values.length % 2 === 1 || lower === undefined) return upper
      if (typeof upper === 'number') return ((lower as number) + upper) / 2
      if (upper instanceof Duration) return new Duration(((lower as Duration).ms + upper.ms) / 2)
      return lower
    },
  }),
]

/** The values that numbers are made from: of a field or the items themselves, null left out. */
export function valuesIn(items: readonly Value[], name: string | undefined, call: Call): Value[] {
  const found = name === undefined ? items : keysOf(items, pathParts(name), call.at('field'))
  const values = found.filter((value) => value !== null)
  checkOneType(values, name ?? 'the items', call.place)
  return values
}

function total(values: readonly Value[], call: Call): Value {
  if (values[0] instanceof Duration)
    return new Duration(values.reduce<number>((all, value) => all + (value as Duration).ms, 0))
  if (typeof values[0] === 'number') return values.reduce<number>((all, value) => all + (value as number), 0)
  const given = aType(values[0] ?? null)
  throw raise(call.place, 'BUG_TYPE', `"${call.name}" needs numbers or durations, not ${given}`)
}

function extreme(values: readonly Value[], call: Call, sign: number): Value {
  let best: Value | undefined
  for (const value of values)
    if (best === undefined || sign * order(value, best, call.place, call.name) < 0) best = value
  return best ?? null
}
