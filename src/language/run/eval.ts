import type { Place, Source, Span } from '../syntax/source.ts'
import type { Value } from '../values/value.ts'
import type { Eval, Frame } from './frame.ts'

/** Where a node stands, for errors. */
export function placeOf(source: Source, span: Span): Place {
  return { source, start: span.start, end: span.end }
}

/**
 * Goes on with a value, at once if it is there. What runs most uses this: a closure in the function that runs would cost a context in each
 * call, also where nothing has to be waited for.
 */
export function andThen<T>(
  value: T | Promise<T>,
  frame: Frame,
  use: (frame: Frame, value: T) => Value | Promise<Value>,
): Value | Promise<Value> {
  return value instanceof Promise ? afterwards(value, frame, use) : use(frame, value)
}

/** Goes on with a value once it is there. */
export function afterwards<T>(
  value: Promise<T>,
  frame: Frame,
  use: (frame: Frame, value: T) => Value | Promise<Value>,
): Promise<Value> {
  return value.then((later) => use(frame, later))
}

/** Goes on with a value, at once if it is there. */
export function withValue<T>(
  value: T | Promise<T>,
  use: (value: T) => Value | Promise<Value>,
): Value | Promise<Value> {
  return value instanceof Promise ? value.then((later) => use(later)) : use(value)
}

/** Runs several in order; a promise only if one of them has to be waited for. */
export function all(evals: readonly Eval[], frame: Frame): Value[] | Promise<Value[]> {
  const values: Value[] = []
  for (let index = 0; index < evals.length; index += 1) {
    const value = (evals[index] as Eval)(frame)
    if (value instanceof Promise) return rest(evals, frame, values, value)
    values.push(value)
  }
  return values
}

async function rest(
  evals: readonly Eval[],
  frame: Frame,
  values: Value[],
  first: Promise<Value>,
): Promise<Value[]> {
  values.push(await first)
  while (values.length < evals.length) values.push(await (evals[values.length] as Eval)(frame))
  return values
}

/** The same value each time. */
export function constant(value: Value): Eval {
  return () => value
}

/** Texts joined into one. */
export function joined(parts: readonly Eval[]): Eval {
  const join = (_frame: Frame, texts: readonly Value[]): string => (texts as readonly string[]).join('')
  return (frame) => andThen(all(parts, frame), frame, join)
}
