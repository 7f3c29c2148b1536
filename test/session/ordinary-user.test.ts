// Permissions mean nothing to root, so each of these tests acts as an ordinary user when it is run by root.
import assert from 'node:assert/strict'
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import 'lowdb'
import { resolveContext } from '../../src/session/execution-context.ts'
import { readJsonFile, updateJsonFile, writeJsonFile } from '../../src/session/json-file.ts'
import type { JsonFile } from '../../src/session/json-file.ts'
import { openEntityCache } from '../../src/entities/cache.ts'
import { SHAPES } from '../../src/entities/kinds.ts'
import { createSession } from '../../src/session/session.ts'
import { json } from './folder.ts'

const NOBODY = 65_534

async function asOrdinaryUser(task: (folder: string) => Promise<void>): Promise<void> {
  const isRoot = process.getuid?.() === 0
  if (isRoot) process.seteuid?.(NOBODY)
  const folder = await mkdtemp(join(tmpdir(), 'impt-user-'))
  try {
    await task(folder)
  } finally {
    if (isRoot) process.seteuid?.(0)
    await rm(folder, { recursive: true, force: true })
  }
}

const fileAt = (path: string): JsonFile => ({ title: 'Test', path, form: 'secret' })

test('a read-only folder is an error that names the file, and changes nothing', async () => {
  await asOrdinaryUser(async (folder) => {
    const file = fileAt(join(folder, 'a'))
    await writeFile(file.path, '{"a": 1}')
    await chmod(folder, 0o500)
    const expected = {
      code: 'FILE',
      message: `File error: ${file.path}: EACCES: permission denied.`,
      hint: 'Check the permissions of the file and of its folder',
    }
    await assert.rejects(writeJsonFile(file, {}), expected)
    await assert.rejects(
      updateJsonFile(file, () => ({})),
      expected,
    )
    await assert.rejects(writeJsonFile(fileAt(join(folder, 'b')), {}), { code: 'FILE' })
    assert.equal(await readFile(file.path, 'utf8'), '{"a": 1}')
    assert.deepEqual(await readdir(folder), ['a'])
    assert.deepEqual(await readJsonFile(file), { a: 1 })
    await chmod(folder, 0o700)
  })
})

test('an auth file that may not be read is an error and no fall-through', async () => {
  await asOrdinaryUser(async (folder) => {
    const path = join(folder, '.impt.auth')
    await writeFile(path, json({}), { mode: 0o000 })
    const message = `File error: ${path}: EACCES: permission denied.`
    await assert.rejects(resolveContext(folder, { IMPT_LOGINKEY: 'K' }, folder), { code: 'FILE', message })
  })
})

test('a session reports an auth file in a folder that may not be entered as an error that names the file', async () => {
  await asOrdinaryUser(async (folder) => {
    await chmod(folder, 0o000)
    const message = `File error: ${join(folder, '.impt.auth')}: EACCES: permission denied.`
    const session = createSession({ env: { HOME: folder }, shapes: SHAPES })
    await assert.rejects(async () => session.context(folder), { code: 'FILE', message })
    await chmod(folder, 0o700)
  })
})

test('a cache folder that may not be written is no error', async () => {
  await asOrdinaryUser(async (folder) => {
    await mkdir(join(folder, 'names'), { mode: 0o500 })
    const cache = openEntityCache(join(folder, 'names'))
    cache.remember('device', [{ id: 'd1', type: 'device', attributes: { name: 'a' } }])
    await cache.save()
    assert.deepEqual(cache.idsFor('device', 'a'), ['d1'])
    assert.deepEqual(await readdir(join(folder, 'names')), [])
  })
})
