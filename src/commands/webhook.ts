import { entityOf } from '../entities/entity.ts'
import type { Finder } from '../entities/finder.ts'
import { groupTypeOf, type Listed, type Whole } from '../entities/kinds.ts'
import { keep, listKind } from '../entities/listing.ts'
import { created, named, updated } from '../output/messages.ts'
import {
  createdResult,
  doneResult,
  filterIds,
  finderOf,
  groupTarget,
  listResult,
  wholeResult,
} from './common.ts'
import { emptyPlan, runDeletion } from './deletion.ts'
import type { Group } from './context.ts'
import { flagOf, given, listOf, mandatory, textOf } from './options.ts'

const MIME_TYPES: Readonly<Record<string, string>> = {
  json: 'application/json',
  urlencoded: 'application/x-www-form-urlencoded',
}

/** `impt webhook ...` (commands.md 15). A webhook is found by its id only. */
export const group = {
  async create(context, options) {
    const finder = await finderOf(context)
    const { resource } = await groupTarget(context, finder, textOf(options, 'dg'))
    const { id, type } = resource
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
    plan.webhooks.push(await finder.find('webhook', mandatory(options, 'wh')))
    return runDeletion(context, finder.client, plan, flagOf(options, 'confirmed'))
  },

  async info(context, options) {
    const finder = await finderOf(context)
    const found = await finder.find('webhook', mandatory(options, 'wh'))
    const webhook = await finder.whole('webhook', found)
    return wholeResult(context, finder, await withProduct(finder, webhook))
  },

  async list(context, options) {
    const finder = await finderOf(context)
    const { owners, products, groups } = await filterIds(finder, options)
    const types = options['dg-type'] === undefined ? undefined : listOf(options, 'dg-type').map(groupTypeOf)
    const urls = options.url === undefined ? undefined : listOf(options, 'url')
    const events = options.event === undefined ? undefined : listOf(options, 'event')
    const isOneOf = (values: readonly string[] | undefined, value: string | null | undefined) =>
      values === undefined || (typeof value === 'string' && values.includes(value))
    // The server filters by group only; the groups of the others come from one list.
    if (owners || products) await finder.readAll('dg')
    const hooks = listKind(finder, 'webhook', { 'devicegroup.id': groups })
    const matching = keep(
      hooks,
      ({ attributes, relationships }) =>
        isOneOf(types, relationships?.devicegroup?.type) &&
        isOneOf(urls, attributes.url) &&
        isOneOf(events, attributes.event),
    )
    return listResult(
      context,
      finder,
      'webhook',
      owners || products ? ofGroups(finder, matching, owners, products) : matching,
    )
  },

  async update(context, options) {
    const finder = await finderOf(context)
    const webhook = await finder.find('webhook', mandatory(options, 'wh'))
    const mime = textOf(options, 'mime')
    const changed = await finder.client.webhooks.update(
      webhook.id,
      given({ url: textOf(options, 'url'), content_type: mime === undefined ? undefined : mimeOf(mime) }),
    )
    context.info(updated(named('Webhook', webhook.id)))
    return doneResult(entityOf(changed ?? webhook))
  },
} satisfies Group

async function* ofGroups(
  finder: Finder,
  hooks: AsyncIterable<Listed<'webhook'>>,
  owners: readonly string[] | undefined,
  products: readonly string[] | undefined,
): AsyncGenerator<Listed<'webhook'>> {
  for await (const hook of hooks) {
    const id = hook.relationships?.devicegroup?.id
    const related = id === undefined ? undefined : (await finder.listedById('dg', id))?.relationships
    const isWanted = (ids: readonly string[] | undefined, one: string | undefined) =>
      ids === undefined || (one !== undefined && ids.includes(one))
    if (isWanted(owners, related?.owner?.id) && isWanted(products, related?.product?.id)) yield hook
  }
}

/** A webhook with the Product of its Device Group, which the server may leave out and `webhook info` shows. */
async function withProduct(finder: Finder, webhook: Whole<'webhook'>): Promise<Whole<'webhook'>> {
  const { relationships = {} } = webhook
  const group = relationships.devicegroup && (await finder.listedById('dg', relationships.devicegroup.id))
  const product = group?.relationships?.product
  return product ? { ...webhook, relationships: { ...relationships, product } } : webhook
}

function mimeOf(name: string): string {
  return MIME_TYPES[name] ?? name
}
