import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { impUnitSource } from '../../src/squirrel/libraries/imp-unit.ts'
import { openSquirrelWorld, PUMP_LAB } from './squirrel-world.ts'
import { timeless } from './runner.ts'
import { writeImpSuite, writeNodeSuite } from './suite-generator.ts'

/** Files of a directory, the changes of its configuration, and the words of the command. */
async function outcomeOf(
  files: Readonly<Record<string, string>>,
  config: Readonly<Record<string, unknown>> = {},
  words: readonly string[] = [],
) {
  await using world = await openSquirrelWorld()
  await world.config(config)
  for (const [name, text] of Object.entries(files)) await world.file(name, text)
  const began = performance.now()
  const { stdout, stderr, code } = await world.run(words)
  return {
    code,
    stderr,
    lines: timeless(stdout).split('\n'),
    text: timeless(stdout),
    seconds: (performance.now() - began) / 1000,
  }
}

const caseOf = (body: string, name = 'MyCase') => `class ${name} extends ImpTestCase {\n${body}\n}\n`

for (const side of ['agent', 'device']) {
  test(`assertions on the ${side} say what was expected`, async () => {
    const failing: readonly (readonly [string, string])[] = [
      ['assertTrue(false)', 'Failed to assert that condition is true'],
      ['assertEqual(1, 2)', 'Expected value: 1, got: 2'],
      ['assertGreater(1, 2)', 'Failed to assert that 1 > 2'],
      ['assertLess(2, 1)', 'Failed to assert that 2 < 1'],
      ['assertClose(10, 12, 1)', 'Expected value: 10±1, got: 12'],
      ['assertBetween(10, 1, 5)', 'Expected value the range of 1..5, got 10'],
      ['assertDeepEqual({"a": [1, 2]}, {"a": [1, 3]})', "Comparison failed on 'a.1': expected 2, got 3"],
      ['assertThrowsError(function() {}, this)', 'Function was expected to throw an error'],
    ]
    const passing = [
      'assertTrue(true)',
      'assertEqual("a", "a")',
      'assertClose(10, 10.5, 1)',
      'assertThrowsError(function() { throw "x" }, this)',
    ]
    const methods = [...failing.map(([call]) => call), ...passing].map(
      (call, index) => `  function test${String(index).padStart(2, '0')}() { ${call}; }`,
    )
    const { lines, code } = await outcomeOf({ [`tests/a.${side}.test.nut`]: caseOf(methods.join('\n')) })
    const said = lines.filter((line) => /^\[test\] (?:Failure|Success)/.test(line))
    assert.deepEqual(said, [
      ...failing.map(([, text], index) => `[test] Failure: ${text} (tests/a.${side}.test.nut:${index + 2})`),
      ...passing.map(() => '[test] Success'),
    ])
    assert.ok(lines.includes('[test] Tests: 12, Assertions: 12, Failures: 8'), lines.join('\n'))
    assert.equal(code, 1)
  })
}

test('a test that never ends is ended by the framework, without any waiting', async () => {
  const { text, seconds } = await outcomeOf({
    'tests/a.agent.test.nut': caseOf(
      '  function testNever() { return Promise(function(resolve, reject) {}); }\n  function testValue() { return "v"; }',
    ),
  })
  assert.match(
    text,
    /\[test\] MyCase::testNever\(\)\n\[test\] Failure: Test timed out after 30s\n\[test\] MyCase::testValue\(\)\n\[test\] Success: v\n/,
  )
  assert.ok(seconds < 15, `${seconds} s`)
})

test('a device test whose promise never ends is a failure of the test as well', async () => {
  const { text, seconds } = await outcomeOf({
    'tests/a.test.nut': caseOf('  function testNever() { return Promise(function(resolve, reject) {}); }'),
  })
  assert.match(text, /Failure: Test timed out after 30s\n\[test\] Tests: 1, Assertions: 0, Failures: 1\n/)
  assert.ok(seconds < 15, `${seconds} s`)
})

test('code that fails before the tests begin is a start-up timeout that nobody waits for, with its place', async () => {
  const { text, code, seconds } = await outcomeOf(
    {
      'lib.nut': 'local zero = 0\n\nlocal x = 1 / zero\n',
      'tests/a.test.nut': caseOf('  function testA() {}'),
    },
    { deviceFile: 'lib.nut' },
  )
  assert.match(
    text,
    /\[warning\] Device Runtime Error: .*division by zero\n\[warning\] Device Runtime Error: .*lib\.nut:3\n/,
  )
  assert.match(
    text,
    /\[error\] Session startup timeout\n\[error\] Device Runtime Error: .*division by zero\n.*lib\.nut:3\n\[test\] Session "[^"]*" failed\n/,
  )
  assert.match(text, /Error: Session startup timeout\n/)
  assert.equal(code, 1)
  assert.ok(seconds < 15, `${seconds} s`)
})

