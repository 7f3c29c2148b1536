import { raise } from '../values/fault.ts'
import { allItems, type Items, mapItems, noteItem, SKIP } from '../run/items.ts'
import { checkStopped, step, type Task } from '../run/frame.ts'
import { equal } from '../values/operators.ts'
import { block, element, field, list, whole } from '../values/types.ts'
import { pathOf } from '../values/access.ts'
import { aType, isList, isRecord, putField, Stream, type Value } from '../values/value.ts'
import { builtin, type Call, fails, maybe, some, word } from './builtin.ts'
import { pathParts } from './sorting.ts'

/** Filters over the order of items: numbered, cut, put together. A stream stays one where nothing has to be known of its end. */
export const SEQUENCES = [
  builtin({
    name: 'enumerate',
    summary: 'Adds the field "index", counted from 0; what is no record becomes {index, item}.',
    input: 'list',
    examples: {
      '["a", "b"] | enumerate | to csv': 'index,item\n0,a\n1,b',
      '[{id: "d1"}] | enumerate | to json --compact': '[{"index":0,"id":"d1"}]',
      '[{index: 1}] | enumerate': fails('DATA'),
    },
    run: (items, _args, call) =>
      mapItems(call.task, items, (item, index) => {
        if (!isRecord(item)) return { index, item }
        if (!Object.hasOwn(item, 'index')) return { index, ...item }
        throw raise(
          call.place,
          'DATA',
          'the record has a field "index" already',
          'give it another name before: | rename index=old',
        )
      }),
  }),
  builtin({
    name: 'reduce',
    summary: 'Makes one value of all items: the block gets what it made so far, and the item.',
    input: 'list',
    words: [word('start', element), word('block', block)],
    examples: {
      '1..4 | reduce 1 {|product, x| $product * $x}': '24',
      '[] | reduce nothing {|acc, x| $x}': 'nothing',
    },
    async run(items, { start, block: body }, call) {
      let made = start
      let index = 0
      for await (const item of items) {
        checkStopped(call.task)
        try {
          made = await body.run([made, item, index])
        } catch (error) {
          throw noteItem(error, item, index, isList(items) ? items.length : undefined)
        }
        index += 1
      }
      return made
    },
  }),
  builtin({
    name: 'zip',
    summary: 'Pairs of items of both lists, as many as the shorter one has.',
    input: 'list',
    words: [word('other', list)],
    examples: {
      '["a", "b", "c"] | zip [1, 2] | to json --compact': '[["a",1],["b",2]]',
      '[] | zip [1] | count': '0',
    },
    run(items, { other }) {
      if (!(items instanceof Stream))
        return items.slice(0, other.length).map((item, index) => [item, other[index] ?? null])
      return items.into(paired(items, other))
    },
  }),
  builtin({
    name: 'chunks',
    summary: 'Lists of n items each; the last one may be shorter.',
    input: 'list',
    words: [word('n', whole(1))],
    examples: {
      '1..5 | chunks 2 | to json --compact': '[[1,2],[3,4],[5]]',
      '[] | chunks 2 | count': '0',
      '[1] | chunks 0': fails('BUG_ARGS'),
    },
    run: (items, { n }, call) => same(items, chunked(call.task, items, n)),
  }),
  builtin({
    name: 'window',
    summary: 'Each n items that stand together, as lists; none where there are fewer.',
    input: 'list',
    words: [word('n', whole(1))],
    examples: { '1..4 | window 2 | to json --compact': '[[1,2],[2,3],[3,4]]', '[1] | window 2 | count': '0' },
    run: (items, { n }, call) => same(items, windows(call.task, items, n)),
  }),
  builtin({
    name: 'append',
    summary: 'With these items at the end; the items of a list one by one.',
    input: 'list',
    words: [some('value', element)],
    examples: { '[1] | append 2 3': '1\n2\n3', '[1] | append [2, 3] | count': '3' },
    run(items, { value: values }) {
      const added: Value[] = values.flat()
      return items instanceof Stream ? items.into(chained(items, added)) : [...items, ...added]
    },
  }),
  builtin({
    name: 'prepend',
    summary: 'With these items at the beginning; the items of a list one by one.',
    input: 'list',
    words: [some('value', element)],
    examples: { '[3] | prepend 1 2': '1\n2\n3', '["b"] | prepend a | join-text': 'ab' },
    run(items, { value: values }) {
      const added: Value[] = values.flat()
      return items instanceof Stream ? items.into(chained(added, items)) : [...added, ...items]
    },
  }),
  builtin({
    name: 'insert-at',
    summary: 'With an item at a position, counted from 0, from the end if negative.',
    input: 'items',
    words: [word('position', whole(-1e9, 1e9)), word('value', element)],
    examples: { '["a", "c"] | insert-at 1 b | join-text': 'abc', '[1] | insert-at 5 2': fails('EMPTY') },
    run(items, { position, value: added }, call) {
      if (position > items.length || position < -items.length)
        throw raise(
          call.at('position'),
          'EMPTY',
          `no position ${position} in a list of ${items.length}`,
          'write | append VALUE for the end',
        )
      return items.toSpliced(position, 0, added)
    },
  }),
  builtin({
    name: 'index-of',
    summary: 'The position of the first equal item, counted from 0; null if there is none.',
    input: 'list',
    words: [word('value', element)],
    examples: {
      '["a", "b"] | index-of b': '1',
      'print (([1] | index-of 2) == null)': 'true',
      '[1] | index-of "a"': fails('BUG_TYPE'),
    },
    async run(items, { value: wanted }, call) {
      let index = 0
      for await (const item of items) {
        const turn = step(call.task)
        if (turn !== undefined) await turn
        if (equal(item, wanted, call.place, 'index-of')) return index
        index += 1
      }
      return null
    },
  }),
  builtin({
    name: 'compact',
    summary: 'Leaves out null, or the records in which a field is null.',
    input: 'list',
    words: [maybe('field', field)],
    examples: { '[1, null, 2] | compact': '1\n2', '[{a: null}, {a: 1}] | compact a | count': '1' },
    run(items, { field: name }, call) {
      const path = name === undefined ? [] : pathParts(name)
      const place = call.at('field')
      return mapItems(call.task, items, (item) => (pathOf(item, path, place) === null ? SKIP : item))
    },
  }),
  builtin({
    name: 'fill',
    summary: 'Puts a value where a field is null or missing.',
    input: 'list',
    words: [word('field', field), word('value', element)],
    examples: {
      '[{rssi: null}, {rssi: -60}] | fill rssi 0 | get rssi': '0\n-60',
      '[{group: {name: null}}, {group: null}] | fill group.name none | get group.name': 'none\nnone',
      '[{a: 1}] | fill b none | get b': 'none',
    },
    run: (items, { field: name, value: given }, call) =>
      mapItems(call.task, items, (item) => {
        // A column of a file may have a point in its name.
        const isName = isRecord(item) && Object.hasOwn(item, name)
        return filled(item, isName ? [name] : pathParts(name), given, call)
      }),
  }),
  builtin({
    name: 'sample',
    summary: 'So many items chosen by chance, in their order.',
    input: 'items',
    words: [word('n', whole(0))],
    examples: { '1..100 | sample 3 | count': '3', '[1, 2] | sample 9 | count': '2' },
    run(items, { n }) {
      const positions = shuffled(Array.from(items.keys())).slice(0, n)
      return positions.sort((a, b) => a - b).map((position) => items[position] as Value)
    },
  }),
  builtin({
    name: 'shuffle',
    summary: 'The items in an order by chance.',
    input: 'items',
    examples: { '1..9 | shuffle | sort-by | first': '1', '[] | shuffle | count': '0' },
    run: (items) => shuffled([...items]),
  }),
]

