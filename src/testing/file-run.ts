import type { Listed } from '../entities/kinds.ts'
import { compileMessages, formatCompileMessage, warningLine } from '../impcentral/failure.ts'
import { ImptError } from '../output/error.ts'
import { created, named } from '../output/messages.ts'
import { bundle, type Bundle, type BundleSettings } from './bundle.ts'
import { writeDebugFiles } from './debug-files.ts'
import { openDeviceLogs, type DeviceLogs } from './device-logs.ts'
import type { Journal } from './journal.ts'
import { compileNotes } from './places.ts'
import type { RunPlan } from './run-plan.ts'
import { mayContain } from './selection.ts'
import { sessionName } from './session-name.ts'
import type { SessionRecord } from './session-record.ts'
import { runSession, type SessionSettings } from './session.ts'
import type { TestFile } from './test-files.ts'

/** A run under way. */
export interface Run {
  readonly plan: RunPlan
  readonly journal: Journal
  readonly group: Listed<'dg'>
  readonly devices: readonly Listed<'device'>[]
  readonly bundling: BundleSettings
  readonly settings: SessionSettings
  readonly debug: boolean
  /** What has come to an end so far. */
  readonly sessions: SessionRecord[]
  /** Ids of the builds made so far. */
  readonly builds: string[]
}

/** The code of one test file, and what its sessions are called. */
interface Load {
  readonly file: TestFile
  readonly name: string
  readonly code: Bundle
}

/** Bundles and deploys a test file and runs it on all devices; false when the run is to stop. Throws what bundling throws. */
export async function runFile(run: Run, file: TestFile): Promise<boolean> {
  const { plan, journal, devices, bundling } = run
  const name = sessionName()
  journal.info(`Using ${file.side} test file "${file.path}"`)
  const code = await bundle(file, name, bundling).catch((error: unknown) => {
    // For the reports: the run ends here.
    if (error instanceof ImptError) run.sessions.push(undeployed(file, name, error.message))
    throw error
  })
  const load = { file, name, code }
  if (!mayContain(load.code[file.side].code, plan.selection)) {
    journal.info(`Skip "${file.path}" testing`)
    return true
  }
  journal.debug('TestHelper', `Agent code size: ${Buffer.byteLength(load.code.agent.code)} bytes`)
  journal.debug('TestHelper', `Device code size: ${Buffer.byteLength(load.code.device.code)} bytes`)
  if (run.debug) await writeDebugFiles(bundling.directory, file, load.code)
  if (!(await deploy(run, load))) return goesOn(run)
  for (let first = 0; first < devices.length && goesOn(run); first += plan.parallel) {
    await runOn(run, load, devices.slice(first, first + plan.parallel), first)
  }
  return goesOn(run)
}

function goesOn({ settings, sessions }: Run): boolean {
  return !settings.signal.aborted && !(settings.stopOnFail && sessions.some(({ failed }) => failed))
}

/** Makes the build; a refusal is told, goes into the records and gives false. */
async function deploy(run: Run, { file, name, code }: Load): Promise<boolean> {
  const { journal, group, settings, sessions, builds } = run
  journal.info(`Using Device Group "${group.attributes.name ?? group.id}" [${group.id}]`)
  try {
    const attributes = { device_code: code.device.code, agent_code: code.agent.code }
    const build = await settings.client.deployments.create(attributes, group, { signal: settings.signal })
    builds.push(build.id)
    for (const warning of build.meta ?? [])
      for (const line of [...warningLine(warning), ...compileMessages([warning]).map(formatCompileMessage)])
        journal.plain(line)
    journal.plain(created(named('Deployment', build.id)))
    journal.info(`Created Deployment: ${build.id}`)
    return true
  } catch (error) {
    if (!(error instanceof ImptError)) throw error
    if (settings.signal.aborted) return false
    const notes = compileNotes(
      error,
      { agent: code.agent.lines, device: code.device.lines },
      settings.directory,
    )
    journal.error(error.message)
    for (const line of [...error.message.split('\n').map((text) => `Error: ${text}`), ...notes])
      journal.plain(line)
    sessions.push(undeployed(file, name, [error.message, ...notes].join('\n')))
    return false
  }
}

/** The record of a test file that did not get as far as a device. */
function undeployed({ path, side }: TestFile, name: string, text: string): SessionRecord {
  const counts = { tests: 0, assertions: 0, failures: 1 }
  return {
    name,
    file: path,
    side,
    failed: true,
    tests: [],
    problems: [{ text }],
    runtimeErrors: [],
    counts,
    seconds: 0,
  }
}

/** Runs a build on several devices at a time, which then share a log stream; `first` is the number of devices before them. */
async function runOn(
  run: Run,
  load: Load,
  devices: readonly Listed<'device'>[],
  first: number,
): Promise<void> {
  const { settings, journal, sessions } = run
  const ending = new AbortController()
  const ids = devices.map(({ id }) => id)
  const logs =
    devices.length > 1
      ? openDeviceLogs(settings.client, ids, AbortSignal.any([ending.signal, settings.signal]))
      : undefined
  // The sessions tell of an opening that failed.
  logs?.catch(() => undefined)
  const branches = devices.map(() => (devices.length > 1 ? journal.branch() : undefined))
  branches[0]?.open()
  const running = devices.map((device, index) =>
    runOne(run, load, device, first + index, branches[index] ?? journal, logs),
  )
  try {
    for (const [index, session] of running.entries()) {
      branches[index]?.open()
      sessions.push(await session)
    }
  } finally {
    ending.abort()
    await logs?.then((opened) => opened.close()).catch(() => undefined)
  }
}

function runOne(
  run: Run,
  { file, name, code }: Load,
  device: Listed<'device'>,
  index: number,
  journal: Journal,
  logs: Promise<DeviceLogs> | undefined,
): Promise<SessionRecord> {
  const { devices, bundling, settings } = run
  const count = devices.length
  const shown = count > 1 ? `${name}-${index + 1}` : name
  journal.blank()
  journal.test(`Starting test session "${shown}"`)
  const isAgentOnly = file.side === 'agent' && bundling.sources.device === undefined
  if (isAgentOnly) journal.info('Test session is agent-only')
  const called = device.attributes.name ? `${device.attributes.name} ` : ''
  journal.info(`Using Device ${called}[${device.id}] (${index + 1}/${count})`)
  if (!isAgentOnly) {
    const offline = device.attributes.device_online === false ? ', and impCentral shows it as offline' : ''
    journal.plain(
      `Warning: please ensure imp device ${device.id} is online. Current test will fail if the device under test is physically offline${offline}`,
      'yellow',
    )
  }
  journal.info(`Using ${file.side} test file "${file.path}"`)
  const maps = { agent: code.agent.lines, device: code.device.lines }
  return runSession(
    { name: shown, id: name, file, device, maps, journal, ...(logs ? { logs } : {}) },
    settings,
  )
}
