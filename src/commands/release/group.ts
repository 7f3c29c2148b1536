import { setTimeout as delay } from 'node:timers/promises'
import { adviceOf, stoppedError } from '../../fleet/release/advice.ts'
import { missingVariables, obstacles, planFor, type GroupFacts } from '../../fleet/release/check.ts'
import { ended } from '../../fleet/release/course.ts'
import { DEFAULT_RULES, parseRules, ruleText } from '../../fleet/release/judge.ts'
import { progressOf, putBy } from '../../fleet/release/progress.ts'
import { unmark } from '../../fleet/release/promote.ts'
import { eventsOf } from '../../fleet/release/report.ts'
import { newReleaseId, readProgress, type Releases, type ReleaseStore } from '../../fleet/release/store.ts'
import { checkLines } from '../../fleet/release/text.ts'
import type { OnStop, ReleaseEvent, ReleasePlan, ReleaseSettings } from '../../fleet/release/types.ts'
import { parseWaves } from '../../fleet/release/waves.ts'
import { systemClock } from '../../impcentral/clock.ts'
import { ImptError } from '../../output/error.ts'
import { counted } from '../../output/messages.ts'
import { parseTime } from '../../testing/duration.ts'
import { finderOf } from '../common.ts'
import type { Context, Group, Run } from '../context.ts'
import { booleanOf, flagOf, listOf, mandatory, numberOf, textOf } from '../options.ts'
import type { OptionValues } from '../row.ts'
import { asked, begun } from './begin.ts'
import { assertDetachable } from './detached.ts'
import { history } from './history.ts'
import { groupsNamed, inField, reasonOf, sourceNamed, userOf } from './named.ts'
import { assertNoMore, letGo, LOOK_MS, rollbackFor, rollbackPlan, untilFree } from './rollback.ts'
import { allReleases, eventsResult, releaseOf, releasesHere, rollbackOf, worked } from './shop.ts'
import { statusOf, statusOfAll } from './status.ts'

const { now } = systemClock
/** A device that is lost shows only after so many ms (impcentral-api.md 9). */
const OFFLINE_MS = 600_000

/** `impt release ...`: a build goes to groups, its restarts in waves. */
export const group = {
  async start(context, options) {
    if (flagOf(options, 'detach')) assertDetachable(context)
    const settings = settingsOf(options)
    const shares = parseWaves(textOf(options, 'waves') ?? '1,5%,25%,100%')
    const [finder, releases] = await Promise.all([finderOf(context), releasesHere(context)])
    const reason = await reasonOf(context, options)
    const { source, text } = await sourceNamed(finder, mandatory(options, 'build'))
    const canaries = await groupsNamed(finder, listOf(options, 'canary'))
    const last = await groupsNamed(finder, listOf(options, 'dg'))
    const all = [...canaries, ...last]
    const twice = all.find(
      ({ group: one }, i) => all.findIndex(({ group: other }) => other.id === one.id) !== i,
    )
    if (twice)
      throw new ImptError('USAGE', `Device Group "${twice.group.attributes.name ?? ''}" is named twice.`, {
        hint: 'A canary is another group than those of --dg',
      })
    const stale = await obstacles(releases, all, flagOf(options, 'take-over'), now)
    const withSource = (facts: GroupFacts) => ({ ...facts, source })
    const made = planFor({
      id: newReleaseId(now()),
      kind: 'release',
      at: now(),
      by: await userOf(finder),
      reason,
      settings,
      stages: [
        ...canaries.map((one) => ({ groups: [withSource(one)], shares: parseWaves('100%') })),
        { groups: last.map(withSource), shares },
      ],
    })
    const sourceGroup = text.group === undefined ? undefined : await finder.byId('dg', text.group)
    for (const text of safetyOff(settings, made.plan)) context.warn(text)
    const notes = [
      ...(settings.rules.some(({ metric }) => metric === 'offline') && settings.watch < OFFLINE_MS
        ? ['! a device that is lost shows only after up to 10m: --watch is less']
        : []),
      ...all.flatMap(({ group: { attributes } }) => {
        const missing = missingVariables(sourceGroup?.attributes.env_vars, attributes.env_vars)
        return missing.length === 0
          ? []
          : [
              `! ${attributes.name ?? ''} has no variables ${missing.join(', ')}, which the group of the build has`,
            ]
      }),
    ]
    const lines = checkLines(made.plan, { ...made.outlook, notes })
    await asked(context, options, lines, `Build ${source.label} will be released.`, made.plan)
    if (settings.forceAgents && !flagOf(options, 'confirmed'))
      await context.ask.confirm(
        'After the last wave the minimum supported deployment moves to the new build: devices below it restart at once, and it never moves back.',
      )
    const clear = async () => {
      for (const build of stale) await unmark(finder.client, build, { signal: context.signal })
    }
    return begun(context, releases, made.plan, undefined, clear, flagOf(options, 'detach'))
  },

  async status(context, options, [id]) {
    const releases = await releasesHere(context)
    if (flagOf(options, 'follow')) {
      const store = await releaseOf(releases, id)
      return eventsResult(() => store.plan, followed(context, releases, store))
    }
    if (!flagOf(options, 'all')) return statusOf(releases, await releaseOf(releases, id))
    return statusOfAll(await allReleases(releases))
  },

  pause: (context, _options, [id = '']) => ordered(context, id, 'pause'),

  async resume(context, _options, [id = '']) {
    const releases = await releasesHere(context)
    const store = await releaseOf(releases, id)
    await assertOpen(store)
    await context.twice(inField(store.plan))
    await store.setOrder('run')
    if (await releases.isHeld(id)) {
      context.info(`Release ${id} goes on in the process that works on it.`)
      return { kind: 'done', touched: null }
    }
    const progress = await readProgress(store)
    return eventsResult(
      () => store.plan,
      worked(
        context,
        releases,
        store.plan,
        async () => {
          if (progress.paused !== undefined) await store.append({ kind: 'resumed' })
          return store
        },
        (finder, of) => rollbackFor(finder, releases, of),
      ),
    )
  },

  async abort(context, _options, [id = '']) {
    const releases = await releasesHere(context)
    const store = await releaseOf(releases, id)
    await assertOpen(store)
    await store.setOrder('abort')
    await untilFree(
      releases,
      id,
      'It ends as soon as that process answers, or after the end of that process by the same command',
    )
    if ((await readProgress(store)).ended === undefined) {
      // Without network too: markers that stay are cleared by the next start.
      const client = await context.client().catch(() => undefined)
      await releases.hold(id, [], async () => {
        const progress = await readProgress(store)
        if (progress.ended !== undefined) return
        await ended(store, 'aborted')
        if (client === undefined) return
        const clearing = Promise.all(
          [...progress.promoted.values()].map(({ build }) => unmark(client, build, {})),
        ).catch(() => undefined)
        await Promise.race([clearing, delay(LOOK_MS * 2, undefined, { ref: false })])
      })
    }
    const progress = await readProgress(store)
    const { kind } = store.plan
    const advice = adviceOf(store.plan, progress)
    const more = putBy(progress).length > 0 ? '' : ' It put no build into a group.'
    context.info(
      `${kind === 'rollback' ? 'Rollback' : 'Release'} ${id} is aborted; the devices keep what they have.${more}${advice === '' ? '' : ` ${advice}.`}`,
    )
    return { kind: 'done', touched: null }
  },

  async rollback(context, options, [id]) {
    const [finder, releases] = await Promise.all([finderOf(context), releasesHere(context)])
    const texts = listOf(options, 'dg')
    if (id !== undefined && texts.length > 0)
      throw new ImptError('USAGE', 'A release and --dg exclude each other.', { hint: 'Give one of both' })
    const of = texts.length > 0 ? undefined : await releaseOf(releases, id, 'release')
    const made = await rollbackPlan(context, finder, releases, of, options)
    const lines = checkLines(made.plan, made.outlook)
    await asked(context, options, lines, 'The build will be put back.', made.plan)
    if (of !== undefined) {
      await letGo(releases, of)
      await assertNoMore(finder.client, of, made.plan)
    }
    return begun(context, releases, made.plan, of?.plan.id, async () => undefined)
  },

  history,
} satisfies Group

