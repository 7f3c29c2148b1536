import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { ImptError } from '../../src/output/error.ts'
import {
  begin,
  json,
  openCloud,
  passing,
  problem,
  timeless,
  until,
  type Cloud,
  type CloudOptions,
} from './cloud.ts'

const TEST = 'class A extends ImpTestCase {\n  function testA() {}\n  function testA_2() {}\n}'

async function withTests(
  options: CloudOptions = {},
  names: readonly string[] = ['tests/a.test.nut'],
  config: Readonly<Record<string, unknown>> = {},
): Promise<Cloud & AsyncDisposable> {
  const cloud = await openCloud({ play: passing('A::testA()'), ...options })
  await cloud.config(config)
  for (const name of names) await cloud.file(name, TEST)
  return cloud
}

test('a run prints what the documentation shows, line by line', async () => {
  await using cloud = await openCloud({
    play(loaded) {
      begin(loaded)
      loaded.unit('TEST_START', 'MyCase::testOne()', 3)
      loaded.unit('TEST_FAIL', 'Expected value: 1, got: 2', 3)
      loaded.unit('TEST_START', 'MyCase::testTwo()', 3)
      loaded.unit('TEST_OK', null, 3)
      loaded.unit('SESSION_RESULT', { tests: 2, assertions: 1, failures: 1 }, 3)
    },
  })
  await cloud.config({ deviceFile: 'lib.device.nut' })
  await cloud.file('lib.device.nut', '// device')
  await cloud.file('tests/a.agent.test.nut', 'class MyCase extends ImpTestCase {}')
  await cloud.file('tests/a.device.nut', '// partner')
  const { code, stdout } = await cloud.run(['--keep-builds'])
  const name = /session "(.+?)"/.exec(stdout)?.[1]
  assert.match(name ?? '', /^[a-z]+-[a-z]+$/)
  assert.equal(
    timeless(stdout).replaceAll(name ?? '', 'NAME'),
    `[info] Started at NOW
[info] Found 1 test file(s):
\ttests/a.agent.test.nut (tests/a.device.nut)
[info] Have no agent source file, using blank
[info] Using device source file: lib.device.nut
[info] Using agent test file "tests/a.agent.test.nut"
[info] Using Device Group "DG1" [dg-1]
Deployment "new-1" is created successfully.
[info] Created Deployment: new-1

[test] Starting test session "NAME"
[info] Using Device Alpha [dev-1] (1/1)
Warning: please ensure imp device dev-1 is online. Current test will fail if the device under test is physically offline
[info] Using agent test file "tests/a.agent.test.nut"
Device "dev-1" is assigned successfully to Device Group "dg-1".
[info] Device code space usage: 16.8%
[test] MyCase::testOne()
[test] Failure: Expected value: 1, got: 2
[test] MyCase::testTwo()
[test] Success
[test] Tests: 2, Assertions: 1, Failures: 1
[test] Session "NAME" failed

[info] -------------TEST SUMMARY-------------

[info] 1) MyCase::testOne()
[info] at tests/a.agent.test.nut
[info] Error: Expected value: 1, got: 2

[info] Tests: 2, Assertions: 1, Failures: 1
[info] --------------------------------------

[info] Testing failed
Error: Testing failed
IMPT COMMAND FAILS
`,
  )
  assert.match(
    stdout,
    /^\[info\] Started at \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT[+-]\d{4}\n\[\+\d+\.\d\d\/\d+\.\d\ds info\] Found/,
  )
  assert.equal(code, 1)
  await until(() => cloud.openStreams() === 0)
})

test('a run in which all passes succeeds', async () => {
  await using cloud = await openCloud({ play: passing('A::testA()') })
  await cloud.config()
  await cloud.file('tests/a.test.nut', 'class A extends ImpTestCase { function testA() {} }')
  const { code, stdout } = await cloud.run()
  assert.match(stdout, /info\] Testing succeeded\nIMPT COMMAND SUCCEEDS\n$/)
  assert.equal(code, 0)
})

