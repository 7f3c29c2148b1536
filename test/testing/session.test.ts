import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  begin,
  json,
  manualClock,
  openCloud,
  passing,
  problem,
  timeless,
  until,
  type Cloud,
  type CloudOptions,
  type Play,
} from './cloud.ts'

async function withTest(
  options: CloudOptions,
  config: Readonly<Record<string, unknown>> = {},
): Promise<Cloud & AsyncDisposable> {
  const cloud = await openCloud(options)
  await cloud.config(config)
  await cloud.file('tests/a.test.nut', 'class A extends ImpTestCase { function testA() {} }')
  return cloud
}

async function runOf(play: Play, config: Readonly<Record<string, unknown>> = {}): Promise<string> {
  await using cloud = await withTest({ play }, config)
  const { stdout, code } = await cloud.run()
  const verdict = /Testing (succeeded|failed|has no verdict)/.exec(stdout)?.[1] ?? ''
  assert.equal(code, { succeeded: 0, failed: 1, 'has no verdict': 8 }[verdict], stdout)
  await until(() => cloud.openStreams() === 0)
  return timeless(stdout)
}

test('a device that says nothing for 60 s fails the session, which is in the summary', async () => {
  const clock = manualClock()
  await using cloud = await withTest({
    async play() {
      await until(() => cloud.shown().includes('is assigned successfully'))
      clock.advance(60_000)
    },
  })
  const { stdout } = await cloud.runWith(clock)
  assert.match(timeless(stdout), /\[error\] Session startup timeout\n\[test\] Session "[^"]*" failed\n/)
  assert.match(
    timeless(stdout),
    /\[info\] 1\) Session "[^"]*"\n\[info\] at tests\/a\.test\.nut\n\[info\] No verdict: Session startup timeout\n/,
  )
  await until(() => cloud.openStreams() === 0)
})

test('a device whose log runs ahead of the clock is measured by its own time', async () => {
  const stdout = await runOf((loaded) => {
    loaded.say('status', 'Agent restarted: reload.')
    loaded.say('server.error', 'ERROR: x', 30)
    loaded.say('server.error', 'ERROR: x', 60.5)
  })
  assert.match(stdout, /\[warning\] Device Runtime Error: ERROR: x\n\[error\] Session startup timeout\n/)
})

test('tests that fall silent for the timeout and 5 s fail the session; each message starts the time again', async () => {
  const clock = manualClock()
  await using cloud = await withTest(
    {
      async play(loaded) {
        begin(loaded)
        loaded.unit('TEST_START', 'A::testA()', 2)
        await until(() => cloud.shown().includes('A::testA()\n'))
        clock.advance(14_900)
        loaded.unit('INFO', { message: 'alive' }, 2)
        await until(() => cloud.shown().includes('"alive"\n'))
        clock.advance(14_900)
        assert.ok(!cloud.shown().includes('"test-messages" timed out'))
        clock.advance(100)
      },
    },
    { timeout: 10 },
  )
  const { stdout } = await cloud.runWith(clock, ['-z', 'debug'])
  assert.match(
    timeless(stdout),
    /\[debug:TestWatchdog\] Watchdog "test-messages" timed out\n\[error\] Testing timeout\n/,
  )
  assert.match(
    timeless(stdout),
    /1\) A::testA\(\)\n\[info\] at tests\/a\.test\.nut\n\[info\] Error: Testing timeout\n/,
  )
})

test('by the time of the device, a test may take its timeout and not 5 s more', async () => {
  const late =
    (at: number): Play =>
    (loaded) => {
      begin(loaded)
      loaded.unit('TEST_START', 'A::testA()', 2)
      loaded.unit('TEST_OK', null, 2 + at)
      loaded.unit('SESSION_RESULT', { tests: 1, assertions: 0, failures: 0 }, 2 + at)
    }
  assert.match(await runOf(late(15), { timeout: 10 }), /Testing succeeded/)
  assert.match(await runOf(late(15.1), { timeout: 10 }), /\[error\] Testing timeout/)
})

