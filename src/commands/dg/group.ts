import { entityOf } from '../../entities/entity.ts'
import { fullRelations } from '../../entities/full.ts'
import { groupTypeOf, type Listed } from '../../entities/kinds.ts'
import { idsOf, listKind } from '../../entities/listing.ts'
import { variablesTold } from '../../entities/told.ts'
import { ImptError } from '../../output/error.ts'
import { created, named, noDevices, updated } from '../../output/messages.ts'
import {
  createdResult,
  doneResult,
  finderOf,
  groupTarget,
  infoResult,
  listResult,
  productTarget,
  relatedId,
  targetOf,
} from '../common.ts'
import { deleteGroupsPlan, emptyPlan, runDeletion } from '../deletion.ts'
import type { Group } from '../context.ts'
import { streamRestart } from '../log-stream.ts'
import { booleanOf, flagOf, given, listOf, mandatory, textOf } from '../options.ts'
import type { OptionValues } from '../row.ts'
import { builds } from './builds.ts'
import { mergedVariables } from '../../fleet/variables.ts'
import { setMinimum } from './minimum.ts'
import { devicesOf, restartDevices, tellDevices } from './restart.ts'
import { variableChanges } from './variables.ts'
import { findTargets, invalidForType, TARGETS } from './targets.ts'

