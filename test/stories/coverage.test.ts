import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { openDesk } from './impt.ts'
import { play } from './terminal.ts'

const PUMP = `function half(n, by = 2) {
  if (n % by == 0) return n / by
  else if (n > 100) {
    return -1
  }
  return n > 5 ? "odd" : "small"
}
server.log(half(4))
server.log(half(7) + half(9, 3))
`

/** Counted by hand: the lines of the program that are reached, and how often. */
const LINES = { 1: 1, 2: 3, 3: 1, 4: 0, 6: 1, 8: 1, 9: 1 }

test('a run says which lines it reached, in the text and in every other form', async (t) => {
  const desk = await openDesk(t)
  await writeFile(join(desk.folder, 'pump.nut'), PUMP)
  const plain = await desk.run(['squirrel', 'run', 'pump.nut', '--start', '2026-01-01'])
  const run = await desk.run(['squirrel', 'run', '--coverage', 'pump.nut', '--start', '2026-01-01'])
  assert.equal(run.code, 0, run.stderr)
  const [log, ...report] = run.stdout.split(/^(?=---)/m)
  assert.equal(`${log}IMPT COMMAND SUCCEEDS\n`, plain.stdout)
  assert.match(report.join(''), /^ pump\.nut +\| +87\.5 \| +71\.42 \| +100 \| +85\.71 \| 4 +$/m)

  const forms = ['lcov=lcov.info', 'html=pages', 'json=coverage.json'].flatMap((form) => ['--coverage', form])
  const quiet = await desk.run(['squirrel', 'run', 'pump.nut', ...forms])
  assert.doesNotMatch(quiet.stdout, /pump\.nut/)
  const lcov = await readFile(join(desk.folder, 'lcov.info'), 'utf8')
  const lines = [...lcov.matchAll(/^DA:(\d+),(\d+)$/gm)].map(([, line, count]) => [line, Number(count)])
  assert.deepEqual(Object.fromEntries(lines), LINES)
  assert.match(lcov, /^SF:pump\.nut$/m)
  const map = JSON.parse(await readFile(join(desk.folder, 'coverage.json'), 'utf8')) as Record<string, object>
  assert.deepEqual(Object.keys(map), [join(desk.folder, 'pump.nut')])
  const pages = await readFile(join(desk.folder, 'pages/pump.nut.html'), 'utf8')
  assert.match(pages, /cstat-no/)
  assert.match(await readFile(join(desk.folder, 'pages/prettify.js'), 'utf8'), /prettyPrint/)
})

test('less than the minimum is exit code 1 with each figure, after the report is written', async (t) => {
  const desk = await openDesk(t)
  await writeFile(join(desk.folder, 'pump.nut'), PUMP)
  const low = await desk.run([
    'squirrel',
    'run',
    'pump.nut',
    '--coverage',
    'lcov=lcov.info',
    '--coverage-min',
    'lines=90,functions=100,branches=71.5',
  ])
  assert.equal(low.code, 1)
  assert.match(
    low.stdout,
    /\nError: Coverage is too low: lines 85\.71 % \(at least 90 %\), branches 71\.42 % \(at least 71\.5 %\)\n/,
  )
  assert.match(await readFile(join(desk.folder, 'lcov.info'), 'utf8'), /end_of_record/)
  const enough = await desk.run(['squirrel', 'run', 'pump.nut', '--coverage-min', 'lines=85'])
  assert.equal(enough.code, 0, enough.stdout)
})

test('what cannot be reported is refused before anything runs', async (t) => {
  const desk = await openDesk(t)
  await writeFile(join(desk.folder, 'pump.nut'), PUMP)
  const wrong: readonly (readonly [readonly string[], number, RegExp])[] = [
    [['--coverage=pdf'], 2, /"--coverage" has incorrect value "pdf"/],
    [['--coverage', 'lcov='], 2, /has incorrect value "lcov="/],
    [['--coverage', 'lcov=a', '--coverage', 'json=a'], 2, /Two coverage reports are to be written to "a"/],
    [['--coverage-min', 'lines'], 2, /"--coverage-min" has incorrect value "lines"/],
    [['--coverage-min', 'lines=101'], 2, /incorrect value/],
    [['--coverage', 'lcov=pump.nut/lcov.info'], 1, /pump\.nut\/lcov\.info/],
    [['--coverage', 'html=pump.nut'], 1, /it is a file/],
    [['--coverage', 'html=/proc/pages'], 1, /\/proc holds no files of yours/],
    [['--coverage', 'lcov=/proc/deep/lcov.info'], 1, /\/proc holds no files of yours/],
  ]
  for (const [words, code, text] of wrong) {
    const run = await desk.run(['squirrel', 'run', 'pump.nut', ...words])
    assert.deepEqual([run.code, /server\.log/.test(run.stdout)], [code, false], words.join(' ') + run.stdout)
    assert.match(run.stdout + run.stderr, text)
  }
})

