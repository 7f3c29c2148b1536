import type { DeviceLogEntry } from '../impcentral/types.ts'
import { isImpUnit, parseImpUnit, textOf, type Counts, type ImpUnitMessage } from './impunit-message.ts'
import type { Journal } from './journal.ts'
import { isCounted, type Problem, type TestRecord } from './session-record.ts'
import type { Side } from './test-files.ts'

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
export type Reaction =
  | { readonly kind: 'nothing' }
  /** A message of this session's tests came: they are alive. */
  | { readonly kind: 'alive'; readonly command?: string }
  | { readonly kind: 'over' }

/** The course of one test session, as its device's log tells it (test-run.md 4). */
export interface Protocol {
  readonly state: 'initialized' | 'ready' | 'started' | 'finished'
  readonly failed: boolean
  readonly tests: readonly TestRecord[]
  readonly problems: readonly Problem[]
  readonly runtimeErrors: readonly string[]
  counts(): Counts
  entry(entry: DeviceLogEntry): Reaction
  /** Ends the session by an error that is none of a test. */
  fail(text: string): void
}

const NOTHING: Reaction = { kind: 'nothing' }
const ALIVE: Reaction = { kind: 'alive' }
const OVER: Reaction = { kind: 'over' }
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
  let running: { name: string; since: number } | undefined
  let result: Counts | undefined
  let storage = ''

  const name = side === 'agent' ? 'Agent' : 'Device'

  function entry({ type, msg, ts }: DeviceLogEntry): Reaction {
    switch (type) {
      case 'status':
        return status(msg)
      case 'lastexitcode':
        return crash(msg.includes('out of memory') ? 'Device is out of memory' : `Device Error: ${msg}`)
      case 'agent.log':
      case 'server.log':
        if (isImpUnit(msg))
          return (type === 'agent.log') === (side === 'agent') ? line(msg, Date.parse(ts)) : NOTHING
        // What code of before the session writes says nothing about it.
        if (state !== 'initialized') journal.info(`[${type}] ${msg}`)
        return NOTHING
      case 'agent.error':
        return runtimeError(`Agent Runtime Error: ${mapped(msg)}`)
      case 'server.error':
        return runtimeError(`Device Runtime Error: ${mapped(msg)}`)
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
      if (state === 'initialized') state = 'ready'
    } else if (used !== undefined) {
      const text = Number(used).toFixed(1)
      if (text !== storage) journal.info(`Device code space usage: ${text}%`)
      storage = text
      if (msg.includes('Out of space')) return problem('Device is out of code space')
    } else if (msg.includes('Device disconnected')) {
      if (!allowDisconnect) return crash('Device disconnected')
      journal.info('Disconnected. Allowed by config.')
    } else if (!msg.includes('Device connected')) {
      journal.info(`Message of type status: ${msg}`)
    }
    return NOTHING
  }

  /** Fails the tests that run; before there are any it may be the end of the code that was there before. */
  function crash(text: string): Reaction {
    if (state === 'started') return problem(text)
    journal.warning(text)
    return NOTHING
  }

  function runtimeError(text: string): Reaction {
    if (state === 'started') {
      runtimeErrors.push(text)
      journal.test(text, 'red')
    } else journal.warning(text)
    return NOTHING
  }

  function line(msg: string, at: number): Reaction {
    let message: ImpUnitMessage | undefined
    try {
      message = parseImpUnit(msg, session)
    } catch (error) {
      fail(`${(error as Error).message} in the message of the test framework: ${shortened(msg)}`)
      return OVER
    }
    if (!message) return NOTHING
    const isOrdered =
      message.type === 'SESSION_START'
        ? state === 'ready'
        : state === 'started' || message.type === 'other' || message.type === 'INFO'
    if (!isOrdered) {
      fail('Invalid test session state')
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
        running = { name: message.name, since: at }
        journal.test(message.name)
        return ALIVE
      case 'TEST_OK':
        finish('passed', at)
        journal.test(message.value === null ? 'Success' : `Success: ${textOf(message.value)}`, 'green')
        return ALIVE
      case 'TEST_FAIL': {
        const text = mapped(message.text)
        failed = true
        running ??= { name: name === 'Agent' ? 'Agent tests' : 'Device tests', since: at }
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
    tests.push({
      name: running.name,
      status: outcome,
      seconds,
      ...(message === undefined ? {} : { message }),
    })
    running = undefined
  }

  function problem(text: string): Reaction {
    journal.test(text, 'red')
    record(text)
    return OVER
  }

  function fail(text: string): void {
    journal.error(text)
    record(text)
  }

  function record(text: string): void {
    failed = true
    problems.push({ text, ...(running ? { test: running.name } : {}) })
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
    tests,
    problems,
    runtimeErrors,
    counts,
    entry,
    fail,
  }
}

function shortened(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}...` : text
}
