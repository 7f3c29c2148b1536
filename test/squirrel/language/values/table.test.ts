import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hashOf } from '../../../../src/squirrel/language/values/hash.ts'
import { SqTable } from '../../../../src/squirrel/language/values/table.ts'
import { NaiveTable } from './naive-table.ts'
import { fc } from '../../../properties.ts'

const key = fc.oneof(
  fc.integer({ min: -20, max: 40 }),
  fc.string({ maxLength: 3 }),
  fc.string({ minLength: 30, maxLength: 80 }),
)
const action = fc.record({ kind: fc.constantFrom('set', 'set', 'set', 'remove', 'look'), key })

test('the order of a table equals that of a second implementation after any history', () => {
  fc.assert(
    fc.property(fc.nat(20), fc.array(action, { maxLength: 120 }), (presize, history) => {
      const table = new SqTable(presize)
      const naive = new NaiveTable(presize)
      for (const step of history) {
        if (step.kind === 'set') {
          table.set(step.key, 1)
          naive.set(step.key)
        } else if (step.kind === 'remove') {
          table.remove(step.key)
          naive.remove(step.key)
        } else {
          assert.deepEqual(keysOf(table), naive.keys())
        }
      }
      assert.deepEqual(keysOf(table), naive.keys())
      assert.equal(table.size, naive.keys().length)
    }),
    { numRuns: 300 },
  )
})

test('a table of integers, and one that other keys come to later, keep order and values', () => {
  const integer = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: -8, max: 40 }) },
    { weight: 2, arbitrary: fc.integer({ min: 0, max: 200 }).map((at) => at * 64) },
    { weight: 1, arbitrary: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }) },
  )
  const step = fc.record({ kind: fc.constantFrom('set', 'set', 'set', 'remove', 'copy'), key: integer })
  const late = fc.array(fc.oneof(integer, fc.string({ maxLength: 2 })), { maxLength: 20 })
  fc.assert(
    fc.property(fc.nat(20), fc.array(step, { maxLength: 250 }), late, (presize, history, others) => {
      let table = new SqTable(presize)
      let naive = new NaiveTable(presize)
      const values = new Map<number | string, number>()
      const same = () => {
        assert.deepEqual(keysOf(table), naive.keys())
        assert.equal(table.size, values.size)
        for (const each of [...values.keys(), 1, 64, -5, 'x', null])
          assert.deepEqual(
            [table.get(each), table.has(each)],
            [values.get(each as number), values.has(each as number)],
          )
      }
      const put = (each: number | string, value: number) => {
        if (!table.replace(each, value)) table.set(each, value)
        else table.set(each, value)
        naive.set(each)
        values.set(each, value)
      }
      for (const [at, { kind, key: each }] of history.entries()) {
        if (kind === 'set') put(each, at)
        else if (kind === 'remove') {
          assert.equal(table.remove(each), values.get(each))
          naive.remove(each)
          values.delete(each)
        } else if (at % 7 === 0) {
          table = table.clone()
          const copy = new NaiveTable(naive.size)
          for (const one of naive.keys()) copy.set(one)
          naive = copy
        }
      }
      same()
      for (const [at, each] of others.entries()) put(each, at)
      same()
      const [first] = values.keys()
      if (first !== undefined) assert.equal(table.slot(first)?.v, values.get(first))
      same()
    }),
    { numRuns: 400 },
  )
})

test('a copy holds the same slots, in the order of inserting them in the order of the original', () => {
  fc.assert(
    fc.property(fc.array(key, { maxLength: 40 }), (keys) => {
      const table = new SqTable()
      const naive = new NaiveTable()
      for (const each of keys) {
        table.set(each, 1)
        naive.set(each)
      }
      const copy = new NaiveTable(naive.size)
      for (const each of naive.keys()) copy.set(each)
      assert.deepEqual(keysOf(table.clone()), copy.keys())
    }),
  )
})

test('iteration by positions meets every slot once, in order', () => {
  const table = new SqTable()
  for (let at = 0; at < 100; at++) table.set(at * 3, at)
  const seen = []
  for (let at = table.seek(0); at >= 0; at = table.seek(at + 1)) seen.push(table.keyAt(at))
  assert.deepEqual(seen, keysOf(table))
})

test('string hashes follow the formula of Squirrel 3.0', () => {
  assert.equal(hashOf('a') >>> 0, (1 ^ ((1 << 5) + (1 >> 2) + 97)) >>> 0)
  assert.equal(hashOf(''), 0)
  assert.notEqual(hashOf('x'.repeat(64)), hashOf('x'.repeat(65)))
})

function keysOf(table: SqTable): unknown[] {
  return table.entries().map(([each]) => each)
}
