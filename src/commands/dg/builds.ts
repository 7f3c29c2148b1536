import { collect } from '../../impcentral/paging.ts'
import type { Listed } from '../../entities/kinds.ts'
import { ImptError } from '../../output/error.ts'
import { alreadyDeleted, named, updated } from '../../output/messages.ts'
import type { Result } from '../../output/result.ts'
import { finderOf, groupTarget, listResult } from '../common.ts'
import type { Context } from '../context.ts'
import { emptyPlan, runDeletion } from '../deletion.ts'
import { flagOf, textOf } from '../options.ts'
import { inParallel } from '../../impcentral/parallel.ts'
import type { OptionValues } from '../row.ts'
import { isOlderThan, minimumOf } from './minimum.ts'

/** `impt dg builds`: unflags, deletes, and always lists what is left (commands.md 9). */
export async function builds(context: Context, options: OptionValues): Promise<Result> {
  const finder = await finderOf(context)
  const { client } = finder
  const { resource, label } = await groupTarget(context, finder, textOf(options, 'dg'))
  const unflagAll = flagOf(options, 'unflag')
  const unflagOld = flagOf(options, 'unflag-old') && !unflagAll
  const remove = flagOf(options, 'remove')
  const minimum = remove || unflagOld ? await minimumOf(finder, resource) : null

  const toUnflag =
    unflagAll || unflagOld
      ? await collect(finder.list('build', { 'devicegroup.id': resource.id, flagged: 'true' }))
      : []
  const unflag = unflagOld ? toUnflag.filter((build) => isOlderThan(build, minimum)) : toUnflag
  if ((unflagAll || unflagOld) && unflag.length === 0)
    context.info(`No "flagged" Deployments are found for ${label}.`)

  if (remove) {
    const old = (await collect(finder.list('build', { 'devicegroup.id': resource.id }))).filter((build) =>
      isOlderThan(build, minimum),
    )
    const isUnflagged = (build: Listed<'build'>) =>
      build.attributes.flagged === false || unflag.some(({ id }) => id === build.id)
    const plan = emptyPlan()
    plan.builds.push(...old.filter(isUnflagged))
    // Asked before anything is changed: after a "no" the flags are as they were.
    if (plan.builds.length > 0) {
      plan.unflag.push(...unflag)
      await runDeletion(context, client, plan, flagOf(options, 'confirmed'))
    } else {
      await unflagBuilds()
      context.info(`No Deployments that can be deleted are found for ${label}.`)
    }
  } else {
    await unflagBuilds()
  }
  return listResult(context, finder, 'build', finder.list('build', { 'devicegroup.id': resource.id }))

  async function unflagBuilds(): Promise<void> {
    await inParallel(unflag, async ({ id }) => {
      try {
        await client.deployments.update(id, { flagged: false })
        context.info(updated(named('Deployment', id)))
      } catch (error) {
        if (!(error instanceof ImptError) || error.code !== 'NOT_FOUND') throw error
        context.info(alreadyDeleted(named('Deployment', id)))
      }
    })
  }
}
