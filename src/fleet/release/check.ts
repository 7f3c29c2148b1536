/** What stands before a release, read without a write: who it is about, what is in the way, what it will cost. */
import type { Listed, Whole } from '../../entities/kinds.ts'
import type { CallOptions } from '../../impcentral/api.ts'
import type { Client } from '../../impcentral/client.ts'
import { collect } from '../../impcentral/paging.ts'
import { ImptError } from '../../output/error.ts'
import { adviceOf } from './advice.ts'
import { fingerprint, releaseIn, RUNNING } from './promote.ts'
import { readProgress, type Releases } from './store.ts'
import { wavesOf, type Share } from './waves.ts'
import type { Placed, ReleasePlan, ReleaseSettings, Source, StageGroup, Wave } from './types.ts'

const LOW: CallOptions = { priority: 'low' }

/** A group as a release meets it. */
export interface GroupFacts {
  readonly group: Whole<'dg'>
  readonly devices: readonly Listed<'device'>[]
  readonly current: string | undefined
  readonly minimum: string | undefined
  /** Builds with the marker of a release that runs, with the ids of their releases. */
  readonly marked: readonly { readonly build: string; readonly release: string | undefined }[]
}

export async function factsOf(client: Client, id: string): Promise<GroupFacts> {
  const [group, devices, marked] = await Promise.all([
    client.deviceGroups.get(id, LOW) as Promise<Whole<'dg'>>,
    collect(client.devices.list({ 'devicegroup.id': id }, LOW)) as Promise<Listed<'device'>[]>,
    collect(client.deployments.list({ 'devicegroup.id': id, tags: RUNNING }, LOW)) as Promise<
      Listed<'build'>[]
    >,
  ])
  return {
    group,
    devices,
    current: group.relationships?.['current_deployment']?.id,
    minimum: group.relationships?.['min_supported_deployment']?.id,
    marked: marked.map((build) => ({ build: build.id, release: releaseIn(build.attributes.tags ?? []) })),
  }
}

/**
 * What is in the way of a new release of these groups. Throws CONFLICT for a release of this machine that has not ended, and for the marker
 * of another one, unless `takeOver`. Gives the builds whose markers are stale and go when the release begins.
 */
export async function obstacles(
  releases: Releases,
  groups: readonly GroupFacts[],
  takeOver: boolean,
  now: () => number,
): Promise<readonly string[]> {
  const ended = await endedReleases(
    releases,
    groups.map(({ group }) => group.id),
    undefined,
    now,
  )
  const stale: string[] = []
  for (const { group, marked } of groups)
    for (const { build, release } of marked) {
      const isOurs = release !== undefined && ended.has(release)
      if (!isOurs && !takeOver)
        throw new ImptError(
          'CONFLICT',
          `Device Group "${group.attributes.name ?? group.id}" has a release that runs elsewhere: ${release ?? 'unknown'} (Deployment "${build}").`,
          { hint: 'If it does not run any more, start with --take-over' },
        )
      stale.push(build)
    }
  return stale
}

/** The releases of this machine that have ended. Throws CONFLICT for another one that has not and is about one of these groups. */
export async function endedReleases(
  releases: Releases,
  groups: readonly string[],
  except: string | undefined,
  now: () => number,
): Promise<ReadonlySet<string>> {
  const ended = new Set<string>()
  for (const id of await releases.ids()) {
    const store = await releases.get(id, now)
    const progress = await readProgress(store)
    if (progress.ended !== undefined) ended.add(id)
    else if (id !== except && store.plan.stages.flat().some((group) => groups.includes(group.id)))
      throw new ImptError(
        'CONFLICT',
        `Release ${id} of this machine has not ended, and is about the same groups.`,
        {
          hint: (await releases.isHeld(id))
            ? `A process works on it: "impt release status ${id} --follow" shows its end, "impt release abort ${id}" ends it`
            : adviceOf(store.plan, progress),
        },
      )
  }
  return ended
}

/** What a person decides by. */
export interface Outlook {
  /** How many devices each wave restarts, stage by stage. */
  readonly waves: readonly { readonly stage: number; readonly devices: number }[]
  readonly offline: number
  readonly left: number
  /** At most. */
  readonly requests: number
  /** Milliseconds. */
  readonly shortest: number
  /** Things to know before saying yes, a line each. */
  readonly notes: readonly string[]
}

interface Draft {
  readonly id: string
  readonly kind: ReleasePlan['kind']
  readonly of?: string
  readonly at: number
  readonly by: string
  readonly reason: string
  readonly settings: ReleaseSettings
  /** Stages, each with its groups and the shares of its waves. */
  readonly stages: readonly {
    readonly groups: readonly (GroupFacts & { readonly source: Source })[]
    readonly shares: readonly Share[]
  }[]
}

/** Fixes which device is restarted in which wave. Pure. */
export function planFor({ stages, ...head }: Draft): {
  readonly plan: ReleasePlan
  readonly outlook: Outlook
} {
  const waves: Wave[] = []
  const left: Placed[] = []
  const offline: Placed[] = []
  for (const [stage, { groups, shares }] of stages.entries()) {
    const all = groups.flatMap(({ group, devices }) =>
      devices.map(({ id, attributes }) => ({
        id,
        group: group.id,
        impType: attributes.imp_type ?? '',
        // A server that does not tell is given the benefit of the doubt.
        isOnline: attributes.device_online !== false,
      })),
    )
    offline.push(...all.filter(({ isOnline }) => !isOnline).map(({ id, group }) => ({ id, group })))
    const online = all.filter(({ isOnline }) => isOnline)
    const dealt = wavesOf(head.id, online, shares)
    left.push(...dealt.left)
    waves.push(...dealt.waves.map((devices) => ({ stage, devices })))
  }
  const plan: ReleasePlan = {
    format: 1,
    ...head,
    stages: stages.map(({ groups }) =>
      groups.map(({ group, current, source }): StageGroup => ({
        id: group.id,
        type: group.type,
        name: group.attributes.name ?? group.id,
        source,
        ...(current !== undefined && { before: current }),
        env: fingerprint(group.id, group.attributes.env_vars),
      })),
    ),
    waves,
    left,
    offline,
  }
  const total = waves.reduce((sum, { devices }) => sum + devices.length, 0)
  const { sample, watch } = head.settings
  const sampled = waves.reduce((sum, { devices }) => sum + Math.min(sample, devices.length), 0)
  const pages = Math.ceil((total + offline.length + left.length) / 100)
  return {
    plan,
    outlook: {
      waves: waves.map(({ stage, devices }) => ({ stage, devices: devices.length })),
      offline: offline.length,
      left: left.length,
      requests:
        total +
        3 * sampled +
        waves.length * (2 * pages + 4) +
        30 +
        10 * stages.flatMap(({ groups }) => groups).length,
      shortest: waves.length * watch,
      notes: [],
    },
  }
}

/** Variables that the group of the build has and a group that gets it has not: code that reads them would fail there. */
export function missingVariables(source: unknown, target: unknown): readonly string[] {
  const has = new Set(Object.keys(target ?? {}))
  return Object.keys(source ?? {}).filter((name) => !has.has(name))
}