test('a stream that another client takes is told, and the tests go on by the stored logs', async () => {
  let stored: object[] = []
  await using cloud = await withTest({
    play(loaded) {
      begin(loaded)
      loaded.unit('TEST_START', 'A::testA()', 3)
      const at = (ms: number) => new Date(Date.now() + ms).toISOString()
      const message = (ms: number, type: string, value: unknown) => ({
        ts: at(ms),
        type: 'server.log',
        msg: JSON.stringify({ __IMPUNIT__: 1, type, session: loaded.session, message: value }),
      })
      // Newest first, as they are stored; two equal lines are two.
      stored = [
        message(4, 'SESSION_RESULT', { tests: 1, assertions: 2, failures: 0 }),
        message(3, 'TEST_OK', null),
        message(2, 'INFO', { message: 'x' }),
        message(2, 'INFO', { message: 'x' }),
        { ts: at(-100_000), type: 'server.error', msg: 'of long before' },
      ]
      loaded.raw('event: state_change\ndata: {"state":"closed"}\n\n')
    },
    answer(method, path, response) {
      if (method !== 'GET' || !path.endsWith('/logs')) return false
      json(response, 200, { data: stored, links: {} })
      return true
    },
  })
  const { stdout, code } = await cloud.run()
  assert.match(
    timeless(stdout),
    /\[warning\] The log stream was taken by another client of this account.*stored logs\.\n/,
  )
  assert.match(
    timeless(stdout),
    /\[test\] "x"\n\[test\] "x"\n\[test\] Success\n\[test\] Tests: 1, Assertions: 2, Failures: 0\n/,
  )
  assert.ok(!stdout.includes('of long before'))
  assert.equal(code, 0)
})

test('a stream that others take while it is opened is waited for, told at once, for as long as --wait says', async () => {
  for (const [thefts, expected] of [
    [2, 0],
    [1000, 8],
  ] as const) {
    const clock = manualClock()
    let taken = 0
    await using cloud = await withTest({
      play: passing('A::testA()'),
      answer(method, path, response) {
        if (method !== 'GET' || !path.startsWith('/logstream/') || ++taken > thefts) return false
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.end('event: state_change\ndata: {"state":"closed"}\n\n')
        return true
      },
    })
    const running = cloud.runWith(clock, ['--wait', '1m'])
    let done = false
    void running.finally(() => (done = true))
    while (!done) {
      await new Promise(setImmediate)
      // Only while it is waited for: afterwards the same clock measures the tests.
      if (taken <= thefts && cloud.shown().includes('Waiting for it, at most 1m (--wait).'))
        clock.advance(500)
    }
    const { stdout, code } = await running
    assert.equal(code, expected, stdout)
    assert.equal([...stdout.matchAll(/Waiting for it/g)].length, 1)
    if (expected === 8) assert.match(stdout, /No verdict: The log stream was taken by another client/)
  }
})

test('a device that the server takes off the stream leaves no verdict', async () => {
  const dropped = await runOf((loaded) =>
    loaded.raw('event: state_change\ndata: {"state":"unsubscribed","device_id":"dev-1"}\n\n'),
  )
  assert.match(dropped, /\[error\] The server took the device off the log stream\.\n/)
  assert.match(dropped, /Testing has no verdict\nError: No verdict: /)
})

test('a lost connection is opened again, and what came meanwhile is made up for from the stored logs', async () => {
  let missed: object[] = []
  await using cloud = await withTest({
    async play(loaded) {
      begin(loaded)
      loaded.unit('TEST_START', 'A::testA()', 3)
      await until(() => cloud.shown().includes('A::testA()\n'))
      const message = (type: string, value: unknown) => ({
        ts: new Date(Date.now() + 5000).toISOString(),
        type: 'server.log',
        msg: JSON.stringify({ __IMPUNIT__: 1, type, session: loaded.session, message: value }),
      })
      missed = [message('TEST_OK', null)]
      loaded.drop()
      await until(() => cloud.shown().includes('Success'))
      loaded.unit('SESSION_RESULT', { tests: 1, assertions: 1, failures: 0 }, 4)
    },
    answer(method, path, response) {
      if (method !== 'GET' || !path.endsWith('/logs')) return false
      json(response, 200, { data: missed, links: {} })
      return true
    },
  })
  const { stdout } = await cloud.run()
  assert.match(
    timeless(stdout),
    /\[warning\] The log stream is lost\. Trying to reconnect\.\.\. \(.*\)\n\[info\] The log stream is back; 1 entries of the meantime follow\.\n\[test\] Success\n\[test\] Tests: 1,/,
  )
  assert.match(stdout, /Testing succeeded/)
})

test('messages of foreign sessions, unknown devices and old code do not matter', async () => {
  const stdout = await runOf((loaded) => {
    loaded.unit('SESSION_RESULT', { tests: 9, assertions: 9, failures: 9 }, 0, 'older-code')
    loaded.raw(
      'data: {"device_id":"someone-else","ts":"2026-01-01T00:00:00.000Z","type":"lastexitcode","msg":"x"}\n\n',
    )
    passing('A::testA()')(loaded) as void
  })
  assert.match(stdout, /\[test\] Tests: 1, Assertions: 1, Failures: 0\n\[test\] Session "[^"]*" succeeded\n/)
})

test('garbage in place of an entry ends the session with a reason', async () => {
  const stdout = await runOf((loaded) => loaded.raw('data: what is this\n\n'))
  assert.match(stdout, /\[error\] Internal error: Unexpected format of log stream message: what is this\.\n/)
})

