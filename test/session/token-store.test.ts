import assert from 'node:assert/strict'
import { readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { authFile, deleteAuthFile, writeAuthFile } from '../../src/session/auth-file.ts'
import { resolveContext } from '../../src/session/execution-context.ts'
import { fileTokenStore } from '../../src/session/token-store.ts'
import { json, ownFolder } from './folder.ts'

const OLD = {
  endpoint: 'http://127.0.0.1:1/v5',
  accessToken: 'AT1',
  expiresAt: '2026-01-01T00:00:00.000Z',
  refreshToken: 'RT1',
}
const NEW = { accessToken: 'AT2', expiresAt: '2026-01-01T01:00:00.000Z' }

async function storeIn(t: TestContext, content: object = OLD) {
  const folder = await ownFolder(t)
  const path = join(folder, '.impt.auth')
  await writeFile(path, json(content))
  const context = await resolveContext(folder, {}, folder)
  assert.ok(context.kind === 'file')
  return { path, open: () => fileTokenStore(context) }
}

test('renewed tokens are saved in place; other keys and their order survive', async (t) => {
  const { path, open } = await storeIn(t, { note: 'mine', ...OLD, more: [1] })
  const state = await open().update(async (state) => ({ ...state, ...NEW }))
  assert.equal(state.accessToken, 'AT2')
  assert.equal(await readFile(path, 'utf8'), json({ note: 'mine', ...OLD, ...NEW, more: [1] }))
  assert.equal((await stat(path)).mode & 0o777, 0o600)
})

test('a new refresh token is stored', async (t) => {
  const { path, open } = await storeIn(t)
  const store = open()
  await store.update(async (state) => ({ ...state, ...NEW, refreshToken: 'RT2' }))
  assert.equal(await readFile(path, 'utf8'), json({ ...OLD, ...NEW, refreshToken: 'RT2' }))
  assert.equal((await store.read()).refreshToken, 'RT2')
})

test('of several stores that renew at once one does it and the others take its token', async (t) => {
  const { open } = await storeIn(t)
  let renewals = 0
  const renewIfOld = () =>
    open().update(async (state) => {
      if (state.accessToken !== 'AT1') return state
      renewals++
      await new Promise((resolve) => setImmediate(resolve))
      return { ...state, ...NEW }
    })
  const states = await Promise.all([renewIfOld(), renewIfOld(), renewIfOld()])
  assert.equal(renewals, 1)
  assert.deepEqual(new Set(states.map((state) => state.accessToken)), new Set(['AT2']))
})

test('a state that did not change is not written', async (t) => {
  const { path, open } = await storeIn(t)
  const before = await stat(path)
  await open().update(async (state) => state)
  assert.equal((await stat(path)).ino, before.ino)
})

test('a failed renewal leaves the file as it was', async (t) => {
  const { path, open } = await storeIn(t)
  const refused = new Error('refused')
  await assert.rejects(
    open().update(() => Promise.reject(refused)),
    refused,
  )
  assert.equal(await readFile(path, 'utf8'), json(OLD))
})

test('tokens of another endpoint, put there meanwhile, are never given out', async (t) => {
  const { path, open } = await storeIn(t)
  const store = open()
  await writeFile(path, json({ ...OLD, endpoint: 'http://elsewhere/v5' }))
  let asked = false
  await assert.rejects(
    store.update(async (state) => {
      asked = true
      return state
    }),
    { code: 'AUTH', message: 'The Local Auth File now belongs to another impCentral API.' },
  )
  assert.equal(asked, false)
})

test('after a logout elsewhere the file is not made again', async (t) => {
  const { path, open } = await storeIn(t)
  const store = open()
  await rm(path)
  await assert.rejects(
    store.update(async (state) => ({ ...state, ...NEW })),
    { code: 'AUTH', message: 'Local Auth File is not found.' },
  )
  await assert.rejects(stat(path))
})

test('the store names itself and the remedy for errors', async (t) => {
  const store = (await storeIn(t)).open()
  assert.equal(store.label, 'Local Auth')
  assert.equal(
    store.reloginHint,
    'Please relogin using "impt auth login --local" command and then try again.',
  )
})

test('login writes the documented keys in order, mode 0600, and drops what an old file had', async (t) => {
  const folder = await ownFolder(t)
  const file = authFile('global', folder)
  await writeFile(file.path, json({ old: true, loginKey: 'K' }))
  await writeAuthFile(file, {
    refreshToken: 'RT1',
    accessToken: 'AT1',
    expiresAt: OLD.expiresAt,
    endpoint: OLD.endpoint,
  })
  assert.equal(await readFile(file.path, 'utf8'), json(OLD))
  assert.equal((await stat(file.path)).mode & 0o777, 0o600)
})

test('logout deletes the file, and names a missing one', async (t) => {
  const file = authFile('global', await ownFolder(t))
  await writeAuthFile(file, OLD)
  await deleteAuthFile(file)
  await assert.rejects(deleteAuthFile(file), { code: 'AUTH', message: 'Global Auth File is not found.' })
})
