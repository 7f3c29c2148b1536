import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeFolders } from '../../src/session/made-folder.ts'

test('folders are made with those above them, twice without harm, and a file in the way is told as what it is', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'impt-folders-'))
  t.after(() => rmSync(root, { recursive: true }))
  await makeFolders(join(root, 'a/b/c'), 0o700)
  await makeFolders(join(root, 'a/b/c'), 0o700)
  assert.equal(statSync(join(root, 'a/b/c')).mode & 0o777, 0o700)
  writeFileSync(join(root, 'file'), '')
  await assert.rejects(makeFolders(join(root, 'file/x')), { code: 'ENOTDIR' })
})
