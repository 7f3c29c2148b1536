import { raise } from '../values/fault.ts'
import { inlineText } from '../values/inline-text.ts'
import { OPERATIONS } from '../values/operators.ts'
import type { Source } from '../syntax/source.ts'
import type { Match, MatchPattern } from '../syntax/tree.ts'
import { isRecord, typeOf, type Value } from '../values/value.ts'
import { compileBlock, type Use } from './block.ts'
import { placeOf, withValue } from './eval.ts'
import { compileExpression } from './expression.ts'
import type { Eval, Frame } from './frame.ts'
import { compileRight } from './statement.ts'
import { trace } from './trace.ts'

type Fits = (frame: Frame, value: Value) => boolean | Promise<boolean>

/** `match`: the first case that fits gives the value; none and no `else` is an error. */
export function compileMatch(node: Match, source: Source, use: Use): Eval {
  const subject = compileExpression(node.subject, source)
  const place = placeOf(source, node.subject)
  const arms = node.arms.map(({ patterns, body, start, end }) => {
    const at = placeOf(source, { start, end })
    const tests = patterns.map((pattern) => compilePattern(pattern, source))
    if (body.kind !== 'block') return { at, tests, run: compileRight(body, source, use) }
    const run = compileBlock(body, source, use)
    return { at, tests, run: (frame: Frame) => run(frame, []) }
  })
  const choose = async (frame: Frame, value: Value): Promise<Value> => {
    for (const { at, tests, run } of arms)
      for (const fits of tests) {
        if (!(await fits(frame, value))) continue
        if (frame.task.machine.options.trace === true) trace(frame.task, at, 'match', value)
        return run(frame)
      }
    throw raise(place, 'DATA', `no case fits ${inlineText(value)}`, 'add a last case: else => ...')
  }
  return (frame) => withValue(subject(frame), (value) => choose(frame, value))
}

function compilePattern(node: MatchPattern, source: Source): Fits {
  switch (node.kind) {
    case 'else':
      return () => true
    case 'fields': {
      const fields = node.fields.map(({ name, pattern }) => ({ name, fits: compilePattern(pattern, source) }))
      return async (frame, value) => {
        if (!isRecord(value)) return false
        for (const { name, fits } of fields)
          if (!Object.hasOwn(value, name) || !(await fits(frame, value[name] ?? null))) return false
        return true
      }
    }
    default: {
      const run = compileExpression(node.value, source)
      const place = placeOf(source, node)
      const operation = OPERATIONS[node.operator]
      return (frame, value) => {
        const other = run(frame)
        return other instanceof Promise
          ? other.then((later) => compare(frame, value, later))
          : compare(frame, value, other)
      }
      // A case for another type does not fit; it is no mistake.
      function compare(frame: Frame, value: Value, other: Value): boolean | Promise<boolean> {
        const sameType =
          node.kind === 'compare' && (node.operator === 'in' || typeOf(value) === typeOf(other))
        if (!sameType) return false
        const fits = operation(value, other, place, frame.task.signal)
        return fits instanceof Promise ? fits.then((later) => later === true) : fits === true
      }
    }
  }
}
