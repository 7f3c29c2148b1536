/** `/sandbox/devices/:id/coverage`: what the code of a virtual device has reached, for whoever may test on it. No other server has it. */
import { Hono } from 'hono'
import type { Core, Env, RouteContext } from '../core.ts'
import { notFound } from '../errors.ts'
import { findDevice } from './assignment.ts'

export function coverageRoutes(core: Core): Hono<Env> {
  const deviceInPath = (c: RouteContext) => {
    const id = c.req.param('id') ?? ''
    const device = findDevice(core, c.get('account'), id)
    if (!device) throw notFound('Device', id)
    return device
  }
  const { behaviour } = core.platform
  return new Hono<Env>()
    .get('/sandbox/devices/:id/coverage', (c) =>
      c.json({ data: behaviour.coverage?.(deviceInPath(c).id) ?? [] }),
    )
    .delete('/sandbox/devices/:id/coverage', (c) => {
      behaviour.setCoverage?.(deviceInPath(c).id, false)
      return c.body(null, 204)
    })
}