test('what is missing is told in the documented order and words', async () => {
  await using cloud = await openCloud()
  const last = async () =>
    timeless((await cloud.run()).stdout)
      .split('\n')
      .slice(-4)
      .join('\n')
  assert.match(
    await last(),
    /^Error: Test Configuration File is not found in the current directory\.\n.*\nIMPT COMMAND FAILS\n$/,
  )
  await cloud.config({ deviceGroupId: 'gone' })
  assert.match(
    await last(),
    /^Error: Device Group "gone", saved in Test Configuration File, does not exist anymore\.\nUse "impt test delete" command to delete the outdated Test Configuration\..*\nIMPT COMMAND FAILS\n$/,
  )
  await cloud.config({ agentFile: 'agent.nut', deviceFile: 'device.nut' })
  assert.match(await last(), /^Error: No test files found\n/)
  await cloud.file('tests/a.test.nut', TEST)
  assert.match(await last(), /\nError: Agent source file "agent\.nut" not found\nIMPT COMMAND FAILS\n$/)
  await cloud.file('agent.nut', '')
  assert.match(
    await last(),
    /\[info\] Using agent source file: agent\.nut\nError: Device source file "device\.nut" not found\n/,
  )
})

test('a group without devices is an error', async () => {
  await using cloud = await withTests({ devices: [] })
  const { stdout, code } = await cloud.run()
  assert.match(stdout, /\nError: Device Group "dg-1" does not have assigned Devices\.\n/)
  assert.equal(code, 8)
})

test('files that are configured but missing are told, and the run goes on', async () => {
  await using cloud = await withTests({}, ['tests/a.test.nut'], {
    githubConfig: '.impt.github',
    builderConfig: '.impt.builder',
  })
  const { stdout, code } = await cloud.run()
  assert.ok(
    stdout.startsWith(
      'GitHub credentials Configuration File .impt.github is not found.\nBuilder Configuration File .impt.builder is not found.\n[info] Started at',
    ),
    stdout,
  )
  assert.equal(code, 0)
})

test('variables of the Builder configuration reach the code', async () => {
  await using cloud = await withTests({}, [], { builderConfig: '.impt.builder' })
  await cloud.file('.impt.builder', '{"Answer": 42}')
  await cloud.file('tests/a.test.nut', 'local answer = @{Answer};')
  await cloud.run()
  assert.match(cloud.deployments[0]?.device_code ?? '', /local answer = 42;/)
})

test('each file runs on each device, strictly one after the other', async () => {
  await using cloud = await withTests({ devices: [{ id: 'dev-1' }, { id: 'dev-2' }] }, [
    'tests/a.test.nut',
    'tests/b.agent.test.nut',
  ])
  const { stdout, code } = await cloud.run()
  assert.equal(code, 0)
  const names = [...stdout.matchAll(/Starting test session "(.*)"/g)].map(([, name]) => name ?? '')
  assert.deepEqual(
    names.map((name) => name.slice(-2)),
    ['-1', '-2', '-1', '-2'],
  )
  assert.equal(names[0]?.slice(0, -2), names[1]?.slice(0, -2))
  assert.deepEqual(
    cloud.requests.filter((line) => line.startsWith('POST')),
    [
      'POST /deployments',
      'POST /logstream',
      'POST /devicegroups/dg-1/relationships/devices',
      'POST /logstream',
      'POST /devicegroups/dg-1/relationships/devices',
      'POST /deployments',
      'POST /logstream',
      'POST /devicegroups/dg-1/relationships/devices',
      'POST /logstream',
      'POST /devicegroups/dg-1/relationships/devices',
    ],
  )
  assert.match(stdout, /Tests: 4, Assertions: 4, Failures: 0\n.*-+\n/)
  assert.match(stdout, /Test session is agent-only\n/)
})

