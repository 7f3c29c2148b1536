// Longer than other files: one handler for each message of a test run on a device, read best in one row.
import type { DeviceLogEntry } from '../impcentral/types.ts'
import { isImpUnit, parseImpUnit, textOf, type Counts, type ImpUnitMessage } from './impunit-message.ts'
import type { Journal } from './journal.ts'
import { isCounted, verdictOf, type Problem, type TestRecord, type Verdict } from './session-record.ts'
import type { Side } from './test-files.ts'
import { keep } from './test-output.ts'

export interface ProtocolOptions {
  /** The id that the framework puts into its messages. */
  readonly session: string
  readonly side: Side
  readonly stopOnFail: boolean
  readonly allowDisconnect: boolean
  readonly journal: Journal
  /** Replaces rows of the deployed code by places of the source. */
  readonly mapped: (text: string) => string
}

/** What a session must do after a log entry. */
type Reaction =
  | { readonly kind: 'nothing' }
  /** A message of this session's tests came: they are alive. */
  | { readonly kind: 'alive'; readonly command?: string }
  | { readonly kind: 'over' }

/** The course of one test session, as its device's log tells it (test-run.md 4). */
interface Protocol {
  readonly state: 'initialized' | 'ready' | 'started' | 'finished'
  readonly failed: boolean
  readonly tests: readonly TestRecord[]
  readonly problems: readonly Problem[]
  readonly runtimeErrors: readonly string[]
  /** What was logged while no test ran, the beginning of it. */
  readonly output: string
  counts(): Counts
  entry(entry: DeviceLogEntry): Reaction
  /** Ends the session by an error that is none of a test; run-time errors of its code that nothing has shown yet are its cause. */
  fail(text: string, verdict: Problem['verdict']): void
  /** Ends the session because nothing more was heard: the code's fault where it threw while it loaded, or while a test ran. */
  timeOut(): void
  readonly verdict: Verdict
}

const NOTHING: Reaction = { kind: 'nothing' }
const ALIVE: Reaction = { kind: 'alive' }
const OVER: Reaction = { kind: 'over' }
/** A line of a stack, which goes on with the error before it. */
const STACK = /^(?:ERROR:)?\s+(?:at|in) /
/** Different run-time errors that are told as the cause of an end. */
const MOST_CAUSES = 5
const STORAGE = /(\d+(?:\.\d+)?)% program storage used/

