// The room `testing`: `impt test run`: tests in Squirrel on devices, and what became of them.
// Enters: the test file, the selection of tests, a client, and for the sandbox its clock.
// Leaves: a verdict for each test (passed, failed, no verdict), reports in JUnit, TAP and JSON, builds removed again.
// Not known here: other commands. Devices say what happened in lines of log, which are checked as input of a stranger.
import { join } from 'node:path'
import type { Context } from '../commands/context.ts'
import type { OptionValues } from '../commands/row.ts'
import type { Client } from '../impcentral/client.ts'
import { isLocal } from '../impcentral/endpoint.ts'
import type { Listed } from '../entities/kinds.ts'
import { exitCodeOf, ImptError } from '../output/error.ts'
import type { Result } from '../output/result.ts'
import { clearCache } from '../preprocess/cache.ts'
import { removeBuilds } from './builds.ts'
import { systemClock, type Clock } from './clock.ts'
import { openCoverage } from './coverage.ts'
import { runFile, type Run } from './file-run.ts'
import { createJournal, type Journal } from './journal.ts'
import { bundlingOf, devicesOf, filesOf } from './material.ts'
import { CACHE_FOLDER } from './preprocessing.ts'
import { keepRun, type Keep } from './kept-runs.ts'
import { parseReports, prepareReports, runRecord, writeReports } from './reports.ts'
import { groupOf, readPlan, type RunPlan } from './run-plan.ts'
import { verdictOf, type SessionRecord, type Verdict } from './session-record.ts'
import { inStreamTurn, streamLock } from './stream-turn.ts'
import { printSummary, totalOf } from './summary.ts'
import type { TestFile } from './test-files.ts'

/** After Ctrl-C the server has so long to remove the builds of the run. */
const CLEANING_LIMIT_MS = 5000

/**
 * `impt test run` (test-run.md). Gives a record of the run, which is `failed` when anything was. Throws NOT_FOUND when there was nothing to run,
 * and the signal's error after Ctrl-C; the summary so far is printed then, and nothing is left behind. Whatever ends it, the reports that
 * were asked for are written.
 */
export async function run(
  context: Context,
  options: OptionValues,
  clock: Clock = systemClock,
): Promise<Result> {
  const reports = parseReports((options.report as readonly string[] | undefined) ?? [])
  // First of all, so that no report of an earlier run is taken for one of this run.
  await prepareReports(reports, context.directory)
  const sessions: SessionRecord[] = []
  const keep = keepRun(context.session.folders.state, context.directory)
  const write = (failure?: unknown) => {
    const told = failure === undefined ? sessions : [...sessions, endedBy(context, failure)]
    return writeReports(reports, told, context.directory, context)
  }
  let result: Result
  try {
    result = await inTurn(context, options, clock, sessions, keep)
  } catch (error) {
    await keep({ sessions, current: null, error: error instanceof Error ? error.message : String(error) })
    const isReported = error instanceof ImptError && error.code === 'CANCELLED' && sessions.length > 0
    await write(isReported ? undefined : error).catch((problem: unknown) => {
      // What ended the run is told first of all.
      context.warn(problem instanceof Error ? problem.message : String(problem))
    })
    throw withoutVerdict(error)
  }
  await write()
  return result
}

/** Runs the tests when no other run of this machine uses the log stream of the account. */
async function inTurn(
  context: Context,
  options: OptionValues,
  clock: Clock,
  sessions: SessionRecord[],
  keep: Keep,
): Promise<Result> {
  const plan = await readPlan(context, options)
  const mode = context.debug ? 'debug' : options.output === 'minimal' ? 'minimal' : 'default'
  const journal = createJournal({ clock, print: (text) => context.line(text), colour: context.colour, mode })
  const client = await context.client()
  const idle = ['libraries', 'library'].find((name) => options[name] !== undefined)
  if (idle !== undefined && !isLocal(client.endpoint))
    throw new ImptError(
      'USAGE',
      `Option "--${idle}" has no effect here: the cloud finds libraries by itself.`,
      {
        hint: 'It is for tests in the sandbox: impt --sandbox test run',
      },
    )
  const [group, lock] = await Promise.all([groupOf(context, plan), streamLock(context, client)])
  const task = () => runPlan(context, plan, journal, client, group, clock, sessions, keep)
  return inStreamTurn(context, lock, plan.wait, journal, task)
}

async function runPlan(
  context: Context,
  plan: RunPlan,
  journal: Journal,
  client: Client,
  group: Listed<'dg'>,
  clock: Clock,
  sessions: SessionRecord[],
  keep: Keep,
): Promise<Result> {
  if (plan.clearCache && (await clearCache(join(context.directory, CACHE_FOLDER)))) {
    journal.plain(`Builder cache ${CACHE_FOLDER} directory is deleted successfully.`)
  }
  const bundling = await bundlingOf(context, plan, journal)
  journal.info(`Started at ${localTime(new Date())}`)
  const files = await filesOf(plan, bundling, journal)
  const devices = await devicesOf(client, plan, group.id)
  const { timeout, stopOnFail, allowDisconnect } = plan.config
  const { directory, session, signal } = context
  const settings = {
    client,
    groupId: group.id,
    directory,
    env: session.env,
    timeout,
    stopOnFail,
    allowDisconnect,
    clock,
    signal,
    wait: plan.wait,
    counts: plan.coverage !== undefined,
  }
  const ids = devices.map(({ id }) => id)
  const coverage = plan.coverage && (await openCoverage(context, plan.coverage, client, ids, bundling, files))
  const debug = context.debug
  const started: Run = {
    plan,
    journal,
    group,
    devices,
    bundling,
    settings,
    coverage,
    debug,
    sessions,
    builds: [],
  }
  const ended = await attempt(() => runFiles(started, files, keep))
  const result = await finish(context, started, ended)
  await keep({ sessions, current: null, verdict: verdictOf(sessions.map(({ verdict }) => verdict)) })
  return result
}

