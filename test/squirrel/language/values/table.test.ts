import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { hashOf } from '../../../../src/squirrel/language/values/hash.ts'
import { SqTable } from '../../../../src/squirrel/language/values/table.ts'
import { NaiveTable } from './naive-table.ts'

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
  for (let at = table.seek(0); at >= 0; at = table.seek(at + 1)) seen.push(table.slotAt(at).key)
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
