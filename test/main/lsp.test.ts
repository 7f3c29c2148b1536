import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nowAndThen } from '../../src/main/lsp.ts'

test('the names that the language server offers are read again while it runs, also after they could not be read', async (t) => {
  t.mock.timers.enable({ apis: ['Date'] })
  const answers = [
    Promise.reject(new Error('nobody is logged in')),
    Promise.resolve('old'),
    Promise.resolve('new'),
  ]
  let reads = 0
  const names = nowAndThen(() => answers[reads++] as Promise<string>)
  await assert.rejects(names, /nobody/)
  await assert.rejects(names, /nobody/)
  t.mock.timers.tick(60_000)
  assert.deepEqual([await names(), await names(), reads], ['old', 'old', 2])
  t.mock.timers.tick(60_000)
  assert.deepEqual([await names(), reads], ['new', 3])
})
