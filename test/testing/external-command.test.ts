import assert from 'node:assert/strict'
import { test } from 'node:test'
import { passedOn, runExternal } from '../../src/testing/external-command.ts'
import { fc } from '../properties.ts'

const secret = 's3cret'
const kept = { PATH: process.env['PATH'] ?? '', HOME: '/tmp', LANG: 'C', LC_ALL: 'C', IMPT_TEST_RIG: 'rig 1' }

test('a command of a test sees what programs need, and no token or password', async () => {
  const names = [
    'GITHUB_TOKEN',
    'GITHUB_USER',
    'IMPT_PASSWORD',
    'IMPT_LOGINKEY',
    'IMPT_USER',
    'AWS_SECRET_ACCESS_KEY',
    'NPM_TOKEN',
    'HTTPS_PROXY',
    'SSH_AUTH_SOCK',
  ]
  const { stdout, code } = await runExternal('env', {
    directory: '/tmp',
    env: { ...kept, ...Object.fromEntries(names.map((name) => [name, secret])) },
    timeout: 300_000,
    signal: new AbortController().signal,
  })
  assert.equal(code, 0)
  assert.doesNotMatch(stdout, /s3cret/)
  for (const [name, value] of Object.entries(kept)) assert.ok(stdout.includes(`${name}=${value}\n`), name)
})

test('whatever a variable is called, it goes on only if it is needed or begins with IMPT_TEST_', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.constant(secret)), (env) => {
      for (const name of Object.keys(passedOn({ ...kept, ...env })))
        assert.ok(name in kept || /^(?:LC_|IMPT_TEST_)/i.test(name) || /^[A-Z0-9_()]+$/i.test(name), name)
    }),
  )
  assert.deepEqual(passedOn(kept), kept)
  assert.deepEqual(passedOn({ Path: 'C:\\', SystemRoot: 'C:\\Windows' }), {
    Path: 'C:\\',
    SystemRoot: 'C:\\Windows',
  })
})
