/** The background server's state file, and the sandbox of `impt --sandbox`. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  answers,
  clearFolder,
  isRunning,
  readState,
  removeState,
  stateFile,
  stop,
  writeState,
} from '../../src/sandbox/background.ts'
import { adminRequest } from '../../src/sandbox/adminrequest.ts'
import { FolderInUse, isAlive } from '../../src/sandbox/lock.ts'
import { openEmbedded } from '../../src/sandbox/embedded.ts'
import { clientOf, folder, product } from './plainclient.ts'
import { kill, spawnServer } from './servers.ts'

const whoami = async ({ url, token }: { url: string; token: string }) =>
  (await clientOf(url, token)('GET', '/accounts/me')).body.data.attributes.username as string

test('the state file is private, whole, and removed only by its own process', (t) => {
  const dir = folder(t)
  assert.equal(readState(dir), undefined)
  const state = writeState(
    dir,
    { url: 'http://127.0.0.1:1/v5', adminToken: 'secret', password: 'secret' },
    '3',
    'server',
  )
  assert.deepEqual(readState(dir), state)
  assert.equal(statSync(stateFile(dir)).mode & 0o777, 0o600)
  assert.equal(isRunning(state), true)
  assert.equal(isRunning({ ...state, pid: 2 ** 22 + 1 }), false)
  assert.equal(isRunning({ ...state, birth: 'long ago' }), false)
  removeState(dir)
  assert.equal(readState(dir), undefined)
  for (const text of ['', '{', '{}', '[]', '{"pid":"1"}']) {
    writeFileSync(stateFile(dir), text)
    assert.equal(readState(dir), undefined)
  }
})

test('the first opener serves, the second one uses it and goes on when the first one ends', async (t) => {
  const dir = folder(t)
  const first = await openEmbedded(dir)
  const second = await openEmbedded(dir)
  assert.equal(await whoami(second), 'demo')
  const made = await clientOf(second.url, second.token)('POST', '/products', product('Shared'))
  const passing = await openEmbedded(dir)
  await passing.close()
  assert.equal(await whoami(first), 'demo', 'closing a guest leaves the server')
  await first.close()
  // A connection that was kept open may break once, as with every server that ends.
  const again = () => whoami(second).catch(() => whoami(second))
  assert.deepEqual(await Promise.all([again(), again()]), ['demo', 'demo'])
  await second.close()
  const third = await openEmbedded(dir)
  t.after(() => third.close())
  assert.equal((await clientOf(third.url, third.token)('GET', `/products/${made.body.data.id}`)).status, 200)
})

test('an ending holder waits for a guest while requests come, and no longer than until it has gone', async (t) => {
  const guest = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' })
  t.after(() => guest.kill('SIGKILL'))
  const dir = folder(t)
  const first = await openEmbedded(dir, '0', { farewell: 600_000 })
  const wish = { account: 'demo', guest: guest.pid }
  assert.equal((await adminRequest(readState(dir)!, 'POST', '/token', wish)).status, 200)
  let isClosed = false
  const closing = first.close().then(() => (isClosed = true))
  for (let turn = 0; turn < 20; turn++) {
    assert.equal(await whoami(first), 'demo')
    assert.equal(isClosed, false)
  }
  guest.kill('SIGKILL')
  await closing
})

test('an ending holder does not wait for a guest that asks for nothing', async (t) => {
  const guest = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' })
  t.after(() => guest.kill('SIGKILL'))
  const dir = folder(t)
  const first = await openEmbedded(dir, '0', { farewell: 0 })
  const wish = { account: 'demo', guest: guest.pid }
  assert.equal((await adminRequest(readState(dir)!, 'POST', '/token', wish)).status, 200)
  await first.close()
  assert.equal(isAlive(guest.pid ?? 0), true)
})

test('clearing a folder takes the store and leaves all else, and never a live one', async (t) => {
  const dir = folder(t)
  const first = await openEmbedded(dir)
  const made = await clientOf(first.url, first.token)('POST', '/products', product('Old'))
  assert.throws(() => clearFolder(dir), FolderInUse)
  await first.close()
  writeFileSync(join(dir, 'notes.txt'), 'mine')
  clearFolder(dir)
  assert.deepEqual(readdirSync(dir), ['notes.txt'])
  const second = await openEmbedded(dir)
  t.after(() => second.close())
  assert.equal(
    (await clientOf(second.url, second.token)('GET', `/products/${made.body.data.id}`)).status,
    404,
  )
})

test('many openers at once end up with one server', async (t) => {
  const dir = folder(t)
  const all = await Promise.all(Array.from({ length: 6 }, () => openEmbedded(dir)))
  t.after(() => Promise.all(all.map((one) => one.close())))
  for (const one of all) assert.equal(await whoami(one), 'demo')
})

test(
  'a background server is used, stopped in good order, and replaced when it was killed',
  { timeout: 600_000 },
  async (t) => {
    const dir = folder(t)
    const server = await spawnServer(dir)
    const guest = await openEmbedded(dir)
    assert.equal(guest.url, server.url)
    assert.equal(await whoami(guest), 'demo')
    const state = readState(dir)!
    assert.equal(state.pid, server.pid)
    assert.equal(await answers(state), true)
    assert.equal(await answers({ ...state, adminToken: 'wrong' }), false)
    assert.equal(await stop(state), true)
    assert.equal(await stop(state), false)
    assert.equal(readState(dir), undefined)
    const next = await spawnServer(dir)
    await kill(next)
    assert.equal(isRunning(readState(dir)!), false)
    const own = await openEmbedded(dir)
    t.after(() => own.close())
    assert.notEqual(own.url, next.url)
    assert.equal(await whoami(own), 'demo')
  },
)
