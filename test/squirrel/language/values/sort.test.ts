import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compare } from '../../../../src/squirrel/language/run/operators.ts'
import { sortItems } from '../../../../src/squirrel/language/values/sort.ts'
import { SqFloat, type SqValue } from '../../../../src/squirrel/language/values/values.ts'
import { evaluate, withinMachine } from '../run.ts'
import { fc } from '../../../properties.ts'

const mixed = fc.oneof(
  fc.integer(),
  fc.float({ noNaN: true }).map((value) => new SqFloat(value)),
)

test('sorting without a function orders numbers and texts by <=>', () => {
  fc.assert(
    fc.property(fc.oneof(fc.array(mixed), fc.array(fc.integer()), fc.array(fc.string())), (list) => {
      const items: SqValue[] = [...list]
      withinMachine(() => sortItems(items, null))
      assert.equal(items.length, list.length)
      for (let at = 1; at < items.length; at++) {
        assert.ok(compare(items[at - 1] as SqValue, items[at] as SqValue) <= 0)
      }
    }),
  )
})

test('sorting with a function orders by it', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1000, max: 1000 }), { maxLength: 60 }), (list) => {
      const source = `local a = [${list.join(', ')}]; a.sort(@(x, y) y - x); local s = ""; foreach (v in a) s += v + " "; return s`
      const expected = list.toSorted((x, y) => y - x)
      assert.equal(evaluate(source), expected.map((value) => `${value} `).join(''))
    }),
    { numRuns: 40 },
  )
})
