import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as parser from 'jsonc-parser'
import { readJson } from '../../src/fleet/folder/json.ts'
import type { Problem } from '../../src/fleet/folder/problems.ts'
import { fc } from '../properties.ts'

/** Whether a file with this number is read without a word. */
function isTaken(literal: string): boolean {
  const problems: Problem[] = []
  readJson(parser, 'group.json', `{"env": {"A": [${literal}]}}`, problems)
  assert.ok(problems.length < 2)
  return problems.length === 0
}

test('a whole number is refused exactly where a double holds another one', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), (whole) => {
      // What is written is what a program prints again: its digits, with zeros after the last one that it holds.
      const printed = BigInt(Number(whole).toLocaleString('en', { useGrouping: false }))
      assert.equal(isTaken(String(whole)), printed === whole, String(whole))
    }),
  )
  assert.ok(isTaken('9007199254740992'))
  assert.ok(!isTaken('9007199254740993'))
})

test('every number that a program writes is taken, however it is written', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
      for (const text of [JSON.stringify(number), number.toExponential()]) assert.ok(isTaken(text), text)
    }),
  )
  for (const text of ['0', '-0', '0.0', '1.50', '1E+3', '0.1', '100000000000000000000'])
    assert.ok(isTaken(text), text)
})

test('a number that is too large, too small or too exact is refused', () => {
  for (const text of ['1e999', '-1e999', '1e-400', '3.14159265358979323846', '0.10000000000000000001'])
    assert.ok(!isTaken(text), text)
})

test('a number of many digits takes no long time', () => {
  const zeros = '0'.repeat(200_000)
  assert.ok(!isTaken(`1${zeros}1`))
})
