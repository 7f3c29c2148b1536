import type { Client } from '../impcentral/client.ts'
import type { Listed } from '../entities/kinds.ts'
import { ImptError } from '../output/error.ts'
import type { Clock } from './clock.ts'
import type { DeviceEvent, DeviceLogs } from './device-logs.ts'
import { runExternal } from './external-command.ts'
import type { Journal } from './journal.ts'
import { createMailbox } from './mailbox.ts'
import { STREAM_TAKEN, STREAM_TAKERS } from '../output/messages.ts'
import { withPlaces, type LineMaps } from './places.ts'
import { createProtocol } from './protocol.ts'
import { openSession, type Opening } from './session-opening.ts'
import type { Problem, SessionRecord, TestRecord } from './session-record.ts'
import type { TestFile } from './test-files.ts'
import { createWatchdog } from './watchdog.ts'
import { whenAborted } from '../program/aborted.ts'

/** What is the same for all sessions of a run. */
export interface SessionSettings {
  readonly client: Client
  readonly groupId: string
  readonly directory: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Seconds. */
  readonly timeout: number
  readonly stopOnFail: boolean
  readonly allowDisconnect: boolean
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Milliseconds for which a log stream that others take is waited for. */
  readonly wait: number
  /** Whether devices count what their code reaches. */
  readonly counts: boolean
}

/** One build on one device. */
export interface SessionPlan {
  /** As it is shown: with the number of the device, if there are several. */
  readonly name: string
  /** What the framework puts into its messages. */
  readonly id: string
  readonly file: TestFile
  readonly device: Listed<'device'>
  readonly maps: LineMaps
  readonly journal: Journal
  /** Whose turn it is, where everything runs several times or on several devices. */
  readonly turn?: string
  /** The tests that are to run, as far as the code tells. */
  readonly planned: readonly string[]
  /** When the build was made, by the server's clock, in milliseconds since 1970. */
  readonly builtAt: number
  /** A stream that this session shares with others; it opens one of its own where there is none. */
  readonly logs?: Promise<DeviceLogs>
}

type Happening =
  | Exclude<DeviceEvent, { kind: 'idle' }>
  | Opening
  /** The device fell idle at this time of the clock; `heard` entries had been heard when that was put off. */
  | { readonly kind: 'idle'; readonly at: number; readonly heard?: number }
  | { readonly kind: 'timeout'; readonly of: 'start' | 'messages' }
  | { readonly kind: 'stopped' }

const START_LIMIT_MS = 60_000
/** Longer than the limit of the framework itself, which is to be heard first. */
const MESSAGE_SLACK_S = 5
/** What an external command has set going on a device shows within this time. */
const COMMAND_EFFECT_MS = 1000

