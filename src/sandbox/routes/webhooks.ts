/** `/webhooks` (impcentral-api.md 3.5, 9). */
import { Hono } from 'hono'
import { demand, manageOf, seen, viewOf } from '../access.ts'
import { given, readIdentifier, readResource, refuseOthers } from '../body.ts'
import { answer, created, noContent, queryOf, type Core, type Env, type RouteContext } from '../core.ts'
import { invalid } from '../errors.ts'
import { groupRef, type Webhook } from '../model.ts'
import { pageOf, readFilters, select } from '../pages.ts'
import { uuid } from '../random.ts'
import { webhookResource } from '../resources.ts'
import { readContentType, readEvent, readWebhookUrl } from '../rules.ts'

export function webhookRoutes(core: Core): Hono<Env> {
  const { store } = core
  const show = (row: Webhook) => webhookResource(core.urls, row)
  const view = (row: Webhook) => viewOf(row.group.type)
  const find = (c: RouteContext): Webhook => {
    const id = c.req.param('id') ?? ''
    return seen(store, c.get('account'), 'Webhook', id, store.webhooks.get(id), view)
  }
  const findManaged = (c: RouteContext): Webhook => {
    const hook = find(c)
    demand(store, c.get('account'), hook.owner, manageOf(hook.group.type))
    return hook
  }

  return new Hono<Env>()
    .get('/webhooks', (c) => {
      const query = queryOf(c)
      const filters = readFilters(query, ['devicegroup.id'])
      const groupId = filters['devicegroup.id']
      const chosen = groupId === undefined ? [] : [{ index: 'group', key: groupId }]
      const rows = select(store, 'webhooks', store.webhooks, c.get('account'), chosen, view)
      return answer(c, pageOf(rows, query, `${core.urls.api}/webhooks`, core.switches.lastLink, show))
    })
    .post('/webhooks', async (c) => {
      const me = c.get('account')
      const { attributes, relationships } = await readResource(c, ['webhook'])
      const url = readWebhookUrl(attributes['url'])
      const event = readEvent(attributes['event'])
      const contentType = readContentType(attributes['content_type'])
      if (relationships['devicegroup'] === undefined)
        throw invalid('Invalid Relationship', 'devicegroup is required.')
      const { id } = readIdentifier(relationships['devicegroup'], 'devicegroup')
      const group = seen(store, me, 'Device group', id, store.groups.get(id), (row) => viewOf(row.type))
      demand(store, me, group.owner, manageOf(group.type))
      const now = core.now()
      const stamps = { owner: group.owner, creator: me.id, created: now, updated: now }
      const place = { id: uuid(core.random), seq: store.nextSeq(), group: groupRef(group) }
      return created(c, show(store.webhooks.insert({ ...place, url, event, contentType, ...stamps })))
    })
    .get('/webhooks/:id', (c) => answer(c, { data: show(find(c)) }))
    .patch('/webhooks/:id', async (c) => {
      const hook = findManaged(c)
      const body = await readResource(c, ['webhook'], hook.id)
      refuseOthers(body, ['url', 'content_type'])
      const { attributes } = body
      const url = attributes['url'] === undefined ? undefined : readWebhookUrl(attributes['url'])
      const contentType =
        attributes['content_type'] === undefined ? undefined : readContentType(attributes['content_type'])
      store.webhooks.update(hook, { ...given({ url, contentType }), updated: core.now() })
      return answer(c, { data: show(hook) })
    })
    .delete('/webhooks/:id', (c) => {
      store.webhooks.remove(findManaged(c))
      return noContent(c)
    })
}