/** `impt dg ...` (commands.md 9). */
export const group = {
  builds,

  async create(context, options) {
    const finder = await finderOf(context)
    const name = mandatory(options, 'name')
    const type = groupTypeOf(textOf(options, 'dg-type') ?? 'development')
    const product = await productTarget(context, finder, textOf(options, 'product'))
    const targets = await findTargets(finder, type, product.resource.id, targetTexts(options))
    const made = await finder.client.deviceGroups.create(
      type,
      {
        name,
        ...given({
          description: textOf(options, 'descr'),
          region: textOf(options, 'region'),
          env_vars: variablesOf(options),
        }),
      },
      { product: { type: 'product', id: product.resource.id }, ...targets },
    )
    context.info(created(named('Device Group', name)))
    return createdResult(made)
  },

  async delete(context, options) {
    const finder = await finderOf(context)
    const { client } = finder
    const { resource, label } = await groupTarget(context, finder, textOf(options, 'dg'))
    const plan = emptyPlan()
    plan.labels.set(resource.id, label)
    const withBuilds = flagOf(options, 'builds')
    if (flagOf(options, 'force')) {
      await deleteGroupsPlan(plan, finder, [resource], withBuilds)
    } else {
      plan.groups.push(resource)
      if (withBuilds)
        for await (const build of finder.list('build', { 'devicegroup.id': resource.id }))
          plan.builds.push(build)
    }
    return runDeletion(context, client, plan, flagOf(options, 'confirmed'))
  },

  async info(context, options) {
    const finder = await finderOf(context)
    const { resource } = await groupTarget(context, finder, textOf(options, 'dg'))
    const more = flagOf(options, 'full') ? await fullRelations(finder, resource) : []
    return infoResult(context, finder, 'dg', resource, more)
  },

  async list(context, options) {
    const finder = await finderOf(context)
    const [owners, products] = await Promise.all([
      idsOf(finder, 'account', listOf(options, 'owner')),
      idsOf(finder, 'product', listOf(options, 'product')),
    ])
    const types = options['dg-type'] === undefined ? undefined : listOf(options, 'dg-type').map(groupTypeOf)
    return listResult(
      context,
      finder,
      'dg',
      listKind(finder, 'dg', { 'owner.id': owners, 'product.id': products, type: types }),
    )
  },

  async reassign(context, options) {
    const finder = await finderOf(context)
    const destination = await groupTarget(context, finder, textOf(options, 'to'))
    const origin = await targetOf(finder, 'dg', mandatory(options, 'from'))
    const devices = await devicesOf(finder, origin.resource.id)
    if (devices.length === 0) {
      context.info(noDevices(origin.label))
      return doneResult([])
    }
    const ids = devices.map(({ id }) => id)
    await finder.client.deviceGroups.addDevices(destination.resource.id, ids)
    tellDevices(
      context,
      `The following Devices assigned to ${origin.label} are reassigned successfully to ${destination.label}:`,
      devices,
    )
    return doneResult(devices.map((device) => entityOf(device)))
  },

  async restart(context, options) {
    const finder = await finderOf(context)
    const target = await groupTarget(context, finder, textOf(options, 'dg'))
    const devices = await devicesOf(finder, target.resource.id)
    const restart = () => restartDevices(context, finder, target, devices, flagOf(options, 'conditional'))
    if (flagOf(options, 'log') && devices.length > 0)
      return streamRestart(context, options, finder.client, devices, restart)
    await restart()
    return doneResult(devices.map((device) => entityOf(device)))
  },

  async unassign(context, options) {
    const finder = await finderOf(context)
    const { resource, label } = await groupTarget(context, finder, textOf(options, 'dg'))
    const devices = await devicesOf(finder, resource.id)
    if (devices.length === 0) {
      context.info(noDevices(label))
      return doneResult([])
    }
    const ids = devices.map(({ id }) => id)
    await finder.client.deviceGroups.removeDevices(resource.id, ids, textOf(options, 'unbond'))
    tellDevices(context, `The following Devices are unassigned successfully from ${label}:`, devices)
    return doneResult(devices.map((device) => entityOf(device)))
  },

  async update(context, options) {
    const finder = await finderOf(context)
    const target = await groupTarget(context, finder, textOf(options, 'dg'))
    const { resource } = target
    const targets = await findTargets(
      finder,
      resource.type,
      await relatedId(finder, 'dg', resource, 'product'),
      targetTexts(options),
    )
    const loadCode = booleanOf(options, 'load-code-after-blessing')
    if (loadCode !== undefined && !/^(?:pre_)?production_devicegroup$/.test(resource.type)) {
      throw invalidForType('load-code-after-blessing', resource.type, ['production', 'pre-production'])
    }
    const changes = await variableChanges(context, options)
    const minimumText = textOf(options, 'min-supported-deployment')
    if (minimumText !== undefined)
      await setMinimum(context, finder, target, await targetOf(finder, 'build', minimumText))
    // The API takes variables as a whole only: what is there is read just before.
    const present =
      changes && variablesTold((await finder.client.deviceGroups.get(resource.id)) as Listed<'dg'>)
    for (const name of changes?.unset ?? [])
      if (!Object.hasOwn(present ?? {}, name))
        context.warn(`${target.label} has no environment variable "${name}": there is nothing to take away.`)
    const variables =
      changes === undefined || present === undefined
        ? variablesOf(options)
        : mergedVariables(present, changes)
    const changed = await finder.client.deviceGroups.update(
      resource,
      given({
        name: textOf(options, 'name'),
        description: textOf(options, 'descr'),
        load_code_after_blessing: loadCode,
        env_vars: variables,
      }),
      Object.keys(targets).length > 0 ? targets : undefined,
    )
    context.info(updated(target.label))
    return doneResult(entityOf(changed ?? resource))
  },
} satisfies Group

function targetTexts(options: OptionValues): Record<string, string | undefined> {
  return Object.fromEntries(TARGETS.map(({ option }) => [option, textOf(options, option)]))
}

/** The environment variables of `--env-variable`: a JSON object. Throws DATA for anything else. */
function variablesOf(options: OptionValues): Readonly<Record<string, unknown>> | undefined {
  const text = textOf(options, 'env-variable')
  if (text === undefined) return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new ImptError(
      'DATA',
      `Option "--env-variable" must be a JSON object: ${(error as Error).message}`,
      {
        hint: `For example --env-variable '{"limit": 3}'`,
      },
    )
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ImptError('DATA', 'Option "--env-variable" must be a JSON object', {
      hint: `For example --env-variable '{"limit": 3}'`,
    })
  }
  return value as Record<string, unknown>
}
