import assert from 'node:assert/strict'
import { test } from 'node:test'
import { frameReader } from '../../src/program/frames.ts'

/** A digit and a colon, behind which as many bytes follow. */
function headerOf(bytes: Buffer) {
  const text = bytes.toString('latin1', 0, 2)
  if (!/^(?:\d:?)?$/.test(text)) return null
  return text.length < 2 ? undefined : { end: 2, length: Number(text[0]) }
}

function read(bytes: Buffer, size: number): { bodies: string[]; goesOn: boolean } {
  const bodies: string[] = []
  const take = frameReader(headerOf, (body) => bodies.push(body.toString('latin1')))
  let goesOn = true
  for (let at = 0; at < bytes.length; at += size) goesOn = take(bytes.subarray(at, at + size))
  return { bodies, goesOn }
}

test('frames are the same however their bytes are cut', () => {
  const bytes = Buffer.from('3:abc0:9:123456789' + '1:x'.repeat(3) + '2:y')
  for (let size = 1; size <= bytes.length; size++)
    assert.deepEqual(read(bytes, size), {
      bodies: ['abc', '', '123456789', 'x', 'x', 'x'],
      goesOn: true,
    })
})

test('nothing is read behind bytes that are no header', () => {
  const bytes = Buffer.from('1:a?1:b')
  for (let size = 1; size <= bytes.length; size++)
    assert.deepEqual(read(bytes, size), { bodies: ['a'], goesOn: false })
})
