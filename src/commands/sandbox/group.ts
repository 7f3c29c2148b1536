import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { ImptError } from '../../output/error.ts'
import { renderJsonLine } from '../../output/json.ts'
import type { Result } from '../../output/result.ts'
import { aborted } from '../../program/aborted.ts'
import { ownCommand } from '../../program/self.ts'
import {
  answers,
  clearFolder,
  removeState,
  stop,
  writeState,
  type SandboxState,
} from '../../sandbox/background.ts'
import { doneResult } from '../common.ts'
import type { Context, Group } from '../context.ts'
import { libraryFolders } from '../../session/library-folders.ts'
import { environmentLibraries } from '../../squirrel/environment-libraries.ts'
import { flagOf, listOf, mandatory, textOf } from '../options.ts'
import type { OptionValues } from '../row.ts'
import { callAdmin, runningSandbox } from './admin.ts'
import { addDevice, controlDevice } from './device.ts'
import { sandboxFolder } from './folder.ts'
import { opening, openServer } from './server.ts'
import { faultsOf, fleetOf, switchesOf } from './switches.ts'

/** How long `start` waits until the server of the background answers. */
const START_PATIENCE_MS = 20_000
const LOG_FILE = 'serve.log'

/** `impt sandbox ...`: the built-in impCentral as a server of its own. */
export const group = {
  async serve(context, options) {
    const folder = folderOf(context, options)
    const faults = faultsOf(options)
    const named = libraryFolders(context.directory, listOf(options, 'libraries'))
    const sandbox = await openServer(folder, options, [...named, ...environmentLibraries()])
    writeState(folder, sandbox, context.version, 'server')
    if (options.fleet !== undefined && !sandbox.fresh) context.warn(noFleet(folder))
    for (const { count, fault } of faults) sandbox.inject({ method: '*', path: '*', skip: 0, count, fault })
    context.out(renderJsonLine({ ready: true, url: sandbox.url }))
    await aborted(context.signal)
    removeState(folder)
    await sandbox.close()
    return { kind: 'done', touched: null, silent: true }
  },

  async start(context, options) {
    const folder = folderOf(context, options)
    const running = runningSandbox(folder)
    if (running) {
      context.info(
        `The sandbox is running already${running.role === 'embedded' ? ` inside another impt, process ${running.pid}, and ends with it` : ''}.`,
      )
      if (SWITCHES.some((name) => options[name] !== undefined))
        context.warn(`The options were not used: ${folder} is being served already`)
      return statusResult(folder, running)
    }
    // Wrong values are the caller's error, not a line in a log file.
    fleetOf(options)
    faultsOf(options)
    switchesOf(options)
    const libraries = libraryFolders(context.directory, listOf(options, 'libraries'))
    const log = opening(folder, () => {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      return openSync(join(folder, LOG_FILE), 'w', 0o600)
    })
    const [program, ...own] = ownCommand()
    const args = [...own, 'sandbox', 'serve', '--dir', folder, ...passedOn({ ...options, libraries })]
    const child = spawn(program, args, {
      detached: true,
      // Windows would open a console for it.
      windowsHide: true,
      stdio: ['ignore', log, log],
      cwd: '/',
    })
    closeSync(log)
    child.unref()
    const hasEnded = () => child.exitCode !== null || child.signalCode !== null
    for (
      const deadline = Date.now() + START_PATIENCE_MS;
      Date.now() < deadline && !hasEnded();
      await delay(25)
    ) {
      const state = runningSandbox(folder)
      if (state?.pid !== child.pid || !state || !(await answers(state))) continue
      // What the server of the background warns of is for the one who started it.
      for (const line of warningsIn(join(folder, LOG_FILE))) context.warn(line)
      return statusResult(folder, state)
    }
    throw new ImptError('SERVER', 'The sandbox did not start.', {
      hint: `See ${join(folder, LOG_FILE)}: ${lastLine(join(folder, LOG_FILE))}`,
    })
  },

  async stop(context, options) {
    const state = stoppable(folderOf(context, options))
    context.info(state && (await stop(state)) ? 'The sandbox is stopped.' : 'The sandbox is not running.')
    return doneResult()
  },

  async status(context, options) {
    const folder = folderOf(context, options)
    return statusResult(folder, runningSandbox(folder))
  },

  async reset(context, options) {
    const folder = folderOf(context, options)
    // Before anything is asked or deleted.
    fleetOf(options)
    stoppable(folder)
    if (!flagOf(options, 'confirmed'))
      await context.ask.confirm(`All that the sandbox in ${folder} holds will be deleted.`)
    const state = stoppable(folder)
    if (state) await stop(state)
    opening(folder, () => clearFolder(folder))
    const sandbox = await openServer(folder, options)
    await sandbox.close()
    context.info('The sandbox is reset.')
    return doneResult()
  },

  async seed(context, options) {
    const folder = folderOf(context, options)
    const fleet = fleetOf(options)
    const state = runningSandbox(folder)
    if (state) {
      await callAdmin(state, 'POST', '/seed', { fleet })
    } else {
      const sandbox = await openServer(folder, {})
      try {
        await callAdmin(sandbox, 'POST', '/seed', { fleet })
      } finally {
        await sandbox.close()
      }
    }
    context.info(`The sandbox has ${mandatory(options, 'fleet')} more.`)
    return doneResult()
  },

  async device(context, options, [action]) {
    const state = runningSandbox(folderOf(context, options))
    if (!state)
      throw new ImptError('NETWORK', 'The sandbox is not running.', {
        hint: 'Start it with "impt sandbox start"',
      })
    if (action === 'debug') return (await import('./debug.ts')).debugDevice(context, state, options)
    return action === 'add' ? addDevice(context, state, options) : controlDevice(context, state, options)
  },
} satisfies Group

