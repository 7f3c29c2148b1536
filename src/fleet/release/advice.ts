/** What a person can do next with a release that rests: only what works there. */
import { ImptError } from '../../output/error.ts'
import { putBy, stateOf, type Progress } from './progress.ts'
import type { ReleasePlan } from './types.ts'

/** A rollback of a release, and where it stands. */
export interface Rollback {
  readonly release: string
  readonly state: string
}

/**
 * The commands that go on from where a release is, in a sentence without its point; empty where nothing is left to do. `rollback`: one of this
 * release that was begun.
 */
export function adviceOf(
  { id, kind, of }: Pick<ReleasePlan, 'id' | 'kind' | 'of'>,
  progress: Progress,
  rollback?: Rollback,
): string {
  const { paused, ended } = progress
  const hasPut = putBy(progress).length > 0
  const resume = (what: string) => `"impt release resume ${id}" ${what}`
  const abort = `"impt release abort ${id}" ends it`
  if (ended === 'aborted') {
    const [taken, what] =
      kind === 'rollback' ? [of, 'begins it again'] : [hasPut ? id : undefined, 'puts the build before back']
    return taken === undefined ? '' : `"impt release rollback ${taken}" ${what}`
  }
  if (ended !== undefined) return ''
  if (rollback !== undefined && !['done', 'aborted'].includes(rollback.state))
    return `"impt release resume ${rollback.release}" goes on with its rollback, "impt release abort ${rollback.release}" ends that`
  const back =
    hasPut && kind === 'release' ? `"impt release rollback ${id}" puts the build before back` : undefined
  const all = (...parts: readonly (string | undefined)[]) =>
    parts.filter((part) => part !== undefined).join(', ')
  // What stands against it in the cloud, it meets again.
  if (paused?.cause === 'CONFLICT') {
    // What was only begun has met somebody else's build, and put none there.
    const isThere = [...progress.promoted.values()].some(({ made }) => made)
    return all(`${abort} and leaves what is there`, isThere ? back : undefined)
  }
  if (paused?.cause === 'NOT_FOUND') return abort
  if (paused?.stopped === true) return all(back, resume('goes on with the next wave'), abort)
  return all(resume('goes on with it'), back, abort)
}

/** Why a release that nobody works on is not done, in words. */
function whyOf({ paused, ended }: Progress): string {
  const why = paused?.stopped === true ? paused.why.replace(/\.$/, '') : undefined
  if (ended === 'aborted') return `it was aborted${why === undefined ? '' : ` after ${why}`}`
  if (ended === 'rolled-back') return `${why === undefined ? '' : `${why}; `}it was rolled back`
  return why ?? paused?.why ?? 'the process that worked on it has ended'
}

/** What a command throws whose release is not done, for whatever reason a person or a rule had: STOPPED. */
export function stoppedError(plan: ReleasePlan, progress: Progress, rollback?: Rollback): ImptError {
  const advice = adviceOf(plan, progress, rollback)
  return new ImptError(
    'STOPPED',
    `The ${plan.kind} ${plan.id} did not come to its end: ${whyOf(progress)}.`,
    {
      hint: advice === '' ? `"impt release status ${plan.id}" shows it` : advice,
      data: { release: plan.id, state: stateOf(plan, progress, false) },
    },
  )
}
