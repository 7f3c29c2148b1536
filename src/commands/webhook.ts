import { entityOf } from '../entities/entity.ts'
import type { Finder } from '../entities/finder.ts'
import { groupTypeOf } from '../entities/kind.ts'
import { keep, listFiltered } from '../entities/listing.ts'
import { infoRelations } from '../entities/relatives.ts'
import type { DeviceGroup, Resource, Webhook } from '../impcentral/types.ts'
import { ImptError } from '../output/error.ts'
import { created, named, notFound, updated } from '../output/messages.ts'
import {
  corruptionTeller,
  createdResult,
  doneResult,
  filterIds,
  finderOf,
  groupTarget,
  listResult,
} from './common.ts'
import { emptyPlan, runDeletion } from './deletion.ts'
import type { Group } from './context.ts'
import { flagOf, given, listOf, mandatory, textOf } from './options.ts'

const MIME_TYPES: Readonly<Record<string, string>> = {
  json: 'application/json',
  urlencoded: 'application/x-www-form-urlencoded',
}

/** `impt webhook ...` (commands.md 15). A webhook is found by its id only. */
export const group: Group = {
  async create(context, options) {
    const finder = await finderOf(context)
    const { resource } = await groupTarget(context, finder, textOf(options, 'dg'))
    const { id, type } = resource as DeviceGroup
    const webhook = await finder.client.webhooks.create(
      {
        event: mandatory(options, 'event'),
        url: mandatory(options, 'url'),
        content_type: mimeOf(mandatory(options, 'mime')),
      },
      { id, type },
    )
    context.info(created(named('Webhook', webhook.id)))
    return createdResult(webhook)
  },

  async delete(context, options) {
    const finder = await finderOf(context)
    const plan = emptyPlan()
    plan.webhooks.push(await webhookOf(finder, mandatory(options, 'wh')))
    return runDeletion(context, finder.client, plan, flagOf(options, 'confirmed'))
  },

  async info(context, options) {
    const finder = await finderOf(context)
    const webhook = await withProduct(finder, await webhookOf(finder, mandatory(options, 'wh')))
    return {
      kind: 'entity',
      form: 'info',
      entity: entityOf(webhook, await infoRelations(finder, webhook, corruptionTeller(context))),
    }
  },

  async list(context, options) {
    const finder = await finderOf(context)
    const { owners, products, groups } = await filterIds(finder, options)
    const types =
      options['dg-type'] === undefined
        ? undefined
        : new Set<string>(listOf(options, 'dg-type').map(groupTypeOf))
    const urls = options.url === undefined ? undefined : new Set(listOf(options, 'url'))
    const events = options.event === undefined ? undefined : new Set(listOf(options, 'event'))
    // The server filters by group only; the groups of the others come from one list.
    if (owners || products) await finder.readAll('dg')
    const hooks = listFiltered({ 'devicegroup.id': groups }, (filter) => finder.client.webhooks.list(filter))
    const matching = keep(
      hooks,
      ({ attributes, relationships }) =>
        (types?.has(relationships?.devicegroup?.type ?? '') ?? true) &&
        (urls?.has(String(attributes.url)) ?? true) &&
        (events?.has(String(attributes.event)) ?? true),
    )
    return listResult(
      context,
      finder,
      'Webhook',
      owners || products ? ofGroups(finder, matching, owners, products) : matching,
    )
  },

  async update(context, options) {
    const finder = await finderOf(context)
    const webhook = await webhookOf(finder, mandatory(options, 'wh'))
    const mime = textOf(options, 'mime')
    const changed = await finder.client.webhooks.update(
      webhook.id,
      given({ url: textOf(options, 'url'), content_type: mime === undefined ? undefined : mimeOf(mime) }),
    )
    context.info(updated(named('Webhook', webhook.id)))
    return doneResult(entityOf(changed ?? webhook))
  },
}

async function* ofGroups(
  finder: Finder,
  hooks: AsyncIterable<Resource>,
  owners: readonly string[] | undefined,
  products: readonly string[] | undefined,
): AsyncGenerator<Resource> {
  for await (const hook of hooks) {
    const id = hook.relationships?.devicegroup?.id
    const related = id === undefined ? undefined : (await finder.byId('dg', id))?.relationships
    const isWanted = (ids: readonly string[] | undefined, one: string | undefined) =>
      ids === undefined || (one !== undefined && ids.includes(one))
    if (isWanted(owners, related?.owner?.id) && isWanted(products, related?.product?.id)) yield hook
  }
}

/** A webhook with the Product of its Device Group, which the server may leave out and `webhook info` shows. */
async function withProduct(finder: Finder, webhook: Webhook): Promise<Webhook> {
  const { relationships = {} } = webhook
  const group = relationships.devicegroup && (await finder.byId('dg', relationships.devicegroup.id))
  const product = group?.relationships?.product
  return product ? { ...webhook, relationships: { ...relationships, product } } : webhook
}

async function webhookOf(finder: Finder, id: string): Promise<Webhook> {
  try {
    return await finder.client.webhooks.get(id)
  } catch (error) {
    if (!(error instanceof ImptError) || error.code !== 'NOT_FOUND') throw error
    throw new ImptError('NOT_FOUND', notFound('Webhook', id), {
      hint: 'See "impt webhook list"',
      cause: error,
    })
  }
}

function mimeOf(name: string): string {
  return MIME_TYPES[name] ?? name
}
