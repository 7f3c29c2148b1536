import { setTimeout as delay } from 'node:timers/promises'
import { isInField } from '../../entities/kinds.ts'
import type { Finder } from '../../entities/finder.ts'
import {
  endedReleases,
  factsOf,
  missingVariables,
  obstacles,
  planFor,
  type GroupFacts,
} from '../../fleet/release/check.ts'
import { ended } from '../../fleet/release/course.ts'
import { DEFAULT_RULES, parseRules } from '../../fleet/release/judge.ts'
import { lastGood, recordsOf, sourceOf } from '../../fleet/release/last-good.ts'
import { codeOf, fingerprint, releaseIn, unmark } from '../../fleet/release/promote.ts'
import { eventsOf } from '../../fleet/release/report.ts'
import { newReleaseId, readProgress, type Releases, type ReleaseStore } from '../../fleet/release/store.ts'
import { checkLines } from '../../fleet/release/text.ts'
import type { OnStop, ReleaseEvent, ReleasePlan, ReleaseSettings, Source } from '../../fleet/release/types.ts'
import { parseWaves } from '../../fleet/release/waves.ts'
import { systemClock } from '../../impcentral/clock.ts'
import { ImptError } from '../../output/error.ts'
import { visible } from '../../output/visible.ts'
import { parseTime } from '../../testing/duration.ts'
import { finderOf } from '../common.ts'
import type { Context, Group, Run } from '../context.ts'
import { booleanOf, flagOf, listOf, mandatory, numberOf, textOf } from '../options.ts'
import type { OptionValues } from '../row.ts'
import { eventsResult, releaseOf, releasesHere, shownRelease, worked } from './shop.ts'

const { now } = systemClock
/** How often `status --follow` looks, and how long a rollback waits for the release that it takes back to let go, in ms. */
const LOOK_MS = 300
const HANDOVER_MS = 10_000
/** A device that is lost shows only after so many ms (impcentral-api.md 9). */
const OFFLINE_MS = 600_000

/** `impt release ...`: a build goes to groups, its restarts in waves. */
export const group = {
  async start(context, options) {
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
    return begun(context, releases, made.plan, undefined, async () => {
      for (const build of stale) await unmark(finder.client, build, { signal: context.signal })
    })
  },

  async status(context, options, [id]) {
    const releases = await releasesHere(context)
    if (flagOf(options, 'follow')) {
      const store = await releaseOf(releases, id)
      return eventsResult(() => store.plan, followed(context, releases, store))
    }
    if (!flagOf(options, 'all'))
      return { kind: 'record', record: await shownRelease(releases, await releaseOf(releases, id)) }
    const value = []
    for (const one of await releases.ids())
      value.push(await shownRelease(releases, await releases.get(one, now)))
    return { kind: 'record', record: { Releases: value }, value, isList: true }
  },

  pause: (context, _options, [id = '']) => ordered(context, id, 'pause'),

  async resume(context, _options, [id = '']) {
    const releases = await releasesHere(context)
    const store = await releaseOf(releases, id)
    await assertOpen(store)
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
    // The process that works on it obeys within a second; one that does not is told of.
    for (let waited = 0; (await releases.isHeld(id)) && waited < HANDOVER_MS; waited += LOOK_MS)
      await delay(LOOK_MS)
    if (await releases.isHeld(id))
      throw new ImptError('CONFLICT', `Release ${id} does not stop in the process that works on it.`, {
        hint: 'It ends as soon as that process answers, or after the end of that process by the same command',
      })
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
    context.info(
      `Release ${id} is aborted; the devices keep what they have. "impt release rollback ${id}" puts the build before back.`,
    )
    return { kind: 'done', touched: null }
  },

  async rollback(context, options, [id]) {
    const [finder, releases] = await Promise.all([finderOf(context), releasesHere(context)])
    const texts = listOf(options, 'dg')
    if (id !== undefined && texts.length > 0)
      throw new ImptError('USAGE', 'A release and --dg exclude each other.', { hint: 'Give one of both' })
    const of = texts.length > 0 ? undefined : await releaseOf(releases, id)
    const made = await rollbackPlan(context, finder, releases, of, options)
    const lines = checkLines(made.plan, made.outlook)
    await asked(context, options, lines, 'The build will be put back.', made.plan)
    if (of !== undefined) await letGo(releases, of)
    return begun(
      context,
      releases,
      made.plan,
      of?.plan.id,
      async () => undefined,
      async () => {
        if (of !== undefined && (await readProgress(of)).ended !== 'rolled-back')
          await ended(of, 'rolled-back')
      },
    )
  },

  async history(context, options) {
    const releases = await releasesHere(context)
    const texts = listOf(options, 'dg')
    if (texts.length > 0) {
      const value = await cloudHistory(await finderOf(context), texts)
      return { kind: 'record', record: { Releases: value }, value, isList: true }
    }
    const value = []
    for (const id of await releases.ids()) {
      const { release, kind, state, started, by, reason, groups, restarted, errors, offline } =
        await shownRelease(releases, await releases.get(id, now))
      const names = groups.map((one) => one.group).join(', ')
      value.push({
        release,
        kind,
        state,
        started,
        by,
        groups: names,
        build: groups[0]?.source ?? null,
        restarted,
        errors,
        offline,
        reason,
      })
    }
    return { kind: 'record', record: { Releases: value }, value, isList: true }
  },
} satisfies Group

