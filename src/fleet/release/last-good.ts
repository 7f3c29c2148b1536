import type { Listed } from '../../entities/kinds.ts'
import type { Client } from '../../impcentral/client.ts'
import { collect } from '../../impcentral/paging.ts'
import { ImptError } from '../../output/error.ts'
import { codeOf } from './promote.ts'
import { progressOf } from './progress.ts'
import { readProgress, type Releases, type ReleaseStore } from './store.ts'
import type { Source } from './types.ts'

/** What the releases of this machine say about builds. */
interface Records {
  /** What the newest release of a group put there, and the build that was current before, by group. */
  readonly before: ReadonlyMap<string, { readonly build: string; readonly old: string }>
  /** The release that was asked about, whatever the group has now. */
  readonly id: string | undefined
  /** Builds of releases that were stopped, and builds that were taken back. */
  readonly bad: ReadonlySet<string>
}

/** Reads what is known here; of one release only where `id` says so. */
export async function recordsOf(
  releases: Releases,
  id: string | undefined,
  now: () => number,
): Promise<Records> {
  const before = new Map<string, { readonly build: string; readonly old: string }>()
  const bad = new Set<string>()
  for (const one of await releases.ids()) {
    const store = await releases.get(one, now)
    const progress = await readProgress(store)
    if (store.plan.kind === 'rollback') {
      // What one rollback took away is not what the next one puts back.
      for (const { made, before: old } of progress.promoted.values())
        if (made && old !== undefined) bad.add(old)
      continue
    }
    // Who went on after a stop, to the end, has looked at it.
    const wasBad = progress.ended === 'rolled-back' || (progress.wasStopped && progress.ended !== 'done')
    for (const [group, { build, made, before: old }] of progress.promoted) {
      if (wasBad && made) bad.add(build)
      if (old !== undefined && old !== build && (id === undefined || id === one) && !before.has(group))
        before.set(group, { build, old })
    }
  }
  return { before, id, bad }
}

/**
 * The rollback that is done and took a release back: the one of it, or the one that took its build out of each group that it had put it into.
 * Undefined where there is none.
 */
export async function takenBackBy(
  releases: Releases,
  of: ReleaseStore,
  now: () => number,
): Promise<string | undefined> {
  const put = [...(await readProgress(of)).promoted.values()].filter(({ made }) => made)
  for (const id of await releases.ids()) {
    const { plan, ...store } = await releases.get(id, now)
    if (plan.kind !== 'rollback') continue
    const { ended, promoted } = progressOf(await store.entries())
    if (ended !== 'done') continue
    const took = ({ group, build }: (typeof put)[number]) => {
      const back = promoted.get(group)
      return back?.made === true && back.before === build
    }
    if (plan.of === of.plan.id || (put.length > 0 && put.every(took))) return id
  }
  return undefined
}

/**
 * The build that a group goes back to: the one before the release by the journal, also where the group has its code again, else the newest older
 * flagged one of another text that no record calls stopped. Throws NOT_FOUND where there is none.
 */
export async function lastGood(
  client: Client,
  group: { readonly id: string; readonly name: string; readonly current: string | undefined },
  { before, id: asked, bad }: Records,
): Promise<Source> {
  if (group.current === undefined)
    throw new ImptError('NOT_FOUND', `Device Group "${group.name}" has no build to go back from.`)
  const present = await codeOf(client, group.current, {})
  const known = (id: string) =>
    codeOf(client, id, {}).catch((error: unknown) => {
      if (error instanceof ImptError && error.code === 'NOT_FOUND') return undefined
      throw error
    })
  const isOther = async (id: string) => {
    const other = await known(id)
    return other !== undefined && (other.device !== present.device || other.agent !== present.agent)
      ? other.build
      : undefined
  }
  const journaled = before.get(group.id)
  // What was deployed since, by whomever, comes off first, unless that release is named.
  const isAsked = journaled !== undefined && (asked !== undefined || journaled.build === group.current)
  if (isAsked && !bad.has(journaled.old)) {
    // A rollback that was broken off may have put it there: asked again it goes on with that, and not to an older one.
    const build = asked === undefined ? await isOther(journaled.old) : (await known(journaled.old))?.build
    if (build !== undefined) return sourceOf(build, group.name)
  }
  const all = (await collect(
    client.deployments.list({ 'devicegroup.id': group.id, flagged: 'true' }),
  )) as Listed<'build'>[]
  const createdAt = (build: Listed<'build'>) => build.attributes.created_at ?? ''
  const older = all
    .filter((build) => build.relationships?.['devicegroup']?.id === group.id && build.id !== group.current)
    .filter((build) => createdAt(build) <= (present.build.attributes.created_at ?? '') && !bad.has(build.id))
    .sort((a, b) => (createdAt(a) < createdAt(b) ? 1 : -1))
  for (const { id } of older) {
    const build = await isOther(id)
    if (build !== undefined) return sourceOf(build, group.name)
  }
  throw new ImptError('NOT_FOUND', `Device Group "${group.name}" has no older flagged build to go back to.`, {
    hint: 'Name a build with --to',
  })
}

/** A build as a release names it: by a tag, else by what other commands take. */
export function sourceOf(
  { id, attributes }: { readonly id: string; readonly attributes: Listed<'build'>['attributes'] },
  group: string,
): Source {
  const sha = attributes.sha ?? ''
  const tag = attributes.tags?.find((one) => !/^(?:release|rollback)-/.test(one))
  return { id, sha, label: tag ?? id, group }
}
