import assert from 'node:assert/strict'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { profileTable } from '../../src/commands/squirrel/profile-report.ts'
import { openDesk } from './impt.ts'

// A hundred rounds, then ten calls of a function that makes an array each.
const program = `function rounds(n) {
  for (local i = 0; i < n; i++) {}
}
function make() {
  return [1, 2, 3]
}
function fail() {
  try { throw "x" } catch (e) {}
}
function gen() { yield 1; yield 2 }
function deep(n) { if (n > 0) deep(n - 1) }
rounds(100)
for (local i = 0; i < 10; i++) make()
fail()
foreach (v in gen()) rounds(1)
deep(5)
imp.wakeup(1, make)
`

interface Cost {
  readonly name: string
  readonly line: number
  readonly calls: number
  readonly own: number
  readonly total: number
  readonly bytes: number
}

test('a profile counts calls, ticks and bytes of each function, twice the same', async (t) => {
  const desk = await openDesk(t)
  await writeFile(join(desk.folder, 'p.nut'), program)
  const measure = async (file: string) => {
    const { code, stderr, stdout } = await desk.run(['squirrel', 'run', 'p.nut', '--profile', `json=${file}`])
    assert.equal(code, 0, stderr + stdout)
    return readFile(join(desk.folder, file), 'utf8')
  }
  const text = await measure('one.json')
  assert.equal(await measure('two.json'), text)
  const { functions } = JSON.parse(text) as { functions: Cost[] }
  const cost = (name: string) => functions.find((one) => one.name === name) as Cost
  assert.deepEqual(
    ['main', 'rounds', 'make', 'fail', 'gen', 'deep'].map((name) => [name, cost(name).calls]),
    [
      ['main', 1],
      ['rounds', 3],
      ['make', 11],
      ['fail', 1],
      ['gen', 1],
      ['deep', 6],
    ],
  )
  // 100 rounds and twice one; a throw is 500.
  assert.deepEqual([cost('rounds').own, cost('fail').own], [102, 500])
  // An array of three items is 64 + 3 x 8 bytes.
  assert.equal(cost('make').bytes, 11 * 88)
  assert.equal(cost('main').total, functions.reduce((sum, { own }) => sum + own, 0) - cost('make').own / 11)
  assert.ok(cost('deep').total === cost('deep').own)
})

test('in a narrow terminal each function has its own lines, none of which is too long', () => {
  const functions = [{ side: 'device' as const, name: 'main', file: 'a.nut', line: 1 }]
  const profile = { functions, stacks: [{ parent: -1, fn: 0, calls: 1, ticks: 1234567, bytes: 1234567 }] }
  const narrow = profileTable(profile, 40)
  assert.match(narrow, /^main at a\.nut:1 \(device\)\n/)
  assert.ok(
    narrow.split('\n').every((line) => line.length <= 40),
    narrow,
  )
  for (const figure of ['1234567 (100 %)', 'total 1234567', 'calls 1', 'bytes 1234567'])
    assert.ok(narrow.includes(figure), narrow)
  assert.equal(profileTable(profile, 200), profileTable(profile, undefined))
  assert.match(profileTable(profile, undefined), /^own ticks /)
})

test('stacks are folded as flame graphs read them, and people get a table', async (t) => {
  const desk = await openDesk(t)
  await writeFile(join(desk.folder, 'p.nut'), program)
  const folded = await desk.run(['squirrel', 'run', 'p.nut', '--profile', 'folded=stacks.txt'])
  assert.equal(folded.code, 0, folded.stderr)
  const lines = (await readFile(join(desk.folder, 'stacks.txt'), 'utf8')).trimEnd().split('\n')
  assert.ok(
    lines.every((line) => /^device;main \(p\.nut:1\)(?:;\w+ \(p\.nut:\d+\))* \d+$/.test(line)),
    lines.join('\n'),
  )
  assert.ok(lines.includes('device;main (p.nut:1);rounds (p.nut:1) 102'), lines.join('\n'))
  const table = await desk.run(['squirrel', 'run', 'p.nut', '--profile'])
  assert.match(
    table.stdout,
    /own ticks +total +calls +bytes +function\n +500 +\d+ % +500 +1 +\d+ +fail at p\.nut:7 \(device\)\n/,
  )
  for (const [words, message] of [
    [['--profile=svg=x'], /incorrect value "svg=x"/],
    [['--profile', 'text', '--coverage'], /exclude each other/],
    [['--profile', 'json=p.nut/folder.json'], /p\.nut\/folder\.json/],
  ] as const) {
    const wrong = await desk.run(['squirrel', 'run', 'p.nut', ...words])
    assert.notEqual(wrong.code, 0)
    assert.match(wrong.stdout + wrong.stderr, message)
  }
})

test('a profile that cannot be written is told as a file that cannot, before the program runs where that is known', async (t) => {
  const desk = await openDesk(t)
  await writeFile(join(desk.folder, 'p.nut'), 'server.log("ran")\n')
  await mkdir(join(desk.folder, 'taken'))
  const run = async (value: string) => {
    const { code, stdout, stderr } = await desk.run(['squirrel', 'run', 'p.nut', '--profile', value])
    return [code, (stdout + stderr).replace(/^.*\[server\.log\] /gm, '')]
  }
  for (const kind of ['folded', 'json'])
    assert.deepEqual(await run(`${kind}=taken`), [
      1,
      `Error: The profile "taken" cannot be written: it is a folder.\nGive --profile ${kind}=FILE a file\nIMPT COMMAND FAILS\n`,
    ])
  if (process.platform === 'linux')
    assert.deepEqual(await run('folded=/dev/full'), [
      1,
      'ran\nError: File error: /dev/full: ENOSPC: no space left on device.\nFree some space on the disk; the previous content is kept\nIMPT COMMAND FAILS\n',
    ])
})

test('programs get the profile as the last entry, of the code that was given alone', async (t) => {
  const desk = await openDesk(t)
  await writeFile(join(desk.folder, 'p.nut'), program)
  await writeFile(join(desk.folder, 'a.nut'), 'function served() {}\nserved()\n')
  const last = async (...words: string[]) => {
    const { code, stdout } = await desk.run(['squirrel', 'run', 'p.nut', '-z', 'json', '--profile', ...words])
    assert.equal(code, 0, stdout)
    return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as {
      type: string
      msg: string
      profile: { functions: (Cost & { side: string })[] }
    }
  }
  const { type, msg, profile } = await last()
  assert.deepEqual([type, msg], ['profile', '6 functions'])
  assert.deepEqual(profile.functions.map(({ name }) => name).toSorted(), [
    'deep',
    'fail',
    'gen',
    'main',
    'make',
    'rounds',
  ])
  assert.deepEqual((await last('json=p.json')).profile, profile)
  assert.deepEqual(JSON.parse(await readFile(join(desk.folder, 'p.json'), 'utf8')), profile)
  const both = (await last('text', '--agent-file', 'a.nut')).profile.functions
  assert.deepEqual(
    both
      .filter(({ side }) => side === 'agent')
      .map(({ name }) => name)
      .toSorted(),
    ['main', 'served'],
  )
  assert.doesNotMatch((await desk.run(['squirrel', 'run', 'p.nut', '--profile'])).stdout, /agent/)
})
