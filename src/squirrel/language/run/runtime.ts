import { Site, contains, deleteSlot, get, getName, newSlot, set, setName } from './access.ts'
import { addMember, callable, isInstanceOf, makeClass, resume, wrongCount } from './calls.ts'
import { calleeFunction } from '../library/base.ts'
import { clone } from '../values/clone.ts'
import { SqAbort, SqError, raise } from './errors.ts'
import { iterate } from './iterate.ts'
import * as operators from './operators.ts'
import { T, allocate, machine, slice, state, tooDeep } from './state.ts'
import { SqTable } from '../values/table.ts'
import { plainText } from '../values/text.ts'
import {
  type FunctionInfo,
  SqArray,
  SqCallable,
  type SqCode,
  SqFloat,
  SqFunction,
  SqGenerator,
  type SqValue,
  stored,
} from '../values/values.ts'

/** All that generated code can reach besides its own variables and constants. */
export const runtime = Object.freeze({
  __proto__: null,
  ...operators,
  A: SqArray,
  C: SqCallable,
  F: SqFunction,
  G: SqGenerator,
  Site,
  T,
  addMember,
  callable,
  calleeFunction,
  clone,
  contains,
  deleteSlot,
  float: (value: number) => new SqFloat(value),
  get,
  getName,
  imul: Math.imul,
  isInstanceOf,
  iterate,
  makeArray,
  makeClass,
  makeFunction,
  makeTable,
  newSlot,
  resume,
  root: () => machine().root,
  set,
  setName,
  slice,
  stored,
  thrown,
  tooDeep,
  valueOf,
  withDefaults,
  wrongCount,
})

/** Names of the runtime that generated code uses, in one order. */
export const RUNTIME_NAMES: readonly string[] = Object.keys(runtime)

/** A function whose code needs the function object itself, for `base` or `callee()`. */
function makeFunction(make: (holder: SqFunction) => SqCode, info: FunctionInfo): SqFunction {
  const holder = new SqFunction(wrongCount, info, null, '', make)
  holder.fn = make(holder)
  return holder
}

/** Tells a function the values of its optional parameters, for `getinfos`. */
function withDefaults(fn: SqFunction, defaults: readonly SqValue[]): SqFunction {
  fn.defaults = defaults
  return fn
}

/** An array literal of many items. */
function makeArray(items: SqValue[]): SqArray {
  allocate(items.length * 8)
  return new SqArray(items)
}

/** A table literal from keys and values in turn. */
function makeTable(pairs: SqValue[]): SqTable {
  allocate(pairs.length * 32)
  const table = new SqTable(pairs.length / 2)
  for (let at = 0; at < pairs.length; at += 2) {
    if (pairs[at] === null) throw raise('null cannot be used as index')
    table.set(pairs[at] as SqValue, pairs[at + 1] as SqValue)
  }
  return table
}

/** The error for a thrown value. */
function thrown(value: SqValue): SqError {
  return new SqError(value, plainText(value))
}

/** What `catch` gets; what Squirrel code must not catch goes on. */
function valueOf(error: unknown): SqValue {
  state.caught = error instanceof Error ? error : null
  if (error instanceof SqError) return error.value
  if (isStackOverflow(error)) return 'stack overflow'
  throw error
}

/** V8's own stack may end before the counter does. Errors of the sandbox's realm have other classes, so the name decides. */
export function isStackOverflow(error: unknown): boolean {
  return (
    !(error instanceof SqAbort) &&
    (error as Error | null)?.name === 'RangeError' &&
    /call stack/.test((error as Error).message)
  )
}
