import { compileBlock, type Use } from './block.ts'
import { compileExpression, placeOf } from './expression.ts'
import { compileWord } from './word.ts'
import type { StageRun } from './pipeline.ts'
import { convert } from '../values/convert.ts'
import { raise } from '../values/fault.ts'
import { Frame, type Task } from './frame.ts'
import { type Items, itemsOf, mapItems, noteItem, SKIP } from './items.ts'
import { boolOf } from '../values/operators.ts'
import type { Place, Source } from '../syntax/source.ts'
import type { RowFilter } from '../syntax/tree.ts'
import { aType, Duration, isList, isRecord, putField, Stream, type Value } from '../values/value.ts'

type Test = (item: Value, index: number) => Value | Promise<Value>

/** `where`, `any`, `all`, `until` and `add`: bare names are fields of the item. */
export function compileRowFilter(node: RowFilter, source: Source): StageRun {
  const name = node.head.text
  const place = placeOf(source, node.head)
  const bodyPlace = placeOf(source, node.body)
  const makeTest = compileTest(node, source)
  const options = node.options.map((option) => ({
    option,
    run: option.value && compileWord(option.value, source),
  }))
  return (frame, input) => {
    const test = makeTest(frame)
    if (name === 'add') return addField(frame.task, input as Value, node.field?.text ?? '', test, place)
    const items = itemsOf(input, place, name)
    const holds = (item: Value, index: number): boolean | Promise<boolean> => {
      const value = test(item, index)
      return value instanceof Promise
        ? value.then((later) => boolOf(later, bodyPlace, 'the condition'))
        : boolOf(value, bodyPlace, 'the condition')
    }
    switch (name) {
      case 'where':
        return mapItems(frame.task, items, (item, index) => {
          const keeps = holds(item, index)
          if (keeps instanceof Promise) return keeps.then((later) => (later ? item : SKIP))
          return keeps ? item : SKIP
        })
      case 'any':
        return decide(items, holds, true)
      case 'all':
        return decide(items, holds, false)
      default:
        return until(frame, items, holds, options, place)
    }
  }
}

/** The condition as a function of the item. An expression needs one frame for all items, a block a new one each time. */
function compileTest(node: RowFilter, source: Source): (frame: Frame) => Test {
  if (node.body.kind === 'block') {
    const use: Use = 'value'
    const block = compileBlock(node.body, source, use)
    return (frame) => (item, index) => block(frame, [item, index])
  }
  const run = compileExpression(node.body, source)
  return (frame) => {
    const inner = new Frame(frame.task, frame)
    return (item) => {
      inner.it = item
      return run(inner)
    }
  }
}

async function decide(
  items: Items,
  holds: (item: Value, index: number) => boolean | Promise<boolean>,
  wanted: boolean,
): Promise<Value> {
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

function addField(
  task: Task,
  input: Value | undefined,
  field: string,
  test: Test,
  place: Place,
): Value | Promise<Value> {
  const extend = (item: Value, value: Value): Value => {
    if (!isRecord(item)) throw raise(place, 'BUG_TYPE', `"add" needs records, not ${aType(item)}`)
    const record: Record<string, Value> = { ...item }
    putField(record, field, value)
    return record
  }
  const one = (item: Value, index: number): Value | Promise<Value> => {
    const value = test(item, index)
    return value instanceof Promise ? value.then((later) => extend(item, later)) : extend(item, value)
  }
  if (input !== undefined && isRecord(input)) return one(input, 0)
  return mapItems(task, itemsOf(input, place, 'add'), one)
}

/** Passes items through and ends after the first match; TIMEOUT if it does not come, ENDED if the stream ends first. */
async function until(
  frame: Frame,
  items: Items,
  holds: (item: Value, index: number) => boolean | Promise<boolean>,
  options: readonly {
    option: RowFilter['options'][number]
    run: ((frame: Frame) => Value | Promise<Value>) | undefined
  }[],
  place: Place,
): Promise<Value> {
  let limit: Duration | undefined
  for (const { option, run } of options) {
    if (option.text !== '--timeout' || run === undefined) {
      throw raise(
        { ...place, start: option.start, end: option.end },
        'BUG_ARGS',
        `"until" has no option ${option.text}`,
        'usage: until [--timeout DURATION] CONDITION',
      )
    }
    limit = convert(await run(frame), 'duration', place, '--timeout') as Duration
  }
  return new Stream(
    untilItems(frame.task, items, holds, limit, place),
    items instanceof Stream ? items.kind : 'list',
  )
}

async function* untilItems(
  task: Task,
  items: Items,
  holds: (item: Value, index: number) => boolean | Promise<boolean>,
  limit: Duration | undefined,
  place: Place,
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
