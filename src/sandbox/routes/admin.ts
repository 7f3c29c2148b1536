/** `/sandbox/...`: what only a sandbox has. Each request carries the admin token in `X-Sandbox-Token`. */
import { Hono } from 'hono'
import { isObject, readObject, type Json } from '../body.ts'
import { addressOf, type Core, type Env, type RouteContext } from '../core.ts'
import { isSameSecret } from '../../program/secret.ts'
import { demoUser } from '../known.ts'
import { blinkUp, newDevice, newPlanId } from '../enrolment.ts'
import { forbidden, invalid, notFound } from '../errors.ts'
import { readFleet, seedFleet } from '../fleet.ts'
import type { FaultKind, Injection } from '../injection.ts'
import type { Device } from '../model.ts'
import { deviceResource } from '../resources.ts'
import { checkAssignment } from '../rules.ts'
import type { Switches } from '../switches.ts'
import { issueToken } from '../tokens.ts'
import type { Enrolments } from './enroll.ts'

export function adminRoutes(core: Core, injection: Injection, enrolments: Enrolments): Hono<Env> {
  const { store, platform, switches } = core
  const deviceInPath = (c: RouteContext): Device => {
    const id = c.req.param('id') ?? ''
    const device = store.devices.find(id)
    if (!device) throw notFound('Device', id)
    return device
  }
  const accountNamed = (name: unknown = demoUser) => {
    const account = store.accounts.find(asText(name, 'account'))
    if (!account) throw notFound('Account', asText(name, 'account'))
    return account
  }
  const groupNamed = (id: unknown) => {
    const group = store.groups.get(asText(id, 'devicegroup'))
    if (!group) throw notFound('Device group', asText(id, 'devicegroup'))
    return group
  }
  const showDevice = (c: RouteContext, device: Device) => c.json({ data: deviceResource(core.urls, device) })

  const admin = new Hono<Env>()
  admin.use(async (c, next) => {
    if (!isSameSecret(c.req.header('x-sandbox-token') ?? '', core.adminToken))
      throw forbidden('The admin token is wrong.')
    await next()
  })
  return admin
    .get('/status', (c) => {
      const { accounts, products, groups, devices, deployments, webhooks } = store
      const sizes = Object.entries({ accounts, products, groups, devices, deployments, webhooks })
      return c.json({
        pid: process.pid,
        url: core.urls.api,
        open: core.open,
        streams: core.streams.count(),
        switches,
        faults: injection.rules(),
        counts: Object.fromEntries(sizes.map(([name, table]) => [name, table.size])),
      })
    })
    .patch('/switches', async (c) => {
      Object.assign(switches, readSwitches(await readObject(c), switches))
      return c.json(switches)
    })
    .post('/faults', async (c) => {
      const { method = '*', path = '*', count = 1, skip = 0, fault } = await readObject(c)
      const wellFormed = typeof method === 'string' && typeof path === 'string'
      if (!wellFormed || typeof count !== 'number' || typeof skip !== 'number')
        throw invalid('Invalid Fault', 'method and path must be strings, count and skip numbers.')
      injection.add({ method, path, count, skip, fault: readFault(fault) })
      return c.json(injection.rules(), 201)
    })
    .delete('/faults', (c) => {
      injection.clear()
      return c.body(null, 204)
    })
    .post('/streams/close', (c) => c.json({ closed: core.streams.closeAll() }))
    .post('/streams/drop', (c) => c.json({ dropped: core.streams.dropAll() }))
    .get('/webhooks', (c) => c.json(core.webhooks.recent()))
    .post('/token', async (c) => {
      const { account, life, guest } = await readObject(c)
      if (typeof guest === 'number') core.guests.add(guest)
      return c.json(
        issueToken(core, accountNamed(account), addressOf(c), typeof life === 'number' ? life : undefined),
      )
    })
    .post('/seed', async (c) => {
      const { account, fleet } = await readObject(c)
      seedFleet(store, core.now(), accountNamed(account), readFleet(fleet))
      return c.json({ devices: store.devices.size }, 201)
    })
    .post('/devices', async (c) => {
      const { account, imp_type: impType = 'imp006', name = null, devicegroup } = await readObject(c)
      const owner = accountNamed(account)
      const group = devicegroup === undefined ? undefined : groupNamed(devicegroup)
      const made = newDevice(store, core.random, owner.id, asText(impType, 'imp_type'))
      if (group) checkAssignment(made, group, false)
      const device = store.devices.insert({ ...made, name: name === null ? null : asText(name, 'name') })
      blinkUp(core, device, owner, newPlanId(core.random), '')
      if (group) platform.assign(device, group)
      return showDevice(c, device)
    })
    .post('/devices/:id/power', async (c) => {
      platform.power(deviceInPath(c), readOn(await readObject(c)))
      return showDevice(c, deviceInPath(c))
    })
    .post('/devices/:id/link', async (c) => {
      platform.link(deviceInPath(c), readOn(await readObject(c)))
      return showDevice(c, deviceInPath(c))
    })
    .post('/time', async (c) => {
      const { mode } = await readObject(c)
      if (mode !== 'real' && mode !== 'fast') throw invalid('Invalid Body', 'mode must be "real" or "fast".')
      platform.behaviour.setTime?.(mode)
      return c.json({ mode })
    })
    .post('/devices/:id/latency', async (c) => {
      const { ms } = await readObject(c)
      if (typeof ms !== 'number' || !(ms >= 0))
        throw invalid('Invalid Body', 'ms must be a number of milliseconds.')
      platform.behaviour.setLatency?.(deviceInPath(c).id, ms)
      return showDevice(c, deviceInPath(c))
    })
    .post('/devices/:id/script', async (c) => {
      const { script } = await readObject(c)
      const { id, impType } = deviceInPath(c)
      platform.behaviour.setScript?.(id, script, impType)
      return showDevice(c, deviceInPath(c))
    })
    .get('/devices/:id', (c) => showDevice(c, deviceInPath(c)))
    .post('/devices/:id/log', async (c) => {
      const { type = 'server.log', msg, count = 1 } = await readObject(c)
      if (typeof type !== 'string' || typeof msg !== 'string' || typeof count !== 'number')
        throw invalid('Invalid Body', 'type and msg must be strings, count a number.')
      const device = deviceInPath(c)
      for (let i = 0; i < count; i++) platform.log(device, type, count > 1 ? `${msg} ${i + 1}` : msg)
      return c.body(null, 204)
    })
    .post('/devices/:id/bless', async (c) => {
      const group = groupNamed((await readObject(c))['devicegroup'])
      platform.bless(deviceInPath(c), group)
      return showDevice(c, deviceInPath(c))
    })
    .post('/devices/:id/blinkup', async (c) => {
      const token = asText((await readObject(c))['token'], 'token')
      const enrolment = enrolments.get(token)
      const account = store.accounts.get(enrolment?.account ?? '')
      if (!enrolment || !account) throw notFound('Enrolment token', token)
      enrolments.delete(token)
      blinkUp(core, deviceInPath(c), account, enrolment.planId, token)
      return showDevice(c, deviceInPath(c))
    })
}