/** As a list for a list, as a stream for a stream. */
function same(items: Items, made: AsyncGenerator<Value>): Value | Promise<Value> {
  return items instanceof Stream ? items.into(made) : allItems(new Stream(made, 'list'))
}

async function* paired(items: Stream, other: readonly Value[]): AsyncGenerator<Value> {
  if (other.length === 0) return items.close()
  let index = 0
  for await (const item of items) {
    yield [item, other[index] ?? null]
    index += 1
    if (index >= other.length) return undefined
  }
  return undefined
}

async function* chunked(task: Task, items: Items, size: number): AsyncGenerator<Value> {
  let chunk: Value[] = []
  for await (const item of items) {
    const turn = step(task)
    if (turn !== undefined) await turn
    chunk.push(item)
    if (chunk.length < size) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}

async function* windows(task: Task, items: Items, size: number): AsyncGenerator<Value> {
  const kept: Value[] = []
  for await (const item of items) {
    const turn = step(task)
    if (turn !== undefined) await turn
    kept.push(item)
    if (kept.length > size) kept.shift()
    if (kept.length === size) yield [...kept]
  }
}

async function* chained(first: Items, second: Items): AsyncGenerator<Value> {
  try {
    yield* first
    yield* second
  } finally {
    // Nobody read so far.
    if (second instanceof Stream && !second.taken) await second.close()
  }
}

function filled(item: Value, path: readonly string[], given: Value, call: Call): Value {
  if (!isRecord(item)) throw raise(call.place, 'BUG_TYPE', `"fill" needs records, not ${aType(item)}`)
  const [name = '', ...inner] = path
  const old = Object.hasOwn(item, name) ? (item[name] ?? null) : null
  const made = inner.length > 0 ? filled(old ?? {}, inner, given, call) : (old ?? given)
  if (old !== null && made === old) return item
  const copy: Record<string, Value> = { ...item }
  putField(copy, name, made)
  return copy
}

/** Fisher and Yates: every order is as likely as every other. */
function shuffled<T>(items: T[]): T[] {
  for (let last = items.length - 1; last > 0; last -= 1) {
    const other = Math.floor(Math.random() * (last + 1))
    const kept = items[last] as T
    items[last] = items[other] as T
    items[other] = kept
  }
  return items
}
