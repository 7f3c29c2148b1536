import { fullGroups } from '../entities/full.ts'
import { entityOf } from '../entities/entity.ts'
import { idsOf, listKind } from '../entities/listing.ts'
import { collect } from '../impcentral/paging.ts'
import { created, named, updated } from '../output/messages.ts'
import {
  corruptionTeller,
  createdResult,
  doneResult,
  finderOf,
  infoResult,
  listResult,
  productTarget,
} from './common.ts'
import { deleteGroupsPlan, emptyPlan, runDeletion } from './deletion.ts'
import type { Group } from './context.ts'
import { flagOf, given, listOf, mandatory, textOf } from './options.ts'

/** `impt product ...` (commands.md 12). */
export const group = {
  async create(context, options) {
    const finder = await finderOf(context)
    const name = mandatory(options, 'name')
    const ownerText = textOf(options, 'owner')
    const owner = ownerText === undefined ? undefined : await finder.find('account', ownerText)
    const product = await finder.client.products.create(
      { name, ...given({ description: textOf(options, 'descr') }) },
      owner && { owner: { type: 'account', id: owner.id } },
    )
    context.info(created(named('Product', name)))
    return createdResult(product)
  },

  async delete(context, options) {
    const finder = await finderOf(context)
    const { client } = finder
    const target = await productTarget(context, finder, textOf(options, 'product'))
    const { id } = target.resource
    const force = flagOf(options, 'force')
    const plan = emptyPlan()
    plan.products.push(target.resource)
    plan.labels.set(id, target.label)
    if (force)
      await deleteGroupsPlan(plan, finder, await collect(finder.list('dg', { 'product.id': id })), false)
    if (flagOf(options, 'builds')) {
      const builds = await collect(finder.list('build', { 'product.id': id }))
      plan.builds.push(...builds)
      if (force)
        plan.unflag.push(
          ...builds.filter(
            (build) => build.attributes.flagged && !plan.unflag.some((one) => one.id === build.id),
          ),
        )
    }
    return runDeletion(context, client, plan, flagOf(options, 'confirmed'))
  },

  async info(context, options) {
    const finder = await finderOf(context)
    const { resource } = await productTarget(context, finder, textOf(options, 'product'))
    const groups = flagOf(options, 'full')
      ? await fullGroups(finder, resource.id, corruptionTeller(context))
      : []
    const more = groups.length > 0 ? [{ key: 'Device Groups', value: groups }] : []
    return infoResult(context, finder, 'product', resource, more)
  },

  async list(context, options) {
    const finder = await finderOf(context)
    const owners = await idsOf(finder, 'account', listOf(options, 'owner'))
    return listResult(context, finder, 'product', listKind(finder, 'product', { 'owner.id': owners }))
  },

  async update(context, options) {
    const finder = await finderOf(context)
    const { resource, label } = await productTarget(context, finder, textOf(options, 'product'))
    const changed = await finder.client.products.update(
      resource.id,
      given({ name: textOf(options, 'name'), description: textOf(options, 'descr') }),
    )
    context.info(updated(label))
    return doneResult(entityOf(changed ?? resource))
  },
} satisfies Group
