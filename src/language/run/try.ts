import { compileBlock, type Use } from './block.ts'
import { placeOf, withValue } from './eval.ts'
import { compileExpression } from './expression.ts'
import { errorOf, errorRecord } from '../values/error-record.ts'
import { isBug, located, raise, ScriptError } from '../values/fault.ts'
import { type Eval, Frame, type Task, taskWith } from './frame.ts'
import { boolOf, OPERATIONS } from '../values/operators.ts'
import { inlineText } from '../values/inline-text.ts'
import type { Place, Source } from '../syntax/source.ts'
import type { Assert, Throw, Try } from '../syntax/tree.ts'
import { aType, isRecord, type Value } from '../values/value.ts'

/** How long `finally` blocks may run after Ctrl-C (language.md 2.8). */
const FINALLY_MS = 10_000

type Handler = (error: ScriptError, frame: Frame) => Value | Promise<Value>

/** `try`, `catch` and `finally`. A stopped run is not caught; its `finally` blocks run. */
export function compileTry(node: Try, source: Source, use: Use): Eval {
  const body = compileBlock(node.body, source, use)
  const place = placeOf(source, node)
  const handlers = node.catches.map((clause) => {
    const codes = new Set(clause.codes.map((code) => code.text))
    const run = compileBlock(clause.body, source, use)
    const handler: Handler = (error, frame) => {
      const inner = new Frame(frame.task, frame)
      if (clause.name !== undefined) inner.define(clause.name.text, errorRecord(error))
      return run(inner, [])
    }
    return {
      handler,
      takes: (error: ScriptError) => (codes.size === 0 ? !isBug(error) : codes.has(error.code)),
    }
  })
  const last = node.finally === undefined ? undefined : compileBlock(node.finally, source, 'print')

  const attempt = async (frame: Frame): Promise<Value> => {
    try {
      return await body(frame, [])
    } catch (thrown) {
      const error = located(thrown, place)
      if (!(error instanceof ScriptError) || frame.task.signal.aborted) throw error
      const found = handlers.find((handler) => handler.takes(error))
      if (found === undefined) throw error
      return found.handler(error, frame)
    }
  }
  if (last === undefined) return attempt
  return async (frame) => {
    try {
      return await attempt(frame)
    } finally {
      await sheltered(frame.task, (task) => last(frame, [], task))
    }
  }
}

/** Runs the steps of a `finally` block even if the run was stopped, but not for ever. */
async function sheltered(task: Task, run: (task: Task) => Value | Promise<Value>): Promise<void> {
  const { closed } = task.machine.host
  if (!task.signal.aborted) {
    // Where nobody reads on, the clean-up is done in silence.
    await run(closed?.aborted === true ? taskWith(task, { out: () => undefined }) : task)
    return
  }
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(), FINALLY_MS)
  try {
    await run(taskWith(task, { signal: limit.signal }))
  } finally {
    clearTimeout(timer)
  }
}

/** `throw "text"`, `throw {code, message}`, and `throw $e`, which keeps the first place. */
export function compileThrow(node: Throw, source: Source): Eval {
  const run = node.value === undefined ? (): Value => 'thrown' : compileExpression(node.value, source)
  const place = placeOf(source, node)
  return (frame) =>
    withValue(run(frame), (value) => {
      throw thrown(value, place)
    })
}

function thrown(value: Value, place: Place): ScriptError {
  if (typeof value === 'string') return new ScriptError('THROWN', value, { place })
  if (!isRecord(value))
    return raise(
      place,
      'BUG_TYPE',
      `"throw" needs a text or a record, not ${aType(value)}`,
      'write throw "text", or throw {code: "MY_CODE", message: "text"}',
    )
  const known = errorOf(value)
  if (known !== undefined) return known
  const { code = 'THROWN', message = 'thrown', hint, exit, ...data } = value
  if (typeof code !== 'string' || !/^[A-Z][A-Z0-9_]*$/.test(code)) {
    return raise(place, 'BUG_TYPE', 'the code of an error is written in capitals, such as "NOT_READY"')
  }
  if (exit !== undefined && exit !== null && !isExit(exit))
    return raise(place, 'BUG_TYPE', 'the exit code of an error is a whole number from 1 to 255')
  return new ScriptError(code, typeof message === 'string' ? message : inlineText(message), {
    place,
    data,
    hint: typeof hint === 'string' ? hint : undefined,
    exit: exit ?? undefined,
  })
}

/** An error never ends a script as if nothing had happened, which 0 would. */
function isExit(value: Value): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 255
}

/** `assert`: the error shows both sides of a comparison. */
export function compileAssert(node: Assert, source: Source): Eval {
  const { condition } = node
  const place = placeOf(source, node)
  const message = node.message === undefined ? undefined : compileExpression(node.message, source)
  const written = source.text.slice(condition.start, condition.end)
  const fail = (frame: Frame, notes: readonly string[]): Value | Promise<Value> =>
    withValue(message === undefined ? `assert failed: ${written}` : message(frame), (text) => {
      throw new ScriptError('ASSERT', typeof text === 'string' ? text : inlineText(text), { place, notes })
    })
  if (condition.kind !== 'binary' || ['and', 'or', '??'].includes(condition.operator)) {
    const run = compileExpression(condition, source)
    return (frame) =>
      withValue(run(frame), (value) =>
        boolOf(value, place, 'the condition of "assert"') ? null : fail(frame, []),
      )
  }
  const left = compileExpression(condition.left, source)
  const right = compileExpression(condition.right, source)
  const operation = OPERATIONS[condition.operator as keyof typeof OPERATIONS]
  const conditionPlace = placeOf(source, condition)
  return (frame) =>
    withValue(left(frame), (first) =>
      withValue(right(frame), (second) => {
        return withValue(operation(first, second, conditionPlace, frame.task.signal), (holds) =>
          boolOf(holds, conditionPlace, 'the condition of "assert"')
            ? null
            : fail(frame, [`left: ${inlineText(first)}  right: ${inlineText(second)}`]),
        )
      }),
    )
}