/** Shows what will happen and asks, unless `--confirmed`. */
async function asked(
  context: Context,
  options: OptionValues,
  lines: readonly string[],
  question: string,
  { stages }: ReleasePlan,
): Promise<void> {
  if (!context.quiet) for (const line of lines) context.line(`${line}\n`)
  if (!flagOf(options, 'confirmed'))
    await context.ask.confirm(context.quiet ? [...lines, question].join('\n') : question)
  const inField = stages.flat().filter(({ type }) => isInField(type))
  await context.twice(inField.map(({ name }) => name))
}

/** Writes a plan down and works on it; `except` is a release that may be open beside it. */
function begun(
  context: Context,
  releases: Releases,
  plan: ReleasePlan,
  except: string | undefined,
  first: () => Promise<void>,
  after: () => Promise<void> = async () => undefined,
) {
  async function* items(): AsyncGenerator<ReleaseEvent, void, undefined> {
    yield { event: 'check', release: plan.id, ts: new Date(now()).toISOString() }
    const open = async () => {
      const groups = plan.stages.flat().map(({ id }) => id)
      await endedReleases(releases, groups, except, now)
      await first()
      return releases.create(plan, now)
    }
    yield* worked(context, releases, plan, open, (finder, of) => rollbackFor(finder, releases, of))
    await after()
  }
  return eventsResult(() => plan, items())
}

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

/** Who and why is part of what the cloud keeps of a release. */
async function reasonOf(context: Context, options: OptionValues): Promise<string> {
  const given = textOf(options, 'reason')
  if (given !== undefined) return given
  if (context.ask.interactive) return context.ask.text('the reason of this release', false)
  throw new ImptError('USAGE', 'A release needs a reason, and there is no one to ask.', {
    hint: 'Give --reason',
  })
}

/** The build that is meant; several of equal text count as one. */
async function sourceNamed(
  finder: Finder,
  text: string,
): Promise<{ readonly source: Source; readonly text: { readonly group: string | undefined } }> {
  const found = await finder.findAll('build', text)
  const [first, ...others] = found
  if (first === undefined || others.length > 20) await finder.find('build', text)
  const codes = []
  for (const { id } of found) codes.push(await codeOf(finder.client, id, {}))
  const [one] = codes
  if (one === undefined) throw new ImptError('NOT_FOUND', `Deployment "${text}" is not found.`)
  // Builds of different texts under one tag: which one is meant, only a person knows.
  if (codes.some(({ device, agent }) => device !== one.device || agent !== one.agent))
    await finder.find('build', text)
  const groupId = one.build.relationships?.['devicegroup']?.id
  const from = groupId === undefined ? null : await finder.byId('dg', groupId)
  return { source: sourceOf(one.build, from?.attributes.name ?? 'no group'), text: { group: from?.id } }
}

function groupsNamed(finder: Finder, texts: readonly string[]): Promise<GroupFacts[]> {
  return Promise.all(texts.map(async (text) => factsOf(finder.client, (await finder.find('dg', text)).id)))
}

async function userOf(finder: Finder): Promise<string> {
  const { id, attributes } = await finder.me()
  return attributes.username ?? attributes.email ?? id
}

