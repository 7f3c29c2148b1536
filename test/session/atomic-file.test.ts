import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmod, lstat, readFile, readdir, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { replaceFile } from '../../src/session/atomic-file.ts'
import { ownFolder } from './folder.ts'

test('a pipe or a device in the place of a plain file is written to and stays what it is', async (t) => {
  const pipe = join(await ownFolder(t), 'pipe')
  await promisify(execFile)('mkfifo', [pipe])
  const [read] = await Promise.all([readFile(pipe, 'utf8'), replaceFile(pipe, 'through', 'plain')])
  assert.equal(read, 'through')
  assert.equal((await lstat(pipe)).isFIFO(), true)
})

test('content that comes in parts replaces a file behind a link when all of it has come, and keeps its mode', async (t) => {
  const folder = await ownFolder(t)
  const [file, link] = [join(folder, 'file'), join(folder, 'link')]
  await writeFile(file, 'old')
  await chmod(file, 0o640)
  await symlink(file, link)
  await replaceFile(link, parts('one ', 'two'), 'plain')
  assert.equal((await lstat(link)).isSymbolicLink(), true)
  assert.equal(await readFile(file, 'utf8'), 'one two')
  assert.equal((await stat(file)).mode & 0o777, 0o640)
  await assert.rejects(replaceFile(link, parts('lost', new Error('the source broke')), 'plain'), /broke/)
  assert.equal(await readFile(file, 'utf8'), 'one two')
  assert.deepEqual((await readdir(folder)).toSorted(), ['file', 'link'])
})

async function* parts(...items: readonly (string | Error)[]): AsyncGenerator<Uint8Array> {
  for (const item of items) {
    if (item instanceof Error) throw item
    yield Buffer.from(item)
  }
}
