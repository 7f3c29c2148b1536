import { compileBody, round, type Use } from './block.ts'
import { all, placeOf } from './eval.ts'
import { bareRange, compileExpression } from './expression.ts'
import { compileTarget } from './target.ts'
import { trace } from './trace.ts'
import { raise } from '../values/fault.ts'
import { checkStopped, type Eval, Frame, noteLeft, step } from './frame.ts'
import { boolOf, rangeEnds } from '../values/operators.ts'
import type { Source } from '../syntax/source.ts'
import type { For, While } from '../syntax/tree.ts'
import { aType, isList, isRecord, Stream, type Value } from '../values/value.ts'

/** `while`: as long as nothing has to be waited for, rounds run without a promise. */
export function compileWhile(node: While, source: Source, use: Use): Eval {
  const condition = compileExpression(node.condition, source)
  const body = compileBody(node.body.body, source, use)
  const place = placeOf(source, node.condition)
  const goesOn = (frame: Frame, value: Value): boolean => {
    const holds = boolOf(value, place, 'a condition')
    if (frame.task.machine.options.trace === true) trace(frame.task, place, 'while', holds)
    return holds
  }

  const later = async (frame: Frame, pending: Promise<unknown>, isCondition: boolean): Promise<Value> => {
    const first = await pending
    if (isCondition) {
      if (!goesOn(frame, first as Value)) return null
      if (await round(body, new Frame(frame.task, frame))) return null
    } else if (first === true) return null
    for (;;) {
      const turn = step(frame.task, place)
      if (turn !== undefined) await turn
      const value = condition(frame)
      if (!goesOn(frame, value instanceof Promise ? await value : value)) return null
      const ends = round(body, new Frame(frame.task, frame))
      if (ends instanceof Promise ? await ends : ends) return null
    }
  }

  return (frame) => {
    for (;;) {
      const turn = step(frame.task, place)
      if (turn !== undefined) return later(frame, turn, false)
      const value = condition(frame)
      if (value instanceof Promise) return later(frame, value, true)
      if (!goesOn(frame, value)) return null
      const ends = round(body, new Frame(frame.task, frame))
      if (ends instanceof Promise) return later(frame, ends, false)
      if (ends) return null
    }
  }
}

/** `for`: reads lists and streams; a record gives `{key, value}` items. */
export function compileFor(node: For, source: Source, use: Use): Eval {
  const range = bareRange(node.list)
  const list = compileExpression(node.list, source)
  const body = compileBody(node.body.body, source, use)
  const place = placeOf(source, node.list)
  const put = compileTarget(node.target, source)
  const shown = `for ${source.text.slice(node.target.start, node.target.end)} =`
  const frameFor = (frame: Frame, item: Value): Frame => {
    const inner = new Frame(frame.task, frame)
    put(inner, item)
    if (frame.task.machine.options.trace === true) trace(frame.task, place, shown, item)
    return inner
  }

  const overStream = async (frame: Frame, stream: Stream): Promise<Value> => {
    for await (const item of stream) {
      checkStopped(frame.task)
      if (await round(body, frameFor(frame, item))) return null
    }
    return null
  }
  const overItemsLater = async (
    frame: Frame,
    items: Counted,
    from: number,
    pending: Promise<unknown>,
    /** What is waited for is the item itself. */
    isBroken: boolean,
  ): Promise<Value> => {
    let index = from
    try {
      if ((await pending) === true) return null
      if (isBroken) index += 1
      for (; index < items.length; index += 1) {
        isBroken = false
        const turn = step(frame.task, place)
        if (turn !== undefined) await turn
        checkStopped(frame.task)
        isBroken = true
        const ends = round(body, frameFor(frame, items.at(index) as Value))
        if (ends instanceof Promise ? await ends : ends) return null
      }
      return null
    } catch (error) {
      const broken = isBroken ? 1 : 0
      noteLeft(frame.task, { done: index, broken, left: items.length - index - broken })
      throw error
    }
  }
  const overItems = (frame: Frame, items: Counted): Value | Promise<Value> => {
    for (let index = 0; index < items.length; index += 1) {
      const turn = step(frame.task, place)
      if (turn !== undefined) return overItemsLater(frame, items, index, turn, false)
      const ends = round(body, frameFor(frame, items.at(index) as Value))
      if (ends instanceof Promise) return overItemsLater(frame, items, index, ends, true)
      if (ends) return null
    }
    return null
  }
  const over = (frame: Frame, value: Value): Value | Promise<Value> => {
    if (isList(value)) return overItems(frame, value)
    if (value instanceof Stream) return overStream(frame, value)
    if (isRecord(value)) {
      return overItems(
        frame,
        Object.entries(value).map(([key, field]) => ({ key, value: field })),
      )
    }
    const hint =
      typeof value === 'number'
        ? 'write for i in 1..$n'
        : typeof value === 'string'
          ? 'cut the text with | lines or | split'
          : undefined
    throw raise(place, 'BUG_TYPE', `"for" reads a list, not ${aType(value)}`, hint)
  }
  if (range !== undefined) {
    // The numbers of a range are counted, never kept.
    const ends = [compileExpression(range.left, source), compileExpression(range.right, source)]
    const count = (frame: Frame, [left = null, right = null]: readonly Value[]): Value | Promise<Value> => {
      const [from, to] = rangeEnds(left, right, place)
      return overItems(frame, { length: Math.max(0, to - from + 1), at: (index) => from + index })
    }
    return (frame) => {
      const values = all(ends, frame)
      return values instanceof Promise ? values.then((later) => count(frame, later)) : count(frame, values)
    }
  }
  return (frame) => {
    const value = list(frame)
    return value instanceof Promise ? value.then((later) => over(frame, later)) : over(frame, value)
  }
}

/** A list, or something that is counted like one. */
interface Counted {
  readonly length: number
  readonly at: (index: number) => Value | undefined
}
