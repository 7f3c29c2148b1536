import { callMetamethod } from '../run/calls.ts'
import { type Fields, SqInstance } from './class.ts'
import { raise } from '../run/errors.ts'
import { allocate, charge } from '../run/state.ts'
import { SqTable } from './table.ts'
import { typeName } from './types.ts'
import { SqArray, type SqValue } from './values.ts'

/** `clone value`: a shallow copy of a table, array or instance; calls `_cloned` on the copy. */
export function clone(value: SqValue): SqValue {
  if (value instanceof SqArray) {
    charge(value.a.length >> 3)
    allocate(value.a.length * 8)
    return new SqArray(value.a.slice())
  }
  if (value instanceof SqTable) {
    charge(value.size * 16)
    allocate(value.size * 64)
    return cloned(value.clone(), value)
  }
  if (value instanceof SqInstance) {
    if (value.native !== null) throw raise(`cloning a ${typeName(value)}`)
    const copy = value.cls.allocate() as SqInstance & Fields
    const from = value as unknown as Fields
    for (const name of Object.keys(value)) if (name.startsWith('$')) copy[name] = from[name]
    return cloned(copy, value)
  }
  throw raise(`cloning a ${typeName(value)}`)
}

function cloned(copy: SqTable | SqInstance, original: SqValue): SqValue {
  callMetamethod(copy, '_cloned', original)
  return copy
}