test('with --parallel the devices of a file share one stream and run at the same time; their lines stay together', async () => {
  const loadedDevices: string[] = []
  await using cloud = await withTests({
    devices: [{ id: 'dev-1' }, { id: 'dev-2' }, { id: 'dev-3' }],
    async play(loaded) {
      loadedDevices.push(loaded.deviceId)
      // The first does not begin before the second one is there.
      if (loaded.deviceId === 'dev-1') await until(() => loadedDevices.includes('dev-2'))
      await passing('A::testA()')(loaded)
    },
  })
  const { stdout, code } = await cloud.run(['--parallel', '2'])
  assert.equal(code, 0)
  assert.equal(cloud.requests.filter((line) => line === 'POST /logstream').length, 2)
  const marks = [
    ...stdout.matchAll(/Starting test session ".*-(\d)"|A::test(A)|Session ".*-(\d)" (?:succeeded|failed)/g),
  ].map(([, start, name, end]) => start ?? name ?? end)
  assert.deepEqual(marks, ['1', 'A', '1', '2', 'A', '2', '3', 'A', '3'])
  await until(() => cloud.openStreams() === 0)
})

test('with --repeat everything runs so many times', async () => {
  await using cloud = await withTests()
  const { stdout } = await cloud.run(['--repeat', '3'])
  assert.equal(cloud.deployments.length, 3)
  assert.match(stdout, /Round 3 of 3\n/)
  assert.match(stdout, /Tests: 3, Assertions: 3, Failures: 0/)
})

test('builds of the run are removed, with --keep-builds they stay', async () => {
  await using cloud = await withTests()
  const removed = await cloud.run()
  assert.match(removed.stdout, /info\] 1 build\(s\) of this run are removed\.\n/)
  assert.ok(cloud.requests.includes('DELETE /deployments/new-1'))
  await cloud.run(['--keep-builds'])
  assert.ok(!cloud.requests.includes('DELETE /deployments/new-2'))
})

test('a build that the server keeps is told in one line and changes nothing of the outcome', async () => {
  await using cloud = await withTests({
    answer(method, _path, response) {
      if (method !== 'DELETE') return false
      problem(response, 409, 'Deployment In Use', 'It is the minimum')
      return true
    },
  })
  const { stdout, code } = await cloud.run()
  assert.match(
    stdout,
    /info\] 1 build\(s\) of this run stay in the Device Group: Deployment In Use: It is the minimum\n.*removed once a newer build is the minimum.*: impt build delete --build new-1\n/,
  )
  assert.equal(code, 0)
})

test('--dg takes the devices of another group', async () => {
  await using cloud = await withTests({}, ['tests/a.test.nut'], { deviceGroupId: 'gone' })
  const { code } = await cloud.run(['--dg', 'dg-1'])
  assert.equal(code, 0)
})

test('--tests selects files, cases and methods; what is skipped is told', async () => {
  await using cloud = await withTests({}, ['tests/a.test.nut', 'tests/b.test.nut'])
  await cloud.file('tests/c.test.nut', 'class Other extends ImpTestCase { function testX() {} }')
  const byFile = await cloud.run(['--tests', 'b.test'])
  assert.match(byFile.stdout, /Found 1 test file\(s\):\n\ttests\/b\.test\.nut\n/)
  const byCase = await cloud.run(['--tests', ':Other::testX'])
  assert.match(
    timeless(byCase.stdout),
    /\[info\] Skip "tests\/a\.test\.nut" testing\n.*\n\[info\] Skip "tests\/b\.test\.nut" testing\n/,
  )
  assert.match(
    cloud.deployments.at(-1)?.device_code ?? '',
    /runner\.testClass = "Other";\n    runner\.testCase = "testX";/,
  )
  assert.match(
    (await cloud.run(['--tests', 'b.test', '-z', 'debug'])).stdout,
    /\[debug:TestHelper\] Skipping found test "tests\/a\.test\.nut"\n/,
  )
})

