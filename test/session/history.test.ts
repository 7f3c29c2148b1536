import assert from 'node:assert/strict'
import { appendFile, chmod, open, readFile, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  appendHistory,
  clearHistory,
  deleteHistory,
  grepHistory,
  readHistory,
  trimHistory,
} from '../../src/session/history.ts'
import { ownFolder } from './folder.ts'
import { runWriter } from './processes.ts'
import { character, fc } from '../properties.ts'

const texts = async (file: string, size = 100) => (await readHistory(file, size)).map((entry) => entry.text)

test('entries come back oldest first, with their time, context and success', async (t) => {
  const file = join(await ownFolder(t), 'history.jsonl')
  assert.deepEqual(await readHistory(file, 10), [])
  await appendHistory(file, { text: 'device list', at: 1, context: 'acme', ok: true })
  await appendHistory(file, { text: 'each {\n  x\n}', at: 2 })
  assert.deepEqual(await readHistory(file, 10), [
    { text: 'device list', at: 1, context: 'acme', ok: true },
    { text: 'each {\n  x\n}', at: 2 },
  ])
  assert.equal((await stat(file)).mode & 0o777, 0o600)
  assert.equal((await readFile(file, 'utf8')).split('\n').length, 3)
})

test('any text comes back as it was', async (t) => {
  const file = join(await ownFolder(t), 'history.jsonl')
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: character }), async (text) => {
      await appendHistory(file, { text, at: 1 })
      assert.equal((await texts(file)).at(-1), text)
    }),
    { numRuns: 50 },
  )
})

test('of equal entries the newest is kept, and of all only the newest', async (t) => {
  const file = join(await ownFolder(t), 'history.jsonl')
  for (const [at, text] of ['a', 'b', 'a', 'c', 'd'].entries()) await appendHistory(file, { text, at })
  assert.deepEqual(await texts(file), ['b', 'a', 'c', 'd'])
  assert.deepEqual(await texts(file, 2), ['c', 'd'])
  assert.deepEqual(await texts(file, 0), [])
})

test('damaged lines are skipped, stay until the file is trimmed, and swallow no later entry', async (t) => {
  const file = join(await ownFolder(t), 'history.jsonl')
  await appendHistory(file, { text: 'a', at: 1 })
  await appendFile(file, 'rubbish\n[1]\nnull\n{"text":1,"at":1}\n{"text":"x"}\n\u0000\n{"text":"half')
  await appendHistory(file, { text: 'b', at: 2 })
  assert.deepEqual(await texts(file), ['a', 'b'])
  assert.match(await readFile(file, 'utf8'), /rubbish/)
  await trimHistory(file, 2)
  assert.deepEqual((await readFile(file, 'utf8')).split('\n'), [
    '{"text":"a","at":1}',
    '{"text":"b","at":2}',
    '',
  ])
})

test('any bytes in the file leave a readable history', async (t) => {
  const file = join(await ownFolder(t), 'history.jsonl')
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 60 }), async (bytes) => {
      await writeFile(file, bytes)
      await appendHistory(file, { text: 'last', at: 3 })
      assert.equal((await texts(file)).at(-1), 'last')
    }),
    { numRuns: 50 },
  )
})

test('the file is trimmed only when it has a tenth more lines than wanted', async (t) => {
  const file = join(await ownFolder(t), 'history.jsonl')
  for (let at = 0; at < 11; at++) await appendHistory(file, { text: `e${at}`, at })
  const before = await stat(file)
  await trimHistory(file, 10)
  assert.equal((await stat(file)).ino, before.ino)
  await appendHistory(file, { text: 'e11', at: 11 })
  await trimHistory(file, 10)
  assert.deepEqual(await texts(file), ['e2', 'e3', 'e4', 'e5', 'e6', 'e7', 'e8', 'e9', 'e10', 'e11'])
  assert.equal((await stat(file)).mode & 0o777, 0o600)
})

