import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { columnsOf } from '../../src/repl/editor/graphemes.ts'
import { middleCut, promptSpans, promptText, type PromptFacts } from '../../src/repl/prompt.ts'
import { fc } from '../properties.ts'

const FACTS: PromptFacts = {
  account: 'acme',
  directory: '~/fw',
  jobs: 0,
  status: 0,
  dryRun: false,
  private: false,
}
const text = (facts: Partial<PromptFacts>, columns = 120) =>
  promptSpans({ ...FACTS, ...facts }, columns)
    .map((span) => span.text)
    .join('')

describe('the prompt', () => {
  for (const [name, facts, shown] of [
    ['says the account and the directory', {}, 'impt acme ~/fw › '],
    [
      'says where the production is, in words',
      { product: 'Thermo', group: 'line-1', production: true, jobs: 1 },
      'impt acme ‹Thermo / line-1 production!› ~/fw (jobs 1) › ',
    ],
    [
      'says an endpoint that is not the usual one',
      { endpoint: 'imp.example.com' },
      'impt acme@imp.example.com ~/fw › ',
    ],
    ['says the exit code of a failure', { status: 3 }, 'impt acme ~/fw ✗3 › '],
    ['says when a login ends', { minutesLeft: 4 }, 'impt acme ~/fw (token 4m) › '],
    ['says dry run and private', { dryRun: true, private: true }, 'impt acme ~/fw (dry run) (private) › '],
  ] as const) {
    test(name, () => assert.equal(text(facts), shown))
  }

  test('says that nobody is logged in', () => {
    const { account: _account, ...nobody } = FACTS
    assert.equal(
      promptSpans(nobody, 100)
        .map((span) => span.text)
        .join(''),
      'impt (not logged in) ~/fw › ',
    )
  })

  test('leaves room to type on any terminal, and never loses the warning while there is room for it', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 80 }),
        fc.string({ maxLength: 80 }),
        fc.integer({ min: 8, max: 200 }),
        (account, group, columns) => {
          const shown = text({ account, group, production: true }, columns)
          assert.ok(columnsOf(shown) <= Math.max(12, columns * 0.75), shown)
          if (columns >= 30) assert.match(shown, /production!/)
          assert.doesNotMatch(shown, /[\0-\x1f]/)
        },
      ),
    )
  })

  test('has no symbols in plain mode', () => {
    assert.equal(
      promptText({ ...FACTS, group: 'line-1', production: true, status: 2 }),
      'impt acme [line-1 production!] ~/fw failed 2 > ',
    )
  })

  test('long names are cut in the middle', () => {
    assert.equal(middleCut('thermostat-production-line-1', 11), 'therm…ine-1')
  })
})
