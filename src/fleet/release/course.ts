/** The course of a release: what its plan and its journal say is next is done, until nothing is. */
import type { CallOptions } from '../../impcentral/api.ts'
import type { Client } from '../../impcentral/client.ts'
import type { Clock } from '../../impcentral/clock.ts'
import { inParallel } from '../../impcentral/parallel.ts'
import { ImptError } from '../../output/error.ts'
import { nextStep, progressOf, type Progress, type Step } from './progress.ts'
import { assertOurs, promote, unmarkAll } from './promote.ts'
import { eventsOf, reportOf } from './report.ts'
import { readProgress, type ReleaseStore } from './store.ts'
import { openTap, type Tap } from './tap.ts'
import type { Ending, Placed, ReleaseEvent, ReleasePlan } from './types.ts'
import { baseline, watch, type Watching } from './watch.ts'

/** How often an order of another process is looked for, in ms: it is obeyed within a second. */
const LOOK_MS = 300
/** How long an order waits for the answers of restarts that are under way, in ms of the real clock: what was restarted is to be told. */
const ANSWERS_MS = 10_000
/** How long an abort waits for the cloud to take its markers off, in ms of the real clock. */
const CLEARING_MS = 800
/** Devices that one stream may have; the server keeps fewer if it likes. */
const MOST_STREAMED = 8

interface World {
  readonly client: Client
  readonly store: ReleaseStore
  readonly clock: Pick<Clock, 'now' | 'sleep'>
  readonly signal: AbortSignal
  /** Tells what may be wrong. */
  warn(text: string): void
}

/** How a course came to rest: for good, or stopped, to be resumed. */
export type Outcome = Ending | 'stopped'

/** What a person ordered in the middle of a step, who is obeyed before the next one: not an error. */
class Ordered extends Error {}

/**
 * Runs a release to its end, or until a rule stops it. Everything that happens is in the journal before the next thing does; whoever calls
 * it again with the same store goes on there. Throws what keeps it from going on, such as NETWORK: then it is interrupted. Must run within
 * `hold`.
 */
export async function* course(world: World): AsyncGenerator<ReleaseEvent, Outcome, undefined> {
  const { store, clock } = world
  const { plan } = store
  const taps: Taps = { wave: -1, tap: undefined }
  let told = (await store.entries()).length
  try {
    for (;;) {
      const entries = await store.entries()
      for (; told < entries.length; told++) yield* eventsOf(plan, entries, told)
      const progress = progressOf(entries)
      if (progress.ended !== undefined) return progress.ended
      const order = await store.order()
      const isPausedByHand = progress.paused?.stopped === false
      if (order === 'abort') await end(world, progress, 'aborted')
      else if (order === 'pause' && progress.paused === undefined)
        await store.append({ kind: 'paused', why: 'paused by hand', stopped: false })
      else if (order === 'pause' && isPausedByHand) await clock.sleep(LOOK_MS, world.signal)
      else if (order === 'run' && isPausedByHand) await store.append({ kind: 'resumed' })
      else {
        const step = nextStep(plan, progress)
        if (step.do === 'wait') return 'stopped'
        if (step.do === 'finish') await end(world, progress, 'done')
        else await carriedOut(world, step, progress, taps)
      }
    }
  } catch (error) {
    const entries = await store.entries()
    for (; told < entries.length; told++) yield* eventsOf(plan, entries, told)
    throw error
  } finally {
    taps.tap?.close()
  }
}

interface Taps {
  wave: number
  tap: Tap | undefined
}

/** Does one step, which an order of a person may break off: then it is done again, or taken up where it was, when it is its turn. */
async function carriedOut(world: World, step: Step, progress: Progress, taps: Taps): Promise<void> {
  const { store } = world
  const broken = new AbortController()
  const unheard = new AbortController()
  let patience: NodeJS.Timeout | undefined
  broken.signal.addEventListener('abort', () => {
    patience = setTimeout(() => unheard.abort(broken.signal.reason), ANSWERS_MS).unref()
  })
  const look = setInterval(() => {
    store.order().then(
      (order) => {
        if (order !== 'run') broken.abort(new Ordered())
      },
      () => undefined,
    )
  }, LOOK_MS)
  look.unref()
  const signal = AbortSignal.any([world.signal, broken.signal])
  const answers = AbortSignal.any([world.signal, unheard.signal])
  try {
    await doStep({ ...world, signal }, step, progress, taps, answers)
  } catch (error) {
    const cause = error instanceof ImptError ? error.code : undefined
    // A finding that no retry changes stops it for a person to look; anything else leaves it as it is, to be resumed.
    if (cause === 'CONFLICT' || cause === 'NOT_FOUND')
      await store.append({ kind: 'paused', why: (error as Error).message, stopped: true, cause })
    else if (!(error instanceof Ordered) && (!broken.signal.aborted || world.signal.aborted)) throw error
    taps.tap?.close()
    taps.wave = -1
  } finally {
    clearInterval(look)
    clearTimeout(patience)
  }
}

