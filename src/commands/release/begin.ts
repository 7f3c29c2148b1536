import { endedReleases } from '../../fleet/release/check.ts'
import type { Releases } from '../../fleet/release/store.ts'
import type { ReleaseEvent, ReleasePlan } from '../../fleet/release/types.ts'
import { systemClock } from '../../impcentral/clock.ts'
import { showLines } from '../present/shown-lines.ts'
import type { Context } from '../context.ts'
import { flagOf } from '../options.ts'
import type { OptionValues } from '../row.ts'
import { handOver } from './detached.ts'
import { inField } from './named.ts'
import { rollbackFor } from './rollback.ts'
import { eventsResult, worked } from './shop.ts'

const { now } = systemClock

/** Shows what will happen and asks, unless `--confirmed`. */
export async function asked(
  context: Context,
  options: OptionValues,
  lines: readonly string[],
  question: string,
  plan: ReleasePlan,
): Promise<void> {
  if (!context.quiet) showLines(context, lines)
  if (!flagOf(options, 'confirmed'))
    await context.ask.confirm(context.quiet ? [...lines, question].join('\n') : question)
  await context.twice(inField(plan))
}

/** Writes a plan down and works on it, here or in a process of its own; `except` is a release that may be open beside it. */
export function begun(
  context: Context,
  releases: Releases,
  plan: ReleasePlan,
  except: string | undefined,
  first: () => Promise<void>,
  isDetached = false,
) {
  async function* items(): AsyncGenerator<ReleaseEvent, void, undefined> {
    yield { event: 'check', release: plan.id, ts: new Date(now()).toISOString() }
    const groups = plan.stages.flat().map(({ id }) => id)
    const open = async () => {
      await endedReleases(releases, groups, except, now)
      await first()
      return releases.create(plan, now)
    }
    if (isDetached) await handOver(context, releases, await releases.hold(plan.id, groups, open))
    else yield* worked(context, releases, plan, open, (finder, of) => rollbackFor(finder, releases, of))
  }
  return eventsResult(() => plan, items())
}
