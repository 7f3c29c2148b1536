import { join, relative } from 'node:path'
import type { Finder } from '../../entities/finder.ts'
import type { Listed } from '../../entities/kinds.ts'
import { ImptError } from '../../output/error.ts'
import { counted, named } from '../../output/messages.ts'
import type { LogEntry, Result } from '../../output/result.ts'
import { visible } from '../../output/visible.ts'
import { aborted } from '../../program/aborted.ts'
import { readProject } from '../../session/project-file.ts'
import { systemClock, type Clock } from '../../testing/clock.ts'
import { createMailbox } from '../../testing/mailbox.ts'
import type { LineMaps } from '../../testing/places.ts'
import { finderOf, groupTarget, type GroupTarget } from '../common.ts'
import type { Context } from '../context.ts'
import { setMinimum } from '../dg/minimum.ts'
import { areAllOffline, devicesOf } from '../dg/restart.ts'
import { followLogs, namesOf, notice, timesOf } from '../log-stream.ts'
import { flagOf, textOf } from '../options.ts'
import type { OptionValues } from '../row.ts'
import { createChanges } from './changes.ts'
import { createBuild } from './deploy.ts'
import { lineMapsOf, readPrograms, wantsPreprocessing, writeDump, type Programs } from './program.ts'
import { whenAborted } from '../../program/aborted.ts'

/**
 * `impt build run --watch`: runs the sources, and runs them again whenever their code has changed, until Ctrl-C; with `--log` the logs of the
 * devices are followed. An error of the sources or of the server is shown and the next change waited for.
 */
export async function watchBuild(
  context: Context,
  options: OptionValues,
  clock: Clock = systemClock,
): Promise<Result> {
  // A wrong option is no error of a source: waiting does not help.
  wantsPreprocessing(options, await readProject(context.directory))
  const finder = await finderOf(context)
  const target = await groupTarget(context, finder, textOf(options, 'dg'))
  const logs = flagOf(options, 'log') ? createFollower(context, finder) : undefined
  return {
    kind: 'logs',
    live: true,
    items: entries(context, options, finder, target, clock, logs),
    lines: { nameOf: (id) => logs?.nameOf(id), ...timesOf(options) },
  }
}

async function* entries(
  context: Context,
  options: OptionValues,
  finder: Finder,
  target: GroupTarget,
  clock: Clock,
  logs: Follower | undefined,
): AsyncGenerator<LogEntry> {
  const builder = createBuilder(context, options, finder, target, clock, logs)
  context.info(`Watching the sources of ${target.label}. Press <Ctrl-C> to exit.`)
  builder.start()
  try {
    if (logs) yield* logs.entries()
    else await aborted(context.signal)
  } finally {
    builder.stop()
  }
}

/** The log stream of a watch: it lasts across builds, and is opened again with the next one after it was taken. */
interface Follower {
  /** What people call a device that is followed. */
  readonly nameOf: (id: string) => string | undefined
  /** The builds of this watch, with the sources of their rows. */
  readonly builds: Map<string, LineMaps>
  /** Opens the stream where it is not open; comes back when it is, or when it cannot be had, which is told. */
  open(devices: readonly Listed<'device'>[]): Promise<void>
  /** The entries, until the watch ends. */
  entries(): AsyncGenerator<LogEntry>
}

function createFollower(context: Context, finder: Finder): Follower {
  const mailbox = createMailbox<LogEntry | 'end'>()
  const builds = new Map<string, LineMaps>()
  let following: Promise<void> | undefined
  let nameOf: Follower['nameOf'] = () => undefined

  async function follow(ids: readonly string[], opened: () => void): Promise<void> {
    try {
      for await (const entry of followLogs(context, finder.client, ids, opened, builds)) mailbox.put(entry)
      if (!context.signal.aborted) notice(context, 'It is opened again with the next build.')
    } catch (error) {
      show(context, error)
    }
    following = undefined
  }

  return {
    nameOf: (id) => nameOf(id),
    builds,
    async open(devices) {
      nameOf = namesOf(devices)
      if (following || devices.length === 0) return
      const ids = devices.map(({ id }) => id)
      await new Promise<void>((resolve) => {
        following = follow(ids, resolve)
        void following.then(resolve)
      })
    },
    async *entries() {
      whenAborted(context.signal, () => mailbox.put('end'))
      for (let entry = await mailbox.take(); entry !== 'end'; entry = await mailbox.take()) yield entry
      await following
    },
  }
}

