import { compileBody, compileBranch, inFrame, round, type Use } from './block.ts'
import { all, andThen, placeOf } from './eval.ts'
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
  const body = compileBranch(node.body, source, use)
  const place = placeOf(source, node.condition)
  const goesOn = (frame: Frame, value: Value): boolean => {
    const holds = boolOf(value, place, 'a condition')
    if (frame.task.machine.options.trace === true) trace(frame.task, place, 'while', holds)
    return holds
  }

  /** Runs rounds until something has to be waited for, and gives that: true means that the loop has ended. */
  const rounds = (frame: Frame): Promise<unknown> | undefined => {
    for (;;) {
      const turn = step(frame.task, place)
      if (turn !== undefined) return turn
      const value = condition(frame)
      if (value instanceof Promise) return value.then((later) => !goesOn(frame, later) || round(body, frame))
      if (!goesOn(frame, value)) return undefined
      const ends = round(body, frame)
      if (ends instanceof Promise) return ends
      if (ends) return undefined
    }
  }
  const later = async (frame: Frame, first: Promise<unknown>): Promise<Value> => {
    let pending: Promise<unknown> | undefined = first
    while (pending !== undefined) {
      if ((await pending) === true) return null
      pending = rounds(frame)
    }
    return null
  }
  return (frame) => {
    const pending = rounds(frame)
    return pending === undefined ? null : later(frame, pending)
  }
}

/** `for`: reads lists and streams; a record gives `{key, value}` items. */
export function compileFor(node: For, source: Source, use: Use): Eval {
  const range = bareRange(node.list)
  const statements = compileBody(node.body.body, source, use)
  const body: Eval = (frame) => inFrame(statements, frame)
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
  /** Runs rounds from an item on until something has to be waited for. */
  const rounds = (frame: Frame, items: Counted, at: Position): Promise<unknown> | undefined => {
    for (; at.index < items.length; at.index += 1) {
      at.isBroken = false
      const turn = step(frame.task, place)
      if (turn !== undefined) return turn
      at.isBroken = true
      const ends = round(body, frameFor(frame, items.at(at.index) as Value))
      if (ends instanceof Promise) return ends
      if (ends) return undefined
    }
    return undefined
  }
  const later = async (
    frame: Frame,
    items: Counted,
    at: Position,
    first: Promise<unknown>,
  ): Promise<Value> => {
    try {
      let pending: Promise<unknown> | undefined = first
      while (pending !== undefined) {
        if ((await pending) === true) return null
        if (at.isBroken) at.index += 1
        at.isBroken = false
        checkStopped(frame.task)
        pending = rounds(frame, items, at)
      }
      return null
    } catch (error) {
      const broken = at.isBroken ? 1 : 0
      noteLeft(frame.task, { done: at.index, broken, left: items.length - at.index - broken })
      throw error
    }
  }
  const overItems = (frame: Frame, items: Counted): Value | Promise<Value> => {
    const at = { index: 0, isBroken: false }
    const pending = rounds(frame, items, at)
    return pending === undefined ? null : later(frame, items, at, pending)
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
    return (frame) => andThen(all(ends, frame), frame, count)
  }
  const list = compileExpression(node.list, source)
  return (frame) => andThen(list(frame), frame, over)
}

/** How far a loop over items is. */
interface Position {
  index: number
  /** What is waited for is the item itself. */
  isBroken: boolean
}

/** A list, or something that is counted like one. */
interface Counted {
  readonly length: number
  readonly at: (index: number) => Value | undefined
}
