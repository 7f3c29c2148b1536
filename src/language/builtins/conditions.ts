import type { Place } from '../syntax/source.ts'
import { boolOf } from '../values/operators.ts'
import { raise } from '../values/fault.ts'
import { step } from '../run/frame.ts'
import { allItems, type Items, mapItems, noteItem, SKIP } from '../run/items.ts'
import { condition, duration } from '../values/types.ts'
import { type Block, type Duration, Stream, type Value } from '../values/value.ts'
import { builtin, type Call, fails, option, word } from './builtin.ts'
import { whenAborted } from '../../program/aborted.ts'

/** Filters that read a condition over the fields of the item: a bare name is a field, `$it` the item itself. */
export const CONDITIONS = [
  builtin({
    name: 'where',
    summary: 'Keeps the items for which the condition is true.',
    input: 'list',
    words: [word('condition', condition)],
    examples: {
      '[1, 2, 3] | where $it > 1': '2\n3',
      '[{name: "lab-1", online: true}, {name: "lab-2", online: false}] | where online | get name': 'lab-1',
    },
    run(items, { condition: test }, call) {
      const holds = holding(test, call)
      return mapItems(call.task, items, (item, index) => {
        const keeps = holds(item, index)
        return keeps instanceof Promise ? keptLater(keeps, item) : keeps ? item : SKIP
      })
    },
  }),
  builtin({
    name: 'any',
    summary: 'Whether the condition is true for at least one item.',
    input: 'list',
    words: [word('condition', condition)],
    examples: { '[1, 2] | any $it == 2': 'true', '[] | any $it == 2': 'false' },
    run: async (items, { condition: test }, call) => (await first(items, test, true, call)) !== undefined,
  }),
  builtin({
    name: 'all',
    summary: 'Whether the condition is true for all items.',
    input: 'list',
    words: [word('condition', condition)],
    examples: { '[1, 2] | all $it > 0': 'true', '[] | all $it > 0': 'true' },
    run: async (items, { condition: test }, call) => (await first(items, test, false, call)) === undefined,
  }),
  builtin({
    name: 'until',
    summary: 'Passes items on and ends after the first for which the condition is true.',
    input: 'list',
    words: [word('condition', condition)],
    options: [option('timeout', duration, 'Fails when no item met the condition in time.')],
    examples: { '[1, 2, 3] | until $it == 2': '1\n2', '[1, 2] | until $it == 3': fails('ENDED') },
    run(items, { condition: test, timeout }, call) {
      const passed = untilItems(items, holding(test, call), timeout, call)
      return items instanceof Stream ? items.into(passed) : new Stream(passed, 'list')
    },
  }),
  builtin({
    name: 'find',
    summary: 'The first item for which the condition is true; null if there is none.',
    input: 'list',
    words: [word('condition', condition)],
    examples: { '[1, 5, 7] | find $it > 3': '5', 'print (([] | find $it > 3) == null)': 'true' },
    run: async (items, { condition: test }, call) => (await first(items, test, true, call))?.item ?? null,
  }),
  builtin({
    name: 'take-while',
    summary: 'The items before the first for which the condition is false.',
    input: 'list',
    words: [word('condition', condition)],
    examples: { '[1, 2, 9, 1] | take-while $it < 5': '1\n2', '[] | take-while $it < 5 | count': '0' },
    async run(items, { condition: test }, call) {
      if (items instanceof Stream) return items.into(taken(items, holding(test, call)))
      const end = await first(items, test, false, call)
      return end === undefined ? items : items.slice(0, end.index)
    },
  }),
  builtin({
    name: 'skip-while',
    summary: 'The items from the first on for which the condition is false.',
    input: 'list',
    words: [word('condition', condition)],
    examples: { '[1, 2, 9, 1] | skip-while $it < 5': '9\n1', '[1] | skip-while $it < 5 | count': '0' },
    async run(items, { condition: test }, call) {
      if (items instanceof Stream) return items.into(left(items, holding(test, call)))
      const begin = await first(items, test, false, call)
      return begin === undefined ? [] : items.slice(begin.index)
    },
  }),
  builtin({
    name: 'partition',
    summary: 'Two lists: {yes, no}, the items for which the condition is true, and the others.',
    input: 'list',
    words: [word('condition', condition)],
    examples: {
      '[1, 2, 3] | partition $it > 1 | to json --compact': '{"yes":[2,3],"no":[1]}',
      'let {yes, no} = [{online: true}] | partition online\nprint ($yes | count) ($no | count)': '1 0',
    },
    async run(items, { condition: test }, call) {
      const yes: Value[] = []
      const no: Value[] = []
      const holds = holding(test, call)
      const put = (item: Value, keeps: boolean): typeof SKIP => {
        ;(keeps ? yes : no).push(item)
        return SKIP
      }
      const rest = await mapItems(call.task, items, (item, index) => {
        const keeps = holds(item, index)
        return keeps instanceof Promise ? keeps.then((later) => put(item, later)) : put(item, keeps)
      })
      if (rest instanceof Stream) await allItems(rest)
      return { yes, no }
    },
  }),
]

