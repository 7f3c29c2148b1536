import assert from 'node:assert/strict'
import { test } from 'node:test'
import { candidateOf, matchRank, patternOf } from '../../src/entities/match.ts'
import { fc } from '../properties.ts'

const rank = (typed: string, text: string) => matchRank(patternOf(typed), candidateOf(text))

const rows: readonly (readonly [typed: string, text: string, expected: number | undefined])[] = [
  ['', 'anything', 0],
  ['dev', 'device', 0],
  ['DEV', 'device', undefined],
  ['dev', 'DEVICE', 0],
  ['group', 'device-group', 1],
  ['group', 'device group', 1],
  ['group', 'deviceGroup', 1],
  ['group', 'regroup group', 1],
  ['group', 'regroup', 2],
  ['3', 'lab3', 1],
  ['3', 'lab13', 2],
  ['dg', 'device-group', 2],
  ['gd', 'device-group', undefined],
  ['ab', 'a', undefined],
  ['線', '生産線', 1],
]

for (const [typed, text, expected] of rows) {
  test(`"${typed}" on "${text}" has rank ${expected}`, () => {
    assert.equal(rank(typed, text), expected)
  })
}

test('each beginning has the best rank, and what lacks a typed character has none', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(30), (text, length) => {
      assert.equal(rank(text.slice(0, length), text), 0)
      assert.equal(rank(`${text}x`, text), undefined)
    }),
  )
})
