import assert from 'node:assert/strict'
import { chmod, lstat, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
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

test('an error keeps a text from being formatted, and is told with its place, for people and programs', async (t) => {
  const desk = await openDesk(t)
  const script = 'let x = 1\nfoo(\n'
  const squirrel = 'local x = 1\nfunction f( {\n'
  await writeFile(join(desk.folder, 'bad.imptsh'), script)
  await writeFile(join(desk.folder, 'bad.nut'), squirrel)
  const place = (name: string, column: number) => new RegExp(`^${name}:2:${column}: .`, 'm')
  const told = async (words: string[], input?: string) => {
    const { code, stdout, stderr } = await desk.run(words, input)
    assert.equal(code, 2)
    return stdout + stderr
  }
  assert.match(await told(['fmt', '--stdin'], script), place('<stdin>', 4))
  assert.match(await told(['fmt', 'bad.imptsh']), place('bad.imptsh', 4))
  assert.match(await told(['squirrel', 'format', '-'], squirrel), place('<stdin>', 13))
  assert.match(await told(['squirrel', 'format', 'bad.nut']), place('bad.nut', 13))
  const { problems, files } = JSON.parse(await told(['squirrel', 'format', 'bad.nut', '-z', 'json']))
  assert.deepEqual(
    problems.map(({ text, ...where }: any) => [where, typeof text]),
    [[{ file: 'bad.nut', line: 2, column: 13 }, 'string']],
  )
  assert.deepEqual(files, [{ file: 'bad.nut', state: 'broken', diff: '' }])
})

test('what is formatted as a folder is checked as one, and - is standard input', async (t) => {
  const desk = await openDesk(t)
  await mkdir(join(desk.folder, 'd/sub'), { recursive: true })
  await mkdir(join(desk.folder, 'empty'))
  await writeFile(join(desk.folder, 'd/a.imptsh'), 'print 1\n')
  await writeFile(join(desk.folder, 'd/sub/b.imptsh'), 'test "one" { assert true }\n')
  await writeFile(join(desk.folder, 'd/c.nut'), 'server.log("c")\n')
  const end = async (words: string[], input?: string) => {
    const { code, stdout, stderr } = await desk.run(words, input)
    return [code, (stdout + stderr).trimEnd().split('\n').at(-1)]
  }
  assert.deepEqual(await end(['check', 'd']), [0, '2 scripts checked: nothing to say'])
  assert.deepEqual(await end(['check', 'd', '--test']), [0, '1 test: 1 passed, 0 failed'])
  assert.equal((await end(['check', 'empty']))[0], 2)
  assert.deepEqual(await end(['check', '-'], 'print 1'), [0, '1 script checked: nothing to say'])
  assert.match((await desk.run(['check', '-'], 'foo(')).stdout, /^<stdin>:1:4: error/)
  const { files } = await desk.json('squirrel', 'check', 'd')
  assert.equal(files.length, 1)
  const checked = await desk.run(['squirrel', 'check', '-'], 'x <-\n')
  assert.match(checked.stdout, /<stdin>:2:1: /)
  const run = await desk.run(['squirrel', 'run', '-'], 'server.log("from a pipe")\n')
  assert.match(run.stdout, /\[server\.log\] from a pipe\n/)
  assert.match((await desk.run(['squirrel', 'run', '-', '--agent-file', '-'], 'x')).stdout, /only once/)
  assert.match((await desk.run(['squirrel', 'debug', '-'], 'x')).stdout, /reads its commands/)
  assert.match((await desk.run(['-c', 'squirrel run -'], 'server.log("in a script")')).stdout, /in a script/)
  assert.match((await desk.run(['-'], 'squirrel check -\nprint 1')).stderr, /There is no standard input here/)
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

test('both formatters take folders, follow links to their files, and leave what may not be written', async (t) => {
  const desk = await openDesk(t)
  const at = (name: string) => join(desk.folder, name)
  const wrong = { nut: 'function f() {\nreturn 1\n}\n', imptsh: 'if true {\nprint 1\n}\n' }
  for (const [command, ending] of [
    [['squirrel', 'format'], 'nut'],
    [['fmt'], 'imptsh'],
  ] as const) {
    for (const folder of ['src/inner', 'src/node_modules/x', 'src/.git', 'empty'])
      await mkdir(at(folder), { recursive: true })
    const text = wrong[ending]
    for (const name of ['src/a', 'src/inner/b', 'src/node_modules/x/c', 'src/.git/d', 'kept', 'real'])
      await writeFile(at(`${name}.${ending}`), text)
    await symlink(`real.${ending}`, at(`link.${ending}`))
    await chmod(at(`kept.${ending}`), 0o444)

    const named = await desk.run([...command, '--check', 'src'])
    assert.match(named.stdout + named.stderr, new RegExp(`src/a\\.${ending}, src/inner/b\\.${ending}\\.`))
    assert.equal(named.code, 1)
    assert.equal((await desk.run([...command, 'src', `link.${ending}`])).code, 0)
    const changed = await Promise.all(
      ['src/a', 'src/inner/b', 'src/node_modules/x/c', 'src/.git/d', 'real'].map(
        async (name) => (await readFile(at(`${name}.${ending}`), 'utf8')) !== text,
      ),
    )
    assert.deepEqual(changed, [true, true, false, false, true])
    assert.ok((await lstat(at(`link.${ending}`))).isSymbolicLink())

    const refused = await desk.run([...command, `kept.${ending}`])
    assert.deepEqual([refused.code, /read-only/.test(refused.stdout + refused.stderr)], [2, true])
    assert.equal(await readFile(at(`kept.${ending}`), 'utf8'), text)
    for (const nothing of ['empty', `nowhere.${ending}`])
      assert.notEqual((await desk.run([...command, nothing])).code, 0)
  }
})

test('squirrel format --stdin gives the text and nothing else, and refuses what it cannot do', async (t) => {
  const desk = await openDesk(t)
  const format = (words: readonly string[], input: string) =>
    desk.run(['squirrel', 'format', ...words], input)
  assert.equal(
    (await format(['--stdin', '--indent', '2'], 'function f() {\r\nreturn 1\r\n}\r\n')).stdout,
    'function f() {\r\n  return 1\r\n}\r\n',
  )
  assert.equal((await format(['-'], 'local a   = 1')).stdout, 'local a   = 1\n')
  const bad = await format(['-'], 'local = ')
  assert.deepEqual([bad.code, bad.stdout.includes('local')], [2, false])
  assert.equal((await format(['--stdin', '--check'], '')).code, 2)
  assert.equal((await format([], '')).code, 2)
})
