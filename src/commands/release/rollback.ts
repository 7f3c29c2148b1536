import { setTimeout as delay } from 'node:timers/promises'
import type { Finder } from '../../entities/finder.ts'
import type { Client } from '../../impcentral/client.ts'
import { factsOf, obstacles, planFor, type GroupFacts } from '../../fleet/release/check.ts'
import { progressOf, putBy, type Progress } from '../../fleet/release/progress.ts'
import { lastGood, recordsOf, takenBackBy } from '../../fleet/release/last-good.ts'
import { fingerprint } from '../../fleet/release/promote.ts'
import { newReleaseId, readProgress, type Releases, type ReleaseStore } from '../../fleet/release/store.ts'
import type { ReleasePlan } from '../../fleet/release/types.ts'
import { checkLines } from '../../fleet/release/text.ts'
import { parseWaves } from '../../fleet/release/waves.ts'
import { systemClock } from '../../impcentral/clock.ts'
import { ImptError } from '../../output/error.ts'
import { visible } from '../../output/visible.ts'
import { parseTime } from '../../testing/duration.ts'
import type { Context } from '../context.ts'
import { booleanOf, flagOf, listOf, textOf } from '../options.ts'
import type { OptionValues } from '../row.ts'
import { groupsNamed, sourceNamed } from './named.ts'

const { now } = systemClock
/** How often a command looks whether a release that was told to stop has let go, and how long it waits, in ms. */
export const LOOK_MS = 300
const HANDOVER_MS = 10_000

/** Stops a release that runs in another process, and waits until that has let go of the groups. */
export async function letGo(releases: Releases, store: ReleaseStore): Promise<void> {
  const { id } = store.plan
  if (!(await releases.isHeld(id))) return
  await store.setOrder('abort')
  await untilFree(releases, id, 'End that process')
}

/** Waits until nobody works on a release, which obeys an order within a second. Throws CONFLICT with the hint where it does not. */
export async function untilFree(releases: Releases, id: string, hint: string): Promise<void> {
  for (let waited = 0; await releases.isHeld(id); waited += LOOK_MS) {
    if (waited > HANDOVER_MS)
      throw new ImptError('CONFLICT', `Release ${id} does not stop in the process that works on it.`, {
        hint,
      })
    await delay(LOOK_MS)
  }
}

/** The rollback of a release whose question was answered when it started. */
export async function rollbackFor(
  finder: Finder,
  releases: Releases,
  of: ReleaseStore,
): Promise<ReleaseStore> {
  // Watched as long as its release, and no longer than a rollback by hand.
  const watch = `${Math.min(300, Math.ceil(of.plan.settings.watch / 1000))}s`
  const { plan } = await rollbackPlan(undefined, finder, releases, of, { watch })
  return releases.create(plan, now)
}

/** What a rollback by hand would do, in the lines that are shown before its question. Throws as `rollbackPlan`. */
export async function rollbackOutlook(
  context: Context,
  finder: Finder,
  releases: Releases,
  of: ReleaseStore,
): Promise<readonly string[]> {
  const { plan, outlook } = await rollbackPlan(context, finder, releases, of, {})
  return checkLines(plan, outlook)
}

/** Throws CONFLICT where a release was taken back, and where it is a rollback: only a person knows which build is meant then. */
async function assertNotBack(releases: Releases, of: ReleaseStore): Promise<void> {
  const { id, kind } = of.plan
  const hint = `"impt release rollback ${id} --to BUILD" says which build its groups get`
  if (kind === 'rollback')
    throw new ImptError('CONFLICT', `${id} is a rollback: it put a build back, and has none to put back.`, {
      hint,
    })
  const by = await takenBackBy(releases, of, now)
  if (by === undefined && (await readProgress(of)).ended !== 'rolled-back') return
  throw new ImptError(
    'CONFLICT',
    `Release ${id} was rolled back already${by === undefined ? '' : ` by rollback ${by}`}; nothing was changed.`,
    { hint },
  )
}

/** Throws CONFLICT where the build of a group is what a rollback put there, from whichever machine: again would be an older one each time. */
async function assertNoneBack(finder: Finder, groups: readonly GroupFacts[]): Promise<void> {
  for (const { group, current } of groups) {
    const build = current === undefined ? undefined : await finder.byId('build', current)
    const [, by] = /^impt rollback (\S+) from /.exec(build?.attributes.origin ?? '') ?? []
    if (by === undefined) continue
    throw new ImptError(
      'CONFLICT',
      `Device Group "${group.attributes.name ?? group.id}" has the build that rollback ${visible(by)} put there; nothing was changed.`,
      { hint: '--to BUILD says which build it gets' },
    )
  }
}

