import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openDesk } from './impt.ts'
import { play } from './terminal.ts'

const IMPT_ENDPOINT = 'https://someone:S3CRET@127.0.0.1:9/v5'

test('the password in a URL of an endpoint is shown nowhere', async (t) => {
  const desk = await openDesk(t)
  const env = { IMPT_ENDPOINT, IMPT_LOGINKEY: 'a-key' }
  for (const words of [
    ['auth', 'info'],
    ['auth', 'info', '-z', 'json'],
    ['auth', 'info', '-z', 'csv'],
    ['device', 'list'],
    ['device', 'list', '-z', 'debug'],
    ['product', 'create', '-n', 'x', '-z', 'json'],
    ['auth', 'login', '-u', 'me', '-w', 'x', '-q'],
    ['project', 'info'],
    ['-c', 'device list | count'],
  ]) {
    const { stdout, stderr } = await desk.run(words, '', env)
    assert.doesNotMatch(stdout + stderr, /S3CRET/, words.join(' '))
  }
})

test('nor at the prompt', () =>
  play(
    [],
    async (terminal) => {
      await terminal.until(/› ?$/)
      terminal.send('context\r')
      await terminal.until(/directory: [^]*› ?$/)
      terminal.send('auth info\r')
      await terminal.until(/API endpoint[^]*› ?$/)
      assert.doesNotMatch(terminal.raw(), /S3CRET/)
    },
    { env: { IMPT_ENDPOINT, IMPT_LOGINKEY: 'a-key' }, columns: 120 },
  ))
