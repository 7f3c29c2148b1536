import assert from 'node:assert/strict'
import {
  chmod,
  lstat,
  mkdir,
  readFile,
  readdir,
  readlink,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { ImptError } from '../../src/output/error.ts'
import {
  deleteFile,
  exists,
  readJsonFile,
  updateJsonFile,
  writeJsonFile,
} from '../../src/session/json-file.ts'
import type { JsonFile, JsonObject } from '../../src/session/json-file.ts'
import { json, ownFolder } from './folder.ts'
import { killNow, runWriter, runWriterWithLimit, startWriter } from './processes.ts'
import { fc } from '../properties.ts'

const fileAt = (path: string, form: JsonFile['form'] = 'plain'): JsonFile => ({ title: 'Test', path, form })
const modeOf = async (path: string) => (await stat(path)).mode & 0o777
const isFileError = (message: RegExp) => (error: unknown) =>
  error instanceof ImptError && error.code === 'FILE' && message.test(error.message)

test('a file is written with two spaces of indentation, no newline at the end, and keys in their order', async (t) => {
  const file = fileAt(join(await ownFolder(t), 'a'))
  await writeJsonFile(file, { zebra: 1, apple: undefined, mango: ['x'] })
  assert.equal(await readFile(file.path, 'utf8'), '{\n  "zebra": 1,\n  "mango": [\n    "x"\n  ]\n}')
})

test('any JSON object comes back as it was written', async (t) => {
  const file = fileAt(join(await ownFolder(t), 'a'))
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue()), async (content) => {
      await writeJsonFile(file, content)
      assert.equal(json(await readJsonFile(file)), json(JSON.parse(json(content))))
    }),
    { numRuns: 40 },
  )
})

test('a change keeps every key that it does not name, in the old order', async (t) => {
  const file = fileAt(join(await ownFolder(t), 'a'))
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue()), async (unknown) => {
      const before = { b: 1, ...(JSON.parse(json(unknown)) as JsonObject), a: 2 }
      await writeFile(file.path, json(before))
      await updateJsonFile(file, (content) => ({ ...content, b: 7 }))
      assert.equal(await readFile(file.path, 'utf8'), json({ ...before, b: 7 }))
    }),
    { numRuns: 30 },
  )
})

test('every beginning of a file is reported as corrupted, never taken, and kept', async (t) => {
  const file = fileAt(join(await ownFolder(t), 'a'))
  const whole = json({ accessToken: 'SECRET-TOKEN', list: [1, 'two', null, { deep: true }] })
  for (let length = 0; length < whole.length; length++) {
    const half = whole.slice(0, length)
    await writeFile(file.path, half)
    const error = await readJsonFile(file).catch((error: unknown) => error)
    assert.ok(error instanceof ImptError)
    assert.equal(error.message, 'Test File is corrupted.')
    assert.ok(!json([error.hint, error.notes, error.cause]).includes('SECRET'))
    await assert.rejects(
      updateJsonFile(file, () => ({})),
      isFileError(/corrupted/),
    )
    assert.equal(await readFile(file.path, 'utf8'), half)
  }
})

test('any bytes are either a JSON object or corrupted', async (t) => {
  const file = fileAt(join(await ownFolder(t), 'a'))
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), async (bytes) => {
      await writeFile(file.path, bytes)
      const content = await readJsonFile(file).catch((error: unknown) => error)
      if (content instanceof ImptError) assert.equal(content.message, 'Test File is corrupted.')
      else assert.equal(typeof content, 'object')
    }),
    { numRuns: 100 },
  )
})

test('arrays, numbers, texts and null are no content of our files', async (t) => {
  const file = fileAt(join(await ownFolder(t), 'a'))
  for (const text of ['[]', '1', '"x"', 'null', 'false', '0', '""']) {
    await writeFile(file.path, text)
    await assert.rejects(readJsonFile(file), isFileError(/^Test File is corrupted\.$/))
  }
})

