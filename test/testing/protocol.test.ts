import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createJournal } from '../../src/testing/journal.ts'
import { createProtocol, type ProtocolOptions } from '../../src/testing/protocol.ts'
import { manualClock } from './cloud.ts'
import { fc } from '../properties.ts'

/** A protocol and what it printed, without the times. */
function start(options: Partial<ProtocolOptions> = {}) {
  let text = ''
  const journal = createJournal({
    clock: manualClock(),
    mode: 'debug',
    colour: false,
    print: (piece) => (text += piece),
  })
  const side = options.side ?? 'agent'
  const protocol = createProtocol({
    session: 's',
    side,
    stopOnFail: false,
    allowDisconnect: false,
    journal,
    mapped: (line) => line,
    ...options,
  })
  const log = (type: string, msg: string, at = 0) =>
    protocol.entry({ device_id: 'd', ts: new Date(at * 1000).toISOString(), type, msg })
  const unit = (type: string, message: unknown = '', at = 0, session = 's') =>
    log(
      side === 'agent' ? 'agent.log' : 'server.log',
      JSON.stringify({ __IMPUNIT__: 1, type, session, message }),
      at,
    )
  const begin = () => {
    log('status', 'Agent restarted: reload.')
    unit('SESSION_START')
  }
  const said = () => {
    const shown = text.replace(/\[(?:\+[\d.]+\/[\d.]+s )?(info|test|warning|error)\]/g, '[$1]')
    text = ''
    return shown
  }
  return { protocol, log, unit, begin, said }
}

const NOTHING = { kind: 'nothing' }
const ALIVE = { kind: 'alive' }
const OVER = { kind: 'over' }

test('what is logged during a test is its output, and what is logged between tests that of the session; what old code logs is neither', () => {
  const { protocol, log, unit } = start()
  log('agent.log', 'code of before')
  log('status', 'Agent restarted: reload.')
  log('server.log', 'loading')
  unit('SESSION_START')
  unit('TEST_START', 'A::testOne()')
  log('agent.log', 'in one')
  unit('TEST_OK')
  log('agent.log', 'between')
  unit('TEST_START', 'A::testTwo()')
  unit('TEST_OK')
  unit('SESSION_RESULT', { tests: 2, assertions: 0, failures: 0 })
  assert.deepEqual(
    protocol.tests.map(({ output }) => output),
    ['[agent.log] in one', undefined],
  )
  assert.equal(protocol.output, '[server.log] loading\n[agent.log] between')
})

test('states: initialized, ready with "Agent restarted", started with SESSION_START, finished with SESSION_RESULT', () => {
  const { protocol, log, unit } = start()
  assert.equal(protocol.state, 'initialized')
  log('status', 'Agent restarted: reload.')
  assert.equal(protocol.state, 'ready')
  assert.deepEqual(unit('SESSION_START'), ALIVE)
  assert.equal(protocol.state, 'started')
  assert.deepEqual(unit('SESSION_RESULT', { tests: 1, assertions: 2, failures: 0 }), OVER)
  assert.equal(protocol.state, 'finished')
  assert.equal(protocol.failed, false)
})

const ORDERLESS = ['TEST_START', 'TEST_OK', 'TEST_FAIL', 'EXTERNAL_COMMAND', 'SESSION_RESULT'] as const
for (const type of ORDERLESS) {
  test(`${type} before the session has started is an invalid state`, () => {
    const { protocol, log, unit, said } = start()
    log('status', 'Agent restarted: reload.')
    assert.deepEqual(unit(type, { command: 'x', tests: 0, assertions: 0, failures: 0 }), OVER)
    assert.equal(said(), '[error] Invalid test session state\n')
    assert.equal(protocol.failed, true)
  })
}

test('SESSION_START without "Agent restarted", or a second one, is an invalid state', () => {
  const early = start()
  assert.deepEqual(early.unit('SESSION_START'), OVER)
  const twice = start()
  twice.begin()
  assert.deepEqual(twice.unit('SESSION_START'), OVER)
  assert.equal(twice.said(), '[error] Invalid test session state: the tests began anew, as after a restart\n')
})

test('the share of the program storage is told once for each value', () => {
  const { log, said } = start()
  log('status', 'Downloading new code; 14.43% program storage used')
  log('status', 'Downloading new code; 14.43% program storage used')
  log('status', 'Downloading new code; 20.00% program storage used')
  assert.equal(said(), '[info] Device code space usage: 14.4%\n[info] Device code space usage: 20.0%\n')
})

