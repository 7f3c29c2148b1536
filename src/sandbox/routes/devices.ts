/** `/devices`, their logs and history (impcentral-api.md 3.4, 8). */
import { Hono } from 'hono'
import { deviceAction } from '../access.ts'
import { readNullable, readResource, refuseOthers } from '../body.ts'
import { answer, noContent, queryOf, type Core, type Env, type RouteContext } from '../core.ts'
import { notFound } from '../errors.ts'
import type { Device, HistoryEvent } from '../model.ts'
import { pageOf, readFilters, select } from '../pages.ts'
import { deviceResource, iso } from '../resources.ts'
import { checkDeviceDeletion } from '../rules.ts'
import { findDevice } from './assignment.ts'

const indexOf = {
  'owner.id': 'owner',
  'account.id': 'owner',
  'product.id': 'product',
  'devicegroup.id': 'group',
  'devicegroup.owner.id': 'groupOwner',
  'devicegroup.type': 'type',
} as const
const filterNames = Object.keys(indexOf) as (keyof typeof indexOf)[]

export function deviceRoutes(core: Core): Hono<Env> {
  const { store, platform } = core
  const find = (c: RouteContext): Device => {
    const id = c.req.param('id') ?? ''
    const device = findDevice(core, c.get('account'), id)
    if (!device) throw notFound('Device', id)
    return device
  }
  const show = (row: Device) => deviceResource(core.urls, row)

  return new Hono<Env>()
    .get('/devices', (c) => {
      const query = queryOf(c)
      const filters = readFilters(query, filterNames)
      const chosen = filterNames.flatMap((name) =>
        filters[name] === undefined ? [] : [{ index: indexOf[name], key: filters[name] }],
      )
      const rows = select(store, 'devices', store.devices, c.get('account'), chosen, deviceAction)
      return answer(c, pageOf(rows, query, `${core.urls.api}/devices`, core.switches.lastLink, show))
    })
    .get('/devices/:id', (c) => answer(c, { data: show(find(c)) }))
    .patch('/devices/:id', async (c) => {
      const device = find(c)
      const body = await readResource(c, ['device'], device.id, c.req.param('id'))
      refuseOthers(body, ['name'])
      const name = readNullable(body.attributes, 'name', 255)
      if (name !== undefined) store.devices.update(device, { name: name === '' ? null : name })
      return answer(c, { data: show(device) })
    })
    .delete('/devices/:id', (c) => {
      const device = find(c)
      checkDeviceDeletion(device)
      for (const event of store.history.where('device', device.id).slice()) store.history.remove(event)
      platform.remove(device)
      return noContent(c)
    })
    .post('/devices/:id/restart', (c) => {
      platform.restart(find(c))
      return noContent(c)
    })
    .post('/devices/:id/conditional_restart', (c) => {
      platform.conditionalRestart(find(c))
      return noContent(c)
    })
    .get('/devices/:id/logs', (c) => {
      const device = find(c)
      const entries = store.logs.of(device.id).map(({ ts, type, msg }) => ({ ts, type, msg }))
      const url = `${core.urls.api}/devices/${device.id}/logs`
      return answer(
        c,
        pageOf(entries.reverse(), queryOf(c), url, core.switches.lastLink, (entry) => entry),
      )
    })
    .get('/devices/:id/history', (c) => {
      const device = find(c)
      const events = store.history.where('device', device.id).slice().reverse()
      const url = `${core.urls.api}/devices/${device.id}/history`
      return answer(c, pageOf(events, queryOf(c), url, core.switches.lastLink, showEvent))
    })
}

const showEvent = (row: HistoryEvent) => ({
  timestamp: iso(row.time),
  event: row.event,
  owner_id: row.ownerId,
  actor_id: row.actorId,
})