test(
  'lcov itself reads the same figures',
  { skip: spawnSync('lcov', ['--version']).status !== 0 && 'lcov is not installed here' },
  async (t) => {
    const desk = await openDesk(t)
    await writeFile(join(desk.folder, 'pump.nut'), PUMP)
    await desk.run(['squirrel', 'run', 'pump.nut', '--coverage', 'lcov=lcov.info'])
    const options = ['--rc', 'lcov_branch_coverage=1', '--summary', 'lcov.info']
    const { stdout } = spawnSync('lcov', options, { cwd: desk.folder, encoding: 'utf8' })
    assert.match(stdout, /lines\.+: 85\.7% \(6 of 7 lines\)/)
    assert.match(stdout, /functions\.+: 100\.0% \(1 of 1 function\)/)
    assert.match(stdout, /branches\.+: 71\.4% \(5 of 7 branches\)/)
  },
)

test('in terminals of 40, 80 and 200 columns the report stands as it is, without a line that is broken', async (t) => {
  const desk = await openDesk(t)
  await writeFile(join(desk.folder, 'a-pump-with-a-long-name.nut'), PUMP)
  const argv = ['squirrel', 'run', 'a-pump-with-a-long-name.nut', '--coverage', '--start', '2026-01-01']
  const screenAt = async (columns: number) => {
    let screen = ''
    const look = async (terminal: { until(pattern: RegExp): Promise<string> }) => {
      screen = await terminal.until(/IMPT COMMAND SUCCEEDS/)
    }
    await play(argv, look, { columns, rows: 40, directory: desk.folder })
    const lines = screen.split('\n').map((line) => line.trimEnd())
    return lines
      .slice(lines.findIndex((line) => line.endsWith('d3')) + 1, lines.indexOf('IMPT COMMAND SUCCEEDS'))
      .join('\n')
  }
  const table = `-----------------------------|---------|----------|---------|---------|-------------------
File                         | % Stmts | % Branch | % Funcs | % Lines | Uncovered Line #s
-----------------------------|---------|----------|---------|---------|-------------------
All files                    |    87.5 |    71.42 |     100 |   85.71 |
 a-pump-with-a-long-name.nut |    87.5 |    71.42 |     100 |   85.71 | 4
-----------------------------|---------|----------|---------|---------|-------------------`
  assert.equal(await screenAt(200), table)
  const at80 = (await screenAt(80)).split('\n')
  assert.deepEqual(
    at80.map((line) => line.replace(/^.*?\|/, '').trim()),
    table.split('\n').map((line) => line.replace(/^.*?\|/, '').trim()),
  )
  assert.equal(
    await screenAt(40),
    `a-pump-with-a-long-name.nut
  lines 85.71 %, functions 100 %,
  branches 71.42 %
  not reached: 4
All files
  lines 85.71 %, functions 100 %,
  branches 71.42 %`,
  )
})

test('a program that is ended at its limit of work ends at the same place with coverage, which tells how far it came', async (t) => {
  const desk = await openDesk(t)
  await writeFile(
    join(desk.folder, 'loop.nut'),
    'local n = 0\nwhile (true) {\n  n++\n  if (n % 10000 == 0) server.log(n)\n}\nserver.log("never")\n',
  )
  const words = ['squirrel', 'run', 'loop.nut', '--max-ticks', '90000', '--start', '2026-01-01']
  const plain = await desk.run(words)
  const counted = await desk.run([...words, '--coverage', 'lcov=lcov.info'])
  assert.deepEqual([counted.code, counted.stdout], [1, plain.stdout])
  const lcov = await readFile(join(desk.folder, 'lcov.info'), 'utf8')
  const lines = [...lcov.matchAll(/^DA:(\d+),(\d+)$/gm)].map(([, line, count]) => `${line} ${count}`)
  assert.deepEqual([lines[0], lines[1], lines.at(-1)], ['1 1', '2 1', '6 0'])
  assert.ok(Number(lines[2]?.split(' ')[1]) > 80_000, lines.join())
})
