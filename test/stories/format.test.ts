import assert from 'node:assert/strict'
import { chmod, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { openDesk } from './impt.ts'

test('fmt formats files in place, names them, keeps their mode, and says nothing about those that are formatted', async (t) => {
  const desk = await openDesk(t)
  const file = join(desk.folder, 'a.imptsh')
  await writeFile(file, 'if true{\nprint 1\n}')
  await chmod(file, 0o755)
  assert.equal((await desk.run(['fmt', '--check', 'a.imptsh'])).code, 1)
  assert.match((await desk.run(['fmt', '--diff', 'a.imptsh'])).stdout, /^-if true\{$[^]*^\+if true \{$/m)
  assert.equal(await readFile(file, 'utf8'), 'if true{\nprint 1\n}')
  assert.equal((await desk.run(['fmt', 'a.imptsh'])).stdout, 'a.imptsh: formatted\n')
  assert.equal(await readFile(file, 'utf8'), 'if true {\n  print 1\n}\n')
  assert.equal((await stat(file)).mode & 0o777, 0o755)
  assert.deepEqual(
    [(await desk.run(['fmt', 'a.imptsh'])).stdout, (await desk.run(['fmt', '--check', 'a.imptsh'])).code],
    ['', 0],
  )
})

test('fmt leaves a script with an error alone, formats the others, and ends with 2', async (t) => {
  const desk = await openDesk(t)
  await writeFile(join(desk.folder, 'bad.imptsh'), 'if {')
  await writeFile(join(desk.folder, 'good.imptsh'), 'print   1')
  const { code, stdout, stderr } = await desk.run(['fmt', 'bad.imptsh', 'good.imptsh'])
  assert.equal(code, 2)
  assert.match(stdout + stderr, /good\.imptsh: formatted[^]*bad\.imptsh/)
  assert.equal(await readFile(join(desk.folder, 'bad.imptsh'), 'utf8'), 'if {')
  await writeFile(join(desk.folder, 'latin.imptsh'), Buffer.from([0x23, 0xe9, 0x0a]))
  assert.equal((await desk.run(['fmt', 'latin.imptsh'])).code, 2)
})

test('a script of nothing stays one', async (t) => {
  const desk = await openDesk(t)
  await writeFile(join(desk.folder, 'empty.imptsh'), '')
  assert.deepEqual(
    [
      (await desk.run(['fmt', 'empty.imptsh'])).stdout,
      (await desk.run(['fmt', '--check', 'empty.imptsh'])).code,
    ],
    ['', 0],
  )
  for (const nothing of ['', '\n', ' \n\r\n\n'])
    assert.equal((await desk.run(['fmt', '--stdin'], nothing)).stdout, '', JSON.stringify(nothing))
})

test('fmt --stdin formats from a pipe, and fmt alone says what it needs', async (t) => {
  const desk = await openDesk(t)
  assert.equal((await desk.run(['fmt', '--stdin'], 'print   1')).stdout, 'print 1\n')
  assert.equal((await desk.run(['fmt'])).code, 2)
})

test('squirrel format indents in place, and --check ends with 1', async (t) => {
  const desk = await openDesk(t)
  const file = join(desk.folder, 'a.nut')
  await writeFile(file, 'function f() {\nreturn 1  \n}\n')
  assert.equal((await desk.run(['squirrel', 'format', '--check', 'a.nut'])).code, 1)
  assert.equal((await desk.run(['squirrel', 'format', 'a.nut'])).code, 0)
  assert.equal(await readFile(file, 'utf8'), 'function f() {\n    return 1\n}\n')
  assert.equal((await desk.run(['squirrel', 'format', '--check', 'a.nut'])).code, 0)
  await writeFile(file, 'function f( {')
  assert.equal((await desk.run(['squirrel', 'format', 'a.nut'])).code, 2)
})

test('squirrel format tells programs what became of each file, with a patch', async (t) => {
  const desk = await openDesk(t)
  const text = 'function f() {\nreturn 1\n}\n'
  const write = async () => {
    await writeFile(join(desk.folder, 'a.nut'), text)
    await writeFile(join(desk.folder, 'b.nut'), 'local a = 1\n')
  }
  const states = async (...words: string[]) => {
    await write()
    const { code, stdout } = await desk.run(['squirrel', 'format', ...words, '-z', 'json'])
    const { files } = JSON.parse(stdout) as { files: { file: string; state: string; diff: string }[] }
    for (const { state, diff } of files)
      if (state === 'same' || state === 'broken') assert.equal(diff, '')
      else assert.match(diff, /^-return 1\n\+    return 1\n/m)
    return [code, ...files.map(({ file, state }) => `${file} ${state}`)]
  }
  assert.deepEqual(await states('a.nut', 'b.nut'), [0, 'a.nut formatted', 'b.nut same'])
  assert.deepEqual(await states('a.nut', 'b.nut', '--diff'), [0, 'a.nut differs', 'b.nut same'])
  assert.deepEqual(await states('a.nut', 'b.nut', '--check'), [1, 'a.nut differs', 'b.nut same'])
  await writeFile(join(desk.folder, 'bad.nut'), 'function f( {')
  assert.deepEqual(await states('bad.nut', 'a.nut'), [2, 'bad.nut broken', 'a.nut formatted'])
  await write()
  const table = await desk.run(['squirrel', 'format', 'a.nut', 'b.nut', '--check', '-z', 'table'])
  assert.equal(table.code, 1)
})