test('an agent that fails before its tests begin is told at once', async () => {
  const { text, seconds } = await outcomeOf(
    { 'lib.nut': 'throw "early"\n', 'tests/a.agent.test.nut': caseOf('  function testA() {}') },
    { agentFile: 'lib.nut' },
  )
  assert.match(text, /\[warning\] Agent Runtime Error: .*early\n/)
  assert.match(text, /\[error\] Session startup timeout\n/)
  assert.ok(seconds < 15, `${seconds} s`)
})

test('a compile error is told with file, line and column of the source', async () => {
  const { text, code } = await outcomeOf({ 'tests/a.test.nut': caseOf('  function testA() {}\n/') })
  assert.match(
    text,
    /\[error\] Compilation Error: .*\nError: Compilation Error: .*\ndevice_code error \(line \d+, column \d+\): .*\n {2}tests\/a\.test\.nut:3:\d+\n/,
  )
  assert.equal(code, 1)
})

test('run-time errors of the code under test are told with their place and do not fail the run', async () => {
  const { text, code } = await outcomeOf({
    'tests/a.agent.test.nut': caseOf(`  function testA() {
    imp.wakeup(0, function() {
      local nothing = null;
      nothing.call();
    });
    return Promise(function(resolve, reject) { imp.wakeup(1, function() { resolve("later"); }); });
  }`),
  })
  assert.match(
    text,
    /\[test\] Agent Runtime Error: .*the index 'call' does not exist\n\[test\] Agent Runtime Error: .*tests\/a\.agent\.test\.nut:5\n\[test\] Success: later\n/,
  )
  assert.match(text, /Runtime errors of the code under test: 1 \(they do not fail the tests\)\n/)
  assert.equal(code, 0)
})

test('a partner runs on the other side, and plain logs of both are shown', async () => {
  const { text, code } = await outcomeOf({
    'tests/talk.agent.test.nut': caseOf(`  function testTalk() {
    server.log("asking");
    return Promise(function(resolve, reject) {
      device.on("pong", function(data) { resolve(data); });
      device.send("ping", {"n": 1});
    });
  }`),
    'tests/talk.device.nut':
      'agent.on("ping", function(data) { server.log("asked"); data.n++; agent.send("pong", data); });',
  })
  assert.match(
    text,
    /\[info\] \[agent\.log\] asking\n\[info\] \[server\.log\] asked\n\[test\] Success: \{"n":2\}\n/,
  )
  assert.equal(code, 0)
})

test('includes, variables and loops of the Builder language work in sources and tests', async () => {
  const { text, code } = await outcomeOf(
    {
      '.impt.builder': '{"Limit": 3}',
      'lib.nut': '@include "constants.nut"\nfunction limit() { return LIMIT; }',
      'constants.nut': 'const LIMIT = @{Limit};',
      'tests/a.agent.test.nut': caseOf(
        '@repeat 2\n  function test@{loop.iteration}() { assertEqual(@{Limit}, limit()); }\n@end',
      ),
    },
    { agentFile: 'lib.nut', builderConfig: '.impt.builder' },
  )
  assert.match(
    text,
    /\[test\] MyCase::test1\(\)\n\[test\] Success\n\[test\] MyCase::test2\(\)\n\[test\] Success\n/,
  )
  assert.equal(code, 0)
})

test('the selection is exact on the device', async () => {
  const files = {
    'tests/a.agent.test.nut':
      caseOf('  function testMe() {}\n  function testMe_1() {}') +
      caseOf('  function testMe() {}', 'OtherCase'),
  }
  const { lines } = await outcomeOf(files, {}, ['--tests', ':MyCase::testMe'])
  assert.deepEqual(
    lines.filter((line) => line.includes('::')),
    ['[test] MyCase::testMe()'],
  )
})

test('stop-on-fail ends the run with the first failure', async () => {
  const body = '  function test1() { assertTrue(false); }\n  function test2() {}'
  const { lines, code } = await outcomeOf(
    { 'tests/a.agent.test.nut': caseOf(body), 'tests/b.agent.test.nut': caseOf(body) },
    { stopOnFail: true },
  )
  assert.deepEqual(
    lines.filter((line) => line.includes('::') && line.startsWith('[test]')),
    ['[test] MyCase::test1()'],
  )
  assert.equal(code, 1)
})

test('a device that is away is told at once in the sandbox', async () => {
  await using world = await openSquirrelWorld()
  const { sandbox } = world
  const device = sandbox.store.devices.all()
  for (const one of device) if (one.name === 'Pump Prototype') sandbox.core.platform.link(one, false)
  await world.config()
  await world.file('tests/a.test.nut', caseOf('  function testA() {}'))
  const { stdout, code } = await world.run()
  assert.match(stdout, /physically offline, and impCentral shows it as offline\n/)
  assert.match(stdout, /error\] Session startup timeout\n/)
  assert.equal(code, 8)
})

