import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'

test('tests inherit nothing of the machine that the program heeds, and what they are told themselves', () => {
  const { PATH } = process.env
  const theirs = [
    'http_proxy',
    'HTTPS_PROXY',
    'NO_PROXY',
    'IMPT_TARGET',
    'IMPT_PLAIN',
    'XDG_CONFIG_HOME',
    'FORCE_COLOR',
  ]
  const env = { PATH, ...Object.fromEntries(theirs.map((name) => [name, '1'])), IMPT_TEST_SEED: '7', CI: '1' }
  const rules = join(import.meta.dirname, '../scripts/strict.js')
  const program = 'console.log(JSON.stringify(process.env))'
  const printed = execFileSync(process.execPath, ['--import', rules, '-e', program], {
    env,
    encoding: 'utf8',
  })
  const { PATH: _, ...left } = JSON.parse(printed) as NodeJS.ProcessEnv
  assert.deepEqual(left, { IMPT_TEST_SEED: '7', CI: '1' })
})

test('V8 tells node:test of no promise: what waits costs what it costs users', async () => {
  await Promise.resolve()
  // What Node gives a promise that a hook is told of.
  assert.deepEqual(Object.getOwnPropertySymbols(Promise.resolve()), [])
})
