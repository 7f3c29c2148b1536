import { adviceOf } from '../../fleet/release/advice.ts'
import { readProgress, type Releases, type ReleaseStore } from '../../fleet/release/store.ts'
import { WAVE_COUNTS } from '../../fleet/release/types.ts'
import { systemClock } from '../../impcentral/clock.ts'
import { counted } from '../../output/messages.ts'
import type { Result } from '../../output/result.ts'
import { visible } from '../../output/visible.ts'
import { listedReleases, rowOf, tableOf } from './history.ts'
import { rollbackOf, shownRelease, type ShownRelease } from './shop.ts'

/** The columns of its waves, what people look for first. */
const WAVES = ['wave', 'stage', 'devices', ...WAVE_COUNTS, 'why']

/** `impt release status`: one release with its waves. */
export async function statusOf(releases: Releases, store: ReleaseStore): Promise<Result> {
  const release = await shownRelease(releases, store)
  const { waves } = release
  const rollback = await rollbackOf(releases, release.release)
  const of =
    release.of === undefined || release.state === 'done' ? undefined : await stateOfOne(releases, release.of)
  const isAlive = await releases.isHeld(release.release)
  const advice = isAlive ? '' : adviceOf(store.plan, await readProgress(store), rollback)
  const head = [
    headOf(release),
    ...(of === undefined ? [] : [`release ${release.of} is ${of}, and rolled back when this is done`]),
    ...(rollback === undefined ? [] : [`rollback ${rollback.release} of it: ${rollback.state}`]),
    ...(advice === '' ? [] : [`next: ${advice}`]),
  ].join('\n')
  const shown = { head, table: tableOf(waves, WAVES, ['wave', 'restarted', 'errors'], []) }
  return {
    kind: 'record',
    record: { ...release, ...(rollback !== undefined && { rollback }) },
    rows: [rowOf(release)],
    shown,
  }
}

/** The state of a release; undefined for one whose folder somebody took away. */
async function stateOfOne(releases: Releases, id: string): Promise<string | undefined> {
  if (!(await releases.ids()).includes(id)) return undefined
  return (await shownRelease(releases, await releases.get(id, systemClock.now))).state
}

/** `impt release status --all`: a line each for people, all of it for programs. */
export function statusOfAll(releases: readonly ShownRelease[]): Result {
  return listedReleases(releases, releases.map(rowOf))
}

/** What it is about and where it stands, a line each. */
function headOf({
  release,
  kind,
  of,
  state,
  started,
  by,
  reason,
  groups,
  why,
  evidence,
  left,
  offlineAtStart,
}: ShownRelease): string {
  const lines = [
    `${kind} ${release}${of === undefined ? '' : ` of release ${of}`}: ${state}${why === null ? '' : `, ${why}`}`,
    `started ${started} by ${by}${reason === '' ? '' : `: ${reason}`}`,
    ...groups.map(
      ({ stage, group, source, build }) =>
        `stage ${stage}: ${group} gets ${source}${build === null ? ', not promoted yet' : ` as ${build}`}`,
    ),
    ...(left.length > 0
      ? [`${counted(left.length, 'online device')} ${left.length === 1 ? 'is' : 'are'} in no wave`]
      : []),
    ...(offlineAtStart.length > 0
      ? [
          `${counted(offlineAtStart.length, 'device')} offline at the start: the build waits until they reconnect`,
        ]
      : []),
    ...evidence.slice(0, 10).map(({ device, text }) => `  ${device}: ${text}`),
    ...(evidence.length > 10 ? [`  ... and ${evidence.length - 10} more; -z json has all`] : []),
  ]
  return lines.map((line) => visible(line)).join('\n')
}
