import assert from 'node:assert/strict'
import { test } from 'node:test'
import { begin, openCloud, passing, timeless, until } from './cloud.ts'

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
  assert.match(stdout, /^\[info\] Started at \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT[+-]\d{4}\n\[\+\d+\.\d\d\/\d+\.\d\ds info\] Found/)
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
