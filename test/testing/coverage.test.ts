import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import lcovParser from '@friedemannsommer/lcov-parser/sync'
import { assertConforms } from '../commands/schemas.ts'
import { passing, openCloud } from './cloud.ts'
import { openSquirrelWorld, type SquirrelWorld } from './squirrel-world.ts'

const SAMPLE = join(import.meta.dirname, '../fixtures/coverage')
const NUT = readdirSync(SAMPLE, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.nut'))
const CONFIG = { deviceFile: 'device.nut', agentFile: 'agent.nut', testFiles: ['tests/*.test.nut'] }

/** A sandbox with the sample library and its tests. */
async function withSample(
  config: Readonly<Record<string, unknown>> = {},
): Promise<SquirrelWorld & AsyncDisposable> {
  const world = await openSquirrelWorld()
  await world.config({ ...CONFIG, ...config })
  for (const name of NUT) await world.file(name, readFileSync(join(SAMPLE, name), 'utf8'))
  return world
}

/** What a reader that is not ours finds in a report: the counts of lines by file, and the sums. */
async function read(world: SquirrelWorld, name = 'lcov.info') {
  const sections = lcovParser({ from: await readFile(join(world.directory, name), 'utf8') })
  return sections.map(({ path, lines, functions, branches }) => ({
    path,
    lines: new Map(lines.details.map(({ line, hit }) => [line, hit])),
    sums: [lines, functions, branches].map(({ hit, instrumented }) => `${hit}/${instrumented}`).join(' '),
  }))
}

async function reachedBy(words: readonly string[], config: Readonly<Record<string, unknown>> = {}) {
  await using world = await withSample(config)
  const ended = await world.run(['--coverage', 'lcov=lcov.info', ...words])
  return { ...ended, files: await read(world) }
}

/** The sources with the count of each line. */
function listing(files: Awaited<ReturnType<typeof read>>, folder: string): string {
  let shown = ''
  for (const { path, lines } of files) {
    shown += `\n== ${path}\n`
    const text = readFileSync(join(folder, path), 'utf8').split('\n').slice(0, -1)
    for (const [index, line] of text.entries())
      shown += `${`${String(lines.get(index + 1) ?? '').padStart(4)} | ${line}`.trimEnd()}\n`
  }
  return shown
}

/** What a person counted; the first line says how. */
function golden(name: string): string {
  const text = readFileSync(join(SAMPLE, name), 'utf8')
  return text.slice(text.indexOf('\n\n') + 1)
}

test('the coverage of the example of the README is what a person counted, line by line', async () => {
  const folder = join(import.meta.dirname, '../../scripts/examples/library')
  await using world = await openSquirrelWorld()
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    if (/\.nut$|\.impt\.test$/.test(name)) await world.file(name, readFileSync(join(folder, name), 'utf8'))
  const { code, stdout } = await world.run(['--coverage', 'lcov=lcov.info'])
  assert.equal(code, 0, stdout)
  const files = await read(world)
  assert.equal(listing(files, folder), golden('example-counted-by-hand.txt'))
  assert.deepEqual(
    files.map(({ sums }) => sums),
    ['11/11 3/3 6/6'],
  )
})

test('the coverage of the sample library is what a person counted, line by line', async () => {
  const { code, files, stdout } = await reachedBy(['--coverage'])
  assert.equal(code, 0, stdout)
  assert.equal(listing(files, SAMPLE), golden('counted-by-hand.txt'))
  assert.deepEqual(
    files.map(({ path, sums }) => `${path}: ${sums}`),
    ['agent.nut: 1/2 0/1 0/0', 'device.nut: 7/7 2/3 1/2', 'lib/average.nut: 17/19 4/5 10/11'],
  )
  assert.match(stdout, /^All files +\| +84\.84 \| +84\.61 \| +66\.66 \| +89\.28 \|/m)
})

test('log, results and virtual time are those of a run without coverage', async () => {
  const told = async (words: readonly string[]) => {
    await using world = await withSample()
    const { stdout } = await world.run([...words, '--report', 'json=report.json'])
    const { sessions } = JSON.parse(await readFile(join(world.directory, 'report.json'), 'utf8')) as {
      sessions: { seconds: number; tests: unknown[]; counts: unknown }[]
    }
    const lines = stdout
      .split('\n')
      .filter((line) => /\[test\]|space usage/.test(line.replace(/\[\+\S+ /, '[')))
    return {
      lines: lines.map((line) => line.replace(/^\[\S+ /, '').replace(/"[a-z]+-[a-z]+"/, 'SESSION')),
      sessions: sessions.map(({ tests, counts }) => ({
        tests: JSON.stringify(tests).replaceAll(/"seconds":[\d.e-]+/g, ''),
        counts,
      })),
    }
  }
  assert.deepEqual(await told(['--coverage']), await told([]))
})

test('devices side by side give the numbers of devices one after the other; a second round adds the same again', async () => {
  const on = async (words: readonly string[]) => {
    await using world = await withSample()
    const { sandbox } = world
    const group = [...sandbox.store.groups.all()].find(({ name }) => name === 'Thermostat Development')
    assert.ok(group)
    for (const device of sandbox.store.devices.where('group', group.id))
      sandbox.core.platform.link(device, true)
    await world.testConfig(group.id, CONFIG)
    const { code, stdout } = await world.run(['--coverage', 'lcov=lcov.info', ...words])
    assert.equal(code, 0, stdout)
    return read(world)
  }
  const [single, together, twice] = [await on([]), await on(['--parallel', '3']), await on(['--repeat', '2'])]
  assert.deepEqual(together, single)
  const doubled = single.map((file) => ({
    ...file,
    lines: new Map([...file.lines].map(([line, hit]) => [line, 2 * hit])),
  }))
  assert.deepEqual(twice, doubled)
})

test('less than the minimum of the configuration fails the run, and the option wins over it', async () => {
  const config = { coverage: { min: { lines: 90, functions: 60 } } }
  const low = await reachedBy([], config)
  assert.equal(low.code, 1)
  assert.match(
    low.stdout,
    /Testing succeeded\nError: Coverage is too low: lines 89\.28 % \(at least 90 %\)\n/,
  )
  const chosen = await reachedBy(['--coverage-min', 'lines=89'], config)
  assert.equal(chosen.code, 0, chosen.stdout)
  const { stdout, code } = await reachedBy(['-z', 'json', '--coverage-min', 'branches=99'], config)
  assert.equal(code, 1)
  const record = JSON.parse(stdout) as { Error: string; coverage: Record<string, object> }
  assert.equal(record.Error, 'Coverage is too low: branches 84.61 % (at least 99 %)')
  assert.deepEqual(record.coverage['branches'], { total: 13, covered: 11, pct: 84.61 })
  await assertConforms('test run', record, 'error')
})

test('a configuration with a minimum that is none is refused by its name', async () => {
  await using world = await withSample({ coverage: { min: { lines: 101 } } })
  const { code, stdout } = await world.run(['--coverage'])
  assert.equal(code, 1)
  assert.match(stdout, /Test Configuration File is corrupted[^]*"coverage" must be an object with "min"/)
})

test('patterns choose the files; those that no test loads are there with nothing reached', async () => {
  await using world = await withSample()
  await world.file('lib/alone.nut', 'function alone() {\n  return 1\n}\n')
  await world.file('lib/broken.nut', 'function broken( {\n')
  const only = ['--coverage-include', 'lib/**/*.nut', '--coverage-exclude', '**/average.nut']
  const { stdout, stderr, code } = await world.run(['--coverage', 'lcov=lcov.info', ...only])
  assert.equal(code, 0, stdout)
  const files = await read(world)
  assert.deepEqual(
    files.map(({ path, lines }) => [path, [...lines]]),
    [
      [
        'lib/alone.nut',
        [
          [1, 0],
          [2, 0],
        ],
      ],
    ],
  )
  assert.match(
    stderr,
    /Warning: lib\/broken\.nut is not in the coverage: no test loads it, and by itself it does not compile/,
  )
  const all = await world.run(['--coverage', 'lcov=all.info', '--coverage-include', '**/*.nut'])
  assert.deepEqual(
    (await read(world, 'all.info')).map(({ path }) => path),
    ['agent.nut', 'device.nut', 'lib/alone.nut', 'lib/average.nut'],
  )
  assert.equal(all.stderr.match(/is not in the coverage/g)?.length, 1, all.stderr)
})

test('counts outlive a device that begins anew, also one that was ended at its limit', async () => {
  await using world = await openSquirrelWorld()
  await world.config({ deviceFile: 'device.nut' })
  await world.file(
    'device.nut',
    `function spin() {
  while (true) {}
}
if (hardware.wakereason() != WAKEREASON_SQUIRREL_ERROR) spin()
`,
  )
  await world.file('tests/a.test.nut', 'class A extends ImpTestCase {\n  function testA() {}\n}\n')
  const { stdout } = await world.run(['--coverage', 'lcov=lcov.info'])
  const [file] = await read(world)
  assert.deepEqual(Object.fromEntries(file?.lines ?? []), { 1: 2, 2: 1, 4: 2 }, stdout)
})

test('coverage of devices that are none of ours is refused before anything is deployed', async () => {
  await using cloud = await openCloud({ play: passing('A::testA()') })
  await cloud.config({})
  await cloud.file('tests/a.test.nut', 'class A extends ImpTestCase {\n  function testA() {}\n}\n')
  const { code, stdout } = await cloud.run(['--coverage'])
  assert.equal(code, 2, stdout)
  assert.match(stdout, /Coverage is measured on virtual devices of the sandbox only\./)
  assert.deepEqual(
    cloud.requests.filter((line) => line.startsWith('POST /deployments')),
    [],
  )
})