/** `answers` breaks off restarts that were sent; the signal of the world keeps others from being sent. */
async function doStep(
  world: World,
  step: Step,
  progress: Progress,
  taps: Taps,
  answers: AbortSignal,
): Promise<void> {
  const { client, store, clock, signal } = world
  const { plan } = store
  const { settings } = plan
  // What a release asks for is never more than half of what the account may ask: people work beside it.
  const options: CallOptions = { signal, priority: 'low' }
  const sleep = async (ms: number, early?: Promise<void>) => {
    const awake = new AbortController()
    const slept = clock.sleep(ms, AbortSignal.any([signal, awake.signal]))
    slept.catch(() => undefined)
    try {
      await (early === undefined ? slept : Promise.race([slept, early]))
    } finally {
      awake.abort()
    }
    if ((await store.order()) !== 'run') throw new Ordered()
  }
  const watching: Watching = { client, plan, options, now: () => clock.now(), sleep }

  switch (step.do) {
    case 'promote': {
      const group = groupOf(plan, step.group)
      const wasBegun = progress.begun.has(group.id)
      if (!wasBegun) await store.append({ kind: 'promote', group: group.id })
      const { isOddSha, ...made } = await promote(client, plan, group, wasBegun, options)
      await store.append({ kind: 'promoted', group: group.id, ...made })
      if (isOddSha)
        world.warn(
          `The copy in Device Group "${group.name}" has the same text and another SHA than its source`,
        )
      return
    }
    case 'baseline':
      return store.append(await baseline(watching, step.wave, progress))
    case 'restart': {
      await assertAllOurs(world, progress, step.wave, options)
      await tapFor(world, taps, step.wave)
      const gone = new Set(progress.baselines.get(step.wave)?.gone)
      const failed = step.devices
        .filter(({ id }) => gone.has(id))
        .map(({ id }) => ({ id, error: 'it is in this group no more, and was not restarted' }))
      if (failed.length > 0) await store.append({ kind: 'restarted', wave: step.wave, devices: [], failed })
      const devices = step.devices.filter(({ id }) => !gone.has(id))
      await store.append({ kind: 'restart', wave: step.wave, devices: devices.map(({ id }) => id) })
      for (let i = 0; i < devices.length; i += settings.rate) {
        const began = clock.now()
        const batch = devices.slice(i, i + settings.rate)
        await restartBatch(world, step.wave, batch, settings.hard, { ...options, signal: answers })
        const isLast = i + settings.rate >= devices.length
        if (!isLast) await sleep(Math.max(0, 1000 - (clock.now() - began)))
      }
      return
    }
    case 'watch': {
      const tap = await tapFor(world, taps, step.wave)
      const verdict = await watch(watching, step.wave, progress, tap)
      tap?.close()
      taps.tap = undefined
      taps.wave = -1
      await assertAllOurs(world, progress, step.wave, options)
      await store.append({ kind: 'judged', wave: step.wave, verdict })
      return
    }
    case 'minimum': {
      const group = groupOf(plan, step.group)
      const build = progress.promoted.get(group.id)?.build ?? ''
      await client.deviceGroups.setMinSupportedDeployment(group.id, build, options)
      return store.append({ kind: 'minimum', group: group.id })
    }
    default:
  }
}

async function assertAllOurs(world: World, { promoted }: Progress, wave: number, options: CallOptions) {
  const { client, store } = world
  const groups = new Set(store.plan.waves[wave]?.devices.map(({ group }) => group))
  for (const id of groups) {
    const build = promoted.get(id)?.build ?? ''
    await assertOurs(client, groupOf(store.plan, id), build, options)
  }
}

/** The stream of a wave, opened once; undefined where none is wanted. */
async function tapFor(
  { client, store, signal, warn }: World,
  taps: Taps,
  wave: number,
): Promise<Tap | undefined> {
  const { waves, settings } = store.plan
  if (!settings.stream || taps.wave === wave) return taps.tap
  taps.tap?.close()
  const devices = (waves[wave]?.devices ?? []).slice(0, Math.min(MOST_STREAMED, settings.sample))
  taps.tap = await openTap(
    client,
    devices.map(({ id }) => id),
    signal,
    (why) => warn(`The log stream of this release was closed (${why}); the stored logs go on`),
  )
  taps.wave = wave
  return taps.tap
}

/** Restarts some devices and notes each answer. A device that is refused is noted; what concerns all of them is thrown. */
async function restartBatch(
  { client, store, signal }: World,
  wave: number,
  devices: readonly Placed[],
  hard: boolean,
  options: CallOptions,
): Promise<void> {
  const done: string[] = []
  const failed: { id: string; error: string }[] = []
  try {
    await inParallel(devices, async ({ id }) => {
      signal.throwIfAborted()
      try {
        await client.devices[hard ? 'restart' : 'conditionalRestart'](id, options)
        done.push(id)
      } catch (error) {
        if (!(error instanceof ImptError) || !['NOT_FOUND', 'FORBIDDEN', 'CONFLICT'].includes(error.code))
          throw error
        failed.push({ id, error: error.message })
      }
    })
  } finally {
    // Also when it is broken off: what was answered is not sent again.
    if (done.length + failed.length > 0)
      await store.append({ kind: 'restarted', wave, devices: done, failed })
  }
}

/** Ends a release for good. An abort must do without network: a marker that it leaves is cleared by the next start. */
export async function end(
  { client, store, signal }: Pick<World, 'client' | 'store' | 'signal'>,
  progress: Progress,
  how: Ending,
): Promise<void> {
  const clearing = unmarkAll(client, progress, { signal })
  if (how === 'done') await clearing
  else if (how === 'rolled-back') await clearing.catch(() => undefined)
  else {
    const patience = new Promise<void>((resolve) => setTimeout(resolve, CLEARING_MS).unref())
    await Promise.race([clearing.catch(() => undefined), patience])
  }
  await ended(store, how)
}

/** Writes the end and the report of a release. */
export async function ended(store: ReleaseStore, how: Ending): Promise<void> {
  await store.append({ kind: 'end', how })
  await store.writeReport(reportOf(store.plan, await readProgress(store)))
}

function groupOf({ stages }: ReleasePlan, id: string) {
  const group = stages.flat().find((one) => one.id === id)
  if (group === undefined) throw new Error(`the plan has no group ${id}`)
  return group
}
