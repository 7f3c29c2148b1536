import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { testNamesOf } from '../../src/testing/test-names.ts'
import { parseSelection } from '../../src/testing/selection.ts'
import {
  begin,
  openCloud,
  passing,
  problem,
  timeless,
  until,
  type Cloud,
  type CloudOptions,
} from './cloud.ts'

const THREE = `class A extends ImpTestCase {
  function testA() {}
  function testB() {}
  function testC() {}
}`

async function withTests(options: CloudOptions): Promise<Cloud & AsyncDisposable> {
  const cloud = await openCloud(options)
  await cloud.config()
  await cloud.file('tests/a.test.nut', THREE)
  return cloud
}

interface Told {
  readonly code: number
  readonly stdout: string
  readonly report: any
  readonly tap: string
}

async function outcome(options: CloudOptions, words: readonly string[] = []): Promise<Told> {
  await using cloud = await withTests(options)
  const { code, stdout } = await cloud.run(['--report', 'json=r.json', '--report', 'tap=r.tap', ...words])
  const read = (name: string) => readFile(join(cloud.directory, name), 'utf8')
  return {
    code,
    stdout: timeless(stdout),
    report: JSON.parse(await read('r.json')),
    tap: await read('r.tap'),
  }
}

/** A device whose first test passes and whose second one is under way. */
const midway: CloudOptions['play'] = (loaded) => {
  begin(loaded)
  loaded.unit('TEST_START', 'A::testA()', 3)
  loaded.unit('TEST_OK', null, 3)
  loaded.unit('TEST_START', 'A::testB()', 3)
}

test('a crash is told once, with its error and stack, and the tests it prevented are skipped for that reason', async () => {
  const { code, stdout, report, tap } = await outcome({
    async play(loaded) {
      await midway(loaded)
      loaded.say('server.log', 'on the way', 3)
      loaded.say('server.error', "ERROR: the index 'x' does not exist", 3)
      loaded.say('server.error', 'ERROR:   at testB:device_code:5', 3)
      loaded.say('lastexitcode', 'squirrel error', 3)
    },
  })
  assert.equal(code, 1)
  assert.ok(!stdout.includes('do not fail the tests'), stdout)
  assert.match(
    stdout,
    /\] 1\) A::testB\(\)\n.*\n.*Error: Device Error: squirrel error\nDevice Runtime Error: ERROR: the index 'x' does not exist\nERROR:   at testB:/,
  )
  const [session] = report.sessions
  assert.deepEqual(
    session.test_results.map(({ name, status }: { name: string; status: string }) => [name, status]),
    [
      ['A::testA()', 'passed'],
      ['A::testB()', 'unfinished'],
      ['A::testC()', 'skipped'],
    ],
  )
  assert.equal(session.test_results[1].output.split('\n')[0], '[server.log] on the way')
  assert.equal(session.test_results[2].message, 'Device Error: squirrel error')
  assert.equal(report.failed.length, 1)
  assert.match(tap, /ok 3 - .* A::testC\(\) # SKIP Device Error: squirrel error\n/)
})

test('a lost device leaves no verdict, exit 8, in every mode; a failed test beside it is a failure', async () => {
  const lost: CloudOptions['play'] = async (loaded) => {
    await midway(loaded)
    loaded.say('status', 'Device disconnected', 3)
  }
  const { code, report } = await outcome({ play: lost })
  assert.deepEqual([code, report.verdict, report.failed[0].verdict], [8, 'none', 'none'])
  await using minimal = await withTests({ play: lost })
  assert.match(
    (await minimal.run(['-z', 'minimal'])).stdout,
    /Device disconnected\n[^]*\nError: No verdict: a device or the cloud kept tests from running\n/,
  )
  await using document = await withTests({ play: lost })
  const { stdout } = await document.run(['-z', 'json'])
  assert.match(JSON.parse(stdout).Error, /^No verdict/)
  const both = await outcome({
    async play(loaded) {
      begin(loaded)
      loaded.unit('TEST_START', 'A::testA()', 3)
      loaded.unit('TEST_FAIL', 'no', 3)
      loaded.say('status', 'Device disconnected', 3)
    },
  })
  assert.deepEqual([both.code, both.report.verdict], [1, 'failed'])
})

test('--retry-no-verdict repeats what had no verdict, on the devices that had none, and nothing else', async () => {
  let loads: string[] = []
  const play: CloudOptions['play'] = async (loaded) => {
    loads.push(loaded.deviceId)
    if (loaded.deviceId === 'dev-2' && loads.filter((id) => id === 'dev-2').length < 3) {
      begin(loaded)
      loaded.say('status', 'Device disconnected', 3)
    } else await passing('A::testA()')(loaded)
  }
  const devices = [{ id: 'dev-1' }, { id: 'dev-2' }, { id: 'dev-3' }]
  const enough = await outcome({ play, devices }, ['--retry-no-verdict', '2'])
  assert.deepEqual([enough.code, loads], [0, ['dev-1', 'dev-2', 'dev-3', 'dev-2', 'dev-2']])
  assert.equal(enough.report.sessions.length, 3)
  assert.match(enough.stdout, /No verdict on "tests\/a\.test\.nut": trying again \(2\/2\)\n/)
  loads = []
  const tooFew = await outcome({ play, devices }, ['--retry-no-verdict', '1'])
  assert.deepEqual([tooFew.code, loads.length], [8, 4])
  loads = []
  const failing = await outcome(
    {
      play(loaded) {
        loads.push(loaded.deviceId)
        begin(loaded)
        loaded.unit('TEST_START', 'A::testA()', 3)
        loaded.unit('TEST_FAIL', 'no', 3)
        loaded.unit('SESSION_RESULT', { tests: 1, assertions: 1, failures: 1 }, 3)
      },
    },
    ['--retry-no-verdict', '5'],
  )
  assert.deepEqual([failing.code, loads], [1, ['dev-1']])
})