test('a byte order mark is no damage', async (t) => {
  const file = fileAt(join(await ownFolder(t), 'a'))
  await writeFile(file.path, '\uFEFF{"a":1}')
  assert.deepEqual(await readJsonFile(file), { a: 1 })
})

test('a key named __proto__ is a key like others', async (t) => {
  const file = fileAt(join(await ownFolder(t), 'a'))
  await writeFile(file.path, '{"__proto__":{"x":1},"b":2}')
  await updateJsonFile(file, (content) => ({ ...content, b: 3 }))
  assert.equal(await readFile(file.path, 'utf8'), '{\n  "__proto__": {\n    "x": 1\n  },\n  "b": 3\n}')
  assert.equal(({} as JsonObject).x, undefined)
})

test('a missing file, also below something that is no folder, reads as nothing', async (t) => {
  const folder = await ownFolder(t)
  await writeFile(join(folder, 'plain'), '')
  assert.equal(await readJsonFile(fileAt(join(folder, 'a'))), undefined)
  assert.equal(await readJsonFile(fileAt(join(folder, 'plain', 'a'))), undefined)
  assert.equal(await exists(join(folder, 'plain', 'a')), false)
  assert.equal(await exists(join(folder, 'plain')), true)
})

test('a folder in the place of a file is an error that names it', async (t) => {
  const path = join(await ownFolder(t), 'a')
  await mkdir(path)
  const message = new RegExp(`^File error: ${path}: EISDIR: illegal operation on a directory\\.$`)
  await assert.rejects(readJsonFile(fileAt(path)), isFileError(message))
  await assert.rejects(writeJsonFile(fileAt(path), {}), isFileError(message))
  await assert.rejects(deleteFile(path), isFileError(/^File error: /))
})

test('a device in the place of a file is refused and not read', async () => {
  await assert.rejects(
    readJsonFile(fileAt('/dev/zero')),
    isFileError(/^File error: \/dev\/zero: it is not a regular file\.$/),
  )
})

test('writing into a missing folder names the file and the reason of the system', async (t) => {
  const path = join(await ownFolder(t), 'no', 'a')
  await assert.rejects(
    writeJsonFile(fileAt(path), {}),
    isFileError(new RegExp(`^File error: ${path}: ENOENT: no such file or directory, open '${path}'\\.$`)),
  )
})

test('deleting tells whether there was a file', async (t) => {
  const path = join(await ownFolder(t), 'a')
  await writeFile(path, '')
  assert.equal(await deleteFile(path), true)
  assert.equal(await deleteFile(path), false)
})

test('a secret file is closed to others, also when it was open before', async (t) => {
  const folder = await ownFolder(t)
  const file = fileAt(join(folder, 'a'), 'secret')
  await writeJsonFile(file, { a: 1 })
  assert.equal(await modeOf(file.path), 0o600)
  await chmod(file.path, 0o644)
  await updateJsonFile(file, (content) => ({ ...content, b: 2 }))
  assert.equal(await modeOf(file.path), 0o600)
})

test('a plain file is created as the umask says and keeps the mode that it has', async (t) => {
  const file = fileAt(join(await ownFolder(t), 'a'))
  await writeJsonFile(file, { a: 1 })
  assert.equal(await modeOf(file.path), 0o666 & ~process.umask())
  await chmod(file.path, 0o640)
  await writeJsonFile(file, { a: 2 })
  assert.equal(await modeOf(file.path), 0o640)
})

test('a symbolic link stays one and the file behind it is replaced', async (t) => {
  const folder = await ownFolder(t)
  await mkdir(join(folder, 'real'))
  await writeFile(join(folder, 'real', 'b'), '{}')
  await symlink('real/b', join(folder, 'a'))
  await writeJsonFile(fileAt(join(folder, 'a')), { x: 1 })
  assert.equal(await readlink(join(folder, 'a')), 'real/b')
  assert.deepEqual(await readJsonFile(fileAt(join(folder, 'real', 'b'))), { x: 1 })
})