test('two sessions that write while others trim lose nothing', async (t) => {
  const folder = await ownFolder(t)
  const file = join(folder, 'history.jsonl')
  for (let at = 0; at < 20; at++) await appendHistory(file, { text: 'same', at })
  const writers = Promise.all([
    runWriter('history', file, 'one', '200'),
    runWriter('history', file, 'two', '200'),
  ])
  const written = writers.then(() => true)
  do await trimAgain(file)
  while (!(await Promise.race([written, Promise.resolve(false)])))
  const kept = new Set((await texts(file, 1000)).map((text) => text.split(' ').slice(0, 2).join(' ')))
  for (let i = 0; i < 200; i++) assert.ok(kept.has(`one ${i}`) && kept.has(`two ${i}`), `entry ${i}`)
  assert.deepEqual(await readdir(folder), ['history.jsonl'])
})

async function trimAgain(file: string): Promise<void> {
  await deleteHistory(file, 'nothing has this text')
  await trimHistory(file, 1000)
}

test('an entry that is written to a file which has just been replaced is in the new one', async (t) => {
  const file = join(await ownFolder(t), 'history.jsonl')
  await appendHistory(file, { text: 'first', at: 0 })
  const handle = await open(file)
  const prototype = Object.getPrototypeOf(handle) as typeof handle
  await handle.close()
  const write = Reflect.get(prototype, 'write') as (this: unknown, text: string) => Promise<unknown>
  async function writeLate(this: unknown, text: string) {
    await deleteHistory(file, 'nothing has this text')
    return write.call(this, text)
  }
  t.mock.method(prototype, 'write', writeLate as never, { times: 1 })
  await appendHistory(file, { text: 'second', at: 1 })
  assert.deepEqual(await texts(file), ['first', 'second'])
})

test('a line that is only half written when the file is replaced is kept once it is whole', async (t) => {
  const file = join(await ownFolder(t), 'history.jsonl')
  const line = '{"text":"second","at":1}\n'
  await appendHistory(file, { text: 'first', at: 0 })
  await appendFile(file, line.slice(0, 12))
  const handle = await open(file)
  const prototype = Object.getPrototypeOf(handle) as typeof handle
  await handle.close()
  const readFileOf = Reflect.get(prototype, 'readFile') as (this: unknown) => Promise<unknown>
  async function readHalf(this: unknown) {
    const content = await readFileOf.call(this)
    await appendFile(file, line.slice(12))
    return content
  }
  t.mock.method(prototype, 'readFile', readHalf as never, { times: 1 })
  await deleteHistory(file, 'nothing has this text')
  assert.deepEqual(await texts(file), ['first', 'second'])
})

test('an entry is deleted with all its repetitions, or all entries are', async (t) => {
  const file = join(await ownFolder(t), 'history.jsonl')
  await clearHistory(file)
  assert.deepEqual(await texts(file), [])
  for (const [at, text] of ['a', 'b', 'a'].entries()) await appendHistory(file, { text, at })
  await deleteHistory(file, 'a')
  assert.deepEqual(await texts(file), ['b'])
  await clearHistory(file)
  assert.equal(await readFile(file, 'utf8'), '')
})

test('a history that others could read is closed', async (t) => {
  const file = join(await ownFolder(t), 'history.jsonl')
  await writeFile(file, '')
  await chmod(file, 0o644)
  await appendHistory(file, { text: 'a', at: 1 })
  assert.equal((await stat(file)).mode & 0o777, 0o600)
})

test('a search ignores case unless a capital is given', () => {
  const entries = ['Device list', 'device info', 'dg list'].map((text, at) => ({ text, at }))
  const found = (text: string) => grepHistory(entries, text).map((entry) => entry.at)
  assert.deepEqual(
    [found('device'), found('Device'), found('list'), found('')],
    [[0, 1], [0], [0, 2], [0, 1, 2]],
  )
})

test('a history that cannot be written is an error that names it', async (t) => {
  const folder = await ownFolder(t)
  await assert.rejects(appendHistory(folder, { text: 'a', at: 1 }), {
    code: 'FILE',
    message: `File error: ${folder}: EISDIR: illegal operation on a directory.`,
  })
})