test('code that does not fit ends the session', () => {
  const { protocol, log, said } = start()
  assert.deepEqual(log('status', 'Out of space; 120.00% program storage used'), OVER)
  assert.equal(said(), '[info] Device code space usage: 120.0%\n[test] Device is out of code space\n')
  assert.deepEqual(protocol.problems, [{ text: 'Device is out of code space', verdict: 'failed' }])
})

const CRASHES = [
  ['status', 'Device disconnected', 'Device disconnected', 'none'],
  ['lastexitcode', 'out of memory', 'Device is out of memory', 'failed'],
  ['lastexitcode', 'watchdog', 'Device Error: watchdog', 'failed'],
] as const
for (const [type, msg, shown, verdict] of CRASHES) {
  test(`${type} "${msg}" is a warning before the tests, and ends them afterwards`, () => {
    const { protocol, log, unit, begin, said } = start()
    assert.deepEqual(log(type, msg), NOTHING)
    assert.equal(said(), `[warning] ${shown}\n`)
    begin()
    unit('TEST_START', 'A::testB()')
    assert.deepEqual(log(type, msg), OVER)
    assert.equal(said(), `[test] A::testB()\n[test] ${shown}\n`)
    assert.deepEqual(protocol.problems, [{ text: shown, test: 'A::testB()', verdict }])
    assert.equal(protocol.failed, true)
    assert.equal(protocol.verdict, verdict)
  })
}

test('a disconnection that the configuration allows is told and goes on', () => {
  const { protocol, log, begin, said } = start({ allowDisconnect: true })
  begin()
  assert.deepEqual(log('status', 'Device disconnected'), NOTHING)
  assert.deepEqual(log('status', 'Device connected'), NOTHING)
  assert.equal(said(), '[info] Disconnected. Allowed by config.\n')
  assert.equal(protocol.failed, false)
})

test('run-time errors are shown with the places of the source and do not fail the tests', () => {
  const { protocol, log, begin, said } = start({ mapped: (text) => text.replace('agent_code:7', 'a.nut:3') })
  log('agent.error', 'ERROR: at agent_code:7')
  assert.equal(said(), '[warning] Agent Runtime Error: ERROR: at a.nut:3\n')
  begin()
  log('agent.error', 'ERROR: at agent_code:7')
  assert.deepEqual(log('server.error', 'ERROR: x'), NOTHING)
  assert.equal(
    said(),
    '[test] Agent Runtime Error: ERROR: at a.nut:3\n[test] Device Runtime Error: ERROR: x\n',
  )
  assert.equal(protocol.failed, false)
  assert.equal(protocol.runtimeErrors.length, 2)
})

test('other entries are shown with their text', () => {
  const { log, said } = start()
  log('powerstate', 'low')
  log('firmware', '1.2')
  log('status', 'Connected by WiFi')
  log('quite.new', 'text')
  assert.equal(
    said(),
    '[info] Powerstate: low\n[info] Firmware: 1.2\n[info] Message of type status: Connected by WiFi\n[info] Message of type quite.new: text\n',
  )
})

test('plain logs of the code under test are shown, those of the code before it are not', () => {
  const { log, said } = start()
  log('server.log', 'old')
  log('status', 'Agent restarted: reload.')
  log('server.log', 'hello')
  log('agent.log', 'you')
  assert.equal(said(), '[info] [server.log] hello\n[info] [agent.log] you\n')
})

test('each test is told with its outcome', () => {
  const { protocol, unit, begin, said } = start()
  begin()
  unit('TEST_START', 'A::setUp()', 10)
  unit('TEST_OK', null, 10)
  unit('TEST_START', 'A::testA()', 10)
  unit('TEST_OK', 'a value', 12.5)
  unit('TEST_START', 'A::testB()', 13)
  unit('TEST_OK', '', 13)
  unit('TEST_START', 'A::testC()', 13)
  unit('TEST_OK', { a: 1 }, 13)
  unit('TEST_START', 'A::testD()', 13)
  unit('TEST_FAIL', 'Expected value: 1, got: 2', 14)
  unit('TEST_START', 'A::testE()', 13)
  unit('TEST_FAIL', { code: 5 }, 14)
  assert.deepEqual(unit('SESSION_RESULT', { tests: 5, assertions: 2, failures: 2 }, 15), OVER)
  assert.equal(
    said(),
    '[test] A::setUp()\n[test] Success\n[test] A::testA()\n[test] Success: a value\n[test] A::testB()\n[test] Success: \n[test] A::testC()\n[test] Success: {"a":1}\n' +
      '[test] A::testD()\n[test] Failure: Expected value: 1, got: 2\n[test] A::testE()\n[test] Failure: {"code":5}\n[test] Tests: 5, Assertions: 2, Failures: 2\n',
  )
  assert.deepEqual(protocol.tests[1], { name: 'A::testA()', status: 'passed', seconds: 2.5 })
  assert.deepEqual(protocol.tests[5], {
    name: 'A::testE()',
    status: 'failed',
    seconds: 1,
    message: '{"code":5}',
  })
  assert.deepEqual(protocol.counts(), { tests: 5, assertions: 2, failures: 2 })
  assert.equal(protocol.failed, true)
})