test('a symbolic link to a file that is not there yet creates that file', async (t) => {
  const folder = await ownFolder(t)
  await symlink('b', join(folder, 'link'))
  await symlink('link', join(folder, 'a'))
  await writeJsonFile(fileAt(join(folder, 'a')), { x: 1 })
  assert.ok((await lstat(join(folder, 'a'))).isSymbolicLink())
  assert.ok((await lstat(join(folder, 'b'))).isFile())
})

test('a symbolic link to itself is an error and no endless loop', async (t) => {
  const path = join(await ownFolder(t), 'a')
  await symlink('a', path)
  await assert.rejects(readJsonFile(fileAt(path)), isFileError(/ELOOP/))
  await assert.rejects(writeJsonFile(fileAt(path), {}), isFileError(/ELOOP/))
})

test('nothing but the file is left in the folder, also not what a killed process left', async (t) => {
  const folder = await ownFolder(t)
  const file = fileAt(join(folder, 'a'), 'secret')
  const abandoned = join(folder, 'a.123.0123abcd.tmp')
  await writeFile(abandoned, 'half')
  await utimes(abandoned, new Date(0), new Date(0))
  await writeFile(join(folder, 'a.notes.tmp'), 'of the user')
  await writeJsonFile(file, { a: 1 })
  assert.deepEqual((await readdir(folder)).sort(), ['a', 'a.notes.tmp'])
})

test('four processes with fifty updates each lose none', async (t) => {
  const folder = await ownFolder(t)
  const file = fileAt(join(folder, 'a'), 'secret')
  await Promise.all([1, 2, 3, 4].map(() => runWriter('count', file.path, '50')))
  assert.equal(Object.keys((await readJsonFile(file)) ?? {}).length, 200)
  assert.deepEqual(await readdir(folder), ['a'])
})

test('a hundred updates at once in one process lose none', async (t) => {
  const file = fileAt(join(await ownFolder(t), 'a'), 'cache')
  const one = (i: number) => updateJsonFile(file, (content) => ({ ...content, [`k${i}`]: i }))
  await Promise.all(Array.from({ length: 100 }, (_, i) => one(i)))
  assert.equal(Object.keys((await readJsonFile(file)) ?? {}).length, 100)
})

test('kill -9 in the middle of writing leaves one of the two contents, and the next writer goes on', async (t) => {
  const file = fileAt(join(await ownFolder(t), 'a'), 'secret')
  for (let round = 0; round < 4; round++) {
    const child = await startWriter('flip', file.path)
    const first = await untilChanged(file.path)
    await untilChanged(file.path, first + round)
    await killNow(child)
    const content = await readJsonFile(file)
    assert.equal(content?.text, String(content?.which).repeat(300_000))
    await updateJsonFile(file, (content) => ({ ...content, after: true }))
    assert.equal((await readJsonFile(file))?.after, true)
  }
})

test('a file that cannot grow leaves the old content and says so', async (t) => {
  const folder = await ownFolder(t)
  const file = fileAt(join(folder, 'a'), 'secret')
  await writeJsonFile(file, { old: true })
  const printed = await runWriterWithLimit(256, 'write', file.path, '1000000')
  assert.match(printed, new RegExp(`^File error: ${file.path}: EFBIG: file too large\\.\n$`))
  assert.deepEqual(await readJsonFile(file), { old: true })
  assert.deepEqual(await readdir(folder), ['a'])
})

/** Waits until the file is there and has another number than `old` as its inode; gives that number. */
async function untilChanged(path: string, old = 0): Promise<number> {
  for (;;) {
    const status = await stat(path).catch(() => undefined)
    if (status !== undefined && status.ino !== old) return status.ino
    await delay(1)
  }
}