async function runFiles(run: Run, files: readonly TestFile[], keep: Keep): Promise<void> {
  const { repeat } = run.plan
  for (let round = 1; round <= repeat; round++) {
    if (repeat > 1) run.journal.info(`Round ${round} of ${repeat}`)
    for (const file of files) {
      await keep({ files: files.length * repeat, current: file.path, sessions: run.sessions })
      if (!(await runFile(run, file, round))) return
    }
  }
}

/** Cleans up, sums up and gives the verdict. `failure` is what ended the run before its time. */
async function finish(
  context: Context,
  { plan, journal, sessions, builds, coverage, devices }: Run,
  failure: unknown,
): Promise<Result> {
  const isInterrupted = context.signal.aborted
  if (!plan.keepBuilds && builds.length > 0)
    await removeBuilds(() => cleaningClient(context), builds, journal)
  await coverage?.release(isInterrupted ? [] : devices.map(({ id }) => id))
  if (failure === undefined || isInterrupted) printSummary(journal, sessions)
  const reached = await coverage?.report()
  if (failure !== undefined && !isInterrupted) throw failure
  context.signal.throwIfAborted()
  const measured = reached && { coverage: reached.summary }
  const record = { ...runRecord(sessions), ...measured }
  const asked = plan.shows ? withoutLogs(record) : measured
  if (record.passed && isNothingRun(plan, sessions))
    throw new ImptError('NOT_FOUND', `No tests match --tests "${plan.pattern}"`)
  journal.info(CLOSING[record.verdict])
  const ending = endingOf(record.verdict, reached?.tooLow ?? [], asked)
  return {
    kind: 'record',
    record,
    failed: ending !== undefined,
    told: true,
    ...(asked ? { asked: { ...asked } } : {}),
    ...(ending ? { failure: ending } : {}),
  }
}

/** The record without what devices logged: that is for reports. */
function withoutLogs(record: object): object {
  return JSON.parse(
    JSON.stringify(record, (key, value: unknown) => (key === 'output' ? undefined : value)),
  ) as object
}

/** What a run ends with that is no success. What was asked for beside the verdict programs find in the error too. */
function endingOf(
  verdict: Verdict,
  tooLow: readonly string[],
  asked: object | undefined,
): ImptError | undefined {
  const data = asked ? { data: { ...asked } } : {}
  if (verdict === 'none')
    return new ImptError('NO_VERDICT', 'No verdict: a device or the cloud kept tests from running', {
      hint: 'See the summary for what happened; --retry-no-verdict N tries again',
      ...data,
    })
  if (verdict === 'failed') return new ImptError('TESTS_FAILED', 'Testing failed', data)
  if (tooLow.length === 0) return undefined
  return new ImptError('TESTS_FAILED', `Coverage is too low: ${tooLow.join(', ')}`, data)
}

const CLOSING = {
  passed: 'Testing succeeded',
  failed: 'Testing failed',
  none: 'Testing has no verdict',
} as const

function isNothingRun({ selection }: RunPlan, sessions: readonly SessionRecord[]): boolean {
  const selects = selection.testCase !== '' || selection.method !== ''
  return sessions.length === 0 || (selects && totalOf(sessions).tests === 0)
}

/** Errors that say nothing about the code: the cloud is away, or there is no device. */
const CLOUDS = new Set(['NETWORK', 'TIMEOUT', 'SERVER', 'RATE_LIMIT'])

/** An error of the cloud ends the run without a verdict, with the exit code of that. */
function withoutVerdict(error: unknown): unknown {
  if (!(error instanceof ImptError) || !CLOUDS.has(error.code)) return error
  const { code, message, hint, http, notes } = error
  return new ImptError(code, message, {
    ...(hint === undefined ? {} : { hint }),
    ...(http ? { http } : {}),
    notes,
    exit: exitCodeOf('NO_VERDICT'),
    cause: error,
  })
}

/** What the reports say of a run that ended before its time. */
function endedBy(context: Context, failure: unknown): SessionRecord {
  const text = context.signal.aborted
    ? 'The test run was interrupted.'
    : failure instanceof Error
      ? failure.message
      : String(failure)
  const isCodes = failure instanceof ImptError && (failure.code === 'FILE' || failure.code === 'DATA')
  const verdict = isCodes && !context.signal.aborted ? 'failed' : 'none'
  return {
    name: 'run',
    file: 'test run',
    side: 'device',
    verdict,
    failed: true,
    tests: [],
    problems: [{ text, verdict }],
    runtimeErrors: [],
    counts: { tests: 0, assertions: 0, failures: 1 },
    started: new Date().toISOString(),
    seconds: 0,
    wall_seconds: 0,
  }
}

/** A client that still works after Ctrl-C, for a short time. */
function cleaningClient(context: Context): Promise<Client> {
  if (!context.signal.aborted) return context.client()
  return context.session.client(context.authDirectory, {
    signal: AbortSignal.timeout(CLEANING_LIMIT_MS),
    askSecret: (what) => context.ask.text(what, true),
  })
}

/** What a task throws; undefined when it comes to its end. */
async function attempt(task: () => Promise<void>): Promise<unknown> {
  try {
    await task()
    return undefined
  } catch (error) {
    return error ?? new Error('unknown')
  }
}

/** `23 Nov 2026 09:38:46 GMT+0000`. */
function localTime(date: Date): string {
  const [, month = '', day = '', year = '', time = '', zone = ''] = date.toString().split(' ')
  return `${day} ${month} ${year} ${time} ${zone}`
}