for (const pattern of ['nope', ':Nope', '::testNope', ':A::test', ':A::testNope']) {
  test(`a selection of nothing is an error: ${pattern}`, async () => {
    await using cloud = await withTests()
    const { stdout, code } = await cloud.run(['--tests', pattern])
    assert.match(stdout, /\nError: No test(?:s match --tests "[^"]*"| files found)\n/)
    assert.equal(code, 1)
    assert.deepEqual(cloud.deployments, [])
  })
}

test('a selection of which the framework runs nothing is an error, too', async () => {
  await using cloud = await withTests({ play: passing() })
  const { stdout, code } = await cloud.run(['--tests', '::testA'])
  assert.match(stdout, /\nError: No tests match --tests "::testA"\n/)
  assert.equal(code, 1)
})

test('a compile error is told with its place in the source, and the next file goes on', async () => {
  await using cloud = await withTests(
    {
      answer(method, path, response, body) {
        if (method !== 'POST' || path !== '/deployments') return false
        const rows = body.data.attributes.device_code.split('\n') as string[]
        const row = rows.indexOf('  broken(') + 1
        if (row === 0) return false
        const meta = [{ file: 'device_code', type: 'error', row, column: 3, text: 'expression expected' }]
        json(response, 400, {
          errors: [
            { status: '400', code: 'CX005', title: 'Compilation Error', detail: 'Device code failed', meta },
          ],
        })
        return true
      },
    },
    ['tests/b.test.nut'],
  )
  await cloud.file('tests/a.test.nut', 'class A {\n  broken(\n}')
  const { stdout, code } = await cloud.run()
  assert.match(
    timeless(stdout),
    /\[error\] Compilation Error: Device code failed\nError: Compilation Error: Device code failed\ndevice_code error \(line \d+, column 3\): expression expected\n  tests\/a\.test\.nut:2:3\n\[info\] Using device test file "tests\/b\.test\.nut"\n/,
  )
  assert.match(
    timeless(stdout),
    /1\) Deployment of tests\/a\.test\.nut\n\[info\] at tests\/a\.test\.nut\n\[info\] Error: Compilation Error: Device code failed\n/,
  )
  assert.match(stdout, /Tests: 1, Assertions: 1, Failures: 1\n/)
  assert.equal(code, 1)
})

test('a file that cannot be bundled fails, and the others run', async () => {
  await using cloud = await withTests({}, ['tests/b.test.nut'])
  await cloud.file('tests/a.test.nut', '\n@include "missing.nut"')
  const { stdout, code } = await cloud.run(['--report', 'tap=out.tap'])
  assert.match(
    await readFile(join(cloud.directory, 'out.tap'), 'utf8'),
    /1\.\.2\nnot ok 1 - tests\/a\.test\.nut deployment\n(?: .*\n)*ok 2 - tests\/b\.test\.nut .*\n/,
  )
  assert.match(
    timeless(stdout),
    /\n\[error\] Local file "missing\.nut" not found \(tests\/a\.test\.nut:2\)\nError: Local file "missing\.nut" not found \(tests\/a\.test\.nut:2\)\n/,
  )
  assert.match(timeless(stdout), /SUMMARY-+\n\n\[info\] 1\) Deployment of tests\/a\.test\.nut\n/)
  assert.ok(cloud.requests.includes('DELETE /deployments/new-1'))
  assert.equal(code, 1)
})

test('with stop-on-fail the first failure ends everything, and the summary is printed', async () => {
  await using cloud = await withTests(
    {
      devices: [{ id: 'dev-1' }, { id: 'dev-2' }],
      play(loaded) {
        begin(loaded)
        loaded.unit('TEST_START', 'A::testA()', 3)
        loaded.unit('TEST_FAIL', 'no', 3)
      },
    },
    ['tests/a.test.nut', 'tests/b.test.nut'],
    { stopOnFail: true },
  )
  const { stdout, code } = await cloud.run()
  assert.equal([...stdout.matchAll(/Starting test session/g)].length, 1)
  assert.match(stdout, /Tests: 1, Assertions: 0, Failures: 1\n/)
  assert.equal(code, 1)
})

