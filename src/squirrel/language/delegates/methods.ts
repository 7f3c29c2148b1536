import { SqClass, SqInstance } from '../values/class.ts'
import { SqTable } from '../values/table.ts'
import { SqArray, SqFloat, SqFunction, SqGenerator, SqWeakRef, type SqValue } from '../values/values.ts'

/** Methods that every value of a type has, by name. */
export type Methods = ReadonlyMap<string, SqFunction>

/** The methods of all types, filled once by `delegates/all.ts`. */
export const methodsOf: Record<
  | 'string'
  | 'number'
  | 'bool'
  | 'table'
  | 'array'
  | 'function'
  | 'class'
  | 'instance'
  | 'generator'
  | 'weakref',
  Methods
> = {
  string: new Map(),
  number: new Map(),
  bool: new Map(),
  table: new Map(),
  array: new Map(),
  function: new Map(),
  class: new Map(),
  instance: new Map(),
  generator: new Map(),
  weakref: new Map(),
}

/** The methods of a value's type; null has none. */
export function defaultDelegate(value: SqValue): Methods | undefined {
  switch (typeof value) {
    case 'string':
      return methodsOf.string
    case 'number':
      return methodsOf.number
    case 'boolean':
      return methodsOf.bool
  }
  if (value === null) return undefined
  if (value instanceof SqArray) return methodsOf.array
  if (value instanceof SqTable) return methodsOf.table
  if (value instanceof SqInstance) return methodsOf.instance
  if (value instanceof SqFunction) return methodsOf.function
  if (value instanceof SqClass) return methodsOf.class
  if (value instanceof SqFloat) return methodsOf.number
  if (value instanceof SqGenerator) return methodsOf.generator
  if (value instanceof SqWeakRef) return methodsOf.weakref
  return undefined
}
