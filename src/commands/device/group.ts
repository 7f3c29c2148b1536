import { entityOf } from '../../entities/entity.ts'
import { groupTypeOf, type Listed } from '../../entities/kinds.ts'
import { eitherOf, keep, listKind } from '../../entities/listing.ts'
import { ImptError } from '../../output/error.ts'
import { alreadyUnassigned, unassigned, updated } from '../../output/messages.ts'
import { doneResult, filterIds, finderOf, groupTarget, infoResult, listResult, targetOf } from '../common.ts'
import { assignBatch, removeBatch, restartBatch, unassignBatch, updateBatch } from './batch.ts'
import { isBatch, onlyDevice } from './rows.ts'
import { emptyPlan, runDeletion } from '../deletion.ts'
import type { Group } from '../context.ts'
import { streamRestart } from '../log-stream.ts'
import { flagOf, listOf, mandatory, textOf } from '../options.ts'

/** `impt device ...` (commands.md 8). */
export const group = {
  async assign(context, options) {
    if (isBatch(options)) return assignBatch(context, options)
    const finder = await finderOf(context)
    const device = await targetOf(finder, 'device', onlyDevice(options))
    const target = await groupTarget(context, finder, textOf(options, 'dg'))
    const present = device.resource.relationships?.devicegroup?.id
    if (present === target.resource.id) {
      context.info(`${device.label} is already assigned to ${target.label}.`)
      return doneResult(entityOf(device.resource))
    }
    if (present !== undefined && !flagOf(options, 'confirmed')) {
      await context.ask.confirm(
        `${device.label} is assigned to another Device Group. It will be reassigned to ${target.label}.`,
      )
    }
    await finder.client.deviceGroups.addDevices(target.resource.id, [device.resource.id])
    context.info(`${device.label} is assigned successfully to ${target.label}.`)
    const { id, type } = target.resource
    return doneResult(
      entityOf({
        ...device.resource,
        relationships: { ...device.resource.relationships, devicegroup: { id, type } },
      }),
    )
  },

  async info(context, options) {
    const finder = await finderOf(context)
    return infoResult(context, finder, 'device', await finder.find('device', mandatory(options, 'device')))
  },

  async list(context, options) {
    const finder = await finderOf(context)
    const { owners, products, groups } = await filterIds(finder, options)
    const types = options['dg-type'] === undefined ? undefined : listOf(options, 'dg-type').map(groupTypeOf)
    const assigned = eitherOf(flagOf(options, 'assigned'), flagOf(options, 'unassigned'))
    const online = eitherOf(flagOf(options, 'online'), flagOf(options, 'offline'))
    const matches = ({ attributes, relationships }: Listed<'device'>) => {
      const isAssigned = relationships?.devicegroup !== undefined
      // Of which the server does not say whether it is online, it is neither.
      return (
        (assigned === undefined || assigned === isAssigned) &&
        (online === undefined || attributes.device_online === online)
      )
    }
    const devices = listKind(finder, 'device', {
      'owner.id': owners,
      'product.id': products,
      'devicegroup.id': groups,
      'devicegroup.type': types,
      // The literal `null` asks for unassigned devices only (impcentral-api.md 3.4).
      'devicegroup.owner.id': assigned === false ? ['null'] : undefined,
    })
    return listResult(
      context,
      finder,
      'device',
      assigned === undefined && online === undefined ? devices : keep(devices, matches),
    )
  },

  async remove(context, options) {
    if (isBatch(options)) return removeBatch(context, options)
    const finder = await finderOf(context)
    const { resource, label } = await targetOf(finder, 'device', onlyDevice(options))
    const plan = emptyPlan()
    plan.removed.push(resource)
    plan.labels.set(resource.id, label)
    if (resource.relationships?.devicegroup) {
      if (!flagOf(options, 'force')) {
        throw new ImptError('CONFLICT', `${label} is assigned to a Device Group.`, {
          hint: 'Use --force, or "impt device unassign" before',
        })
      }
      plan.unassign.push(resource)
    }
    return runDeletion(context, finder.client, plan, flagOf(options, 'confirmed'))
  },

  async restart(context, options) {
    if (isBatch(options)) return restartBatch(context, options)
    const finder = await finderOf(context)
    const { resource, label } = await targetOf(finder, 'device', onlyDevice(options))
    const conditional = flagOf(options, 'conditional')
    const restart = async () => {
      await finder.client.devices[conditional ? 'conditionalRestart' : 'restart'](resource.id)
      context.info(`${conditional ? 'Conditional restart' : 'Restart'} request for ${label} is successful.`)
    }
    if (flagOf(options, 'log')) return streamRestart(context, options, finder.client, [resource], restart)
    await restart()
    return doneResult(entityOf(resource))
  },

  async unassign(context, options) {
    if (isBatch(options)) return unassignBatch(context, options)
    const finder = await finderOf(context)
    const { resource, label } = await targetOf(finder, 'device', onlyDevice(options))
    const groupId = resource.relationships?.devicegroup?.id
    if (groupId === undefined) {
      context.info(alreadyUnassigned(label))
      return doneResult(entityOf(resource))
    }
    await finder.client.deviceGroups.removeDevices(groupId, [resource.id], textOf(options, 'unbond'))
    context.info(unassigned(label))
    const { devicegroup: _left, ...rest } = resource.relationships ?? {}
    return doneResult(entityOf({ ...resource, relationships: rest }))
  },

  async update(context, options) {
    if (isBatch(options)) return updateBatch(context, options)
    const finder = await finderOf(context)
    const { resource, label } = await targetOf(finder, 'device', onlyDevice(options))
    const changed = await finder.client.devices.update(resource.id, { name: mandatory(options, 'name') })
    context.info(updated(label))
    return doneResult(entityOf(changed ?? resource))
  },
} satisfies Group
