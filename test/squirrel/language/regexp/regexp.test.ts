import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compileRegexp } from '../../../../src/squirrel/language/regexp/regexp.ts'
import { matchWhole, search } from '../../../../src/squirrel/language/regexp/matcher.ts'
import { withinMachine } from '../run.ts'
import { fc } from '../../../properties.ts'

const atom = fc.constantFrom(
  'a',
  'b',
  'c',
  '.',
  '[ab]',
  '[^a]',
  '\\d',
  '\\w',
  '(a|b)',
  '(?:b|c)',
  '(ab)',
  '[a-c]',
  '\\b',
)
const quantifier = fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,2}', '{0,}', '*?', '+?')
const piece = fc.tuple(atom, quantifier).map(([each, times]) => (each === '\\b' ? each : each + times))
const sequence = fc.array(piece, { minLength: 1, maxLength: 4 }).map((list) => list.join(''))
const pattern = fc
  .tuple(sequence, fc.option(sequence), fc.boolean(), fc.boolean())
  .map(
    ([one, other, start, end]) =>
      `${start ? '^' : ''}${one}${end ? '$' : ''}${other === null ? '' : `|${other}`}`,
  )
const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '1', ' ', '\n'), maxLength: 12 })

test('a search finds what a backtracking matcher finds', () => {
  withinMachine(() =>
    fc.assert(
      fc.property(pattern, text, (source, subject) => {
        const expected = new RegExp(source, 's').exec(subject)
        const found = search(compileRegexp(source), subject, 0)
        assert.equal(found === null, expected === null)
        if (found === null || expected === null) return
        assert.deepEqual(found.slice(0, 2), [expected.index, expected.index + expected[0].length])
      }),
      { numRuns: 1000 },
    ),
  )
})

test('a match is a match of the whole text', () => {
  withinMachine(() =>
    fc.assert(
      fc.property(pattern, text, (source, subject) => {
        assert.equal(
          matchWhole(compileRegexp(source), subject) !== null,
          new RegExp(`^(?:${source})$`, 's').test(subject),
        )
      }),
      { numRuns: 500 },
    ),
  )
})

test('any text is an expression or an error of Squirrel', () => {
  withinMachine(() =>
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'ab()[]{}|*+?^$\\.,-19dwsb'.split('')) }),
        text,
        (source, subject) => {
          try {
            search(compileRegexp(source), subject, 0)
          } catch (error) {
            assert.equal((error as Error).constructor.name, 'SqError')
          }
        },
      ),
      { numRuns: 1000 },
    ),
  )
})
