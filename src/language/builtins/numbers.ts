import { raise } from '../values/fault.ts'
import { held, order } from '../values/operators.ts'
import { field, number } from '../values/types.ts'
import { aType, Duration, Time, type Value } from '../values/value.ts'
import { builtin, type Call, fails, flag, maybe, word } from './builtin.ts'
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
    run: (items, { field: name }, call) => sumOf(valuesIn(items, name, call), call),
  }),
  builtin({
    name: 'avg',
    summary: 'The average; null of nothing.',
    input: 'items',
    words: [maybe('field', field)],
    examples: { '[1, 2, 3] | avg': '2', 'print (([] | avg) == null)': 'true' },
    run: (items, { field: name }, call) => averageOf(valuesIn(items, name, call), call),
  }),
  builtin({
    name: 'min',
    summary: 'The least value; null of nothing.',
    input: 'items',
    words: [maybe('field', field)],
    examples: { '[3, 1, 2] | min': '1', '[{n: 3}, {n: 1}] | min n': '1' },
    run: (items, { field: name }, call) => extremeOf(valuesIn(items, name, call), 1, call),
  }),
  builtin({
    name: 'max',
    summary: 'The greatest value; null of nothing.',
    input: 'items',
    words: [maybe('field', field)],
    examples: { '[3, 1, 2] | max': '3', '["a", "b"] | max': 'b' },
    run: (items, { field: name }, call) => extremeOf(valuesIn(items, name, call), -1, call),
  }),
  builtin({
    name: 'median',
    summary: 'The middle value; of an even number of values the average of the two in the middle.',
    input: 'items',
    words: [maybe('field', field)],
    examples: { '[1, 9, 2] | median': '2', '[1, 2] | median': '1.5' },
    run: (items, { field: name }, call) => percentile(valuesIn(items, name, call), 50, call),
  }),
  builtin({
    name: 'percentile',
    summary:
      'The value below which p percent of the values lie, between the two nearest where none is there.',
    input: 'items',
    words: [word('p', number), maybe('field', field)],
    examples: {
      '1..101 | percentile 95': '96',
      '[1, 2] | percentile 50': '1.5',
      '[1] | percentile 101': fails('BUG_ARGS'),
    },
    run(items, { p, field: name }, call) {
      if (p >= 0 && p <= 100) return percentile(valuesIn(items, name, call), p, call)
      throw raise(call.at('p'), 'BUG_ARGS', `a percentile is from 0 to 100, not ${p}`)
    },
  }),
  builtin({
    name: 'stddev',
    summary: 'The standard deviation of all values; null of nothing.',
    input: 'items',
    words: [maybe('field', field)],
    options: [flag('sample', 'The values are a sample of more: divided by one less.')],
    examples: {
      '[2, 4, 4, 4, 5, 5, 7, 9] | stddev': '2',
      '[1, 3] | stddev --sample | round 3': '1.414',
      'print (([] | stddev) == null)': 'true',
    },
    run: (items, { field: name, sample }, call) =>
      deviation(valuesIn(items, name, call), sample === true, call),
  }),
]

/** The values that numbers are made from: of a field or the items themselves, null left out. */
export function valuesIn(items: readonly Value[], name: string | undefined, call: Call): readonly Value[] {
  const found = name === undefined ? items : keysOf(items, pathParts(name), call.at('field'))
  const values = found.includes(null) ? found.filter((value) => value !== null) : found
  checkOneType(values, name ?? 'the items', call.place)
  return values
}

/** The sum of numbers or durations; 0 of nothing. */
export function sumOf(values: readonly Value[], call: Call): Value {
  return values.length === 0 ? 0 : total(values, call)
}

/** The average of numbers or durations; null of nothing. */
export function averageOf(values: readonly Value[], call: Call): Value {
  if (values.length === 0) return null
  const all = total(values, call)
  return all instanceof Duration ? new Duration(all.ms / values.length) : (all as number) / values.length
}

/** The least value for `sign` 1, the greatest for -1; null of nothing. */
export function extremeOf(values: readonly Value[], sign: number, call: Call): Value {
  let best: Value | undefined
  for (const value of values) {
    // Texts and numbers of one type are told apart at once: most are.
    if (best === undefined) best = value
    else if (typeof value === 'string' && typeof best === 'string') {
      if (sign > 0 ? value < best : value > best) best = value
    } else if (sign * order(value, best, call.place, call.name) < 0) best = value
  }
  return best ?? null
}

/** The value at `p` percent (0 to 100) of the sorted values, linear between two neighbours as numpy has it; null of nothing. */
export function percentile(given: readonly Value[], p: number, call: Call): Value {
  const values = [...given].sort((a, b) => order(a, b, call.place, call.name))
  const at = ((values.length - 1) * p) / 100
  const lower = values[Math.floor(at)] ?? null
  const upper = values[Math.ceil(at)] ?? null
  const share = at - Math.floor(at)
  const between = (a: number, b: number): number => held(a + (b - a) * share, call.place)
  if (share === 0 || lower === null || upper === null) return lower
  if (typeof lower === 'number') return between(lower, upper as number)
  if (lower instanceof Duration) return new Duration(between(lower.ms, (upper as Duration).ms))
  if (lower instanceof Time)
    return new Time(Math.round(between(lower.ms, (upper as Time).ms)), undefined, lower.zone)
  return lower
}

/** The standard deviation of numbers or durations, of all of them or of a sample; null where there are too few. */
export function deviation(values: readonly Value[], isSample: boolean, call: Call): Value {
  const degrees = values.length - (isSample ? 1 : 0)
  if (degrees < 1) return null
  const mean = averageOf(values, call)
  const center = mean instanceof Duration ? mean.ms : (mean as number)
  let squares = 0
  for (const value of values)
    squares += ((value instanceof Duration ? value.ms : (value as number)) - center) ** 2
  const made = held(Math.sqrt(squares / degrees), call.place)
  return mean instanceof Duration ? new Duration(made) : made
}

function total(values: readonly Value[], call: Call): Value {
  if (values[0] instanceof Duration)
    return new Duration(values.reduce<number>((all, value) => all + (value as Duration).ms, 0))
  if (typeof values[0] === 'number')
    return held(
      values.reduce<number>((all, value) => all + (value as number), 0),
      call.place,
    )
  const given = aType(values[0] ?? null)
  throw raise(call.place, 'BUG_TYPE', `"${call.name}" needs numbers or durations, not ${given}`)
}