test('an API error of the stream or of the assignment keeps its text, and the next device goes on', async () => {
  const devices = [{ id: 'dev-1' }, { id: 'dev-2', name: 'Beta' }]
  let refused = false
  await using cloud = await withTest({
    devices,
    play: passing('A::testA()'),
    answer(method, path, response) {
      if (method !== 'POST' || !path.endsWith('/relationships/devices') || refused) return false
      refused = true
      problem(response, 403, 'Forbidden', 'Not yours')
      return true
    },
  })
  const { stdout } = await cloud.run()
  assert.match(timeless(stdout), /\[info\] Using Device \[dev-1\] \(1\/2\)\n/)
  assert.match(
    timeless(stdout),
    /\[error\] Forbidden: Not yours\n\[test\] Session "[a-z]+-[a-z]+-1" failed\n/,
  )
  assert.match(timeless(stdout), /\[info\] Using Device Beta \[dev-2\] \(2\/2\)\n/)
  assert.match(timeless(stdout), /\[test\] Session "[a-z]+-[a-z]+-2" succeeded\n/)
})

test('an external command runs in the directory, and its output is shown', async () => {
  const command =
    (text: string): Play =>
    (loaded) => {
      begin(loaded)
      loaded.unit('TEST_START', 'A::testA()', 3)
      loaded.unit('EXTERNAL_COMMAND', { command: text }, 3)
      loaded.unit('TEST_OK', null, 3)
      loaded.unit('SESSION_RESULT', { tests: 1, assertions: 1, failures: 0 }, 3)
    }
  assert.match(
    await runOf(command('ls -a | grep impt; echo two; echo hidden >&2')),
    /\[info\] Running external command: ls -a \| grep impt; echo two; echo hidden >&2\n> \.impt\.test\n> two\n\[test\] Success\n/,
  )
  assert.match(await runOf(command('true')), /\n> \n\[test\] Success\n/)
  assert.match(
    await runOf(command('exit 3')),
    /\n> \n\[error\] External command failed with exit code 3\n\[test\] Session "[^"]*" failed\n/,
  )
  assert.match(
    await runOf(command('sleep 30 & sleep 30'), { timeout: 0.2 }),
    /\[error\] External command timed out\n/,
  )
})

test('in debug mode stdout, stderr and exit code of a command, the log lines and the watchdogs are shown', async () => {
  await using cloud = await withTest({
    play(loaded) {
      begin(loaded)
      loaded.unit('EXTERNAL_COMMAND', { command: 'echo out; echo err >&2' }, 3)
      loaded.unit('SESSION_RESULT', { tests: 0, assertions: 0, failures: 0 }, 3)
    },
  })
  const { stdout } = await cloud.run(['-z', 'debug'])
  for (const line of [
    '[debug:TestSession] External command STDOUT: out\n',
    '[debug:TestSession] External command STDERR: err\n',
    '[debug:TestSession] External command exit code: 0\n',
    '"type":"status","msg":"Agent restarted: reload."}\n',
    '[debug:TestLogsParser] Log line received: {"device_id":"dev-1","ts":"',
    '[debug:TestWatchdog] Watchdog "session-start" started\n',
    '[debug:TestWatchdog] Watchdog "session-start" stopped\n',
    '[debug:TestWatchdog] Watchdog "test-messages" started\n',
    '[debug:TestWatchdog] Watchdog "test-messages" stopped\n',
  ])
    assert.ok(stdout.includes(line), line)
})

const IDLE = 'event: state_change\ndata: {"state":"idle","device_id":"dev-1"}\n\n'

test('a device of the sandbox that says that nothing will come any more is not waited for', async () => {
  const early = await runOf((loaded) => {
    // That was the code of before.
    loaded.raw(IDLE)
    loaded.say('status', 'Agent restarted: reload.')
    loaded.raw(IDLE)
  })
  assert.match(early, /\[error\] Session startup timeout\n/)
  const late = await runOf((loaded) => {
    begin(loaded)
    loaded.unit('TEST_START', 'A::testA()', 3)
    loaded.raw(IDLE)
  })
  assert.match(late, /\[test\] A::testA\(\)\n\[error\] Testing timeout\n/)
})

test('a device that was idle while a command ran is given time to react to it', async () => {
  const play =
    (reacts: boolean): Play =>
    async (loaded) => {
      begin(loaded)
      loaded.unit('TEST_START', 'A::testA()', 3)
      loaded.unit('EXTERNAL_COMMAND', { command: 'echo knock' }, 3)
      loaded.raw(IDLE)
      if (!reacts) return
      setTimeout(() => {
        loaded.unit('TEST_OK', null, 3)
        loaded.unit('SESSION_RESULT', { tests: 1, assertions: 0, failures: 0 }, 3)
      }, 100)
    }
  assert.match(await runOf(play(true)), /> knock\n\[test\] Success\n/)
  assert.match(await runOf(play(false)), /> knock\n\[error\] Testing timeout\n/)
})
