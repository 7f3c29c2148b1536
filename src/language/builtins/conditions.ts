import { boolOf } from '../values/operators.ts'
import { raise } from '../values/fault.ts'
import { type Items, mapItems, noteItem, SKIP } from '../run/items.ts'
import { condition, duration } from '../values/types.ts'
import { type Block, type Duration, isList, Stream, type Value } from '../values/value.ts'
import { builtin, type Call, fails, option, word } from './builtin.ts'

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
        if (keeps instanceof Promise) return keeps.then((later) => (later ? item : SKIP))
        return keeps ? item : SKIP
      })
    },
  }),
  builtin({
    name: 'any',
    summary: 'Whether the condition is true for at least one item.',
    input: 'list',
    words: [word('condition', condition)],
    examples: { '[1, 2] | any $it == 2': 'true', '[] | any $it == 2': 'false' },
    run: (items, { condition: test }, call) => decide(items, holding(test, call), true),
  }),
  builtin({
    name: 'all',
    summary: 'Whether the condition is true for all items.',
    input: 'list',
    words: [word('condition', condition)],
    examples: { '[1, 2] | all $it > 0': 'true', '[] | all $it > 0': 'true' },
    run: (items, { condition: test }, call) => decide(items, holding(test, call), false),
  }),
  builtin({
    name: 'until',
    summary: 'Passes items on and ends after the first for which the condition is true.',
    input: 'list',
    words: [word('condition', condition)],
    options: [option('timeout', duration, 'Fails when no item came in time.')],
    examples: { '[1, 2, 3] | until $it == 2': '1\n2', '[1, 2] | until $it == 3': fails('ENDED') },
    run: (items, { condition: test, timeout }, call) =>
      new Stream(
        untilItems(items, holding(test, call), timeout, call),
        items instanceof Stream ? items.kind : 'list',
      ),
  }),
]

export type Test = (item: Value, index: number) => boolean | Promise<boolean>

/** A condition as a function of the item. Throws BUG_TYPE where it gives no bool. */
export function holding(test: Block, call: Call): Test {
  const place = call.at('condition')
  return (item, index) => {
    const value = test.run([item, index])
    return value instanceof Promise
      ? value.then((later) => boolOf(later, place, 'the condition'))
      : boolOf(value, place, 'the condition')
  }
}

async function decide(items: Items, holds: Test, wanted: boolean): Promise<Value> {
  let index = 0
  for await (const item of items) {
    try {
      if ((await holds(item, index)) === wanted) return wanted
    } catch (error) {
      throw noteItem(error, item, index, isList(items) ? items.length : undefined)
    }
    index += 1
  }
  return !wanted
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
    task.signal.addEventListener('abort', stop, { once: true })
    cancel = () => {
      clearTimeout(timer)
      task.signal.removeEventListener('abort', stop)
    }
  })
  expired.catch(() => undefined)
  let index = 0
  try {
    for (;;) {
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
