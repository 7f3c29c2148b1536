import { SqClass, SqInstance, construct } from '../values/class.ts'
import { raise } from '../run/errors.ts'
import { charge } from '../run/state.ts'
import { SqTable } from '../values/table.ts'
import { typeName } from '../values/types.ts'
import { SqFunction, type SqCode, type SqValue, stored } from '../values/values.ts'

const MASK_TYPES: Readonly<Record<string, readonly string[]>> = {
  o: ['null'],
  i: ['integer'],
  f: ['float'],
  n: ['integer', 'float'],
  s: ['string'],
  t: ['table'],
  a: ['array'],
  c: ['function'],
  b: ['bool'],
  x: ['instance'],
  y: ['class'],
  g: ['generator'],
}

interface Signature {
  readonly allowed: readonly (readonly string[] | null)[]
  readonly least: number
  readonly most: number
}

/**
 * A native function. `mask` has one letter a parameter without `this`: `.` any, `i` integer, `f` float, `n` integer or float, `s` string, `t` table,
 * `a` array, `c` function, `b` bool, `o` null, `x` instance, `y` class, `g` generator; `|` joins alternatives, `[` starts the optional
 * parameters, a final `*` allows more. `code` gets the environment first and must return a Squirrel value.
 */
export function native(
  name: string,
  mask: string,
  code: (self: SqValue, ...args: never[]) => SqValue,
): SqFunction {
  const signature = parseMask(mask)
  const { least, most, allowed } = signature
  const checked = allowed.some((types) => types !== null)
  const run = code as SqCode
  function call(self: SqValue, ...args: SqValue[]): SqValue {
    charge(1)
    if (args.length < least || args.length > most) throw raise('wrong number of parameters')
    if (checked) checkTypes(args, allowed)
    return run(self, ...args)
  }
  function callOne(self: SqValue, first: SqValue): SqValue {
    charge(1)
    // oxlint-disable-next-line prefer-rest-params
    if (arguments.length !== 2) throw raise('wrong number of parameters')
    if (checked) checkType(first, 0, allowed[0] ?? null)
    return run(self, first)
  }
  function callNone(self: SqValue): SqValue {
    charge(1)
    // oxlint-disable-next-line prefer-rest-params
    if (arguments.length !== 1) throw raise('wrong number of parameters')
    return run(self)
  }
  const entry = most === 0 ? callNone : least === 1 && most === 1 ? callOne : call
  return new SqFunction(entry, null, name, mask)
}

/** Number of parameters of a native function: the least and the most (Infinity when it takes any number). */
export function nativeArity(mask: string): { least: number; most: number } {
  return parseMask(mask)
}

/** A table of native functions and constants. */
export function nativeTable(members: readonly (SqFunction | readonly [string, SqValue])[]): SqTable {
  const table = new SqTable()
  for (const member of members) {
    if (member instanceof SqFunction) table.set(member.nativeName, member)
    else table.set(member[0], stored(member[1]))
  }
  return table
}

/**
 * A class of native objects: `typeof` gives its name and `type` "meta". `construct` gets the new instance and the arguments and keeps its state in
 * `instance.native`. Metamethods are methods named `_get`, `_nexti` and so on.
 */
export function nativeClass(
  name: string,
  construct: (instance: SqInstance, ...args: SqValue[]) => void,
  methods: readonly SqFunction[],
): SqClass {
  const cls = new SqClass(null, true)
  const initialize = native('constructor', '*', (self, ...args: SqValue[]) => {
    if (!(self instanceof SqInstance)) throw raise('wrong type of environment: expected an instance')
    construct(self, ...args)
    return null
  })
  cls.newMember('constructor', initialize, false)
  for (const method of methods) cls.newMember(method.nativeName, method, false)
  cls.newMember(
    '_typeof',
    native('_typeof', '', () => name),
    false,
  )
  return cls
}

/** Makes an instance of a class from the host, running its constructor. */
export function instantiate(cls: SqClass, ...args: SqValue[]): SqInstance {
  return construct(cls, args)
}

/** A boolean parameter or any value used as one. */
export { truthy } from '../run/operators.ts'

function parseMask(mask: string): Signature {
  const allowed: (readonly string[] | null)[] = []
  let least = -1
  let join = false
  for (const letter of mask) {
    if (letter === '[') {
      least = allowed.length
    } else if (letter === '|') {
      join = true
    } else if (letter !== '*') {
      const types = MASK_TYPES[letter] ?? null
      if (join) allowed.push([...(allowed.pop() ?? []), ...(types ?? [])])
      else allowed.push(types)
      join = false
    }
  }
  const most = mask.endsWith('*') ? Infinity : allowed.length
  return { allowed, least: least < 0 ? allowed.length : least, most }
}

function checkTypes(args: readonly SqValue[], allowed: Signature['allowed']): void {
  for (let at = 0; at < args.length; at++) checkType(args[at] as SqValue, at, allowed[at] ?? null)
}

function checkType(value: SqValue, at: number, types: readonly string[] | null): void {
  if (types === null || types.includes(typeName(value))) return
  // A class is callable wherever a function is asked for.
  if (types.includes('function') && typeName(value) === 'class') return
  throw raise(`parameter ${at + 1} has an invalid type '${typeName(value)}' ; expected: '${types.join('|')}'`)
}