async function assertOpen(store: ReleaseStore): Promise<void> {
  const { ended: how } = await readProgress(store)
  if (how !== undefined) throw new ImptError('CONFLICT', `Release ${store.plan.id} has ended: ${how}.`)
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

/** Stops a release that runs in another process, and waits until that has let go of the groups. */
async function letGo(releases: Releases, store: ReleaseStore): Promise<void> {
  const { id } = store.plan
  for (let waited = 0; await releases.isHeld(id); waited += LOOK_MS) {
    if (waited === 0) await store.setOrder('abort')
    if (waited > HANDOVER_MS)
      throw new ImptError('CONFLICT', `Release ${id} does not stop in the process that works on it.`, {
        hint: 'End that process',
      })
    await delay(LOOK_MS)
  }
}

/** The rollback of a release whose question was answered when it started. */
async function rollbackFor(finder: Finder, releases: Releases, of: ReleaseStore): Promise<ReleaseStore> {
  // Watched as long as its release, and no longer than a rollback by hand.
  const watch = `${Math.min(300, Math.ceil(of.plan.settings.watch / 1000))}s`
  const { plan } = await rollbackPlan(undefined, finder, releases, of, { watch })
  return releases.create(plan, now)
}

async function rollbackPlan(
  context: Context | undefined,
  finder: Finder,
  releases: Releases,
  of: ReleaseStore | undefined,
  options: OptionValues,
) {
  const { client } = finder
  const promoted = of === undefined ? undefined : (await readProgress(of)).promoted
  const groups =
    of === undefined
      ? await groupsNamed(finder, listOf(options, 'dg'))
      : await Promise.all(
          of.plan.stages
            .flat()
            .filter(({ id }) => promoted?.get(id)?.made === true)
            .map(({ id }) => factsOf(client, id)),
        )
  if (groups.length === 0)
    throw new ImptError(
      'NOT_FOUND',
      `Release ${of?.plan.id ?? ''} put no build into a group: there is nothing to roll back.`,
    )
  if (of === undefined) await obstacles(releases, groups, true, now)
  const records = await recordsOf(releases, of?.plan.id, now)
  const to = textOf(options, 'to')
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
      stream: context !== undefined,
      tags: [],
    },
    stages: [{ groups: withSources, shares: parseWaves(textOf(options, 'waves') ?? '100%') }],
  })
  const wasEnv = new Map(of?.plan.stages.flat().map(({ id, env }) => [id, env]))
  const notes = [
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
          `! ${made.outlook.offline} offline ${made.outlook.offline === 1 ? 'device keeps' : 'devices keep'} the bad code until they reconnect${flagOf(options, 'force-agents') ? '' : ', their agents too'}; one that its code keeps from connecting needs hands`,
        ]
      : []),
  ]
  return { plan: made.plan, outlook: { ...made.outlook, notes } }
}

/** Tells what a journal says, and goes on until the release rests and nobody works on it. */
async function* followed(
  context: Context,
  releases: Releases,
  store: ReleaseStore,
): AsyncGenerator<ReleaseEvent, void, undefined> {
  for (let told = 0; ;) {
    const isHeld = await releases.isHeld(store.plan.id)
    const entries = await store.entries()
    for (; told < entries.length; told++) yield* eventsOf(store.plan, entries, told)
    if ((await readProgress(store)).ended !== undefined || !isHeld) return
    await systemClock.sleep(LOOK_MS, context.signal)
  }
}

/** What the builds of groups say about releases, from any machine. */
async function cloudHistory(finder: Finder, texts: readonly string[]) {
  const rows: {
    at: string
    group: string
    release: string | null
    build: string
    origin: string
    tags: string
  }[] = []
  for (const text of texts) {
    const { id, attributes } = await finder.find('dg', text)
    for await (const build of finder.list('build', { 'devicegroup.id': id })) {
      const { tags, origin, created_at: at } = build.attributes
      const release = releaseIn(tags ?? [])
      if (release === undefined) continue
      rows.push({
        at: at ?? '',
        group: attributes.name ?? id,
        release,
        build: build.id,
        origin: visible(origin ?? ''),
        tags: (tags ?? []).join(' '),
      })
    }
  }
  return rows.sort((a, b) => (a.at < b.at ? 1 : -1))
}
