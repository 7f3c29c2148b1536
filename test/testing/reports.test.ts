import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir, readFile, readdir, readlink, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { jsonReport, junitReport, parseReports, tapReport } from '../../src/testing/reports.ts'
import { visible } from '../../src/output/visible.ts'
import type { SessionRecord } from '../../src/testing/session-record.ts'
import { begin, openCloud, problem } from './cloud.ts'
import { character, fc } from '../properties.ts'

const STARTED = '2026-11-27T15:00:00.123Z'
const SESSION: SessionRecord = {
  name: 'calm-otter',
  file: 'tests/a.test.nut',
  side: 'device',
  device: { id: 'dev-1', name: 'Alpha' },
  verdict: 'failed',
  failed: true,
  tests: [
    { name: 'A::setUp()', status: 'passed', seconds: 0 },
    { name: 'A::testOne()', status: 'passed', seconds: 1.5, output: '[server.log] a < b' },
    { name: 'A::testTwo()', status: 'failed', seconds: 0.25, message: 'Expected "<1>" & got\n2' },
    { name: 'A::testThree()', status: 'unfinished', seconds: 0 },
    { name: 'A::testFour()', status: 'skipped', seconds: 0, message: 'Testing timeout' },
  ],
  problems: [{ test: 'A::testThree()', text: 'Testing timeout\nERROR: x', verdict: 'failed' }],
  runtimeErrors: ['Device Runtime Error: x'],
  output: '[server.log] loading <1>\n[agent.log] between',
  counts: { tests: 3, assertions: 0, failures: 2 },
  started: STARTED,
  seconds: 1.75,
  wall_seconds: 3,
}
const REFUSED: SessionRecord = {
  name: 'x',
  file: 'tests/b.test.nut',
  side: 'agent',
  turn: 'round 2',
  verdict: 'none',
  failed: true,
  tests: [],
  problems: [{ text: 'The cloud is away', verdict: 'none' }],
  runtimeErrors: [],
  counts: { tests: 0, assertions: 0, failures: 1 },
  started: STARTED,
  seconds: 0,
  wall_seconds: 0.1,
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

test('a report named "-" would mix with what the run tells: the error names the way to do that', () => {
  assert.throws(() => parseReports(['tap=-']), {
    code: 'USAGE',
    message: 'Option "--report" takes a file, not "-": "tap=-".',
    hint: /--report tap=\/dev\/stdout$/,
  })
})

test('JUnit: a suite for each session, failures and errors apart, times of one clock, totals at the root', () => {
  assert.equal(
    junitReport([SESSION, REFUSED]),
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="impt test run" tests="5" failures="1" errors="2" time="1.750">
  <testsuite name="tests/a.test.nut on Alpha" tests="4" failures="1" errors="1" skipped="1" time="1.750" timestamp="2026-11-27T15:00:00">
    <properties>
      <property name="file" value="tests/a.test.nut"/>
      <property name="device" value="dev-1"/>
      <property name="clock" value="device"/>
      <property name="wall_seconds" value="3.000"/>
    </properties>
    <testcase classname="A" name="testOne()" time="1.500">
      <system-out>[server.log] a &lt; b</system-out>
    </testcase>
    <testcase classname="A" name="testTwo()" time="0.250">
      <failure message="Expected &quot;&lt;1&gt;&quot; &amp; got" type="failure">Expected &quot;&lt;1&gt;&quot; &amp; got&#10;2</failure>
    </testcase>
    <testcase classname="A" name="testThree()" time="0.000">
      <error message="Testing timeout" type="error">Testing timeout&#10;ERROR: x</error>
    </testcase>
    <testcase classname="A" name="testFour()" time="0.000">
      <skipped message="Testing timeout"/>
    </testcase>
    <system-out>[server.log] loading &lt;1&gt;&#10;[agent.log] between</system-out>
    <system-err>Device Runtime Error: x</system-err>
  </testsuite>
  <testsuite name="tests/b.test.nut round 2" tests="1" failures="0" errors="1" skipped="0" time="0.000" timestamp="2026-11-27T15:00:00">
    <properties>
      <property name="file" value="tests/b.test.nut"/>
      <property name="clock" value="device"/>
      <property name="wall_seconds" value="0.100"/>
    </properties>
    <testcase classname="tests/b.test.nut round 2" name="deployment" time="0.000">
      <error message="The cloud is away" type="error">The cloud is away</error>
    </testcase>
  </testsuite>
</testsuites>
`,
  )
})

const SCHEMA = fileURLToPath(new URL('../fixtures/junit.xsd', import.meta.url))
const validator = spawnSync('xmllint', ['--version']).status === 0

test(
  'JUnit: a stock validator accepts it by its schema, whatever a device sends',
  { skip: validator ? false : 'xmllint (libxml2-utils) is not here' },
  () => {
    const text = fc.oneof(
      fc.string({ unit: character }),
      fc.constantFrom(']]>', '\0\x1b[2J', '\ud800', '<!--', '&x;'),
    )
    const name = text.filter((one) => one !== '')
    const test = fc.record({
      name,
      status: fc.constantFrom('passed', 'failed', 'unfinished', 'skipped'),
      seconds: fc.float({ min: 0, max: 1e5, noNaN: true }),
      message: text,
      output: text,
    })
    const session = fc
      .record({
        tests: fc.array(test),
        problems: fc.array(text),
        turn: name,
        file: name,
        runtimeErrors: fc.array(text),
      })
      .map(({ problems, ...rest }): SessionRecord => ({
        ...SESSION,
        ...rest,
        problems: problems.map((one) => ({ text: one, verdict: 'none' })),
      }))
    const documents = [
      junitReport([]),
      junitReport([SESSION, REFUSED]),
      ...fc.sample(fc.array(session, { maxLength: 3 }), 100).map((one) => junitReport(one)),
    ]
    const folder = mkdtempSync(join(tmpdir(), 'impt-junit-'))
    try {
      const names = documents.map((document, index) => {
        writeFileSync(join(folder, `${index}.xml`), document)
        return `${index}.xml`
      })
      const { status, stderr } = spawnSync('xmllint', ['--noout', '--schema', SCHEMA, ...names], {
        cwd: folder,
        encoding: 'utf8',
      })
      assert.equal(status, 0, stderr)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
)

test('TAP: a line for each test, and why it failed or did not run', () => {
  assert.equal(
    tapReport([SESSION, REFUSED]),
    `TAP version 13
1..5
ok 1 - tests/a.test.nut [dev-1] A::testOne()
not ok 2 - tests/a.test.nut [dev-1] A::testTwo()
  ---
  message: "Expected \\"<1>\\" & got\\n2"
  severity: fail
  ...
not ok 3 - tests/a.test.nut [dev-1] A::testThree()
  ---
  message: "Testing timeout\\nERROR: x"
  severity: error
  ...
ok 4 - tests/a.test.nut [dev-1] A::testFour() # SKIP Testing timeout
not ok 5 - tests/b.test.nut (round 2) deployment
  ---
  message: "The cloud is away"
  severity: error
  ...
`,
  )
})

test('JSON holds everything', () => {
  const report = JSON.parse(jsonReport([SESSION, REFUSED]))
  assert.deepEqual([report.passed, report.verdict, report.tests, report.failures], [false, 'failed', 3, 3])
  assert.deepEqual(report.failed, [
    {
      what: 'A::testTwo()',
      text: 'Expected "<1>" & got\n2',
      verdict: 'failed',
      file: SESSION.file,
      device: SESSION.device,
    },
    {
      what: 'A::testThree()',
      text: 'Testing timeout\nERROR: x',
      verdict: 'failed',
      file: SESSION.file,
      device: SESSION.device,
    },
    {
      what: 'Deployment of tests/b.test.nut',
      text: 'The cloud is away',
      verdict: 'none',
      file: REFUSED.file,
      turn: 'round 2',
    },
  ])
  assert.equal(report.sessions[0].test_results[1].seconds, 1.5)
  assert.equal(JSON.parse(jsonReport([REFUSED])).verdict, 'none')
})

test('control characters stand in reports as the console shows them', () => {
  const control = fc.constantFrom('\x1b[31m', '\x00', '\x07', '\x7f', '\u009b', '\u202e', 'a', ' ', '\r')
  fc.assert(
    fc.property(fc.array(control, { minLength: 1, maxLength: 6 }), (parts) => {
      const text = `x${parts.join('')}x`
      const session = {
        ...SESSION,
        tests: [{ name: `A::${text}`, status: 'failed', seconds: 0, message: text, output: text } as const],
      }
      const shown = visible(text)
      const xml = junitReport([session])
      assert.ok(xml.includes(` name="${shown}"`), xml)
      assert.ok(xml.includes(`message="${shown}" type="failure">${shown}</failure>`), xml)
      assert.ok(xml.includes(`<system-out>${shown}</system-out>`), xml)
      const tap = tapReport([session])
      assert.ok(tap.includes(` A::${shown.replaceAll('\\', '\\\\')}\n`), tap)
      const json = jsonReport([session])
      assert.equal(JSON.parse(json).sessions[0].test_results[0].message, text)
      for (const report of [xml, tap, json]) assert.equal(visible(report, true), report)
    }),
  )
})

test('whatever a device sends, the reports stay valid', () => {
  const text = fc.oneof(
    fc.string({ unit: character }),
    fc.constantFrom(']]>', '\n...\n1..0', '\0\x1b[2J', '\ud800', '# SKIP', '<!--'),
  )
  fc.assert(
    fc.property(text, text, text, (name, message, problem) => {
      const session = {
        ...SESSION,
        tests: [{ name, status: 'failed', seconds: 0, message } as const],
        problems: [{ text: problem, verdict: 'failed' as const }],
        runtimeErrors: [message],
      }
      const xml = junitReport([session])
      // Neither a character that XML cannot hold, nor markup that was not written by us.
      assert.ok(!/[\0-\x08\v\f\x0e-\x1f\ufffe\uffff]/.test(xml))
      assert.equal(
        (xml.match(/</g) ?? []).length,
        (
          xml.match(
            /<(?:\?xml|\/?(?:testsuites|testsuite|testcase|failure|error|system-out|system-err|properties|property))[ >]/g,
          ) ?? []
        ).length,
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
  const { code, stderr } = await cloud.run([
    '--report',
    'junit=out.xml',
    '--report',
    'tap=out.tap',
    '--report=json=out.json',
  ])
  assert.equal(code, 1)
  assert.equal(
    stderr,
    'The junit report is written to out.xml.\nThe tap report is written to out.tap.\nThe json report is written to out.json.\n',
  )
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

test('reports are checked before anything runs, and an old one is removed then', async () => {
  await using cloud = await openCloud()
  await cloud.config({ testFiles: ['none'] })
  await mkdir(join(cloud.directory, 'folder'))
  const refused = async (...values: string[]) => {
    const { code, stdout } = await cloud.run(values.flatMap((value) => ['--report', value]))
    assert.deepEqual(cloud.requests, [])
    assert.ok(code === 1 || code === 2)
    return /^Error: (.*)$/m.exec(stdout)?.[1] ?? ''
  }
  assert.match(await refused('junit=folder'), /^The report "folder" cannot be written: it is a folder\.$/)
  if (process.platform === 'linux')
    assert.match(
      await refused('junit=/proc/none/r.xml'),
      /cannot be written: \/proc holds no files of yours\.$/,
    )
  assert.match(
    await refused('junit=a.xml', 'tap=./a.xml'),
    /^Two reports are to be written to "\.\/a\.xml"\.$/,
  )
  await writeFile(join(cloud.directory, 'file'), '')
  assert.match(await refused('junit=file/x.xml'), /file\/x\.xml/)
  // The folder is made, and what an earlier run left is gone whatever comes of this one.
  await mkdir(join(cloud.directory, 'out'))
  await writeFile(join(cloud.directory, 'out/old.xml'), 'of an earlier run')
  await cloud.run(['--report', 'junit=out/old.xml', '--report', 'tap=deep/er/x.tap'])
  assert.match(
    await readFile(join(cloud.directory, 'out/old.xml'), 'utf8'),
    /<error message="No test files found" type="error">/,
  )
  assert.match(
    await readFile(join(cloud.directory, 'deep/er/x.tap'), 'utf8'),
    /not ok 1 - test run test run\n {2}---\n {2}message: "No test files found"/,
  )
  assert.deepEqual((await readdir(join(cloud.directory, 'out'))).sort(), ['old.xml'])
})

test('a report is written whatever ends the run: no configuration, no device, no cloud', async () => {
  const reportOf = async (
    prepare: (cloud: Awaited<ReturnType<typeof openCloud>>) => Promise<unknown>,
    options = {},
  ) => {
    await using cloud = await openCloud(options)
    await cloud.file('tests/a.test.nut', '')
    await prepare(cloud)
    const { code } = await cloud.run(['--report', 'json=r.json'])
    const { failed, verdict } = JSON.parse(await readFile(join(cloud.directory, 'r.json'), 'utf8'))
    return [code, verdict, failed[0].text]
  }
  assert.deepEqual(await reportOf(() => Promise.resolve()), [
    1,
    'failed',
    'Test Configuration File is not found in the current directory.',
  ])
  assert.deepEqual(await reportOf((cloud) => cloud.config(), { devices: [] }), [
    8,
    'none',
    'Device Group "dg-1" does not have assigned Devices.',
  ])
  const [code, verdict, text] = await reportOf((cloud) => cloud.config(), {
    answer: (_method: string, path: string, response: import('node:http').ServerResponse) => {
      if (path !== '/deployments') return false
      problem(response, 500, 'Internal Server Error', 'the cloud is away')
      return true
    },
  })
  assert.deepEqual([code, verdict], [8, 'none'])
  assert.match(String(text), /the cloud is away/)
})

test('a report on a full disk fails the run and names the file; a link stays one', async () => {
  const passing = async (...words: string[]) => {
    await using cloud = await openCloud({
      play(loaded) {
        begin(loaded)
        loaded.unit('TEST_START', 'A::testA()', 3)
        loaded.unit('TEST_OK', null, 3)
        loaded.unit('SESSION_RESULT', { tests: 1, assertions: 1, failures: 0 }, 3)
      },
    })
    await cloud.config()
    await cloud.file('tests/a.test.nut', '')
    await cloud.file('reports/old.json', '{}')
    await symlink('reports/old.json', join(cloud.directory, 'link.json'))
    const outcome = await cloud.run(words)
    return { ...outcome, link: await readlink(join(cloud.directory, 'link.json')) }
  }
  if (existsSync('/dev/full')) {
    const { code, stdout, stderr } = await passing('--report', 'json=/dev/full', '--report', 'tap=out.tap')
    assert.equal(code, 1)
    // The one is told once, and keeps no other from being written.
    assert.equal((stdout + stderr).match(/\/dev\/full/g)?.length, 1, stdout + stderr)
    assert.equal(stderr, 'The tap report is written to out.tap.\n')
    assert.match(stdout, /Error: .*\/dev\/full.*ENOSPC|Error: .*\/dev\/full.*(?:space|full)/i)
  }
  const linked = await passing('--report', 'json=link.json')
  assert.deepEqual([linked.code, linked.link], [0, 'reports/old.json'])
})
