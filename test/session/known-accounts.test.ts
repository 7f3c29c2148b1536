import assert from 'node:assert/strict'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { resolveContext } from '../../src/session/execution-context.ts'
import { recallAccount, rememberAccount } from '../../src/session/known-accounts.ts'
import { json, ownFolder } from './folder.ts'

const ACCOUNT = { id: 'acc-1', username: 'demo' }
const AUTH = {
  endpoint: 'http://h/v5',
  accessToken: 'AT-SECRET',
  expiresAt: '2026-01-01T00:00:00Z',
  refreshToken: 'RT-SECRET',
}

test('the account of a login is recalled without its tokens on disk, also after a refresh, and not for another login', async (t) => {
  const folder = await ownFolder(t)
  const contextOf = async (auth: object) => {
    await writeFile(join(folder, '.impt.auth'), json(auth))
    return resolveContext(folder, {}, folder)
  }
  const cache = join(folder, 'cache')
  const context = await contextOf(AUTH)
  assert.equal(await recallAccount(cache, context), undefined)
  await rememberAccount(cache, context, ACCOUNT)
  await rememberAccount(cache, await contextOf({ ...AUTH, refreshToken: 'RT2' }), {
    id: 'acc-2',
    username: 'other',
  })
  assert.deepEqual(await recallAccount(cache, await contextOf({ ...AUTH, accessToken: 'AT2' })), ACCOUNT)
  assert.equal(await recallAccount(cache, await contextOf({ ...AUTH, endpoint: 'http://i/v5' })), undefined)
  const path = join(cache, 'accounts.json')
  assert.ok(!(await readFile(path, 'utf8')).includes('SECRET'))
  assert.equal((await stat(path)).mode & 0o777, 0o600)
})

test('a damaged account file counts as none', async (t) => {
  const folder = await ownFolder(t)
  const context = await resolveContext(folder, { IMPT_USER: 'demo' }, folder)
  for (const damage of ['{', '[]', '']) {
    await writeFile(join(folder, 'accounts.json'), damage)
    assert.equal(await recallAccount(folder, context), undefined)
  }
  await rememberAccount(folder, context, ACCOUNT)
  assert.deepEqual(await recallAccount(folder, context), ACCOUNT)
  assert.equal(
    await recallAccount(folder, await resolveContext(folder, { IMPT_LOGINKEY: 'k' }, folder)),
    undefined,
  )
})
