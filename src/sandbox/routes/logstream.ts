/** `/logstream` (impcentral-api.md 3.5, 7). */
import { Hono } from 'hono'
import { answer, noContent, type Core, type Env, type RouteContext } from '../core.ts'
import { invalid, notFound } from '../errors.ts'
import { findDevice } from './assignment.ts'

/** Opening a stream needs no token: its id is the secret. */
export function openStreamRoute(core: Core): Hono<Env> {
  return new Hono<Env>().get('/logstream/:id', (c) => {
    const format = c.req.query('format') ?? 'text'
    if (format !== 'json' && format !== 'text')
      throw invalid('Invalid Format', 'format must be "json" or "text".')
    const known = core.streams.accountOf(c.req.param('id')) !== undefined
    const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' }
    // HEAD must not take the stream away from its reader.
    if (known && c.req.method === 'HEAD') return c.body(null, 200, headers)
    const { socket } = c.env.incoming
    const events = core.streams.connect(c.req.param('id'), format, () => socket.destroy())
    if (!events) throw notFound('Log stream', c.req.param('id'))
    return c.body(events, 200, headers)
  })
}

export function logStreamRoutes(core: Core): Hono<Env> {
  const target = (c: RouteContext) => {
    const id = c.req.param('id') ?? ''
    if (core.streams.accountOf(id) !== c.get('account').id) throw notFound('Log stream', id)
    const device = findDevice(core, c.get('account'), c.req.param('device') ?? '')
    if (!device) throw notFound('Device', c.req.param('device') ?? '')
    return { id, device: device.id }
  }
  return new Hono<Env>()
    .post('/logstream', (c) => {
      const id = core.streams.create(c.get('account').id)
      const url = `${core.urls.api}/logstream/${id}`
      return answer(c, { data: { type: 'logstream', id, links: { self: url }, attributes: { url } } }, 201)
    })
    .put('/logstream/:id/:device', (c) => {
      const { id, device } = target(c)
      if (!core.streams.addDevice(id, device)) throw notFound('Open log stream', id)
      core.platform.behaviour.watched?.(device)
      return noContent(c)
    })
    .delete('/logstream/:id/:device', (c) => {
      const { id, device } = target(c)
      if (!core.streams.removeDevice(id, device)) throw notFound('Device in the log stream', device)
      return noContent(c)
    })
}
