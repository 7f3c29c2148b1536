import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { preprocess } from '../../src/preprocess/preprocess.ts'
import { includeOptions } from '../../src/preprocess/surroundings.ts'
import { serve, temporaryFolder } from './fixture.ts'

test('a mirror and a lock are named relative to the directory or by an absolute path', async (context) => {
  const directory = temporaryFolder(context)
  const elsewhere = temporaryFolder(context)
  for (const mirror of [join(directory, 'mirror'), join(elsewhere, 'mirror')]) {
    const file = join(mirror, 'github/u/r/x')
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, `${mirror}\n`)
  }
  const source = { source: '@include "github:u/r/x"', name: 'main', path: directory }
  const run = async (env: Record<string, string>) =>
    (await preprocess(source, { ...(await includeOptions(directory, env)), offline: true })).code
  assert.equal(await run({ IMPT_INCLUDE_MIRROR: 'mirror' }), `${join(directory, 'mirror')}\n`)
  assert.equal(
    await run({ IMPT_INCLUDE_MIRROR: join(elsewhere, 'mirror') }),
    `${join(elsewhere, 'mirror')}\n`,
  )
  const lock = join(elsewhere, 'lock.json')
  assert.deepEqual((await includeOptions(directory, {}, { lock })).lock, { use: lock, save: lock })
})

test('a remote source sees the environment, but no credential in it', async (context) => {
  const line = '@{MODE} @{GITHUB_TOKEN} @{IMPT_LOGINKEY} @{IMPT_PASSWORD} @{my_secret}\n'
  const { url } = await serve(context, () => ({ body: `@macro m()\n${line}@end\n${line}@include m()\n` }))
  const env = { MODE: 'x', GITHUB_TOKEN: 'a', IMPT_LOGINKEY: 'b', IMPT_PASSWORD: 'c', my_secret: 'd' }
  const source = `@include "${url}/lib"\n${line}@include m()\n`
  const { code } = await preprocess({ source, name: 'main', path: '/nowhere' }, { env })
  const hidden = 'x null null null null\n'
  assert.equal(code, `${hidden}${hidden}x a b c d\n${hidden}`)
})