test('without stop-on-fail a fatal error of a session is followed by the next device and file', async () => {
  await using cloud = await withTests({ play: (loaded) => loaded.unit('SESSION_START', '') }, [
    'tests/a.test.nut',
    'tests/b.test.nut',
  ])
  const { stdout } = await cloud.run()
  assert.equal([...stdout.matchAll(/error\] Invalid test session state/g)].length, 2)
  assert.match(stdout, /Tests: 0, Assertions: 0, Failures: 2\n/)
})

test('minimal mode shows tests, errors and the verdict only', async () => {
  await using cloud = await withTests({
    play(loaded) {
      begin(loaded)
      loaded.unit('TEST_START', 'A::testA()', 3)
      loaded.unit('EXTERNAL_COMMAND', { command: 'echo hi' }, 3)
      loaded.unit('TEST_FAIL', 'no', 3)
      loaded.unit('SESSION_RESULT', { tests: 1, assertions: 0, failures: 1 }, 3)
    },
  })
  const { stdout, code } = await cloud.run(['-z', 'minimal'])
  assert.equal(
    timeless(stdout).replace(/"[a-z]+-[a-z]+"/g, '"NAME"'),
    '\n[test] Starting test session "NAME"\n[test] A::testA()\n> hi\n[test] Failure: no\n[test] Tests: 1, Assertions: 0, Failures: 1\n[test] Session "NAME" failed\n\n\n\n\nError: Testing failed\n',
  )
  assert.equal(code, 1)
})

test('json mode is a document and nothing else', async () => {
  await using good = await withTests()
  assert.equal((await good.run(['-z', 'json'])).stdout, '{}\n')
  await using bad = await withTests({ play: (loaded) => loaded.unit('SESSION_START', '') })
  assert.equal((await bad.run(['-z', 'json'])).stdout, '{\n  "Error": "Testing failed"\n}\n')
})

test('debug mode writes what is deployed to .build and tells its size', async () => {
  await using cloud = await withTests({}, ['tests/deep/a.test.nut'], { testFiles: ['tests/**/*.test.nut'] })
  const { stdout } = await cloud.run(['-z', 'debug'])
  const { device_code: device = '', agent_code: agent = '' } = cloud.deployments[0] ?? {}
  assert.equal(
    await readFile(join(cloud.directory, '.build/tests/deep/preprocessed.device.a.test.nut'), 'utf8'),
    device,
  )
  assert.equal(
    await readFile(join(cloud.directory, '.build/tests/deep/preprocessed.agent.a.test.nut'), 'utf8'),
    agent,
  )
  assert.ok(stdout.includes(`[debug:TestHelper] Device code size: ${Buffer.byteLength(device)} bytes\n`))
  assert.deepEqual((await readdir(join(cloud.directory, '.build/tests/deep'))).length, 2)
})

test('--clear-cache removes .builder-cache and says so', async () => {
  await using cloud = await withTests()
  await cloud.file('.builder-cache/x', '')
  const { stdout } = await cloud.run(['--clear-cache'])
  assert.match(stdout, /^Builder cache \.builder-cache directory is deleted successfully\.\n/)
  assert.ok(!existsSync(join(cloud.directory, '.builder-cache')))
})