test('a code that computes for ever is stopped and told', async () => {
  const { text, code } = await outcomeOf({
    'tests/a.test.nut': caseOf('  function testLoop() { while (true) {} }'),
  })
  assert.match(text, /\[test\] MyCase::testLoop\(\)\n/)
  assert.match(text, /\[test\] Device Error: watchdog\n\[test\] Session "[^"]*" failed\n/)
  assert.equal(code, 1)
})

test('the sample library of the examples passes', async () => {
  await using world = await openSquirrelWorld()
  await cp(join(import.meta.dirname, '../../scripts/examples/library'), world.directory, { recursive: true })
  const { stdout, code } = await world.run()
  assert.match(stdout, /> this ran on your computer\n/)
  assert.match(stdout, /Tests: 6, Assertions: 4, Failures: 0\n/)
  assert.equal(code, 0)
})

test('a command that reaches the agent from outside is answered, and one that does nothing is not waited for', async () => {
  const knock = `${JSON.stringify(process.execPath)} knock.mjs `
  const body = `  function testRequest() {
    http.onrequest(function(request, response) {
      server.log("asked for " + request.path);
      response.send(200, "ok");
    });
    this.runCommand(${JSON.stringify(knock)} + http.agenturl() + "/knock");
    return Promise(function(resolve, reject) { imp.wakeup(4, resolve); });
  }
  function testSilence() {
    this.runCommand("true");
    return Promise(function(resolve, reject) {});
  }`
  const { text, seconds } = await outcomeOf({
    'knock.mjs': 'console.log(await (await fetch(process.argv[2])).text())',
    'tests/a.agent.test.nut': caseOf(body),
  })
  assert.match(text, /\/knock\n> ok\n/)
  assert.match(text, /\[test\] Failure: Test timed out after 30s\n/)
  assert.ok(seconds < 20, `${seconds} s`)
})

test('the devices of a group run side by side', async () => {
  await using world = await openSquirrelWorld()
  const { sandbox } = world
  const group = [...sandbox.store.groups.all()].find(({ name }) => name === 'Thermostat Development')
  assert.ok(group)
  for (const device of sandbox.store.devices.where('group', group.id))
    sandbox.core.platform.link(device, true)
  await world.testConfig(group.id)
  await world.file(
    'tests/a.test.nut',
    caseOf('  function testA() { return Promise(function(resolve, reject) { imp.wakeup(20, resolve); }); }'),
  )
  const { stdout, code } = await world.run(['--parallel', '3'])
  assert.match(stdout, /Tests: 3, Assertions: 0, Failures: 0\n/)
  assert.equal(code, 0)
})

test('a generated suite passes, in the sandbox as in node:test', async () => {
  await using world = await openSquirrelWorld()
  await writeImpSuite(world.directory, PUMP_LAB, { files: 2, tests: 3 })
  const { stdout, code } = await world.run()
  assert.match(stdout, /Tests: 6, Assertions: 18, Failures: 0\n/)
  assert.equal(code, 0)
  const names = await writeNodeSuite(join(world.directory, 'node'), { files: 1, tests: 3 })
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const { stdout: summary } = await promisify(execFile)(
    process.execPath,
    ['--test', '--test-reporter=tap', ...names],
    { env },
  )
  assert.match(summary, /# pass 3\n# fail 0\n/)
})

test('another copy of the framework, in files of its own, is used in place of ours', async () => {
  await using world = await openSquirrelWorld()
  const [first = '', second = '', ...rest] = impUnitSource.split('\n')
  await world.file(
    'copy/index.nut',
    `${first}\n${second}\n@include __PATH__ + "/src/ImpUnit.nut"\nserver.log("the copy");\n`,
  )
  await world.file('copy/src/ImpUnit.nut', rest.join('\n'))
  await world.config()
  await world.file('tests/a.agent.test.nut', caseOf('  function testA() { assertTrue(true); }'))
  const { stdout, code } = await world.run([], { env: { IMPT_IMPUNIT: 'copy' } })
  assert.match(stdout, /\[agent\.log\] the copy\n/)
  assert.match(stdout, /Tests: 1, Assertions: 1, Failures: 0\n/)
  assert.equal(code, 0)
})

test('the framework needs no Promise at the root, and waits for whatever can be waited for', async () => {
  for (const root of ['Promise <- null;', 'Promise <- class {};', 'delete Promise;']) {
    const { text, code } = await outcomeOf(
      {
        'lib.nut': `::Later <- class { function then(kept, lost) { imp.wakeup(1, function() { kept("in time"); }); } };\nimp.wakeup(1, function() { ${root} }.bindenv(getroottable()));`,
        'tests/a.agent.test.nut': caseOf(
          '  function testPlain() { return "v"; }\n  function testLater() { return Later(); }',
        ),
      },
      { agentFile: 'lib.nut' },
    )
    assert.match(
      text,
      /testLater\(\)\n\[test\] Success: in time\n.*testPlain\(\)\n\[test\] Success: v\n/,
      text,
    )
    assert.equal(code, 0)
  }
})
