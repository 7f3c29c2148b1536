import type { Listed } from '../entities/kinds.ts'
import { isLocal } from '../impcentral/endpoint.ts'
import { compileMessages, formatCompileMessage, warningLine } from '../impcentral/failure.ts'
import { ImptError } from '../output/error.ts'
import { created, named } from '../output/messages.ts'
import { bundle, type Bundle, type BundleSettings } from './bundle.ts'
import type { Coverage } from './coverage.ts'
import { writeDebugFiles } from './debug-files.ts'
import { openDeviceLogs, type DeviceLogs } from './device-logs.ts'
import type { Journal } from './journal.ts'
import { compileNotes } from './places.ts'
import type { RunPlan } from './run-plan.ts'
import { mayContain } from './selection.ts'
import { sessionName } from './session-name.ts'
import type { SessionRecord } from './session-record.ts'
import { tellWaiting } from './session-opening.ts'
import { runSession, type SessionSettings } from './session.ts'
import type { TestFile } from './test-files.ts'
import { testNamesOf } from './test-names.ts'

/** A run under way. */
export interface Run {
  readonly plan: RunPlan
  readonly journal: Journal
  readonly group: Listed<'dg'>
  readonly devices: readonly Listed<'device'>[]
  readonly bundling: BundleSettings
  readonly settings: SessionSettings
  readonly coverage: Coverage | undefined
  readonly debug: boolean
  /** What has come to an end so far. */
  readonly sessions: SessionRecord[]
  /** Ids of the builds made so far. */
  readonly builds: string[]
}

/** The code of one test file, and what its sessions are called. */
interface Load {
  /** The id of the build. */
  readonly build: string
  readonly file: TestFile
  readonly name: string
  readonly code: Bundle
  readonly planned: readonly string[]
  /** By the server's clock, in milliseconds since 1970. */
  readonly builtAt: number
}

/**
 * Bundles and deploys a test file and runs it on all devices; what a device or the cloud kept from a verdict is done again as often as the
 * run allows. False when the run is to stop.
 */
export async function runFile(run: Run, file: TestFile, round: number): Promise<boolean> {
  const { plan, sessions, journal } = run
  const first = sessions.length
  await runOnce(run, file, run.devices, round)
  for (let retry = 1; retry <= plan.retries && !run.settings.signal.aborted; retry++) {
    const without = sessions.slice(first).filter(({ verdict }) => verdict === 'none')
    if (without.length === 0) break
    journal.warning(`No verdict on "${file.path}": trying again (${retry}/${plan.retries})`)
    const ids = new Set(without.map(({ device }) => device?.id))
    // A build that could not be deployed has no device: then it is for all of them.
    const devices = ids.has(undefined) ? run.devices : run.devices.filter(({ id }) => ids.has(id))
    const kept = sessions.slice(first).filter(({ verdict }) => verdict !== 'none')
    sessions.splice(first, sessions.length, ...kept)
    await runOnce(run, file, devices, round)
  }
  return goesOn(run)
}

async function runOnce(
  run: Run,
  file: TestFile,
  devices: readonly Listed<'device'>[],
  round: number,
): Promise<void> {
  const { plan, journal, bundling, sessions } = run
  const name = sessionName()
  const turn = plan.repeat > 1 ? `round ${round}` : undefined
  journal.info(`Using ${file.side} test file "${file.path}"`)
  const code = await bundle(file, name, bundling).catch((error: unknown) => {
    if (!(error instanceof ImptError) || error.code === 'CANCELLED') throw error
    const hint = error.hint === undefined ? '' : ` (${error.hint})`
    journal.error(error.message + hint)
    journal.plain(`Error: ${error.message}`)
    sessions.push(undeployed(file, name, error.message, error, turn))
    return undefined
  })
  if (!code) return
  if (!mayContain(code[file.side].code, plan.selection)) {
    journal.info(`Skip "${file.path}" testing`)
    return
  }
  journal.debug('TestHelper', `Agent code size: ${Buffer.byteLength(code.agent.code)} bytes`)
  journal.debug('TestHelper', `Device code size: ${Buffer.byteLength(code.device.code)} bytes`)
  if (run.debug) await writeDebugFiles(bundling.directory, file, code)
  const load = await deploy(run, file, name, code, turn)
  if (!load) return
  for (let first = 0; first < devices.length && goesOn(run); first += plan.parallel)
    await runOn(run, load, devices.slice(first, first + plan.parallel), turn)
}

function goesOn({ settings, sessions }: Run): boolean {
  return !settings.signal.aborted && !(settings.stopOnFail && sessions.some(({ failed }) => failed))
}