function asText(value: unknown, name: string): string {
  if (typeof value === 'string') return value
  throw invalid('Invalid Body', `${name} must be a string.`)
}

function readOn(body: Json): boolean {
  if (typeof body['on'] === 'boolean') return body['on']
  throw invalid('Invalid Body', 'on must be true or false.')
}

/** The known switches of the body, each of the type it has. Throws 400. */
function readSwitches(body: Json, known: Switches): Partial<Switches> {
  for (const [name, value] of Object.entries(body)) {
    const type = typeof known[name as keyof Switches]
    if (type === 'undefined') throw invalid('Invalid Switch', `There is no switch "${name}".`)
    const good =
      typeof value === type && (typeof value !== 'number' || (Number.isFinite(value) && value >= 0))
    if (!good) throw invalid('Invalid Switch', `${name} must be a ${type}, not below zero.`)
  }
  return body
}

function readFault(value: unknown): FaultKind {
  const kinds: unknown[] = ['status', 'reset', 'garbage', 'truncated', 'html', 'hang']
  if (!isObject(value) || !kinds.includes(value['kind']))
    throw invalid('Invalid Fault', `fault.kind must be one of ${kinds.join(', ')}.`)
  const status = value['status']
  if (value['kind'] === 'status' && !(typeof status === 'number' && status >= 200 && status <= 599))
    throw invalid('Invalid Fault', 'fault.status must be a number from 200 to 599.')
  return value as FaultKind
}
