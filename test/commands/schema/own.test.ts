import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { records } from '../../../src/commands/schema/records.ts'
import { lifecycleBehaviour } from '../../../src/sandbox/lifecycle.ts'
import { commandLine, commands } from '../../../src/commands/table/index.ts'
import { openSquirrelWorld } from '../../testing/squirrel-world.ts'
import { openDesk } from '../../stories/impt.ts'
import { assertConforms } from '../schemas.ts'
import { openWorld, type World } from '../world.ts'

/** What was checked here, by the key of its schema. */
const seen = new Set<string>()

interface Checked extends World {
  /** Runs a command for its JSON, and holds that against its schema; gives it. */
  check(line: string, ...words: string[]): Promise<any>
}

async function checkedWorld(t: TestContext): Promise<Checked> {
  const world = await openWorld({ behaviour: lifecycleBehaviour })
  t.after(() => world.close())
  return {
    ...world,
    async check(line, ...words) {
      const outcome = await world.run([...line.split(' '), ...words, '-z', 'json'])
      const documents = await conform(line, outcome.stdout)
      return documents.length === 1 ? documents[0] : documents
    },
  }
}

/** Holds what a command wrote against its schema: one document, or one a line. */
async function conform(line: string, stdout: string): Promise<readonly unknown[]> {
  const isOne = /^[[{]\s*\n/.test(stdout) || stdout.split('\n').length <= 2
  const documents: unknown[] = (isOne ? [stdout] : stdout.trimEnd().split('\n')).map((one) => JSON.parse(one))
  for (const document of documents)
    await assertConforms(
      line,
      document,
      (document as { Error?: unknown }).Error === undefined ? 'result' : 'error',
    )
  assert.ok(documents.length > 0)
  const schema = await loadedOf(line)
  for (const [key, value] of Object.entries(records)) if (value === schema) seen.add(key)
  return documents
}

async function loadedOf(line: string) {
  const command = commands.find((one) => commandLine(one) === line)
  return typeof command?.json === 'function' ? command.json() : undefined
}

describe('the JSON of our own commands is what their schemas say', { concurrency: false }, () => {
  test('of a fleet', async (t) => {
    const { check } = await checkedWorld(t)
    for (const by of ['group', 'product', 'type', 'imp', 'os']) await check('fleet status', '--by', by)
    assert.ok((await check('fleet status', '--devices', '--silent', '1s', '--weak=-10')).length > 0)
    await check('fleet snapshot', 'before.csv')
    await check('device update', '-d', 'Kitchen', '-n', 'Bakery')
    await check('device assign', '-d', 'Bakery', '-g', 'Pump Lab', '-q')
    assert.equal((await check('fleet diff', 'before.csv')).length, 2)
    assert.equal((await check('fleet diff', 'before.csv', '--by', 'group')).length, 1)
    assert.ok((await check('device history', '-d', 'Bakery')).length > 0)
  })

  test('of batches, also where devices failed', async (t) => {
    const { check } = await checkedWorld(t)
    const two = ['-d', 'Kitchen', '-d', 'Living Room']
    await check('device restart', '-d', 'Kitchen')
    assert.equal((await check('device restart', ...two)).length, 2)
    assert.equal((await check('device assign', ...two, '-g', 'Pump Lab', '-q')).length, 2)
    await check('device restart', '-d', 'Kitchen', '-d', 'nobody')
    assert.equal((await check('device restart', '-d', 'Kitchen', '-d', 'nobody', '--keep-going')).length, 2)
  })

  test('of doctor, with a device and without one', async (t) => {
    const { check } = await checkedWorld(t)
    for (const device of ['Kitchen', 'Cellar', 'Spare', 'Line 1 Fixture', 'Customer 1'])
      assert.equal(typeof (await check('doctor', device)).sentence, 'string')
    await check('doctor', 'Kitchen', '--stream', '1s')
    assert.ok((await check('doctor', '--all')).checks.length > 2)
  })

  test('of folders, plans and builds that differ', async (t) => {
    const { check, directory } = await checkedWorld(t)
    await check('pull', 'backup')
    assert.equal((await check('plan', 'backup')).Changes.length, 0)
    const file = join(directory, 'backup/products/Thermostat/groups/Thermostat Development/agent.nut')
    await writeFile(file, 'server.log("another")')
    assert.ok((await check('plan', 'backup')).Changes.length > 0)
    const { Applied } = await check('apply', 'backup', '--confirmed')
    assert.ok(Applied.create + Applied.change > 0)
    const [{ hunks }] = await check('build diff', 'dg:Thermostat Development', 'dg:Thermostat Field')
    assert.ok(hunks.length > 0)
  })

  test('of releases, as they happen and afterwards', async (t) => {
    const { check } = await checkedWorld(t)
    const build = (await check('build list', '-g', 'Thermostat Development'))[0].Deployment.id
    const start = ['--build', build, '--dg', 'Thermostat Field', '--retype', 'Thermostat Field']
    const quick = ['--watch', '0s', '--stream=false', '--reason', 'test', '--confirmed']
    const events = await check('release start', ...start, ...quick)
    assert.equal(events.at(-1).event, 'end')
    await check('release status')
    await check('release status', '--all')
    assert.ok((await check('release history')).length > 0)
    assert.ok((await check('release history', '--dg', 'Thermostat Field')).length > 0)
  })

  test('of Squirrel that compiles and that does not', async (t) => {
    const { check, directory } = await checkedWorld(t)
    await writeFile(join(directory, 'good.nut'), 'server.log("x")')
    await writeFile(join(directory, 'bad.nut'), 'local = 1')
    const { files } = await check('squirrel check', 'good.nut', 'bad.nut')
    assert.deepEqual(
      files.map(({ errors }: any) => errors.length),
      [0, 1],
    )
    await check('squirrel run', 'good.nut', '--time', '1')
    const { errors } = await check('squirrel run', 'bad.nut')
    assert.deepEqual(
      errors.map(({ file, row, column }: any) => [file, row, column]),
      [['bad.nut', 1, 7]],
    )
    await writeFile(join(directory, 'unshaped.nut'), 'f(')
    assert.deepEqual((await check('squirrel format', 'unshaped.nut')).files[0].state, 'broken')
    await check('squirrel run', 'good.nut', '--profile')
    await check('squirrel run', 'good.nut', '--coverage')
    await writeFile(join(directory, 'flat.nut'), 'function f() {\nreturn 1\n}\n')
    await check('squirrel format', 'flat.nut')
    await check('squirrel model')
    await check('squirrel libraries')
  })

  test('of test runs, with coverage and without, that pass and that do not', async () => {
    await using world = await openSquirrelWorld()
    await world.config({ deviceFile: 'device.nut', testFiles: ['*.test.nut'] })
    await world.file('device.nut', 'function twice(x) {\n  return 2 * x\n}\n')
    await world.file(
      'a.test.nut',
      'class A extends ImpTestCase {\n  function testA() {\n    this.assertEqual(4, twice(2))\n  }\n}\n',
    )
    for (const [words, code] of [
      [[], 0],
      [['--coverage'], 0],
      [['--coverage-min', 'lines=100', '--coverage-include', 'none/*.nut'], 0],
      [['--tests', 'called-otherwise'], 1],
    ] as const) {
      const ended = await world.run(['-z', 'json', ...words])
      assert.equal(ended.code, code, ended.stdout)
      const [document] = await conform('test run', ended.stdout)
      assert.equal('coverage' in (document as object), words[0]?.startsWith('--coverage') === true)
    }
    const shown = async (code: number) => {
      const ended = await world.run(['-z', 'json', '--show'])
      assert.equal(ended.code, code, ended.stdout)
      const [document] = await conform('test run', ended.stdout)
      return document as any
    }
    const good = await shown(0)
    assert.deepEqual(
      [good.passed, good.verdict, good.tests, good.assertions, good.failures, good.failed],
      [true, 'passed', 1, 1, 0, []],
    )
    assert.deepEqual(
      good.sessions.map(({ file, test_results: results }: any) => [
        file,
        results.map(({ name }: any) => name),
      ]),
      [['a.test.nut', ['A::testA()']]],
    )
    await world.file('device.nut', 'function twice(x) {\n  return 3 * x\n}\n')
    const bad = await shown(1)
    assert.equal(bad.Error, 'Testing failed')
    assert.deepEqual([bad.passed, bad.tests, bad.failures], [false, 1, 1])
    assert.deepEqual(
      bad.failed.map(({ what }: any) => what),
      ['A::testA()'],
    )
    // Without --show the answer is the documented one.
    await world.file('device.nut', 'function twice(x) {\n  return 2 * x\n}\n')
    assert.equal((await world.run(['-z', 'json'])).stdout, '{}\n')
  })

  test('of targets, logins, sandboxes and agents', async (t) => {
    const desk = await openDesk(t)
    const { url, folder } = await desk.cloud()
    const check = async (line: string, ...words: string[]) =>
      conform(line, (await desk.run([...line.split(' '), ...words, '-z', 'json'])).stdout)
    await desk.run(['auth', 'login', '--as', 'acme', '-u', 'demo', '-w', 'demo-password', '-e', url])
    await check('auth list')
    await check(
      'target add',
      'prod',
      '--login',
      'acme',
      '--product',
      'Thermostat',
      '--define',
      'A=b',
      '--production',
    )
    await check('target update', 'prod', '--dg', 'Thermostat Field')
    await check('target add', 'here', '--project', '--login', 'nobody')
    await check('target list')
    await check('target info', 'prod')
    await check('target info', 'here')
    await check('target use', 'prod')
    await check('target use', 'none')
    await check('target remove', 'prod', '--confirmed')
    await check('sandbox status', '--dir', folder)
    await check('sandbox status', '--dir', join(folder, 'none'))
    await check('agent call', '-d', 'Kitchen')
    await check('agent call', '-d', 'Kitchen', 'POST', '/x', '--json', '{"a": 1}', '--log', '1s')
  })

  test('and that is all of them', () => {
    assert.deepEqual([...seen].sort(), Object.keys(records).sort())
  })
})
