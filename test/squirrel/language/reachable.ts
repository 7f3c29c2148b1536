import assert from 'node:assert/strict'
import { type Fields, SqClass, SqInstance } from '../../../src/squirrel/language/values/class.ts'
import { SqTable } from '../../../src/squirrel/language/values/table.ts'
import {
  SqArray,
  SqFloat,
  SqFunction,
  SqGenerator,
  SqWeakRef,
} from '../../../src/squirrel/language/values/values.ts'

/** Walks everything Squirrel code can reach from a value and fails at the first thing that is no Squirrel value. */
export function assertOnlySquirrelValues(start: unknown): void {
  const seen = new Set<unknown>()
  const pending: unknown[] = [start]
  while (pending.length > 0) {
    const value = pending.pop()
    if (seen.has(value)) continue
    seen.add(value)
    pending.push(...parts(value))
  }
}

function parts(value: unknown): unknown[] {
  if (value === null || typeof value === 'boolean') return []
  if (typeof value === 'number') {
    assert.ok(Object.is(value | 0, value), `the number ${value} is no 32-bit integer`)
    return []
  }
  if (typeof value === 'string') {
    assert.match(value, /^[\0-\xff]*$/)
    return []
  }
  if (value instanceof SqFloat) {
    assert.ok(Object.is(Math.fround(value.v), value.v))
    return []
  }
  if (value instanceof SqArray) return value.a
  if (value instanceof SqTable) return [value.delegate, ...value.entries().flat()]
  if (value instanceof SqClass)
    return [value.base, ...value.members.entries().flat(), ...value.metamethods.values()]
  if (value instanceof SqInstance) {
    const fields = value as unknown as Fields
    return [
      value.cls,
      ...Object.keys(value)
        .filter((name) => name.startsWith('$'))
        .map((name) => fields[name]),
    ]
  }
  if (value instanceof SqFunction) return [value.base, ...value.defaults]
  if (value instanceof SqGenerator) return []
  if (value instanceof SqWeakRef) return [value.target]
  return assert.fail(`a host value is reachable: ${typeof value}`)
}