type Test = (item: Value, index: number) => boolean | Promise<boolean>

/** A condition as a function of the item. Throws BUG_TYPE where it gives no bool. */
function holding(test: Block, call: Call): Test {
  const place = call.at('condition')
  return (item, index) => {
    const value = test.run([item, index])
    return value instanceof Promise ? boolLater(value, place) : boolOf(value, place, 'the condition')
  }
}

async function boolLater(value: Promise<Value>, place: Place): Promise<boolean> {
  return boolOf(await value, place, 'the condition')
}

async function keptLater(keeps: Promise<boolean>, item: Value): Promise<Value | typeof SKIP> {
  return (await keeps) ? item : SKIP
}

/** The first item of which the condition says what is wanted, and its position. */
async function first(
  items: Items,
  test: Block,
  wanted: boolean,
  call: Call,
): Promise<{ readonly item: Value; readonly index: number } | undefined> {
  const holds = holding(test, call)
  let index = 0
  if (items instanceof Stream) {
    for await (const { item, keeps } of tested(items, holds)) {
      if (keeps === wanted) return { item, index }
      index += 1
    }
    return undefined
  }
  for (; index < items.length; index += 1) {
    const turn = step(call.task)
    if (turn !== undefined) await turn
    const item = items[index] as Value
    try {
      const keeps = holds(item, index)
      if ((keeps instanceof Promise ? await keeps : keeps) === wanted) return { item, index }
    } catch (error) {
      throw noteItem(error, item, index, items.length)
    }
  }
  return undefined
}

/** Each item with what the condition says of it. */
async function* tested(items: Stream, holds: Test): AsyncGenerator<{ item: Value; keeps: boolean }> {
  let index = 0
  for await (const item of items) {
    let keeps: boolean
    try {
      keeps = await holds(item, index)
    } catch (error) {
      throw noteItem(error, item, index)
    }
    yield { item, keeps }
    index += 1
  }
}

async function* taken(items: Stream, holds: Test): AsyncGenerator<Value> {
  for await (const { item, keeps } of tested(items, holds)) {
    if (!keeps) return
    yield item
  }
}

async function* left(items: Stream, holds: Test): AsyncGenerator<Value> {
  let begun = false
  for await (const { item, keeps } of tested(items, (one, index) => !begun && holds(one, index))) {
    if (!keeps) begun = true
    if (begun) yield item
  }
}

/** Passes items through and ends after the first match; TIMEOUT if it does not come, ENDED if the stream ends first. */
async function* untilItems(
  items: Items,
  holds: Test,
  limit: Duration | undefined,
  { place, task }: Call,
): AsyncGenerator<Value> {
  const iterator = items instanceof Stream ? items[Symbol.asyncIterator]() : items[Symbol.iterator]()
  let cancel = (): void => undefined
  const expired = new Promise<never>((_resolve, reject) => {
    const fail = (): void =>
      reject(raise(place, 'TIMEOUT', `no item met the condition within ${limit?.toString() ?? ''}`))
    const timer = limit === undefined ? undefined : setTimeout(fail, Math.min(limit.ms, 2_000_000_000))
    const stop = (): void => reject(task.signal.reason as Error)
    const deafen = whenAborted(task.signal, stop)
    cancel = () => {
      clearTimeout(timer)
      deafen()
    }
  })
  expired.catch(() => undefined)
  let index = 0
  try {
    for (;;) {
      const turn = step(task)
      if (turn !== undefined) await turn
      const { value, done } = await Promise.race([iterator.next(undefined), expired])
      if (done === true) throw raise(place, 'ENDED', 'the stream ended before an item met the condition')
      const item = value
      let found: boolean
      try {
        found = await holds(item, index)
      } catch (error) {
        throw noteItem(error, item, index)
      }
      index += 1
      yield item
      if (found) return
    }
  } finally {
    cancel()
    // A source that waits for its next item cannot be waited for.
    void Promise.resolve(iterator.return?.(undefined)).catch(() => undefined)
  }
}
