/** What the routes share. */
import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import type { Account } from './model.ts'
import type { Platform } from './platform.ts'
import type { Bytes } from './random.ts'
import type { Resource, Urls } from './resources.ts'
import type { Store } from './store.ts'
import type { Streams } from './streams.ts'
import type { WebhookDelivery } from './webhookdelivery.ts'

/** A finding of the compiler; row and column count from 1 (impcentral-api.md 5). */
export type CompileMessage = {
  file: 'device_code' | 'agent_code'
  type: 'error' | 'warning'
  row: number
  column: number
  text: string
}

/** Compiles both sides of a deployment and tells what is wrong with them. */
export type CompileChecker = (
  deviceCode: string,
  agentCode: string,
) => CompileMessage[] | Promise<CompileMessage[]>

/** What can be changed while the sandbox runs. */
export type Switches = {
  /** Milliseconds by which each answer is late. */
  latency: number
  /** Requests a second for each account; 0 for no limit and no headers. */
  rateLimit: number
  /** Seconds that an access token lives. */
  tokenLife: number
  /** Whether a token works only from the address that asked for it. */
  bindAddress: boolean
  keepAlive: number
  streamGap: number
  streamDevices: number
  /** Milliseconds until a device that lost its power shows as offline. */
  offlineLag: number
  /** Whether deployments live on without their group, as before 2024. */
  zombies: boolean
  /** Whether lists have a `last` link. */
  lastLink: boolean
  loginKeyLimit: number
}

export type Core = {
  store: Store
  switches: Switches
  now: () => number
  random: Bytes
  /** Filled in when the server listens. */
  urls: Urls
  adminToken: string
  /** Ids of other processes that use this server and would rather be done before it ends. */
  guests: Set<number>
  streams: Streams
  platform: Platform
  webhooks: WebhookDelivery
  check: CompileChecker
}

export type Env = { Bindings: HttpBindings; Variables: { account: Account } }

export type RouteContext = Context<Env>

export const jsonApi = 'application/vnd.api+json'

/** Answers in the API's media type. */
export function answer(c: RouteContext, data: unknown, status: 200 | 201 = 200): Response {
  return c.body(JSON.stringify(data), status, { 'content-type': jsonApi })
}

export function created(c: RouteContext, resource: Resource): Response {
  c.header('location', resource.links.self)
  return answer(c, { data: resource }, 201)
}

export const noContent = (c: RouteContext): Response => c.body(null, 204)

export const queryOf = (c: RouteContext): URLSearchParams => new URL(c.req.url).searchParams

/** The address of the client, as IP. */
export const addressOf = (c: RouteContext): string => c.env.incoming?.socket.remoteAddress ?? ''