async function statusResult(folder: string, state: SandboxState | undefined): Promise<Result> {
  if (!state) return { kind: 'record', record: { running: false, folder } }
  const { counts, open } = (await callAdmin(state, 'GET', '/status')) as {
    counts: Record<string, number>
    open: boolean
  }
  return {
    kind: 'record',
    record: {
      running: true,
      url: state.url,
      pid: state.pid,
      role: state.role,
      started_at: state.startedAt,
      version: state.version,
      folder,
      open,
      ...counts,
    },
  }
}

function folderOf(context: Context, options: OptionValues): string {
  return sandboxFolder(context.session.env, context.directory, textOf(options, 'dir'))
}

/** The running sandbox of a folder, if it may be stopped from outside. Throws CONFLICT for one inside an `impt` that somebody works with. */
function stoppable(folder: string): SandboxState | undefined {
  const state = runningSandbox(folder)
  if (state?.role !== 'embedded') return state
  throw new ImptError(
    'CONFLICT',
    `The sandbox in ${folder} runs inside another impt, process ${state.pid}.`,
    { hint: 'End that impt first' },
  )
}

function noFleet(folder: string): string {
  return `The fleet was not added: the sandbox in ${folder} is not empty. "impt sandbox seed --fleet ..." adds one, "impt sandbox reset --fleet ..." starts over`
}

/** The options of `serve` that `start` passes on. */
const SWITCHES = [
  'port',
  'fleet',
  'latency',
  'rate-limit',
  'token-life',
  'fault',
  'switch',
  'open',
  'libraries',
] as const

/** The options of `start` as words for the `serve` that it starts. */
function passedOn(options: OptionValues): readonly string[] {
  return SWITCHES.flatMap((name) =>
    [options[name] ?? []]
      .flat()
      .map((value) => (value === true ? `--${name}` : `--${name}=${String(value)}`)),
  )
}

function warningsIn(file: string): readonly string[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => /^Warning: (.+)/.exec(line)?.[1] ?? [])
}

function lastLine(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').at(-1) ?? ''
}
