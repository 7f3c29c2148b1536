import { SqClass, SqInstance } from './class.ts'
import { SqTable } from './table.ts'
import { SqArray, SqFloat, SqFunction, SqGenerator, SqWeakRef, type SqValue } from './values.ts'

type TypeName =
  | 'null'
  | 'bool'
  | 'integer'
  | 'float'
  | 'string'
  | 'table'
  | 'array'
  | 'class'
  | 'instance'
  | 'function'
  | 'generator'
  | 'weakref'

/** The basic type of a value, as error messages name it. */
export function typeName(value: SqValue): TypeName {
  switch (typeof value) {
    case 'number':
      return 'integer'
    case 'string':
      return 'string'
    case 'boolean':
      return 'bool'
  }
  if (value === null) return 'null'
  if (value instanceof SqFloat) return 'float'
  if (value instanceof SqArray) return 'array'
  if (value instanceof SqTable) return 'table'
  if (value instanceof SqInstance) return 'instance'
  if (value instanceof SqFunction) return 'function'
  if (value instanceof SqClass) return 'class'
  if (value instanceof SqGenerator) return 'generator'
  if (value instanceof SqWeakRef) return 'weakref'
  throw new Error('not a Squirrel value')
}

/** What `type(value)` answers: "meta" for native objects (squirrel.md 1.1). */
export function publicType(value: SqValue): string {
  return value instanceof SqInstance && value.cls.isNative ? 'meta' : typeName(value)
}
