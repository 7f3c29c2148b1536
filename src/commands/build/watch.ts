import { once } from 'node:events'
import { existsSync, watch, type FSWatcher } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Finder } from '../../entities/finder.ts'
import { ImptError } from '../../output/error.ts'
import { noDevices } from '../../output/messages.ts'
import type { LogEntry, Result } from '../../output/result.ts'
import { visible } from '../../output/visible.ts'
import { readProject } from '../../session/project-file.ts'
import { finderOf, groupTarget, type Target } from '../common.ts'
import type { Context } from '../context.ts'
import { devicesOf } from '../dg/restart.ts'
import { followLogs } from '../log-stream.ts'
import { textOf } from '../options.ts'
import type { OptionValues } from '../row.ts'
import { sourceNames } from '../source-file.ts'
import { readPrograms, writeDump, type Programs } from './program.ts'
import { deployAndRestart } from './run.ts'

/** Editors write a file in several steps; so long after the last of them it is read. */
const SETTLING_MS = 50

/**
 * `impt build run --watch`: runs the sources, follows the logs, and runs the sources again whenever their preprocessed code has changed, until
 * Ctrl-C. An error of the sources or of the server is shown and the next change waited for. One log stream lasts across all builds.
 */
export async function watchBuild(context: Context, options: OptionValues): Promise<Result> {
  const finder = await finderOf(context)
  const target = await groupTarget(context, finder, textOf(options, 'dg'))
  return { kind: 'logs', live: true, items: entries(context, options, finder, target) }
}

async function* entries(
  context: Context,
  options: OptionValues,
  finder: Finder,
  target: Target,
): AsyncGenerator<LogEntry> {
  const devices = await devicesOf(finder, target.resource.id)
  const builder = createBuilder(context, options, finder, target)
  try {
    if (devices.length === 0) {
      context.info(noDevices(target.label))
      builder.start()
    } else {
      const ids = devices.map(({ id }) => id)
      yield* followLogs(context, finder.client, ids, () => builder.start())
    }
    await aborted(context.signal)
  } finally {
    builder.stop()
  }
}

interface Builder {
  start(): void
  stop(): void
}

/** Builds once at the start and after each change of a folder that sources came from. */
function createBuilder(context: Context, options: OptionValues, finder: Finder, target: Target): Builder {
  const watchers = new Map<string, FSWatcher>()
  let timer: NodeJS.Timeout | undefined
  let last: string | undefined
  let dumped: string | undefined
  let told = false
  let working = false
  let changed = false

  async function work(): Promise<void> {
    if (working) {
      changed = true
      return
    }
    working = true
    do {
      changed = false
      await build().catch((error: unknown) => show(context, error))
    } while (changed && !context.signal.aborted)
    working = false
  }

  async function build(): Promise<void> {
    const names = sourceNames(options, await readProject(context.directory))
    for (const name of Object.values(names)) attend(resolve(context.directory, name))
    // Written only with new code: the folder of the dump may be one that is watched.
    const { dump: _, ...reading } = options
    const programs = await readPrograms(told ? { ...context, info: () => undefined } : context, reading)
    told = true
    for (const { paths } of Object.values(programs)) for (const path of paths) attend(path)
    const code = codeOf(programs)
    if (code === last) return
    last = code
    const dump = textOf(options, 'dump')
    if (dump !== undefined && code !== dumped) await writeDump(context, dump, programs)
    dumped = code
    await deployAndRestart(context, options, finder, target, programs).catch((error: unknown) => {
      // The same code may have more luck later, unless it is the code itself that is wrong.
      if (!(error instanceof ImptError && error.code === 'COMPILE')) last = undefined
      throw error
    })
  }

  function attend(path: string): void {
    const folder = dirname(path)
    if (watchers.has(folder) || !existsSync(folder)) return
    const watcher = watch(folder, () => {
      clearTimeout(timer)
      timer = setTimeout(() => void work(), SETTLING_MS)
    })
    // A folder that goes away is not watched any longer.
    watcher.on('error', () => watcher.close())
    watchers.set(folder, watcher)
  }

  return {
    start: () => void work(),
    stop() {
      clearTimeout(timer)
      for (const watcher of watchers.values()) watcher.close()
    },
  }
}

function codeOf({ device, agent }: Programs): string {
  return JSON.stringify([device.code, agent.code])
}

function show(context: Context, error: unknown): void {
  if (context.signal.aborted) return
  const message = error instanceof ImptError ? error.message : `Internal error: ${String(error)}.`
  const notes = error instanceof ImptError ? error.notes : []
  if (context.quiet) return context.warn([message, ...notes].join('\n'))
  for (const line of message.split('\n')) context.line(`Error: ${visible(line)}\n`)
  for (const note of notes) context.line(`${visible(note)}\n`)
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}
