import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { preprocess } from '../../src/preprocess/preprocess.ts'
import { runBuilder } from './builder.ts'
import { temporaryFolder } from './fixture.ts'

const GUIDE = readFileSync(new URL('../../src/help/builder.md', import.meta.url), 'utf8')

/** The examples: sources, each with the files before it, the variables that are named behind it, and what it becomes. */
const examples = [...GUIDE.matchAll(/^```builder\n([^]*?)^```$(?=([^]*?)^```(\w+)\n([^]*?)^```$)/gm)].map(
  ([, source = '', between = '', next = '', result = '']) => ({
    source,
    file: /^\/\/ (\S+)\n/.exec(source)?.[1],
    variables: Object.fromEntries(
      [...between.matchAll(/--define (\w+)=(\S+)/g)].map(([, name = '', value = '']) => [
        name,
        value.replace(/`$/, ''),
      ]),
    ),
    result: next === 'text' ? result : undefined,
  }),
)

describe('the guide "builder"', () => {
  test('has examples of each directive, each with its result', () => {
    assert.ok(examples.length >= 8)
    for (const name of ['set', 'if', 'elseif', 'else', 'end', 'error', 'repeat', 'while', 'macro', 'include'])
      assert.ok(
        examples.some(({ source }) => source.includes(`@${name} `) || source.includes(`@${name}\n`)),
        name,
      )
    for (const { file, result } of examples) assert.notEqual(file === undefined, result === undefined)
  })

  for (const { source, file, variables, result } of examples) {
    if (file !== undefined) continue
    test(`shows what becomes of ${JSON.stringify(source.slice(0, 40))}, here and with npm Builder`, async (t) => {
      const folder = temporaryFolder(t)
      for (const one of examples)
        if (one.file !== undefined) writeFileSync(join(folder, one.file), one.source)
      const { code } = await preprocess({ source, name: 'main.nut', path: folder }, { variables, env: {} })
      assert.equal(code, result)
      const theirs = runBuilder(source, 'main.nut', folder, variables)
      assert.deepEqual(theirs, { code: result, warnings: [] })
    })
  }

  test('names all functions of expressions', async () => {
    const { BUILTINS } = await import('../../src/preprocess/functions.ts')
    for (const [name, value] of BUILTINS)
      for (const one of name === 'S' ? Object.keys(value as object) : [name])
        assert.match(GUIDE, new RegExp(`\\b${one}\\b`))
  })
})