test('INFO shows its value as JSON, EXTERNAL_COMMAND asks for a command, DEBUG and unknown types are ignored', () => {
  const { unit, begin, said } = start()
  begin()
  assert.deepEqual(unit('INFO', { message: 'x' }), ALIVE)
  assert.deepEqual(unit('INFO', { message: { a: [1] } }), ALIVE)
  assert.deepEqual(unit('EXTERNAL_COMMAND', { command: 'ls' }), { kind: 'alive', command: 'ls' })
  assert.deepEqual(unit('DEBUG', 'x'), ALIVE)
  assert.deepEqual(unit('SURPRISE'), ALIVE)
  assert.equal(said(), '[test] "x"\n[test] {"a":[1]}\n')
})

test('with stop-on-fail the first failure ends the session, and is counted', () => {
  const { protocol, unit, begin } = start({ stopOnFail: true })
  begin()
  unit('TEST_START', 'A::testA()')
  unit('TEST_OK', null)
  unit('TEST_START', 'A::testB()')
  assert.deepEqual(unit('TEST_FAIL', 'no'), OVER)
  assert.deepEqual(protocol.counts(), { tests: 2, assertions: 0, failures: 1 })
})

test('messages of another session, or of the other side, are not meant for it', () => {
  const { protocol, log, unit, begin, said } = start()
  begin()
  assert.deepEqual(unit('TEST_FAIL', 'old', 0, 'another-one'), NOTHING)
  assert.deepEqual(
    log('server.log', '{"__IMPUNIT__":1,"type":"TEST_FAIL","session":"s","message":"x"}'),
    NOTHING,
  )
  assert.equal(said(), '')
  assert.equal(protocol.failed, false)
})

const GARBAGE: readonly (readonly [string, RegExp])[] = [
  ['{"__IMPUNIT__":1,', /JSON/],
  ['text with __IMPUNIT__ in it', /Unexpected token/],
  [
    '{"__IMPUNIT__":1,"type":"SESSION_RESULT","session":"s","message":null}',
    /Unexpected SESSION_RESULT message: null/,
  ],
  [
    '{"__IMPUNIT__":1,"type":"SESSION_RESULT","session":"s","message":{"tests":"1"}}',
    /Unexpected SESSION_RESULT message/,
  ],
  [
    '{"__IMPUNIT__":1,"type":"EXTERNAL_COMMAND","session":"s","message":{}}',
    /Unexpected EXTERNAL_COMMAND message/,
  ],
]
for (const [msg, problem] of GARBAGE) {
  test(`garbage of the framework ends the session with a reason: ${msg}`, () => {
    const { protocol, log, begin } = start()
    begin()
    assert.deepEqual(log('agent.log', msg), OVER)
    assert.match(protocol.problems[0]?.text ?? '', problem)
  })
}

test('whatever a device writes, a protocol reacts and never throws', () => {
  const message = fc.record({
    __IMPUNIT__: fc.constant(1),
    session: fc.constant('s'),
    type: fc.constantFrom(
      'SESSION_START',
      'TEST_START',
      'TEST_OK',
      'TEST_FAIL',
      'INFO',
      'EXTERNAL_COMMAND',
      'SESSION_RESULT',
      'X',
    ),
    message: fc.jsonValue(),
  })
  const line = fc.oneof(
    message.map((value) => JSON.stringify(value)),
    fc.string(),
    fc.constantFrom('Agent restarted: reload.', 'Device disconnected', '3% program storage used'),
  )
  const type = fc.constantFrom('agent.log', 'server.log', 'status', 'lastexitcode', 'agent.error', 'x')
  fc.assert(
    fc.property(fc.array(fc.tuple(type, line)), (entries) => {
      const { protocol, log } = start()
      for (const [kind, text] of entries)
        assert.ok(['nothing', 'alive', 'over'].includes(log(kind, text).kind))
      protocol.counts()
    }),
  )
})
