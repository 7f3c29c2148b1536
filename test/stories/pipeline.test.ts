import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { openDesk, type Desk } from './impt.ts'

const PUMP_LAB = 'fa560bf1-b7c7-134a-9fd2-fd90da7e538b'
const SCHEMA = fileURLToPath(new URL('../fixtures/junit.xsd', import.meta.url))
const HAS_VALIDATOR = spawnSync('xmllint', ['--version']).status === 0

/** A project with code, tests and their configuration, on a server of its own. */
async function pipeline(t: TestContext) {
  const desk = await openDesk(t)
  const { url, folder } = await desk.cloud()
  await mkdir(join(desk.folder, 'tests'))
  const write = (name: string, text: string) => writeFile(join(desk.folder, name), text)
  await write('shared.nut', '// shared\nstep <- 2;\n')
  await write('device.nut', '@include "shared.nut";\nfunction next(value) { return value + step; }\n')
  await write('tests/a.test.nut', TESTS)
  await write(
    '.impt.project',
    JSON.stringify({ deviceGroupId: PUMP_LAB, deviceFile: 'device.nut', preprocess: true }),
  )
  await write(
    '.impt.test',
    JSON.stringify({
      deviceGroupId: PUMP_LAB,
      timeout: 30,
      stopOnFail: false,
      allowDisconnect: false,
      builderCache: false,
      testFiles: ['tests/*.test.nut'],
      deviceFile: 'device.nut',
    }),
  )
  const report = async () => JSON.parse(await readFile(join(desk.folder, 'out/r.json'), 'utf8'))
  const tests = (...words: string[]) =>
    desk.run([
      'test',
      'run',
      '--report',
      'junit=out/r.xml',
      '--report',
      'tap=out/r.tap',
      '--report',
      'json=out/r.json',
      ...words,
    ])
  return { desk, url, serverFolder: folder, write, report, tests }
}

const TESTS = `class A extends ImpTestCase {
    function testOne() { this.assertEqual(3, next(1)); }
    function testLater() {
        return Promise(function(resolve, reject) { imp.wakeup(2, function() { resolve("later"); }); });
    }
}
`

function accepts(desk: Desk): void {
  // The runner shows that it is skipped where there is no validator: see the test below.
  if (!HAS_VALIDATOR) return
  const { status, stderr } = spawnSync(
    'xmllint',
    ['--noout', '--schema', SCHEMA, join(desk.folder, 'out/r.xml')],
    { encoding: 'utf8' },
  )
  assert.equal(status, 0, stderr)
}

test(
  'xmllint accepts the reports of the pipeline',
  { skip: HAS_VALIDATOR ? false : 'xmllint (libxml2-utils) is not here' },
  () => assert.ok(HAS_VALIDATOR),
)

test('a pipeline on a quiet server: check, build, tests, reports, a failure, a mistake, and all again', async (t) => {
  const { desk, write, report, tests } = await pipeline(t)
  for (let round = 0; round < 2; round++) {
    assert.equal((await desk.run(['squirrel', 'check', 'device.nut'])).code, 0)
    assert.equal((await desk.run(['build', 'deploy', '--tag', `round-${round}`])).code, 0)
    const passed = await tests()
    assert.equal(passed.code, 0, passed.stdout)
    assert.deepEqual([(await report()).verdict, (await report()).tests], ['passed', 2])
    accepts(desk)
    await write('shared.nut', '// shared\nstep <- 3;\n')
    const failed = await tests('--tests', '::testOne')
    assert.equal(failed.code, 1, failed.stdout)
    const [failure] = (await report()).failed
    assert.equal(failure.text, 'Expected value: 3, got: 4 (tests/a.test.nut:2)')
    accepts(desk)
    await write('shared.nut', '// shared\nstep <- nothing;\n')
    const crashed = await tests()
    assert.equal(crashed.code, 1, crashed.stdout)
    assert.match(
      (await report()).failed[0].text,
      /Session startup timeout\nDevice Runtime Error: .*'nothing'[^]*shared\.nut:2/,
    )
    assert.match(
      await readFile(join(desk.folder, 'out/r.tap'), 'utf8'),
      /A::testOne\(\) # SKIP Session startup timeout/,
    )
    accepts(desk)
    await write('shared.nut', '// shared\nstep <- 2;\n')
    const { code } = await tests('--report', 'junit=tests')
    assert.equal(code, 1)
    assert.ok((await report()).verdict === 'failed', 'the report of before is still there: nothing has run')
  }
})

test('a pipeline whose server resets, answers garbage, drops streams and gives them to others', async (t) => {
  const { report, tests, serverFolder, desk } = await pipeline(t)
  const { url, adminToken } = JSON.parse(await readFile(join(serverFolder, 'state.json'), 'utf8'))
  const admin = async (path: string, body?: object) => {
    const method = body === undefined ? 'GET' : 'POST'
    const headers = { 'x-sandbox-token': String(adminToken), 'content-type': 'application/json' }
    const answer = await fetch(`${new URL(url).origin}/sandbox/${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    assert.ok(answer.ok, `${path}: ${answer.status}`)
    return (await answer.json()) as any
  }
  /** Takes the stream away as soon as there is one, in turn as another client does and as a broken line does. */
  async function thief(times: number, isOver: () => boolean): Promise<number> {
    let taken = 0
    while (taken < times && !isOver()) {
      const { streams } = await admin('status')
      // Who asks without a pause keeps those from working that the stream is taken from.
      if (streams === 0) await delay(20)
      else await admin(taken++ % 2 === 0 ? 'streams/close' : 'streams/drop', {})
    }
    return taken
  }
  for (let round = 0; round < 3; round++) {
    for (const fault of [{ kind: 'status', status: 503 }, { kind: 'reset' }])
      await admin('faults', { method: 'GET', count: 1, fault })
    if (round > 0)
      await admin('faults', { method: 'POST', count: 1, fault: { kind: round === 1 ? 'reset' : 'garbage' } })
    let isOver = false
    const stealing = thief(3, () => isOver)
    const { code, stdout } = await tests('--retry-no-verdict', '3')
    isOver = true
    assert.equal(code, 0, stdout)
    assert.ok((await stealing) > 0)
    const { verdict, tests: count, sessions } = await report()
    assert.deepEqual([verdict, count, sessions.length], ['passed', 2, 1])
    accepts(desk)
  }
})

test('a pipeline whose device is lost has no verdict, and one again when it is back', async (t) => {
  const { desk, report, tests, serverFolder } = await pipeline(t)
  const connection = (on: 'on' | 'off') =>
    desk.run(['sandbox', 'device', '--device', 'Pump Prototype', '--connection', on, '--dir', serverFolder])
  for (let round = 0; round < 2; round++) {
    const off = await connection('off')
    assert.equal(off.code, 0, off.stdout + off.stderr)
    const lost = await tests('-z', 'minimal')
    assert.equal(lost.code, 8, lost.stdout)
    assert.equal((await report()).verdict, 'none')
    assert.match(
      await readFile(join(desk.folder, 'out/r.xml'), 'utf8'),
      /<skipped message="Session startup timeout"\/>/,
    )
    accepts(desk)
    assert.equal((await connection('on')).code, 0)
    const back = await tests('--retry-no-verdict', '2')
    assert.equal(back.code, 0, back.stdout)
    accepts(desk)
  }
})
