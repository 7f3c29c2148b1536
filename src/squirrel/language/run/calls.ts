import { SqClass, SqInstance } from '../values/class.ts'
import { raise } from './errors.ts'
import { metamethod } from './metamethods.ts'
import { SqCallable, SqFunction, SqGenerator, type SqValue } from '../values/values.ts'
import { typeName } from '../values/types.ts'
import { T, charge, tooDeep } from './state.ts'

/** Calls any callable value with an environment and arguments. Bound functions use the environment they are bound to. */
export function callFunction(callee: SqValue, self: SqValue, ...args: SqValue[]): SqValue {
  return callable(callee).fn(self, ...args)
}

/**
 * What to call for a value: itself, its `_call` metamethod, or a function that raises "attempt to call": the error comes after the arguments
 * have been evaluated, as in Squirrel.
 */
export function callable(value: SqValue): SqCallable {
  if (value instanceof SqCallable) return value
  const call = metamethod(value, '_call')
  if (call instanceof SqCallable) return new SqCallable((self, ...args) => call.fn(value, self, ...args))
  return new SqCallable(() => {
    throw raise(`attempt to call '${typeName(value)}'`)
  })
}

/** Continues a generator up to its next `yield`, whose value it returns, or to its end. */
export function resume(generator: SqValue): SqValue {
  if (!(generator instanceof SqGenerator)) {
    throw raise(`trying to resume a '${typeName(generator)}',only genenerator can be resumed`)
  }
  if (generator.status === 'dead') throw raise('resuming dead generator')
  if (generator.status === 'running') throw raise('resuming active generator')
  generator.status = 'running'
  const depth = T[1] as number
  let alive = false
  try {
    const step = generator.body.next()
    alive = step.done !== true
    return step.value
  } finally {
    T[1] = depth
    generator.status = alive ? 'suspended' : 'dead'
  }
}

/** Calls a metamethod if the object has it; undefined when it has not. */
export function callMetamethod(object: SqValue, name: string, ...args: SqValue[]): SqValue | undefined {
  const method = metamethod(object, name)
  if (method === undefined || method === null) return undefined
  return callCounted(method, object, ...args)
}

/** Calls a metamethod as a frame of its own: the code that causes the call may be a function that counts none. */
export function callCounted(method: SqValue, object: SqValue, ...args: SqValue[]): SqValue {
  const depth = T[1] as number
  T[1] = depth - 1
  if (depth < 1) tooDeep()
  const result = callable(method).fn(object, ...args)
  T[1] = depth
  return result
}

/** Makes a class for a class expression, and tells the base about it. */
export function makeClass(base: SqValue, hasBase: boolean, attributes: SqValue): SqClass {
  if (hasBase && !(base instanceof SqClass)) throw raise(`trying to inherit from a ${typeName(base)}`)
  if (hasBase) charge((base as SqClass).members.size * 16)
  const cls = new SqClass(hasBase ? (base as SqClass) : null)
  cls.attributes = attributes
  const inherited = cls.metamethods.get('_inherited')
  if (inherited instanceof SqFunction) inherited.fn(cls, attributes)
  return cls
}

/** Adds a member in a class body: through `_newmember` when the class has it. */
export function addMember(
  cls: SqClass,
  key: SqValue,
  value: SqValue,
  attributes: SqValue,
  isStatic: boolean,
): void {
  const method = cls.metamethods.get('_newmember')
  if (method instanceof SqFunction) {
    method.fn(cls, key, value, attributes, isStatic)
    return
  }
  cls.newMember(key, value, isStatic)
  if (attributes !== null) cls.memberAttributes.set(key, attributes)
}

/** Raised by functions for a wrong number of arguments. */
export function wrongCount(): never {
  throw raise('wrong number of parameters')
}

/** True when the value is an instance of the class or of one derived from it. */
export function isInstanceOf(value: SqValue, cls: SqValue): boolean {
  if (!(cls instanceof SqClass)) {
    throw raise(`cannot apply instanceof between a ${typeName(value)} and a ${typeName(cls)}`)
  }
  if (!(value instanceof SqInstance)) return false
  for (let at: SqClass | null = value.cls; at !== null; at = at.base) if (at === cls) return true
  return false
}
