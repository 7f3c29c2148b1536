import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Context } from '../commands/context.ts'
import type { OptionValues } from '../commands/row.ts'
import type { Client } from '../impcentral/client.ts'
import { collect } from '../impcentral/paging.ts'
import { createFinder } from '../entities/finder.ts'
import type { Listed } from '../entities/kinds.ts'
import { ImptError } from '../output/error.ts'
import { named, noDevices } from '../output/messages.ts'
import type { Result } from '../output/result.ts'
import { clearCache } from '../preprocess/cache.ts'
import { removeBuilds } from './builds.ts'
import type { BundleSettings } from './bundle.ts'
import { systemClock, type Clock } from './clock.ts'
import { runFile, type Run } from './file-run.ts'
import { findFramework } from './framework.ts'
import { createJournal, type Journal } from './journal.ts'
import { CACHE_FOLDER, preprocessingOf } from './preprocessing.ts'
import { runRecord, writeReport } from './reports.ts'
import { groupOf, readPlan, type RunPlan } from './run-plan.ts'
import type { SessionRecord } from './session-record.ts'
import { printSummary, totalOf } from './summary.ts'
import { findTestFiles, type TestFile } from './test-files.ts'

/** After Ctrl-C the server has so long to remove the builds of the run. */
const CLEANING_LIMIT_MS = 5000

/**
 * `impt test run` (test-run.md). Gives a record of the run, which is `failed` when anything was. Throws NOT_FOUND when there was nothing to run,
 * and the signal's error after Ctrl-C; the summary so far is printed then, and nothing is left behind.
 */
export async function run(
  context: Context,
  options: OptionValues,
  clock: Clock = systemClock,
): Promise<Result> {
  const plan = await readPlan(context, options)
  const mode = context.debug ? 'debug' : options.output === 'minimal' ? 'minimal' : 'default'
  const journal = createJournal({ clock, print: (text) => context.line(text), colour: context.colour, mode })
  const group = await groupOf(context, plan)
  if (plan.clearCache && (await clearCache(join(context.directory, CACHE_FOLDER)))) {
    journal.plain(`Builder cache ${CACHE_FOLDER} directory is deleted successfully.`)
  }
  const bundling = await bundlingOf(context, plan, journal)
  journal.info(`Started at ${localTime(new Date())}`)
  const files = await filesOf(plan, bundling, journal)
  const client = await context.client()
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
  }
  const started = {
    plan,
    journal,
    group,
    devices,
    bundling,
    settings,
    debug: context.debug,
    sessions: [],
    builds: [],
  } satisfies Run
  return finish(context, started, await attempt(() => runFiles(started, files)))
}

async function runFiles(run: Run, files: readonly TestFile[]): Promise<void> {
  const { repeat } = run.plan
  for (let round = 1; round <= repeat; round++) {
    if (repeat > 1) run.journal.info(`Round ${round} of ${repeat}`)
    for (const file of files) if (!(await runFile(run, file))) return
  }
}

/** Cleans up, sums up and gives the verdict. `failure` is what ended the run before its time. */
async function finish(
  context: Context,
  { plan, journal, sessions, builds }: Run,
  failure: unknown,
): Promise<Result> {
  const isInterrupted = context.signal.aborted
  if (!plan.keepBuilds && builds.length > 0)
    await removeBuilds(() => cleaningClient(context), builds, journal)
  if (failure === undefined || isInterrupted) printSummary(journal, sessions)
  for (const report of plan.reports) await writeReport(report, sessions, context.directory)
  if (failure !== undefined && !isInterrupted) throw failure
  context.signal.throwIfAborted()
  const record = runRecord(sessions)
  if (record.passed && isNothingRun(plan, sessions))
    throw new ImptError('NOT_FOUND', `No tests match --tests "${plan.pattern}"`)
  journal.info(record.passed ? 'Testing succeeded' : 'Testing failed')
  return { kind: 'record', record, failed: !record.passed, told: true }
}

function isNothingRun({ selection }: RunPlan, sessions: readonly SessionRecord[]): boolean {
  const selects = selection.testCase !== '' || selection.method !== ''
  return sessions.length === 0 || (selects && totalOf(sessions).tests === 0)
}

/** A client that still works after Ctrl-C, for a short time. */
function cleaningClient(context: Context): Promise<Client> {
  if (!context.signal.aborted) return context.client()
  return context.session.client(context.directory, {
    signal: AbortSignal.timeout(CLEANING_LIMIT_MS),
    askSecret: (what) => context.ask.text(what, true),
  })
}

async function bundlingOf(
  { directory, session, ...rest }: Context,
  { config, selection }: RunPlan,
  journal: Journal,
): Promise<BundleSettings> {
  const { agentFile, deviceFile, timeout, stopOnFail } = config
  return {
    directory,
    sources: {
      ...(!agentFile ? {} : { agent: agentFile }),
      ...(!deviceFile ? {} : { device: deviceFile }),
    },
    framework: await findFramework(session.env, directory),
    selection,
    timeout,
    stopOnFail,
    preprocessing: await preprocessingOf({ directory, session, ...rest }, config, journal),
  }
}

/** The selected test files; tells them and the configured sources. Throws NOT_FOUND where there are none, FILE where a source is missing. */
async function filesOf(
  plan: RunPlan,
  { directory, sources }: BundleSettings,
  journal: Journal,
): Promise<readonly TestFile[]> {
  const found = await findTestFiles(plan.config.testFiles, directory)
  const files = found.filter(({ path }) => {
    const isSelected = plan.selection.files(path)
    if (!isSelected) journal.debug('TestHelper', `Skipping found test "${path}"`)
    return isSelected
  })
  if (files.length === 0) {
    throw new ImptError('NOT_FOUND', 'No test files found', {
      hint:
        found.length > 0
          ? `None of ${found.length} test file(s) matches --tests "${plan.pattern}"`
          : `Patterns: ${plan.config.testFiles.join(', ')}`,
    })
  }
  const list = files.map(({ path, partner }) => `\n\t${path}${partner === undefined ? '' : ` (${partner})`}`)
  journal.info(`Found ${files.length} test file(s):${list.join('')}`)
  for (const side of ['agent', 'device'] as const) {
    const name = sources[side]
    if (name === undefined) journal.info(`Have no ${side} source file, using blank`)
    else if (existsSync(resolve(directory, name))) journal.info(`Using ${side} source file: ${name}`)
    else
      throw new ImptError('FILE', `${side === 'agent' ? 'Agent' : 'Device'} source file "${name}" not found`)
  }
  return files
}

/** The devices of the group, in the order of the API. Throws NOT_FOUND for none. */
async function devicesOf(
  client: Client,
  { group }: RunPlan,
  groupId: string,
): Promise<readonly Listed<'device'>[]> {
  const devices = await collect(createFinder(client).list('device', { 'devicegroup.id': groupId }))
  if (devices.length > 0) return devices
  throw new ImptError('NOT_FOUND', noDevices(named('Device Group', group ?? groupId)), {
    hint: 'Assign one with "impt device assign"',
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
