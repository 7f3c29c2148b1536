import { entityOf } from '../../entities/entity.ts'
import { groupTypeOf, type Listed } from '../../entities/kinds.ts'
import { eitherOf, keep, listKind } from '../../entities/listing.ts'
import { collect } from '../../impcentral/paging.ts'
import { ImptError } from '../../output/error.ts'
import { created, named, noneFound, updated } from '../../output/messages.ts'
import {
  buildTarget,
  createdResult,
  doneResult,
  filterIds,
  finderOf,
  groupTarget,
  infoResult,
  listResult,
  relatedId,
  targetOf,
  wholeResult,
} from '../common.ts'
import { emptyPlan, runDeletion } from '../deletion.ts'
import type { Finder } from '../../entities/finder.ts'
import { tagsTold } from '../../entities/told.ts'
import { isOlderThan, minimumOf } from '../dg/minimum.ts'
import type { Group } from '../context.ts'
import { booleanOf, flagOf, given, listOf, mandatory, textOf } from '../options.ts'
import { codeOf } from './code.ts'
import { deploy } from './deploy.ts'
import { diff } from './diff.ts'
import { get } from './download.ts'
import { readPrograms } from './program.ts'
import { warnOfRoom } from '../squirrel/room.ts'
import { run } from './run.ts'

/** `impt build ...` (commands.md 7). */
export const group = {
  async cleanup(context, options) {
    const finder = await finderOf(context)
    const { client } = finder
    const unflag = flagOf(options, 'unflag')
    const productText = textOf(options, 'product')
    const products = productText === undefined ? undefined : await finder.findAll('product', productText)
    const listed = await collect(
      listKind(finder, 'build', {
        'product.id': products?.map(({ id }) => id),
        flagged: unflag ? undefined : ['false'],
      }),
    )
    const unrelated = listed.filter(({ relationships }) => !relationships?.devicegroup)
    const zombies = products === undefined ? await ownOf(finder, unrelated) : unrelated
    if (zombies.length === 0) {
      context.info(noneFound('Deployment'))
      return doneResult([])
    }
    const plan = emptyPlan()
    plan.builds.push(...zombies)
    plan.unflag.push(...zombies.filter(({ attributes }) => attributes.flagged === true))
    return runDeletion(context, client, plan, flagOf(options, 'confirmed'))
  },

  async copy(context, options) {
    const finder = await finderOf(context)
    const source = await buildTarget(context, finder, textOf(options, 'build'))
    const { resource } = await targetOf(finder, 'dg', mandatory(options, 'dg'))
    const build = await finder.whole('build', source.resource)
    const { attributes } = build
    const { id, type } = resource
    const copied = flagOf(options, 'all')
      ? given({
          description: attributes.description ?? undefined,
          origin: attributes.origin ?? undefined,
          tags: attributes.tags ?? undefined,
          flagged: attributes.flagged ?? undefined,
        })
      : {}
    const device = codeOf(build, 'device')
    await warnOfRoom(context, { code: device })
    const copy = await finder.client.deployments.create(
      { device_code: device, agent_code: codeOf(build, 'agent'), ...copied },
      { id, type },
    )
    const label = named('Deployment', copy.id)
    context.info(created(label))
    context.info(`${source.label} is copied successfully to ${label}.`)
    return flagOf(options, 'show') ? wholeResult(context, finder, copy) : doneResult(entityOf(copy))
  },

  async delete(context, options) {
    const finder = await finderOf(context)
    const { resource, label } = await targetOf(finder, 'build', mandatory(options, 'build'))
    const groupId = await relatedId(finder, 'build', resource, 'devicegroup')
    const owner = groupId === undefined ? null : await finder.byId('dg', groupId)
    const minimum = owner && (await minimumOf(finder, owner))
    if (owner && minimum && !isOlderThan(resource, minimum)) {
      throw new ImptError(
        'CONFLICT',
        `Impossible to delete ${label}. It is the Min supported Deployment or newer for ${named('Device Group', owner.id)}.`,
        {
          hint: 'Deploy a newer build and make it the minimum ("impt build run --force-agents", "impt dg update --min-supported-deployment"); then this one can go',
        },
      )
    }
    const plan = emptyPlan()
    plan.builds.push(resource)
    plan.labels.set(resource.id, label)
    if (flagOf(options, 'force') && resource.attributes.flagged === true) plan.unflag.push(resource)
    return runDeletion(context, finder.client, plan, flagOf(options, 'confirmed'))
  },

  async deploy(context, options) {
    const programs = await readPrograms(context, options)
    const finder = await finderOf(context)
    const target = await groupTarget(context, finder, textOf(options, 'dg'))
    return createdResult(await deploy(context, finder, options, programs, target))
  },

  diff,

  get,

  async info(context, options) {
    const finder = await finderOf(context)
    const { resource } = await buildTarget(context, finder, textOf(options, 'build'))
    return infoResult(context, finder, 'build', resource)
  },

  async list(context, options) {
    const finder = await finderOf(context)
    const { owners, products, groups } = await filterIds(finder, options)
    const flagged = eitherOf(flagOf(options, 'flagged'), flagOf(options, 'unflagged'))
    const zombie = eitherOf(flagOf(options, 'zombie'), flagOf(options, 'non-zombie'))
    const types =
      options['dg-type'] === undefined
        ? undefined
        : new Set<string>(listOf(options, 'dg-type').map(groupTypeOf))
    const builds = listKind(finder, 'build', {
      'owner.id': owners,
      'product.id': products,
      'devicegroup.id': groups,
      sha: options.sha === undefined ? undefined : listOf(options, 'sha'),
      tags: options.tag === undefined ? undefined : listOf(options, 'tag'),
      flagged: flagged === undefined ? undefined : [String(flagged)],
    })
    return listResult(
      context,
      finder,
      'build',
      keep(builds, ({ relationships }) => {
        const related = relationships?.devicegroup
        return (
          (zombie ?? related === undefined) === (related === undefined) &&
          (types === undefined || (related !== undefined && types.has(related.type)))
        )
      }),
    )
  },

  run,

  async update(context, options) {
    const finder = await finderOf(context)
    const { resource, label } = await buildTarget(context, finder, textOf(options, 'build'))
    const added = listOf(options, 'tag')
    const removed = listOf(options, 'remove-tag')
    const touchesTags = added.length + removed.length > 0
    const present = touchesTags ? tagsTold(await finder.whole('build', resource)) : []
    const tags = [...new Set([...present.filter((tag) => !removed.includes(tag)), ...added])]
    const changed = await finder.client.deployments.update(
      resource.id,
      given({
        description: textOf(options, 'descr'),
        flagged: booleanOf(options, 'flagged'),
        tags: touchesTags ? tags : undefined,
      }),
    )
    context.info(updated(label))
    return doneResult(entityOf(changed ?? resource))
  },
} satisfies Group

/** The builds that are one's own. Whose build it is must be known: what does not say so in a list is read by id, and left alone without it. */
async function ownOf(finder: Finder, builds: readonly Listed<'build'>[]): Promise<Listed<'build'>[]> {
  const me = await finder.me()
  const owners = await Promise.all(builds.map((build) => relatedId(finder, 'build', build, 'owner')))
  return builds.filter((_, index) => owners[index] === me.id)
}
