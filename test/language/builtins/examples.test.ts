import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findGroup } from '../../../src/commands/table/index.ts'
import { BUILT_INS } from '../../../src/language/builtins/index.ts'
import { ASSIGNING_FILTERS, CONDITION_FILTERS } from '../../../src/language/syntax/keywords.ts'
import { run } from '../fake-host.ts'

for (const { name, summary, examples } of BUILT_INS) {
  test(`what the help of "${name}" shows is what happens`, async () => {
    assert.match(summary, /^[A-Z"].*[.)]$/, 'a summary is a sentence')
    const all = Object.entries(examples)
    assert.ok(all.length >= 2, 'there are two examples')
    for (const [code, shown] of all) {
      const { out, err, exit } = await run(code)
      if (typeof shown === 'string') {
        assert.equal(out.replace(/\n+$/, ''), shown, code)
        assert.equal(exit, 0, `${code}: ${err}`)
      } else {
        assert.notEqual(exit, 0, code)
        assert.match(err, new RegExp(`error\\[(?:${shown.fails}|ARGUMENTS)\\]`), code)
      }
    }
  })
}

test('the parser reads a condition exactly where a signature has one', () => {
  const conditions = BUILT_INS.filter(({ words }) => words.at(-1)?.type?.name === 'condition')
  assert.deepEqual(conditions.map(({ name }) => name).sort(), [...CONDITION_FILTERS].sort())
  assert.deepEqual(
    conditions
      .filter(({ words }) => words.length === 2)
      .map(({ name }) => name)
      .sort(),
    [...ASSIGNING_FILTERS].sort(),
  )
})

test('no built-in takes the name of a group of commands', () => {
  assert.deepEqual(
    BUILT_INS.map(({ name }) => name).filter((name) => findGroup(name) !== undefined && name !== 'help'),
    [],
  )
})

test('names are given once', () => {
  const names = BUILT_INS.map(({ name }) => name)
  assert.deepEqual(
    names.filter((name, index) => names.indexOf(name) !== index),
    [],
  )
})
