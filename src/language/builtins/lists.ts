import { pathOf } from '../values/access.ts'
import { raise } from '../values/fault.ts'
import { type Items, noteItem } from '../run/items.ts'
import { numbers } from '../run/numbers.ts'
import { field, number, whole } from '../values/types.ts'
import {
  aType,
  Duration,
  isList,
  isRecord,
  Secret,
  Stream,
  Time,
  typeOf,
  type Value,
} from '../values/value.ts'
import { builtin, type Call, fails, maybe, option, rest, word } from './builtin.ts'
import { keysOf, pathParts } from './sorting.ts'

/** Filters over the items of a list, whatever they are. */
export const LISTS = [
  builtin({
    name: 'first',
    summary: 'The first item, or the first n items as a list.',
    input: 'list',
    words: [maybe('n', whole())],
    examples: { '[1, 2, 3] | first': '1', '[1, 2, 3] | first 2': '1\n2', '[] | first': fails('EMPTY') },
    run(items, { n }, call) {
      if (n === undefined) return firstOf(items, () => empty(call))
      return items instanceof Stream ? items.into(take(items, n)) : items.slice(0, n)
    },
  }),
  builtin({
    name: 'first?',
    summary: 'The first item, or null if there is none.',
    input: 'list',
    examples: { '[1, 2] | first?': '1', 'print (([] | first?) == null)': 'true' },
    run: (items) => firstOf(items, () => null),
  }),
  builtin({
    name: 'last',
    summary: 'The last item, or the last n items as a list.',
    input: 'list',
    words: [maybe('n', whole())],
    examples: { '[1, 2, 3] | last': '3', '[1, 2, 3] | last 2': '2\n3', '[] | last': fails('EMPTY') },
    async run(items, { n }, call) {
      const found = await lastItems(items, n ?? 1)
      return n === undefined ? (found[0] ?? empty(call)) : found
    },
  }),
  builtin({
    name: 'last?',
    summary: 'The last item, or null if there is none.',
    input: 'list',
    examples: { '[1, 2] | last?': '2', 'print (([] | last?) == null)': 'true' },
    run: async (items) => (await lastItems(items, 1))[0] ?? null,
  }),
  builtin({
    name: 'skip',
    summary: 'Leaves out the first n items.',
    input: 'list',
    words: [word('n', whole())],
    examples: { '[1, 2, 3] | skip 2': '3', '[1, 2, 3] | skip 3 | count': '0' },
    run: (items, { n }) => (items instanceof Stream ? items.into(skipItems(items, n)) : items.slice(n)),
  }),
  builtin({
    name: 'reverse',
    summary: 'Turns the order around.',
    input: 'items',
    examples: { '[1, 2, 3] | reverse': '3\n2\n1', '[] | reverse | count': '0' },
    run: (items) => [...items].reverse(),
  }),
  builtin({
    name: 'range',
    summary: 'Whole numbers from one to another, both included; A..B is the same.',
    input: 'none',
    words: [word('from', number), word('to', number)],
    options: [option('step', number, 'The distance between two numbers; it may be negative.')],
    examples: {
      'range 1 3': '1\n2\n3',
      'range 10 0 --step -5': '10\n5\n0',
      'range 1 2 --step 0': fails('BUG_ARGS'),
    },
    run(_input, { from, to, step = 1 }, call) {
      if (step === 0) throw raise(call.at('step'), 'BUG_ARGS', '--step must not be 0')
      return new Stream(numbers(call.task, from, to, step), 'list')
    },
  }),
  builtin({
    name: 'count',
    summary: 'The number of items.',
    input: 'list',
    examples: { '[1, 2, 3] | count': '3', '[] | count': '0' },
    async run(items) {
      if (!(items instanceof Stream)) return items.length
      let found = 0
      for await (const item of items) found += item === undefined ? 0 : 1
      return found
    },
  }),
  builtin({
    name: 'unique',
    summary: 'Keeps the first of equal items, or of items with equal fields.',
    input: 'items',
    words: [rest('field', field)],
    examples: {
      '[1, 2, 1] | unique': '1\n2',
      '[{a: 1, b: 1}, {a: 1, b: 2}] | unique a | get b': '1',
    },
    run(items, { field: names }, call) {
      const columns = names.map((name, index) => keysOf(items, pathParts(name), call.at('field', index)))
      const seen = new Set<string>()
      return items.filter((item, index) => {
        const id =
          columns.length === 0 ? keyOf(item) : columns.map((keys) => keyOf(keys[index] ?? null)).join('\0')
        if (seen.has(id)) return false
        seen.add(id)
        return true
      })
    },
  }),
  builtin({
    name: 'flatten',
    summary: 'Joins the lists in a list, or those in a field of each item.',
    input: 'items',
    words: [maybe('field', field)],
    examples: { '[[1, 2], [3]] | flatten': '1\n2\n3', '[{a: [1]}, {a: [2]}] | flatten a': '1\n2' },
    run: (items, { field: name }, call) =>
      items.flatMap((item, index) => {
        const inner = name === undefined ? item : pathOf(item, pathParts(name), call.at('field'))
        if (isList(inner)) return inner
        const message = `"flatten" needs lists in the list, not ${aType(inner)}`
        throw noteItem(raise(call.place, 'BUG_TYPE', message), item, index, items.length)
      }),
  }),
]

function empty({ place, name }: Call): never {
  throw raise(place, 'EMPTY', 'the list is empty', `write ${name}? to get null`)
}

function firstOf(items: Items, otherwise: () => Value): Value | Promise<Value> {
  if (!(items instanceof Stream)) return items[0] ?? otherwiseOf(items, otherwise)
  return (async () => {
    for await (const item of items) return item
    return otherwise()
  })()
}

/** The first item may be null itself. */
function otherwiseOf(items: readonly Value[], otherwise: () => Value): Value {
  return items.length > 0 ? null : otherwise()
}

async function* take(stream: Stream, count: number): AsyncGenerator<Value> {
  if (count === 0) return stream.close()
  let taken = 0
  for await (const item of stream) {
    yield item
    taken += 1
    if (taken >= count) return undefined
  }
  return undefined
}

async function lastItems(items: Items, count: number): Promise<readonly Value[]> {
  if (!(items instanceof Stream)) return count === 0 ? [] : items.slice(-count)
  let kept: Value[] = []
  for await (const item of items) {
    kept.push(item)
    // Cut now and then: to move all of them for each item would take as long as all items and those kept, multiplied.
    if (kept.length >= 2 * count + 1024) kept = kept.slice(kept.length - count)
  }
  return kept.slice(Math.max(0, kept.length - count))
}

async function* skipItems(stream: Stream, count: number): AsyncGenerator<Value> {
  let skipped = 0
  for await (const item of stream) {
    if (skipped < count) skipped += 1
    else yield item
  }
}

/** A text that is equal exactly for equal values. */
export function keyOf(value: Value): string {
  const type = typeOf(value)
  if (value instanceof Time || value instanceof Duration) return `${type}:${value.ms}`
  if (value instanceof Secret) return `${type}:${JSON.stringify(value.reveal())}`
  if (isList(value)) return `${type}:[${value.map(keyOf).join()}]`
  if (!isRecord(value)) return `${type}:${JSON.stringify(value)}`
  // Records are equal whatever the order of their fields.
  const fields = Object.keys(value).sort()
  return `${type}:{${fields.map((name) => `${JSON.stringify(name)}=${keyOf(value[name] ?? null)}`).join()}}`
}
