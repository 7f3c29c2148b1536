import assert from 'node:assert/strict'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { ImptError } from '../../src/output/error.ts'
import { editorCall, editText } from '../../src/repl/external-editor.ts'

test('an editor is named as a command of the shell: with arguments, and quoted where its path has blanks', async (t) => {
  const home = await mkdtemp(join(tmpdir(), 'impt-editor-'))
  t.after(() => rm(home, { recursive: true, force: true }))
  const folder = join(home, 'my own editors')
  await mkdir(folder)
  const editor = join(folder, 'ed it')
  await writeFile(editor, '#!/bin/sh\nfor last; do :; done\nprintf "%s\\n" "$#" "$1" "$WORD" > "$last"\n')
  await chmod(editor, 0o755)
  const edited = async (command: string, name = 'EDITOR') => {
    const env = { PATH: process.env['PATH'], WORD: 'kept', EDITOR: 'false', [name]: command }
    return (await editText('before', env, home))?.split('\n')
  }
  assert.equal((await edited(`"${editor}"`))?.[0], '1')
  assert.deepEqual((await edited(`"${editor}" --wait`))?.slice(0, 2), ['2', '--wait'])
  assert.deepEqual((await edited(`'${editor}' "two words" -n`, 'VISUAL'))?.slice(0, 2), ['3', 'two words'])
  assert.deepEqual((await edited(`WORD=other ${editor.replaceAll(' ', '\\ ')}`))?.[2], 'other')
  assert.equal(await edited('false'), undefined)
  assert.equal(await edited('false --wait'), undefined)
  for (const missing of ['no-such-editor', 'no-such-editor --wait', editor])
    await assert.rejects(
      edited(missing),
      (error) =>
        error instanceof ImptError &&
        error.code === 'FILE' &&
        error.message.startsWith(`The editor "${missing}"`),
    )
})

test('without a name the editor is vi, on Windows notepad, whose shell is that of the system', () => {
  for (const env of [{}, { VISUAL: '', EDITOR: ' ' }]) {
    assert.deepEqual(editorCall(env, '/t/a b', 'linux'), {
      name: 'vi',
      program: 'vi',
      args: ['/t/a b'],
      shell: false,
    })
    assert.equal(editorCall(env, 'C:\\t\\a b', 'win32').program, 'notepad "C:\\t\\a b"')
  }
  const { program, shell } = editorCall(
    { EDITOR: '"C:\\Program Files\\e.exe" --wait' },
    'C:\\t\\a b',
    'win32',
  )
  assert.equal(program, '"C:\\Program Files\\e.exe" --wait "C:\\t\\a b"')
  assert.ok(shell)
})