test('Ctrl-C prints the summary so far, closes the stream, removes the builds and writes the reports', async () => {
  const stop = new AbortController()
  await using cloud = await withTests({
    play(loaded) {
      begin(loaded)
      loaded.unit('TEST_START', 'A::testA()', 3)
      loaded.unit('TEST_OK', null, 3)
      loaded.unit('TEST_START', 'A::testB()', 3)
      loaded.unit('EXTERNAL_COMMAND', { command: 'sleep 30' }, 3)
    },
  })
  const running = cloud.run(['--report', 'json=report.json'], { signal: stop.signal })
  await until(() => cloud.shown().includes('sleep 30'))
  stop.abort(new ImptError('CANCELLED', 'Operation is canceled.', { exit: 130 }))
  const { stdout, code } = await running
  assert.match(
    timeless(stdout),
    /SUMMARY-+\n\n\[info\] 1\) A::testB\(\)\n\[info\] at tests\/a\.test\.nut\n\[info\] No verdict: The test run was interrupted\.\n/,
  )
  assert.match(stdout, /Tests: 2, Assertions: 0, Failures: 1\n/)
  assert.match(stdout, /Operation is canceled\.\nIMPT COMMAND FAILS\n$/)
  assert.equal(code, 130)
  assert.ok(cloud.requests.includes('DELETE /deployments/new-1'))
  assert.equal(JSON.parse(await readFile(join(cloud.directory, 'report.json'), 'utf8')).passed, false)
  await until(() => cloud.openStreams() === 0)
})

test('Ctrl-C while a stream is being opened leaves nothing open', async () => {
  const stop = new AbortController()
  await using cloud = await withTests({
    answer(method, path) {
      if (method !== 'PUT' || !path.startsWith('/logstream')) return false
      stop.abort(new ImptError('CANCELLED', 'Operation is canceled.', { exit: 130 }))
      return true
    },
  })
  const { code } = await cloud.run([], { signal: stop.signal })
  assert.equal(code, 130)
  await until(() => cloud.openStreams() === 0)
  assert.ok(!cloud.requests.includes('POST /devicegroups/dg-1/relationships/devices'))
})

test('an include cycle, a huge file and a folder in place of a file are errors with their place', async () => {
  await using cloud = await withTests()
  const failure = async () => /\nError: (.*)\n/.exec((await cloud.run()).stdout)?.[1] ?? ''
  await cloud.file('tests/a.test.nut', '@include "b.nut"')
  await cloud.file('tests/b.nut', '@include "a.test.nut"')
  assert.match(await failure(), /\((?:.*\/)?tests\/(?:a\.test|b)\.nut:1\)$/)
  await cloud.file('tests/b.nut', '//' + 'x'.repeat(50 << 20))
  assert.match(
    await failure(),
    /"b\.nut" has 50\.0 MB; the limit for a source is .* MB \(.*tests\/a\.test\.nut:1\)$/,
  )
  await cloud.file('tests/a.test.nut', '@include "deep"')
  await cloud.file('tests/deep/x.nut', '')
  assert.match(await failure(), /"deep" is a folder, not a file \(.*tests\/a\.test\.nut:1\)$/)
  assert.deepEqual(cloud.deployments, [])
})

test('what @warning says goes to stderr, once for each bundling', async () => {
  await using cloud = await withTests({ devices: [{ id: 'dev-1' }, { id: 'dev-2' }] })
  await cloud.file('tests/a.test.nut', '@warning "mind the gap"')
  const { stdout, stderr } = await cloud.run()
  assert.match(stderr, /^Warning: mind the gap \(.*tests\/a\.test\.nut:1\)\n$/)
  assert.ok(!stdout.includes('mind the gap'))
})

test('an include from a server that cannot be reached is an error with its place; a mirror folder needs no server', async () => {
  await using cloud = await withTests()
  await cloud.file('tests/a.test.nut', 'local a;\n@include "http://127.0.0.1:1/x.nut"')
  const { stdout, code } = await cloud.run()
  assert.match(stdout, /\nError: .*127\.0\.0\.1:1\/x\.nut.* \(.*tests\/a\.test\.nut:2\)\n/)
  assert.equal(code, 8)
  await cloud.file('tests/a.test.nut', '@include "github:someone/library/part.nut@v1.0.0"')
  await cloud.file('mirror/github/someone/library@v1.0.0/part.nut', '// mirrored')
  assert.equal((await cloud.run([], { env: { IMPT_INCLUDE_MIRROR: 'mirror' } })).code, 0)
  assert.match(
    cloud.deployments.at(-1)?.device_code ?? '',
    /#line 1 "github:someone\/library\/part\.nut"\n\/\/ mirrored\n/,
  )
})