test('a cloud that refuses the build for a while is no failure of the code', async () => {
  let refusals = 0
  const answer: NonNullable<CloudOptions['answer']> = (method, path, response) => {
    if (`${method} ${path}` !== 'POST /deployments' || refusals-- <= 0) return false
    problem(response, 500, 'Internal Server Error', 'try later')
    return true
  }
  refusals = 1
  assert.equal((await outcome({ play: passing('A::testA()'), answer })).code, 8)
  refusals = 1
  assert.equal((await outcome({ play: passing('A::testA()'), answer }, ['--retry-no-verdict', '1'])).code, 0)
})

test('failures name the device and the round where there are several', async () => {
  const { report, stdout } = await outcome(
    {
      devices: [{ id: 'dev-1', name: 'Alpha' }, { id: 'dev-2' }],
      play(loaded) {
        begin(loaded)
        loaded.unit('TEST_START', 'A::testA()', 3)
        loaded.unit('TEST_FAIL', 'no', 3)
        loaded.unit('SESSION_RESULT', { tests: 1, assertions: 1, failures: 1 }, 3)
      },
    },
    ['--repeat', '2', '--report', 'junit=r.xml'],
  )
  assert.deepEqual(
    report.failed.map(({ turn }: { turn: string }) => turn),
    ['on Alpha, round 1', 'on dev-2, round 1', 'on Alpha, round 2', 'on dev-2, round 2'],
  )
  assert.match(stdout, /\] at tests\/a\.test\.nut on dev-2, round 2\n/)
})

test('two test runs of one account on one machine take turns, and the second is told at once for whom it waits', async () => {
  let go = (): void => undefined
  const gate = new Promise<void>((resolve) => (go = resolve))
  let running = 0
  let most = 0
  const options: CloudOptions = {
    answer(method, path, response) {
      if (path !== '/accounts/me') return false
      response.writeHead(200, { 'content-type': 'application/vnd.api+json' })
      response.end(JSON.stringify({ data: { type: 'account', id: 'me-1', attributes: {} } }))
      return method === 'GET'
    },
    async play(loaded) {
      most = Math.max(most, ++running)
      await gate
      running--
      await passing('A::testA()')(loaded)
    },
  }
  await using cloud = await withTests(options)
  const first = cloud.run()
  await until(() => running === 1)
  const second = cloud.run()
  const shown = cloud.shownNow()
  await until(() => shown().includes('uses the log stream of the account'))
  assert.match(
    shown(),
    /Another test run of this machine uses the log stream of the account: process \d+.*\. Waiting for it, at most 10m \(--wait\)\.\n/,
  )
  go()
  assert.deepEqual([(await first).code, (await second).code, most], [0, 0, 1])
})

test('a lock that stays taken ends the run when --wait is over', async () => {
  await using cloud = await withTests({
    play: passing('A::testA()'),
    answer(_method, path, response) {
      if (path !== '/accounts/me') return false
      response.writeHead(200).end(JSON.stringify({ data: { type: 'account', id: 'me-1', attributes: {} } }))
      return true
    },
  })
  await cloud.run()
  const { readdir, mkdir, utimes } = await import('node:fs/promises')
  const folder = join(cloud.directory, '.local/state/impt')
  await mkdir(folder, { recursive: true })
  assert.deepEqual(
    (await readdir(folder)).filter((name) => name.includes('log-stream')),
    [],
  )
  const { createHash } = await import('node:crypto')
  const key = createHash('sha256').update(`sandbox  me-1`).digest('hex').slice(0, 16)
  const lock = join(folder, `log-stream-${key}.lock`)
  const { hostname } = await import('node:os')
  await writeFile(lock, `${process.pid} ${hostname()} 00 /elsewhere`)
  const later = new Date(Date.now() + 60_000)
  await utimes(lock, later, later)
  const { code, stdout } = await cloud.run(['--wait', '1s'])
  assert.match(stdout, /process \d+ \(\/elsewhere\)/)
  assert.equal(code, 8)
  assert.match(stdout, /Error: The log stream of the account was in use for all of 1s\./)
})

test('a test that logs ten megabytes keeps its beginning and says how much more there was', async () => {
  const { code, report } = await outcome({
    async play(loaded) {
      await midway(loaded)
      for (let line = 0; line < 1000; line++) loaded.say('server.log', 'x'.repeat(10_000), 3)
      loaded.unit('TEST_OK', null, 3)
      loaded.unit('SESSION_RESULT', { tests: 2, assertions: 1, failures: 0 }, 3)
    },
  })
  assert.equal(code, 0)
  const { output } = report.sessions[0].test_results[1]
  assert.ok(output.length < 250_000)
  assert.match(output, /\n\.\.\. and \d+ more characters$/)
})

test('the tests of a file are those of its classes, not what comments and strings look like', () => {
  const code = `
// class No extends ImpTestCase { function testNo() {} }
/* function testNo() {} */
local text = "class Na extends ImpTestCase { function testNa() {} }"
function testOfNoClass() {}
class Base extends ImpTestCase { function testBase() {} function helper() {} }
class Other { function testOther() {} }
class Derived extends Base { function testDerived() { local x = @"
function testIn()"; } }
`
  assert.deepEqual(testNamesOf(code, parseSelection()), ['Base::testBase()', 'Derived::testDerived()'])
  assert.deepEqual(testNamesOf(code, parseSelection(':Derived')), ['Derived::testDerived()'])
  assert.deepEqual(testNamesOf(code, parseSelection('::testBase')), ['Base::testBase()'])
})
