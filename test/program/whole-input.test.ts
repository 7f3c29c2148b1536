import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { wholeInput } from '../../src/program/whole-input.ts'

test('the whole of an input is what it gave until its end', async () => {
  const input = new PassThrough()
  const whole = wholeInput(input, new AbortController().signal)
  input.write('a')
  input.end('b')
  assert.equal((await whole).toString(), 'ab')
})

test('an input that nobody ends is given up with the signal, before or while it is read', async () => {
  const reason = new Error('stop')
  await assert.rejects(wholeInput(new PassThrough(), AbortSignal.abort(reason)), reason)
  const stop = new AbortController()
  const input = new PassThrough()
  const whole = wholeInput(input, stop.signal)
  input.write('a')
  setImmediate(() => stop.abort(reason))
  await assert.rejects(whole, reason)
})
