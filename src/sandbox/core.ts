/** What the routes share. */
import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import type { Account } from './model.ts'
import { peerOf } from './peer.ts'
import type { Platform } from './platform.ts'
import type { Bytes } from './random.ts'
import type { Resource, Urls } from './resources.ts'
import type { Store } from './store.ts'
import type { Streams } from './streams.ts'
import type { Switches } from './switches.ts'
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
  /** The variables of the group that the deployment is for. */
  envVars: Readonly<Record<string, string | number>>,
  /** Where `#require` looks before all else. */
  libraries: readonly string[],
) => CompileMessage[] | Promise<CompileMessage[]>

export type Core = {
  store: Store
  switches: Switches
  now: () => number
  random: Bytes
  /** Filled in when the server listens. */
  urls: Urls
  adminToken: string
  /** Whether other users of this machine may use the known passwords and keys of the demo accounts, and the agents. */
  open: boolean
  /** Secret of this server: a password of every account, for whoever can read the state file. */
  password: string
  /** Ids of other processes that use this server and would rather be done before it ends. */
  guests: Set<number>
  /** Requests of the API: how many wait for their answer, and when the last one came, by `performance.now()`. */
  requests: { underWay: number; last: number }
  streams: Streams
  platform: Platform
  webhooks: WebhookDelivery
  check: CompileChecker
}

export type Env = { Bindings: HttpBindings; Variables: { account: Account; switches: Switches } }

export type RouteContext = Context<Env>

export const jsonApi = 'application/vnd.api+json'

/** Answers in the API's media type; the switches decide how relations look. */
export function answer(c: RouteContext, data: unknown, status: 200 | 201 = 200): Response {
  const { nullRelations, hideOwners } = c.get('switches')
  const relations = (key: string, value: unknown) => {
    if (key !== 'relationships') return value
    const shown = Object.entries(value as object).map(([name, relation]) => [
      name,
      hideOwners && (name === 'owner' || name === 'creator') ? undefined : (relation as unknown),
    ])
    return Object.fromEntries(
      shown.map(([name, relation]) => [name, nullRelations ? (relation ?? null) : relation]),
    )
  }
  const text = nullRelations || hideOwners ? JSON.stringify(data, relations) : JSON.stringify(data)
  return c.body(text, status, { 'content-type': jsonApi })
}

export function created(c: RouteContext, resource: Resource): Response {
  c.header('location', resource.links.self)
  return answer(c, { data: resource }, 201)
}

export const noContent = (c: RouteContext): Response => c.body(null, 204)

export const queryOf = (c: RouteContext): URLSearchParams => new URL(c.req.url).searchParams

/**
 * Whether the client may use what everybody knows: a sandbox is for the user who started it, unless it is open. Where the system does not
 * tell who connects, nobody may.
 */
export const isTrusted = (core: Core, c: RouteContext): boolean =>
  core.open || peerOf(c.env.incoming.socket) === 'owner'

/** The address of the client, as IP. */
export const addressOf = (c: RouteContext): string => c.env.incoming?.socket.remoteAddress ?? ''