/** Runs the tests of a deployed build on a device (test-run.md 4). Whatever goes wrong is part of the record; no stream stays open. */
export async function runSession(plan: SessionPlan, settings: SessionSettings): Promise<SessionRecord> {
  const { name, file, device, journal } = plan
  const { clock, signal, directory } = settings
  const began = clock.now()
  const started = new Date().toISOString()
  const happenings = createMailbox<Happening>()
  const protocol = createProtocol({
    session: plan.id,
    side: file.side,
    stopOnFail: settings.stopOnFail,
    allowDisconnect: settings.allowDisconnect,
    journal,
    mapped: (text) => withPlaces(text, plan.maps, directory),
  })
  const debug = (text: string) => journal.debug('TestWatchdog', text)
  const watchdogs = {
    start: createWatchdog({
      name: 'session-start',
      ms: START_LIMIT_MS,
      clock,
      debug,
      onTimeout: () => happenings.put({ kind: 'timeout', of: 'start' }),
    }),
    messages: createWatchdog({
      name: 'test-messages',
      ms: (settings.timeout + MESSAGE_SLACK_S) * 1000,
      clock,
      debug,
      onTimeout: () => happenings.put({ kind: 'timeout', of: 'messages' }),
    }),
  }
  const stop = () => happenings.put({ kind: 'stopped' })
  const deafen = whenAborted(signal, stop)
  const ending = new AbortController()
  const opening = openSession(plan, settings, AbortSignal.any([ending.signal, signal]), (happening) =>
    happenings.put(happening.kind === 'idle' ? { kind: 'idle', at: clock.now() } : happening),
  )
  let heard = 0
  let commandEnded = -Infinity
  let forgetIdle = (): void => undefined
  try {
    for (let isOver = false; !isOver;) isOver = await handle(await happenings.take())
  } finally {
    deafen()
    watchdogs.start.stop()
    watchdogs.messages.stop()
    forgetIdle()
    ending.abort()
    await (
      await opening
    )()
  }
  if (!signal.aborted)
    journal.test(
      `Session "${name}" ${protocol.failed ? 'failed' : 'succeeded'}`,
      protocol.failed ? 'red' : 'green',
    )
  const tests = [...protocol.tests, ...skipped()]
  return {
    name,
    file: file.path,
    side: file.side,
    device: { id: device.id, name: device.attributes.name ?? '' },
    ...(plan.turn === undefined ? {} : { turn: plan.turn }),
    verdict: protocol.verdict,
    failed: protocol.failed,
    tests,
    problems: protocol.problems,
    runtimeErrors: protocol.runtimeErrors,
    ...(protocol.output === '' ? {} : { output: protocol.output }),
    counts: protocol.counts(),
    started,
    seconds: Math.round(1000 * tests.reduce((sum, { seconds }) => sum + seconds, 0)) / 1000,
    wall_seconds: Math.round(clock.now() - began) / 1000,
  }

  /** The tests whose turn did not come. */
  function skipped(): TestRecord[] {
    if (!protocol.failed || protocol.state === 'finished') return []
    const [problem] = protocol.problems
    const message = problem?.text.split('\n')[0] ?? 'The first failure ended the session.'
    const seen = new Set(protocol.tests.map((test) => test.name))
    return plan.planned
      .filter((planned) => !seen.has(planned))
      .map((planned) => ({ name: planned, status: 'skipped', seconds: 0, message }))
  }

  /** Gives true when the session is over. */
  async function handle(happening: Happening): Promise<boolean> {
    switch (happening.kind) {
      case 'assigned':
        // A stream may have been waited for; only what is to come is measured.
        watchdogs.start.start()
        journal.plain(`Device "${device.id}" is assigned successfully to Device Group "${settings.groupId}".`)
        return false
      case 'entry':
        return handleEntry(happening.entry)
      case 'idle':
        return isEnd(happening) && timeOut()
      case 'taken':
        journal.warning(
          `${STREAM_TAKEN} ${STREAM_TAKERS} The tests go on; their lines are read from the stored logs.`,
        )
        return false
      case 'timeout':
        // What came before it may have stopped or restarted the watchdog.
        return watchdogs[happening.of].hasFired && timeOut()
      case 'reconnecting':
        journal.warning(`The log stream is lost. Trying to reconnect... (${happening.reason})`)
        return false
      case 'resumed':
        journal.info(`The log stream is back; ${happening.backfilled} entries of the meantime follow.`)
        return false
      case 'ended':
        return failed(happening.reason, 'none')
      case 'refused':
        return failed(
          happening.error instanceof ImptError ? happening.error.message : String(happening.error),
          'none',
        )
      case 'stopped':
        journal.debug('TestHelper', 'Command was forced to stop')
    }
    return failed('The test run was interrupted.', 'none')
  }

  /** Whether an idle device will not be heard of again. */
  function isEnd({ at, heard: before = heard }: Extract<Happening, { kind: 'idle' }>): boolean {
    // Before the agent restarted it may speak of what ran before, unless the device is away.
    if (protocol.state === 'initialized' && device.attributes.device_online !== false) return false
    if (at > commandEnded) return before === heard
    forgetIdle()
    forgetIdle = clock.after(COMMAND_EFFECT_MS, () =>
      happenings.put({ kind: 'idle', at: clock.now(), heard }),
    )
    return false
  }

  async function handleEntry(entry: Extract<DeviceEvent, { kind: 'entry' }>['entry']): Promise<boolean> {
    journal.debug('TestLogsParser', `Log line received: ${JSON.stringify(entry)}`)
    heard++
    const at = Date.parse(entry.ts)
    if (watchdogs.start.isPast(at) || watchdogs.messages.isPast(at)) return timeOut()
    const reaction = protocol.entry(entry)
    if (reaction.kind !== 'alive') return reaction.kind === 'over'
    watchdogs.start.stop()
    if (reaction.command !== undefined) {
      // The device cannot be heard meanwhile.
      watchdogs.messages.stop()
      if (!(await runCommand(reaction.command))) return true
    }
    watchdogs.messages.start(at)
    return false
  }

  async function runCommand(command: string): Promise<boolean> {
    journal.info(`Running external command: ${command}`)
    const { code, timedOut, stdout, stderr } = await runExternal(command, {
      directory,
      env: settings.env,
      timeout: settings.timeout * 1000,
      signal,
    })
    commandEnded = clock.now()
    journal.debug('TestSession', `External command STDOUT: ${stdout}`)
    journal.debug('TestSession', `External command STDERR: ${stderr}`)
    journal.debug('TestSession', `External command exit code: ${code}`)
    if (signal.aborted) return !failed('The test run was interrupted.', 'none')
    if (timedOut) return !failed('External command timed out', 'failed')
    journal.external(stdout.trim())
    return code === 0 || !failed(`External command failed with exit code ${code}`, 'failed')
  }

  function timeOut(): true {
    protocol.timeOut()
    return true
  }

  function failed(text: string, verdict: Problem['verdict']): true {
    protocol.fail(text, verdict)
    return true
  }
}
