import type { SqInstance, SqClass } from './class.ts'
import { allocate, state } from '../run/state.ts'
import type { SqTable } from './table.ts'

/** Any Squirrel value. Numbers are always signed 32-bit integers, strings hold one byte (0..255) a character. */
export type SqValue = null | boolean | number | string | SqObject

export type SqObject =
  | SqFloat
  | SqTable
  | SqArray
  | SqClass
  | SqInstance
  | SqFunction
  | SqGenerator
  | SqWeakRef

/** Upper bounds of the bytes that objects take, for the account of memory (workbench 1.4). */
export const BYTES = {
  float: 24,
  array: 64,
  item: 8,
  closure: 192,
  generator: 512,
  table: 320,
  slot: 112,
  instance: 48,
} as const

/** A sequence number of the running machine for an object: stands for its address in texts and hash orders. */
export function objectId(object: SqObject): number {
  return (object.id ||= ++state.objects)
}

/** A 32-bit float: immutable. */
export class SqFloat {
  readonly v: number
  id = 0
  /** Rounds to single precision. */
  constructor(value: number) {
    allocate(BYTES.float)
    this.v = Math.fround(value)
  }
}

export class SqArray {
  a: SqValue[]
  id = 0
  constructor(items: SqValue[]) {
    allocate(BYTES.array + items.length * BYTES.item)
    this.a = items
  }
}

/** JavaScript function behind a Squirrel function: first the environment (`this`), then the arguments. */
export type SqCode = (self: SqValue, ...args: SqValue[]) => SqValue

/** Anything with JavaScript code that runs when it is called: functions and classes. */
export class SqCallable {
  fn: SqCode
  id = 0
  constructor(fn: SqCode) {
    this.fn = fn
  }
}

/** What the compiler knows about a function. */
export interface FunctionInfo {
  readonly name: string | null
  readonly file: string
  readonly line: number
  /** Names of the parameters, without `this`. */
  readonly parameters: readonly string[]
  readonly defaults: number
  readonly variadic: boolean
}

const NONE: readonly SqValue[] = []

/** A closure or a native function. */
export class SqFunction extends SqCallable {
  readonly info: FunctionInfo | null
  /** Name and type mask of a native function. */
  readonly nativeName: string | null
  readonly mask: string
  /** Makes the code again for another `base` (only for functions that use `base`). */
  readonly make: ((holder: SqFunction) => SqCode) | null
  base: SqValue = null
  /** Values of the parameters that may be left out. */
  defaults: readonly SqValue[] = NONE
  /** For a bound function, the code before binding. */
  unbound: SqCode | null = null
  constructor(
    fn: SqCode,
    info: FunctionInfo | null,
    nativeName: string | null,
    mask = '',
    make: ((holder: SqFunction) => SqCode) | null = null,
  ) {
    super(fn)
    allocate(BYTES.closure)
    this.info = info
    this.nativeName = nativeName
    this.mask = mask
    this.make = make
  }
}

export class SqGenerator {
  readonly body: Iterator<SqValue, SqValue>
  status: 'suspended' | 'running' | 'dead' = 'suspended'
  id = 0
  constructor(body: Iterator<SqValue, SqValue>) {
    allocate(BYTES.generator)
    this.body = body
  }
}

/** Holds its target strongly: when an object is collected cannot be seen, and nothing may depend on it. */
export class SqWeakRef {
  readonly target: SqValue
  id = 0
  constructor(target: SqValue) {
    this.target = target
  }
}

/** Containers never show a weak reference: they hold its target. */
export function stored(value: SqValue): SqValue {
  return value instanceof SqWeakRef ? value.target : value
}

/** The number in an integer or float. */
export function num(value: SqValue): number {
  return typeof value === 'number' ? value : (value as SqFloat).v
}

/** The same in single precision: an integer becomes a float before it meets one, which may cost it its last digits. */
export function single(value: number | SqFloat): number {
  return typeof value === 'number' ? Math.fround(value) : value.v
}

/** True for integers and floats. */
export function isNumeric(value: SqValue): value is number | SqFloat {
  return typeof value === 'number' || value instanceof SqFloat
}
