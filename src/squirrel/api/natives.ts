/** Native tables and classes of the API. Functions are shared by all worlds of a worker; tables and classes belong to one side. */
import type { SqClass, SqInstance } from '../language/values/class.ts'
import { raise } from '../language/run/errors.ts'
import { native, nativeClass } from '../language/library/native.ts'
import type { SqFunction, SqValue } from '../language/values/values.ts'
import type { Side } from '../side.ts'
import { maskOf } from './table/row.ts'
import { API, rowOf } from './table/rows.ts'

/** The code of a method of the table. */
export type Implementation = { readonly path: string; readonly fn: SqFunction }

/** The code of a method: its arguments are checked by the row of the table. Throws when there is no such row. */
export function api(path: string, code: (self: SqValue, ...args: never[]) => SqValue): Implementation {
  const row = rowOf(path)
  if (row?.kind !== 'method') throw new Error(`the API has no method ${path}`)
  return { path, fn: native(path.slice(path.lastIndexOf('.') + 1), maskOf(row), code) }
}

/** The side's class of native objects of a kind, made when first asked for. Its instances come from the host only. */
export function classOf(side: Side, name: string, methods: () => readonly SqFunction[]): SqClass {
  const { classes } = side.vm
  const key = `api ${name}`
  const known = classes.get(key)
  if (known) return known
  const cls = nativeClass(name, () => undefined, methods())
  classes.set(key, cls)
  return cls
}

/** What belongs to a native object; raises when a method was called on something else. */
export function nativeOf<State>(self: SqValue, kind: new (...args: never[]) => State): State {
  const state = (self as SqInstance | null)?.native
  if (!(state instanceof kind)) throw raise('called on an object of another type')
  return state
}

const made = new Map<string, SqFunction>()

/** What the table lists without code: it does nothing, or says that it is not there. */
export function withoutCode(path: string): SqFunction {
  const known = made.get(path)
  if (known !== undefined) return known
  const row = rowOf(path)
  const absent = row?.state === 'absent'
  const { fn } = api(path, () => {
    if (absent) throw raise(`${path} is not available on virtual devices`)
    return null
  })
  made.set(path, fn)
  return fn
}

/** The methods of a class of the table: those with code, and those without. */
export function methodsOfClass(path: string, code: readonly Implementation[]): SqFunction[] {
  const known = new Map(code.map((one) => [one.path, one.fn]))
  return API.filter((row) => row.kind === 'method' && row.path.startsWith(`${path}.`)).map(
    (row) => known.get(row.path) ?? withoutCode(row.path),
  )
}
