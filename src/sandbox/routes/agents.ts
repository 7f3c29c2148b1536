/** `/agents/{agent id}/...`: requests to agents, handed to the behaviour. */
import { Hono } from 'hono'
import { readBytes } from '../body.ts'
import type { Core, Env, RouteContext } from '../core.ts'
import { notForOthers, notFound } from '../errors.ts'
import { peerOf } from '../peer.ts'

export function agentRoutes(core: Core): Hono<Env> {
  return new Hono<Env>()
    .all('/agents/:agent/*', (c) => handle(core, c))
    .all('/agents/:agent', (c) => handle(core, c))
}

async function handle(core: Core, c: RouteContext): Promise<Response> {
  // Agents of the demo fleet have known names. Elsewhere an agent's name is its secret.
  if (!core.open && peerOf(c.env.incoming.socket) === 'stranger') throw notForOthers()
  const id = c.req.param('agent') ?? ''
  const device = core.store.devices.find(id)
  if (!device || device.agentId !== id || !device.agentRunning) throw notFound('Agent', id)
  const url = new URL(c.req.url)
  const path = url.pathname.slice(url.pathname.indexOf(id, '/agents/'.length) + id.length)
  const reply = await core.platform.agentRequest(device, {
    method: c.req.method,
    path: path === '' ? '/' : path,
    query: Object.fromEntries(url.searchParams),
    headers: c.req.header(),
    body: (await readBytes(c)).toString('latin1'),
  })
  const bodiless = reply.status === 204 || reply.status === 304 || reply.status < 200
  const body = Buffer.from(reply.body, 'latin1')
  return new Response(bodiless ? null : body, { status: reply.status, headers: reply.headers })
}
