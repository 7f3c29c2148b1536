import type { Place, Source, Span } from '../syntax/source.ts'
import type { Value } from '../values/value.ts'
import type { Eval, Frame } from './frame.ts'

/** Where a node stands, for errors. */
export function placeOf(source: Source, span: Span): Place {
  return { source, start: span.start, end: span.end }
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
  const join = (texts: readonly Value[]): string => (texts as readonly string[]).join('')
  return (frame) => {
    const values = all(parts, frame)
    return values instanceof Promise ? values.then(join) : join(values)
  }
}
