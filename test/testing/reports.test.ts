import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { jsonReport, junitReport, parseReports, tapReport } from '../../src/testing/reports.ts'
import type { SessionRecord } from '../../src/testing/session-record.ts'
import { begin, openCloud } from './cloud.ts'

const SESSION: SessionRecord = {
  name: 'calm-otter',
  file: 'tests/a.test.nut',
  side: 'device',
  device: { id: 'dev-1', name: 'Alpha' },
  failed: true,
  tests: [
    { name: 'A::setUp()', status: 'passed', seconds: 0 },
    { name: 'A::testOne()', status: 'passed', seconds: 1.5 },
    { name: 'A::testTwo()', status: 'failed', seconds: 0.25, message: 'Expected "<1>" & got\n2' },
    { name: 'A::testThree()', status: 'unfinished', seconds: 0 },
  ],
  problems: [{ test: 'A::testThree()', text: 'Testing timeout' }],
  runtimeErrors: ['Device Runtime Error: x'],
  counts: { tests: 3, assertions: 0, failures: 2 },
  seconds: 3,
}
const REFUSED: SessionRecord = {
  name: 'x',
  file: 'tests/b.test.nut',
  side: 'agent',
  failed: true,
  tests: [],
  problems: [{ text: 'Compilation Error: no' }],
  runtimeErrors: [],
  counts: { tests: 0, assertions: 0, failures: 1 },
  seconds: 0.1,
}

test('a report is a kind and a file', () => {
  assert.deepEqual(parseReports(['junit=a=b.xml', 'tap=t', 'json=j']), [
    { kind: 'junit', file: 'a=b.xml' },
    { kind: 'tap', file: 't' },
    { kind: 'json', file: 'j' },
  ])
  for (const value of ['junit', 'junit=', 'html=x', '', '=x', 'toString=x']) {
    assert.throws(() => parseReports([value]), {
      code: 'USAGE',
      message: `Option "--report" has incorrect value "${value}".`,
    })
  }
})

test('JUnit: a suite for each session, failures and errors apart', () => {
  assert.equal(
    junitReport([SESSION, REFUSED]),
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="impt test run">
  <testsuite name="tests/a.test.nut on Alpha" tests="3" failures="1" errors="1" skipped="0" time="3.000">
    <testcase classname="A" name="testOne()" file="tests/a.test.nut" time="1.500"/>
    <testcase classname="A" name="testTwo()" file="tests/a.test.nut" time="0.250">
      <failure message="Expected &quot;&lt;1&gt;&quot; &amp; got&#10;2">Expected &quot;&lt;1&gt;&quot; &amp; got&#10;2</failure>
    </testcase>
    <testcase classname="A" name="testThree()" file="tests/a.test.nut" time="0.000">
      <error message="Testing timeout">Testing timeout</error>
    </testcase>
    <system-err>Device Runtime Error: x</system-err>
  </testsuite>
  <testsuite name="tests/b.test.nut" tests="1" failures="0" errors="1" skipped="0" time="0.100">
    <testcase classname="tests/b.test.nut" name="deployment" file="tests/b.test.nut" time="0.100">
      <error message="Compilation Error: no">Compilation Error: no</error>
    </testcase>
  </testsuite>
</testsuites>
`,
  )
})

test('TAP: a line for each test, and why it failed', () => {
  assert.equal(
    tapReport([SESSION, REFUSED]),
    `TAP version 13
1..4
ok 1 - tests/a.test.nut [dev-1] A::testOne()
not ok 2 - tests/a.test.nut [dev-1] A::testTwo()
  ---
  message: "Expected \\"<1>\\" & got\\n2"
  severity: fail
  ...
not ok 3 - tests/a.test.nut [dev-1] A::testThree()
  ---
  message: "Testing timeout"
  severity: error
  ...
not ok 4 - tests/b.test.nut deployment
  ---
  message: "Compilation Error: no"
  severity: error
  ...
`,
  )
})

test('JSON holds everything', () => {
  const report = JSON.parse(jsonReport([SESSION, REFUSED]))
  assert.deepEqual([report.passed, report.tests, report.failures, report.sessions.length], [false, 3, 3, 2])
  assert.deepEqual(
    report.failed.map(({ what, text }: { what: string; text: string }) => [what, text]),
    [
      ['A::testTwo()', 'Expected "<1>" & got\n2'],
      ['A::testThree()', 'Testing timeout'],
      ['Deployment of tests/b.test.nut', 'Compilation Error: no'],
    ],
  )
  assert.equal(report.sessions[0].test_results[1].seconds, 1.5)
})

test('whatever a device sends, the reports stay valid', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(']]>', '\n...\n1..0', '\0\x1b[2J', '\ud800', '# SKIP', '<!--'),
  )
  fc.assert(
    fc.property(text, text, text, (name, message, problem) => {
      const session = {
        ...SESSION,
        tests: [{ name, status: 'failed', seconds: 0, message } as const],
        problems: [{ text: problem }],
        runtimeErrors: [message],
      }
      const xml = junitReport([session])
      // Neither a character that XML cannot hold, nor markup that was not written by us.
      assert.ok(!/[\0-\x08\v\f\x0e-\x1f\ufffe\uffff]/.test(xml))
      assert.equal(
        (xml.match(/</g) ?? []).length,
        (xml.match(/<(?:\?xml|\/?(?:testsuites|testsuite|testcase|failure|error|system-err))[ >]/g) ?? [])
          .length,
      )
      assert.ok(!/&(?!(?:amp|lt|gt|quot|apos|#10|#9|#13);)/.test(xml))
      const lines = tapReport([session]).trimEnd().split('\n')
      assert.equal(lines.length, 12)
      assert.ok(
        lines.every((line) =>
          /^(?:TAP version 13|1\.\.2|not ok \d - .*| {2}(?:---|\.\.\.|message: ".*"|severity: \w+))$/s.test(
            line,
          ),
        ),
        lines.join('\n'),
      )
      assert.ok(lines.every((line) => !/(?<!\\)#/.test(line.replace(/^ .*/, ''))))
      JSON.parse(jsonReport([session]))
    }),
  )
})

test('a run writes all reports that are asked for', async () => {
  await using cloud = await openCloud({
    play(loaded) {
      begin(loaded)
      loaded.unit('TEST_START', 'A::testA()', 3)
      loaded.unit('TEST_FAIL', 'no', 4)
      loaded.unit('SESSION_RESULT', { tests: 1, assertions: 0, failures: 1 }, 4)
    },
  })
  await cloud.config()
  await cloud.file('tests/a.test.nut', '')
  const { code } = await cloud.run([
    '--report',
    'junit=out.xml',
    '--report',
    'tap=out.tap',
    '--report=json=out.json',
  ])
  assert.equal(code, 1)
  const read = (name: string) => readFile(join(cloud.directory, name), 'utf8')
  assert.match(await read('out.xml'), /<testsuite name="tests\/a\.test\.nut on Alpha" tests="1" failures="1"/)
  assert.match(
    await read('out.tap'),
    /^TAP version 13\n1\.\.1\nnot ok 1 - tests\/a\.test\.nut \[dev-1\] A::testA\(\)\n/,
  )
  assert.equal(JSON.parse(await read('out.json')).failures, 1)
})

test('a wrong report is refused before anything is asked of the server', async () => {
  await using cloud = await openCloud()
  await cloud.config()
  const { code, stdout } = await cloud.run(['--report', 'xml=x'])
  assert.match(stdout, /Error: Option "--report" has incorrect value "xml=x"\./)
  assert.equal(code, 2)
  assert.deepEqual(cloud.requests, [])
})