/** The groups into which a release put its build, also where it was killed before it wrote that down. */
async function groupsOf(client: Client, { plan }: ReleaseStore, progress: Progress): Promise<GroupFacts[]> {
  const put = putBy(progress)
  const all = await Promise.all(
    plan.stages
      .flat()
      .filter(({ id }) => put.includes(id))
      .map(async ({ id, before }) => ({ before, facts: await factsOf(client, id) })),
  )
  return all.flatMap(({ before, facts }) => {
    const { current, marked, group } = facts
    const isOurs =
      progress.promoted.has(group.id) ||
      (current !== before && marked.some(({ build, release }) => build === current && release === plan.id))
    return isOurs ? [facts] : []
  })
}

/** Throws CONFLICT where a release has gone to more groups since its rollback was planned: they would keep the build, and nobody would know. */
export async function assertNoMore(client: Client, of: ReleaseStore, { stages }: ReleasePlan): Promise<void> {
  const planned = stages.flat().map(({ id }) => id)
  const now = await groupsOf(client, of, await readProgress(of))
  if (now.every(({ group }) => planned.includes(group.id))) return
  throw new ImptError(
    'CONFLICT',
    `Release ${of.plan.id} gave its build to more groups meanwhile; nothing was put back.`,
    { hint: `"impt release rollback ${of.plan.id}" again takes them in` },
  )
}

export async function rollbackPlan(
  context: Context | undefined,
  finder: Finder,
  releases: Releases,
  of: ReleaseStore | undefined,
  options: OptionValues,
) {
  const { client } = finder
  const to = textOf(options, 'to')
  if (of !== undefined && to === undefined) await assertNotBack(releases, of)
  const progress = progressOf(of === undefined ? [] : await of.entries())
  const groups =
    of === undefined ? await groupsNamed(finder, listOf(options, 'dg')) : await groupsOf(client, of, progress)
  if (groups.length === 0)
    throw new ImptError(
      'NOT_FOUND',
      `Release ${of?.plan.id ?? ''} put no build into a group: there is nothing to roll back.`,
      { hint: '"impt release rollback --dg GROUP --to BUILD" puts another build there' },
    )
  if (of === undefined) await obstacles(releases, groups, true, now)
  if (of === undefined && to === undefined) await assertNoneBack(finder, groups)
  const records = await recordsOf(releases, of?.plan.id, now)
  const named = to === undefined ? undefined : (await sourceNamed(finder, to)).source
  const withSources = await Promise.all(
    groups.map(async (facts) => ({
      ...facts,
      source:
        named ??
        (await lastGood(
          client,
          { id: facts.group.id, name: facts.group.attributes.name ?? facts.group.id, current: facts.current },
          records,
        )),
    })),
  )
  const { id: account, attributes } = await finder.me()
  const made = planFor({
    id: newReleaseId(now()),
    kind: 'rollback',
    ...(of !== undefined && { of: of.plan.id }),
    at: now(),
    by: attributes.username ?? account,
    reason: textOf(options, 'reason') ?? (of === undefined ? '' : `rollback of ${of.plan.id}`),
    settings: {
      watch: parseTime(textOf(options, 'watch') ?? '5m', 'watch'),
      rules: [],
      stopMin: 5,
      onStop: 'pause',
      allowUnsure: true,
      hard: !flagOf(options, 'conditional'),
      forceAgents: flagOf(options, 'force-agents'),
      rate: 20,
      sample: 200,
      stream: context !== undefined && booleanOf(options, 'stream') !== false,
      tags: [],
    },
    stages: [{ groups: withSources, shares: parseWaves(textOf(options, 'waves') ?? '100%') }],
  })
  const wasEnv = new Map(of?.plan.stages.flat().map(({ id, env }) => [id, env]))
  const notes = [
    ...groups.flatMap(({ group: { id, attributes: own }, current }) => {
      const put = progress.promoted.get(id)?.build
      return put === undefined || put === current
        ? []
        : [`! ${own.name ?? id} has another build by now than the release put there: ${current}`]
    }),
    ...groups.flatMap(({ group: { id, attributes: own } }) =>
      wasEnv.has(id) && wasEnv.get(id) !== fingerprint(id, own.env_vars)
        ? [`! the variables of ${own.name ?? id} changed since: they do not go back`]
        : [],
    ),
    ...groups
      .filter(({ minimum, current }) => minimum !== undefined && minimum === current)
      .map(
        ({ group: { id, attributes: own } }) =>
          `! ${own.name ?? id} has its minimum at the present build: it never moves back, and devices below it restart at once`,
      ),
    ...(made.outlook.offline > 0
      ? [
          `! ${made.outlook.offline} offline ${made.outlook.offline === 1 ? 'device keeps what it has until it reconnects' : 'devices keep what they have until they reconnect'}${flagOf(options, 'force-agents') ? '' : made.outlook.offline === 1 ? ', its agent too' : ', their agents too'}; one that its code keeps from connecting needs hands`,
        ]
      : []),
  ]
  return { plan: made.plan, outlook: { ...made.outlook, notes } }
}
