import assert from 'node:assert/strict'
import { readFile, readdir, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { withLock } from '../../src/session/lock.ts'
import { ownFolder } from './folder.ts'
import { killNow, startWriter } from './processes.ts'

test('tasks under one lock run one after another, in their order, and give their results', async (t) => {
  const path = join(await ownFolder(t), 'a')
  const seen: string[] = []
  const task = (name: string) =>
    withLock(path, async () => {
      seen.push(`${name} begins`)
      await new Promise((resolve) => setImmediate(resolve))
      seen.push(`${name} ends`)
      return name
    })
  assert.deepEqual(await Promise.all([task('a'), task('b')]), ['a', 'b'])
  assert.deepEqual(seen, ['a begins', 'a ends', 'b begins', 'b ends'])
})

test('a task that fails lets the lock go', async (t) => {
  const folder = await ownFolder(t)
  const path = join(folder, 'a')
  const broken = new Error('broken')
  await assert.rejects(
    withLock(path, () => Promise.reject(broken)),
    broken,
  )
  assert.equal(await withLock(path, async () => 'next'), 'next')
  assert.deepEqual(await readdir(folder), [])
})

test('the lock of a process that is dead is broken at once', async (t) => {
  const folder = await ownFolder(t)
  const child = await startWriter('flip', join(folder, 'other'))
  await killNow(child)
  const path = join(folder, 'a')
  await writeFile(`${path}.lock`, `${child.pid} ${hostname()} 0123`)
  await writeFile(`${path}.lock.break`, `${child.pid} ${hostname()} 4567`)
  assert.equal(await withLock(path, async () => 'mine'), 'mine')
})

test('a lock that nobody has touched for ten seconds is broken, whoever holds it', async (t) => {
  const path = join(await ownFolder(t), 'a')
  await writeFile(`${path}.lock`, `1 elsewhere 0123`)
  const before = new Date(Date.now() - 11_000)
  await utimes(`${path}.lock`, before, before)
  assert.equal(await withLock(path, async () => 'mine'), 'mine')
})

test('the lock of a living process on another machine is waited for', async (t) => {
  const path = join(await ownFolder(t), 'a')
  const theirs = `1 elsewhere 0123`
  await writeFile(`${path}.lock`, theirs)
  let entered = false
  const waiting = withLock(path, async () => (entered = true))
  for (let tries = 0; tries < 5; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 10))
    assert.equal(await readFile(`${path}.lock`, 'utf8'), theirs)
    assert.equal(entered, false)
  }
  await utimes(`${path}.lock`, new Date(0), new Date(0))
  assert.equal(await waiting, true)
})

test('a holder whose lock was taken away does not remove the lock of the next one', async (t) => {
  const path = join(await ownFolder(t), 'a')
  await withLock(path, () => writeFile(`${path}.lock`, 'somebody else'))
  assert.equal(await readFile(`${path}.lock`, 'utf8'), 'somebody else')
})
