import { entityOf } from '../../entities/entity.ts'
import type { Finder } from '../../entities/finder.ts'
import type { Deployment, Device } from '../../impcentral/types.ts'
import { named } from '../../output/messages.ts'
import type { Result } from '../../output/result.ts'
import { doneResult, finderOf, groupTarget, type Target } from '../common.ts'
import type { Context } from '../context.ts'
import { setMinimum } from '../dg/minimum.ts'
import { restartGroup } from '../dg/restart.ts'
import { streamLogs } from '../log-stream.ts'
import { flagOf, textOf } from '../options.ts'
import type { OptionValues } from '../row.ts'
import { deploy } from './deploy.ts'
import { readPrograms, type Programs } from './program.ts'

/**
 * `impt build run`: deploy, restart, and optionally the log; nothing else (manual, build run). The minimum supported deployment moves only
 * with `--force-agents`.
 */
export async function run(context: Context, options: OptionValues): Promise<Result> {
  if (flagOf(options, 'watch')) return (await import('./watch.ts')).watchBuild(context, options)
  const programs = await readPrograms(context, options)
  const finder = await finderOf(context)
  const target = await groupTarget(context, finder, textOf(options, 'dg'))
  const { build, devices } = await deployAndRestart(context, options, finder, target, programs)
  if (!flagOf(options, 'log') || devices.length === 0) return doneResult(entityOf(build))
  context.info(`${named('Deployment', build.id)} is run successfully.`)
  return streamLogs(
    context,
    finder.client,
    devices.map(({ id }) => id),
  )
}

/** Makes the build and restarts the devices of its group; gives both. */
export async function deployAndRestart(
  context: Context,
  options: OptionValues,
  finder: Finder,
  target: Target,
  programs: Programs,
): Promise<{ readonly build: Deployment; readonly devices: readonly Device[] }> {
  const build = await deploy(context, finder, options, programs, target)
  if (flagOf(options, 'force-agents'))
    await setMinimum(context, finder, target, { resource: build, label: named('Deployment', build.id) })
  return { build, devices: await restartGroup(context, finder, target, flagOf(options, 'conditional')) }
}