function settingsOf(options: OptionValues): ReleaseSettings {
  return {
    watch: parseTime(textOf(options, 'watch') ?? '10m', 'watch'),
    rules: parseRules(textOf(options, 'stop-on') ?? DEFAULT_RULES),
    stopMin: numberOf(options, 'stop-min') ?? 5,
    onStop: (textOf(options, 'on-stop') ?? 'pause') as OnStop,
    allowUnsure: flagOf(options, 'allow-unsure'),
    hard: flagOf(options, 'hard'),
    forceAgents: flagOf(options, 'force-agents'),
    rate: numberOf(options, 'rate') ?? 20,
    sample: numberOf(options, 'sample') ?? 200,
    stream: booleanOf(options, 'stream') ?? true,
    tags: listOf(options, 'tag'),
  }
}

/** Settings with which a release sees less than it seems to, or stops by less. */
function safetyOff({ watch, rules }: ReleaseSettings, { waves }: ReleasePlan): readonly string[] {
  const largest = Math.max(0, ...waves.map(({ devices }) => devices.length))
  const idle = rules.filter(({ percent, limit }) => !percent && limit >= largest)
  return [
    ...(watch === 0
      ? [
          '--watch 0 watches nothing: each wave is judged as soon as it is restarted, and the next one follows',
        ]
      : []),
    ...(largest > 0
      ? idle.map(
          (rule) => `${ruleText(rule)} stops nothing: no wave has more than ${counted(largest, 'device')}`,
        )
      : []),
  ]
}

async function assertOpen(store: ReleaseStore): Promise<void> {
  const progress = await readProgress(store)
  if (progress.ended === undefined) return
  const hint = adviceOf(store.plan, progress)
  throw new ImptError(
    'CONFLICT',
    `Release ${store.plan.id} has ended: ${progress.ended}.`,
    hint === '' ? {} : { hint },
  )
}

async function ordered(context: Context, id: string, order: 'pause'): ReturnType<Run> {
  const releases = await releasesHere(context)
  const store = await releaseOf(releases, id)
  await assertOpen(store)
  await store.setOrder(order)
  context.info(
    (await releases.isHeld(id))
      ? `Release ${id} pauses; "impt release resume ${id}" goes on.`
      : `No process works on release ${id}: it stays as it is until "impt release resume ${id}".`,
  )
  return { kind: 'done', touched: null }
}

/** Tells what a journal says, and goes on until the release rests and nobody works on it. Throws STOPPED where it is not done then. */
async function* followed(
  context: Context,
  releases: Releases,
  store: ReleaseStore,
): AsyncGenerator<ReleaseEvent, void, undefined> {
  for (let told = 0; ;) {
    const isHeld = await releases.isHeld(store.plan.id)
    const entries = await store.entries()
    for (; told < entries.length; told++) yield* eventsOf(store.plan, entries, told)
    const progress = progressOf(entries)
    if (progress.ended === 'done') return
    if (progress.ended !== undefined || !isHeld)
      throw stoppedError(store.plan, progress, await rollbackOf(releases, store.plan.id))
    await systemClock.sleep(LOOK_MS, context.signal)
  }
}