/** Makes the build; a refusal is told, goes into the records and gives undefined. */
async function deploy(
  run: Run,
  file: TestFile,
  name: string,
  code: Bundle,
  turn: string | undefined,
): Promise<Load | undefined> {
  const { plan, journal, group, settings, sessions, builds } = run
  journal.info(`Using Device Group "${group.attributes.name ?? group.id}" [${group.id}]`)
  const planned = testNamesOf(code[file.side].code, plan.selection)
  try {
    const attributes = { device_code: code.device.code, agent_code: code.agent.code }
    const build = await settings.client.deployments.create(attributes, group, {
      signal: settings.signal,
      // Only a sandbox of this machine can read them.
      libraries: isLocal(settings.client.endpoint) ? plan.libraries : [],
    })
    builds.push(build.id)
    for (const warning of build.meta ?? [])
      for (const line of [...warningLine(warning), ...compileMessages([warning]).map(formatCompileMessage)])
        journal.plain(line)
    journal.plain(created(named('Deployment', build.id)))
    journal.info(`Created Deployment: ${build.id}`)
    const made = Date.parse(String(build.attributes.created_at))
    return { build: build.id, file, name, code, planned, builtAt: Number.isNaN(made) ? Date.now() : made }
  } catch (error) {
    if (!(error instanceof ImptError)) throw error
    if (settings.signal.aborted) return undefined
    const maps = { agent: code.agent.lines, device: code.device.lines }
    const notes = compileNotes(error, maps, settings.directory)
    journal.error(error.message)
    for (const text of error.message.split('\n')) journal.plain(`Error: ${text}`)
    for (const note of notes) journal.note(note)
    sessions.push(undeployed(file, name, [error.message, ...notes].join('\n'), error, turn, planned))
    return undefined
  }
}

/** Errors in which the code has no part. */
const CLOUDS = new Set(['NETWORK', 'TIMEOUT', 'SERVER', 'RATE_LIMIT', 'AUTH', 'FORBIDDEN', 'CONFLICT'])

/** The record of a test file that did not get as far as a device. */
function undeployed(
  { path, side }: TestFile,
  name: string,
  text: string,
  { code }: ImptError,
  turn: string | undefined,
  planned: readonly string[] = [],
): SessionRecord {
  const verdict = CLOUDS.has(code) ? 'none' : 'failed'
  const message = text.split('\n')[0] ?? ''
  return {
    name,
    file: path,
    side,
    ...(turn === undefined ? {} : { turn }),
    verdict,
    failed: true,
    tests: planned.map((test) => ({ name: test, status: 'skipped', seconds: 0, message })),
    problems: [{ text, verdict }],
    runtimeErrors: [],
    counts: { tests: 0, assertions: 0, failures: 1 },
    started: new Date().toISOString(),
    seconds: 0,
    wall_seconds: 0,
  }
}

/** Runs a build on several devices at a time, which then share a log stream. */
async function runOn(
  run: Run,
  load: Load,
  devices: readonly Listed<'device'>[],
  turn: string | undefined,
): Promise<void> {
  const { settings, journal, sessions } = run
  const ending = new AbortController()
  const ids = devices.map(({ id }) => id)
  const logs =
    devices.length > 1
      ? openDeviceLogs(settings.client, ids, {
          signal: AbortSignal.any([ending.signal, settings.signal]),
          clock: settings.clock,
          wait: settings.wait,
          since: load.builtAt,
          onWait: () => tellWaiting(journal, settings.wait),
        })
      : undefined
  // The sessions tell of an opening that failed.
  logs?.catch(() => undefined)
  const branches = devices.map(() => (devices.length > 1 ? journal.branch() : undefined))
  branches[0]?.open()
  const running = devices.map((device, index) =>
    runOne(run, load, device, turn, branches[index] ?? journal, logs),
  )
  try {
    for (const [index, session] of running.entries()) {
      branches[index]?.open()
      sessions.push(await session)
    }
    if (!settings.signal.aborted) for (const id of ids) await run.coverage?.collect(id, load.build, load.code)
  } finally {
    ending.abort()
    await logs?.then((opened) => opened.close()).catch(() => undefined)
  }
}

function runOne(
  run: Run,
  { file, name, code, planned, builtAt }: Load,
  device: Listed<'device'>,
  round: string | undefined,
  journal: Journal,
  logs: Promise<DeviceLogs> | undefined,
): Promise<SessionRecord> {
  const { devices, bundling, settings } = run
  const count = devices.length
  const index = devices.indexOf(device)
  const on = count > 1 ? `on ${device.attributes.name || device.id}` : undefined
  const turn = [on, round].filter((part) => part !== undefined).join(', ')
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
    {
      name: shown,
      id: name,
      file,
      device,
      maps,
      journal,
      planned,
      builtAt,
      ...(turn === '' ? {} : { turn }),
      ...(logs ? { logs } : {}),
    },
    settings,
  )
}
