import { createFinder, type Finder } from '../../entities/finder.ts'
import { course, end, type Outcome } from '../../fleet/release/course.ts'
import { adviceOf, stoppedError, type Rollback } from '../../fleet/release/advice.ts'
import { reportOf } from '../../fleet/release/report.ts'
import { stateOf } from '../../fleet/release/progress.ts'
import { readProgress, releasesOf, type Releases, type ReleaseStore } from '../../fleet/release/store.ts'
import { eventText } from '../../fleet/release/text.ts'
import { WAVE_COUNTS, type ReleaseEvent, type ReleasePlan } from '../../fleet/release/types.ts'
import { systemClock } from '../../impcentral/clock.ts'
import { ImptError } from '../../output/error.ts'
import type { Result } from '../../output/result.ts'
import { visible } from '../../output/visible.ts'
import { embeddedCloud } from '../../session/cloud.ts'
import type { Context } from '../context.ts'

/** The columns of events in CSV. */
const COLUMNS = [
  'event',
  'release',
  'stage',
  'wave',
  ...WAVE_COUNTS,
  'group',
  'build',
  'outcome',
  'why',
  'ts',
] as const

/** The releases of this machine at the endpoint of a command. */
export async function releasesHere(context: Context): Promise<Releases> {
  const { session, authDirectory } = context
  return releasesOf(session.folders.state, embeddedCloud(session) ?? (await session.endpoint(authDirectory)))
}

/** The release of an id, else the newest one, of a kind if that is given. Throws NOT_FOUND. */
export async function releaseOf(
  releases: Releases,
  id: string | undefined,
  kind?: ReleasePlan['kind'],
): Promise<ReleaseStore> {
  for (const one of id === undefined ? await releases.ids() : [id]) {
    const store = await releases.get(one, systemClock.now)
    if (id !== undefined || kind === undefined || store.plan.kind === kind) return store
  }
  throw new ImptError('NOT_FOUND', 'There is no release on this machine.', {
    hint: 'Start one with "impt release start"',
  })
}

/** What happens, as a result of a command. */
export function eventsResult(
  plans: (event: ReleaseEvent) => ReleasePlan,
  items: AsyncIterable<ReleaseEvent>,
): Result {
  return {
    kind: 'events',
    items: items as AsyncIterable<Readonly<Record<string, unknown>> & ReleaseEvent>,
    columns: COLUMNS,
    text: (item) => eventText(plans(item as unknown as ReleaseEvent), item as unknown as ReleaseEvent),
  }
}

/**
 * Works on a release until it ends or rests, as the only process that does; at a terminal a stop is asked about. Throws STOPPED where it
 * did not come to its end, and says how to go on after any other failure. `open` begins or finds it, with nobody else at its groups; `back` makes the rollback of a release.
 */
export async function* worked(
  context: Context,
  releases: Releases,
  plan: ReleasePlan,
  open: () => Promise<ReleaseStore>,
  back: (finder: Finder, store: ReleaseStore) => Promise<ReleaseStore>,
): AsyncGenerator<ReleaseEvent, void, undefined> {
  const groups = plan.stages.flat().map(({ id }) => id)
  yield* releases.during(plan.id, groups, async function* () {
    const client = await context.client()
    const store = await open()
    /** What is worked on: the release, or the rollback that its stop began. */
    let at = store
    try {
      for (;;) {
        const outcome = yield* running(context, client, store)
        const progress = await readProgress(store)
        if (outcome !== 'stopped') {
          if (outcome === 'aborted') throw stoppedError(plan, progress)
          await endedBy(context, client, releases, plan)
          return
        }
        const { why = '', cause } = progress.paused ?? {}
        const { onStop } = plan.settings
        const choice =
          cause !== undefined && onStop !== 'abort'
            ? 0
            : onStop === 'pause' && context.ask.interactive && !context.quiet
              ? await context.ask.choice(`Release ${plan.id} is stopped: ${visible(why)}`, CHOICES)
              : ['pause', 'rollback', 'go on', 'abort'].indexOf(onStop)
        if (choice === 2) await store.append({ kind: 'resumed' })
        else if (choice === 3) await store.setOrder('abort')
        else if (choice === 1) {
          yield { event: 'rollback', release: plan.id, why, ts: new Date(systemClock.now()).toISOString() }
          const rollback = await back(createFinder(client), store)
          at = rollback
          const end = yield* releases.during(rollback.plan.id, [], () => running(context, client, rollback))
          if (end !== 'done') throw stoppedError(rollback.plan, await readProgress(rollback))
          await endedBy(context, client, releases, rollback.plan)
          throw stoppedError(plan, await readProgress(store))
        } else throw stoppedError(plan, progress)
      }
    } catch (error) {
      const isRest = error instanceof ImptError && error.code === 'STOPPED'
      const progress = await readProgress(at)
      if (!isRest && progress.ended === undefined)
        context.warn(
          `${at.plan.kind === 'rollback' ? 'Rollback' : 'Release'} ${at.plan.id} is ${stateOf(at.plan, progress, false)}; ${adviceOf(at.plan, progress)}`,
        )
      throw error
    }
  })
}

/** What is asked at a terminal when a rule stops a release. */
const CHOICES = ['Leave it paused', 'Roll back', 'Go on with the next wave', 'Abort']

/** A rollback that is done ends the release that it takes back, and its markers, which other machines take for a release that runs. */
async function endedBy(
  { signal }: Context,
  client: Awaited<ReturnType<Context['client']>>,
  releases: Releases,
  { of }: ReleasePlan,
): Promise<void> {
  if (of === undefined) return
  const store = await releases.get(of, systemClock.now)
  const progress = await readProgress(store)
  if (progress.ended !== 'rolled-back') await end({ client, store, signal }, progress, 'rolled-back')
}

function running(
  context: Context,
  client: Awaited<ReturnType<Context['client']>>,
  store: ReleaseStore,
): AsyncGenerator<ReleaseEvent, Outcome, undefined> {
  return course({ client, store, clock: systemClock, signal: context.signal, warn: context.warn })
}

export type ShownRelease = Awaited<ReturnType<typeof shownRelease>>

/** All releases of this machine at the endpoint, newest first. */
export async function allReleases(releases: Releases): Promise<readonly ShownRelease[]> {
  const shown: ShownRelease[] = []
  for (const id of await releases.ids())
    shown.push(await shownRelease(releases, await releases.get(id, systemClock.now)))
  return shown
}

/** A release as `status` and `history` show it. */
export async function shownRelease(releases: Releases, store: ReleaseStore) {
  const progress = await readProgress(store)
  const isAlive = progress.ended === undefined && (await releases.isHeld(store.plan.id))
  return reportOf(store.plan, progress, isAlive)
}

/** The newest rollback of a release, and where it stands. */
export async function rollbackOf(releases: Releases, of: string): Promise<Rollback | undefined> {
  for (const id of await releases.ids()) {
    const store = await releases.get(id, systemClock.now)
    if (store.plan.of !== of) continue
    const { release, state } = await shownRelease(releases, store)
    return { release, state }
  }
  return undefined
}