export function createProtocol({
  session,
  side,
  stopOnFail,
  allowDisconnect,
  journal,
  mapped,
}: ProtocolOptions): Protocol {
  const tests: TestRecord[] = []
  const problems: Problem[] = []
  const runtimeErrors: string[] = []
  let state: Protocol['state'] = 'initialized'
  let failed = false
  let running: { name: string; since: number; output: string[]; size: number } | undefined
  /** What is logged while no test runs: as the code loads, between tests, after the last one. */
  const between: { output: string[]; size: number } = { output: [], size: 0 }
  /** Run-time errors since the code was loaded or the last test began: what may end the session. */
  let recent: string[] = []
  let result: Counts | undefined
  let storage = ''

  const name = side === 'agent' ? 'Agent' : 'Device'

  function entry(logged: DeviceLogEntry): Reaction {
    const { type, msg, ts } = logged
    // What code of before the session writes says nothing about it.
    if (state !== 'initialized' && !isImpUnit(msg)) keep(running ?? between, `[${type}] ${mapped(msg)}`)
    switch (type) {
      case 'status':
        return status(msg)
      case 'lastexitcode':
        return crash(msg.includes('out of memory') ? 'Device is out of memory' : `Device Error: ${msg}`)
      case 'agent.log':
      case 'server.log':
        if (isImpUnit(msg))
          return (type === 'agent.log') === (side === 'agent') ? line(msg, Date.parse(ts)) : NOTHING
        if (state !== 'initialized') journal.info(`[${type}] ${msg}`)
        return NOTHING
      case 'agent.error':
        return runtimeError('Agent Runtime Error: ', mapped(msg))
      case 'server.error':
        return runtimeError('Device Runtime Error: ', mapped(msg))
      case 'powerstate':
        journal.info(`Powerstate: ${msg}`)
        return NOTHING
      case 'firmware':
        journal.info(`Firmware: ${msg}`)
        return NOTHING
      default:
        journal.info(`Message of type ${type}: ${msg}`)
        return NOTHING
    }
  }

  function status(msg: string): Reaction {
    const used = STORAGE.exec(msg)?.[1]
    if (msg.includes('Agent restarted')) {
      if (state === 'initialized') {
        state = 'ready'
        recent = []
      }
    } else if (used !== undefined) {
      const text = Number(used).toFixed(1)
      if (text !== storage) journal.info(`Device code space usage: ${text}%`)
      storage = text
      if (msg.includes('Out of space')) return problem('Device is out of code space', 'failed')
    } else if (msg.includes('Device disconnected')) {
      if (!allowDisconnect) return crash('Device disconnected', 'none')
      journal.info('Disconnected. Allowed by config.')
    } else if (!msg.includes('Device connected')) {
      journal.info(`Message of type status: ${msg}`)
    }
    return NOTHING
  }

  /** Fails the tests that run; before there are any it may be the end of the code that was there before. */
  function crash(text: string, verdict: Problem['verdict'] = 'failed'): Reaction {
    if (state === 'started') return problem(text, verdict)
    journal.warning(text)
    return NOTHING
  }

  function runtimeError(prefix: string, msg: string): Reaction {
    const text = prefix + msg
    if (state === 'started') journal.test(text, 'red')
    else journal.warning(text)
    const isStack = STACK.test(msg)
    for (const list of state === 'started' ? [runtimeErrors, recent] : [recent]) {
      const last = list.at(-1)
      if (isStack && last !== undefined) list[list.length - 1] = `${last}\n${msg}`
      else list.push(text)
    }
    return NOTHING
  }

  function line(msg: string, at: number): Reaction {
    let message: ImpUnitMessage | undefined
    try {
      message = parseImpUnit(msg, session)
    } catch (error) {
      fail(`${(error as Error).message} in the message of the test framework: ${shortened(msg)}`, 'failed')
      return OVER
    }
    if (!message) return NOTHING
    const isOrdered =
      message.type === 'SESSION_START'
        ? state === 'ready'
        : state === 'started' || message.type === 'other' || message.type === 'INFO'
    if (!isOrdered) {
      const isRestart = message.type === 'SESSION_START' && state === 'started'
      fail(
        `Invalid test session state${isRestart ? ': the tests began anew, as after a restart' : ''}`,
        'failed',
      )
      return OVER
    }
    return told(message, at)
  }

  function told(message: ImpUnitMessage, at: number): Reaction {
    switch (message.type) {
      case 'SESSION_START':
        state = 'started'
        return ALIVE
      case 'TEST_START':
        finish('unfinished', at)
        running = { name: message.name, since: at, output: [], size: 0 }
        recent = []
        journal.test(message.name)
        return ALIVE
      case 'TEST_OK':
        finish('passed', at)
        journal.test(message.value === null ? 'Success' : `Success: ${textOf(message.value)}`, 'green')
        return ALIVE
      case 'TEST_FAIL': {
        const place = message.place === undefined ? '' : ` (${mapped(message.place)})`
        const text = mapped(message.text) + place
        failed = true
        running ??= {
          name: name === 'Agent' ? 'Agent tests' : 'Device tests',
          since: at,
          output: [],
          size: 0,
        }
        finish('failed', at, text)
        journal.test(`Failure: ${text}`, 'red')
        return stopOnFail ? OVER : ALIVE
      }
      case 'INFO':
        journal.test(JSON.stringify(message.value), 'cyan')
        return ALIVE
      case 'EXTERNAL_COMMAND':
        return { kind: 'alive', command: message.command }
      case 'SESSION_RESULT': {
        const { tests: count, assertions, failures } = message
        finish('unfinished', at)
        result = { tests: count, assertions, failures }
        state = 'finished'
        failed ||= failures > 0
        journal.test(
          `Tests: ${count}, Assertions: ${assertions}, Failures: ${failures}`,
          failures > 0 ? 'red' : 'green',
        )
        return OVER
      }
      case 'other':
        break
    }
    return ALIVE
  }

  function finish(outcome: TestRecord['status'], at: number, message?: string): void {
    if (!running) return
    const seconds = Math.max(0, at - running.since) / 1000
    const output = running.output.join('\n')
    tests.push({
      name: running.name,
      status: outcome,
      seconds,
      ...(message === undefined ? {} : { message }),
      ...(output === '' ? {} : { output }),
    })
    running = undefined
  }

  function problem(text: string, verdict: Problem['verdict']): Reaction {
    journal.test(text, 'red')
    record(text, verdict)
    return OVER
  }

  function fail(text: string, verdict: Problem['verdict']): void {
    journal.error(text)
    record(text, verdict)
  }

  function timeOut(): void {
    const text = state === 'started' ? 'Testing timeout' : 'Session startup timeout'
    const isCodes = state === 'started' || (state === 'ready' && recent.length > 0)
    fail(text, isCodes ? 'failed' : 'none')
  }

  /** The run-time errors of before are the cause, and are counted as that only. */
  function record(text: string, verdict: Problem['verdict']): void {
    // A device that starts again and again says the same again and again.
    const causes = state === 'initialized' ? [] : [...new Set(recent)].slice(0, MOST_CAUSES)
    recent = []
    const others = runtimeErrors.filter((error) => !causes.includes(error))
    runtimeErrors.splice(0, runtimeErrors.length, ...others)
    // Before the tests they were warnings, which not every mode shows.
    if (state !== 'started') for (const cause of causes) journal.error(cause)
    problems.push({
      text: [text, ...causes].join('\n'),
      verdict,
      ...(running ? { test: running.name } : {}),
    })
    failed = true
    if (running) finish('unfinished', running.since)
  }

  function counts(): Counts {
    if (result) return result
    const counted = tests.filter(isCounted)
    return {
      tests: counted.length,
      assertions: 0,
      failures: tests.filter((test) => test.status === 'failed').length + problems.length,
    }
  }

  return {
    get state() {
      return state
    },
    get failed() {
      return failed
    },
    get verdict() {
      const own: Verdict = problems.length === 0 && failed ? 'failed' : 'passed'
      const ofTests = tests.some(({ status }) => status === 'failed') ? 'failed' : own
      return verdictOf([ofTests, ...problems.map(({ verdict }) => verdict)])
    },
    tests,
    problems,
    runtimeErrors,
    get output() {
      return between.output.join('\n')
    },
    counts,
    entry,
    fail,
    timeOut,
  }
}

function shortened(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}...` : text
}
