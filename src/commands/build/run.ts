import { entityOf } from '../../entities/entity.ts'
import type { Finder } from '../../entities/finder.ts'
import type { Listed } from '../../entities/kinds.ts'
import { named } from '../../output/messages.ts'
import type { Result } from '../../output/result.ts'
import { doneResult, finderOf, groupTarget, type GroupTarget } from '../common.ts'
import type { Context } from '../context.ts'
import { setMinimum } from '../dg/minimum.ts'
import { areAllOffline, devicesOf, restartDevices } from '../dg/restart.ts'
import { streamRestart } from '../log-stream.ts'
import { flagOf, textOf } from '../options.ts'
import type { OptionValues } from '../row.ts'
import { deploy } from './deploy.ts'
import { lineMapsOf, readPrograms, type Programs } from './program.ts'

/**
 * `impt build run`: deploy, restart, and optionally the log; nothing else (manual, build run). The minimum supported deployment moves only
 * with `--force-agents`.
 */
export async function run(context: Context, options: OptionValues): Promise<Result> {
  if (flagOf(options, 'watch')) return (await import('./watch.ts')).watchBuild(context, options)
  const programs = await readPrograms(context, options)
  const finder = await finderOf(context)
  const target = await groupTarget(context, finder, textOf(options, 'dg'))
  const build = await deployBuild(context, options, finder, target, programs)
  const devices = await devicesOf(finder, target.resource.id)
  const restart = async () => {
    await restartDevices(context, finder, target, devices, flagOf(options, 'conditional'))
    if (areAllOffline(devices))
      context.info(
        `All ${devices.length} Device(s) of ${target.label} are offline: each takes the build when it comes back.`,
      )
  }
  if (!flagOf(options, 'log') || devices.length === 0) {
    await restart()
    return doneResult(entityOf(build))
  }
  return streamRestart(
    context,
    options,
    finder.client,
    devices,
    async () => {
      await restart()
      context.info(`${named('Deployment', build.id)} is run successfully.`)
    },
    new Map([[build.id, lineMapsOf(programs)]]),
  )
}

async function deployBuild(
  context: Context,
  options: OptionValues,
  finder: Finder,
  target: GroupTarget,
  programs: Programs,
): Promise<Listed<'build'>> {
  const build = await deploy(context, finder, options, programs, target)
  if (flagOf(options, 'force-agents'))
    await setMinimum(context, finder, target, { resource: build, label: named('Deployment', build.id) })
  return build
}
