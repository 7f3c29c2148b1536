/** Native tables and classes of the API. Functions are shared by all worlds of a worker; tables and classes belong to one side. */
import type { SqClass, SqInstance } from '../language/values/class.ts'
import { raise } from '../language/run/errors.ts'
import { nativeClass } from '../language/library/native.ts'
import type { SqFunction, SqValue } from '../language/values/values.ts'
import type { Side } from '../side.ts'

/** A function under its own name, or a named value. */
export type NativeMember = SqFunction | readonly [string, SqValue]

/** The side's class of native objects of a kind, made when first asked for. Its instances come from the host only. */
export function classOf(side: Side, name: string, methods: readonly SqFunction[]): SqClass {
  const { classes } = side.vm
  const key = `api ${name}`
  const known = classes.get(key)
  if (known) return known
  const cls = nativeClass(name, () => undefined, methods)
  classes.set(key, cls)
  return cls
}

/** What belongs to a native object; raises when a method was called on something else. */
export function nativeOf<State>(self: SqValue, kind: new (...args: never[]) => State): State {
  const state = (self as SqInstance | null)?.native
  if (!(state instanceof kind)) throw raise('called on an object of another type')
  return state
}
