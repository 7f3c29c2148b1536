import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { preprocess } from '../../src/preprocess/preprocess.ts'
import { temporaryFolder } from './fixture.ts'

const LIBRARY = `
const inner = 'in'
module.exports = {
  upper: (text) => text.toUpperCase(),
  twice: function (number) { return this.max(number * 2, 0) },
  where: function () { return this.__FILE__ + ':' + this.__LINE__ },
  set: function () { return this.globals.v },
  box: { get: () => inner },
  list: [1, [2, 3]],
  VERSION: '1.2',
  fails: () => { throw new Error('no luck') },
}
`
const SOURCE =
  '@set v "of @set"\n@{upper("a")} @{"b"|upper} @{twice(4);} @{where()} @{set()} @{box.get()} @{list} @{VERSION}\n'

describe('functions of JavaScript libraries', () => {
  test('give what npm Builder gives', async (t) => {
    const directory = temporaryFolder(t)
    writeFileSync(join(directory, 'lib.js'), LIBRARY)
    const { code } = await preprocess(
      { source: SOURCE, name: 'main', path: directory },
      { directory, libraries: ['lib.js'] },
    )
    const Builder = createRequire(import.meta.url)('Builder') as new (options: { libs: string[] }) => {
      machine: { execute(source: string): string }
    }
    assert.equal(code, new Builder({ libs: [join(directory, 'lib.js')] }).machine.execute(SOURCE))
    assert.equal(code, 'A B 8 main:2 of @set in 1,2,3 1.2\n')
  })

  test('are read again for each build, and given variables win over them', async (t) => {
    const directory = temporaryFolder(t)
    for (const [value, variables, expected] of [
      [1, {}, '1'],
      [2, {}, '2'],
      [2, { n: 3 }, '3'],
    ] as const) {
      writeFileSync(join(directory, 'lib.js'), `module.exports = { n: ${value} }`)
      const { code } = await preprocess(
        { source: '@{n}', name: 'main' },
        { directory, libraries: ['lib.js'], variables },
      )
      assert.equal(code, expected)
    }
  })

  test('errors name the function and the place in the source, or the library', async (t) => {
    const directory = temporaryFolder(t)
    writeFileSync(join(directory, 'lib.js'), `${LIBRARY}\nmodule.exports.later = async () => 1`)
    writeFileSync(join(directory, 'broken.js'), 'module.exports = {')
    writeFileSync(join(directory, 'number.js'), 'module.exports = 5')
    mkdirSync(join(directory, 'folder'))
    const run = (source: string, library = 'lib.js') =>
      preprocess({ source, name: 'main', path: '/p' }, { directory, libraries: [library] })
    await assert.rejects(run('\n@{fails()}'), /fails\(\): no luck \(\/p\/main:2\)/)
    await assert.rejects(run('@{later()}'), /later\(\) gives a promise/)
    await assert.rejects(run('', 'missing.js'), /The library "missing.js" is not found/)
    await assert.rejects(run('', 'folder'), /The library "folder" is not found/)
    await assert.rejects(run('', 'broken.js'), /The library "broken.js" cannot be loaded: /)
    await assert.rejects(run('', 'number.js'), /The library "number.js" exports no object/)
  })
})