interface Builder {
  start(): void
  stop(): void
}

/** Builds once at the start and after each change of the files that the code is made of. */
function createBuilder(
  context: Context,
  options: OptionValues,
  finder: Finder,
  target: GroupTarget,
  clock: Clock,
  logs: Follower | undefined,
): Builder {
  const changes = createChanges({
    clock,
    onChanged: () => void work(),
    onEmpty: (path) =>
      notice(context, `${visible(relative(context.directory, path))} is empty: waiting for its content.`),
  })
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
    // Written only with new code: the folder of the dump may be one that is watched.
    const { dump: _, ...reading } = options
    const programs = await reads(reading)
    told = true
    const code = JSON.stringify([programs.device.code, programs.agent.code])
    if (code === last) return
    last = code
    const dump = textOf(options, 'dump')
    if (dump !== undefined && code !== dumped) await writeDump(context, dump, programs)
    dumped = code
    await deploy(programs).catch((error: unknown) => {
      // The same code may have more luck later, unless it is the code itself that is wrong.
      if (!(error instanceof ImptError && error.code === 'COMPILE')) last = undefined
      throw error
    })
  }

  /** Reads the sources; whatever comes of it, the files that were looked for are waited for from now on. */
  async function reads(reading: OptionValues): Promise<Programs> {
    const looked = new Set<string>()
    const look = (path: string) => {
      looked.add(path)
      if (!context.signal.aborted) changes.also(path)
    }
    try {
      look(join(context.directory, '.impt.project'))
      const quietly = told ? { ...context, info: () => undefined } : context
      return await readPrograms(quietly, reading, look)
    } finally {
      if (!context.signal.aborted) changes.attend(looked)
    }
  }

  async function deploy(programs: Programs): Promise<void> {
    const quietly = { ...context, info: () => undefined }
    const build = await createBuild(context, finder, options, programs, target)
    logs?.builds.set(build.id, lineMapsOf(programs))
    if (flagOf(options, 'force-agents'))
      await setMinimum(quietly, finder, target, { resource: build, label: named('Deployment', build.id) })
    const devices = await devicesOf(finder, target.resource.id)
    await logs?.open(devices)
    const restart = flagOf(options, 'conditional') ? 'conditionalRestart' : 'restart'
    if (devices.length > 0) await finder.client.deviceGroups[restart](target.resource.id)
    notice(
      context,
      `${clockTime(new Date())} deployed ${build.id.slice(0, 4)} (${sizes(programs)}), ${restarted(devices)}`,
    )
  }

  return {
    start: () => void work(),
    stop: () => changes.stop(),
  }
}

function sizes({ device, agent }: Programs): string {
  const size = (code: string) => `${(Buffer.byteLength(code) / 1000).toFixed(1)} kB`
  return `device ${size(device.code)}, agent ${size(agent.code)}`
}

function restarted(devices: readonly Listed<'device'>[]): string {
  if (devices.length === 0) return 'no devices are assigned'
  const count = counted(devices.length, 'device')
  return areAllOffline(devices) ? `${count} offline: the build waits for them` : `${count} restarted`
}

/** `12:03:04`, local time. */
function clockTime(date: Date): string {
  return date.toTimeString().slice(0, 8)
}

function show(context: Context, error: unknown): void {
  if (context.signal.aborted) return
  const message = error instanceof ImptError ? error.message : `Internal error: ${String(error)}.`
  const hint = error instanceof ImptError && error.hint ? [error.hint] : []
  const notes = error instanceof ImptError ? error.notes : []
  if (context.quiet) return context.warn([message, ...notes, ...hint].join('\n'))
  for (const line of message.split('\n')) context.line(`Error: ${visible(line)}\n`)
  for (const note of [...notes, ...hint]) context.line(`${visible(note)}\n`)
}
