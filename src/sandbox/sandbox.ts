// The room `sandbox`: the embedded impCentral, a faithful API v5 on a port of this machine, or in this process without one.
// Enters: requests of the API, requests of the administrator under /sandbox, a folder where the accounts last.
// Leaves: answers as the real server gives them, log streams, and devices of the room `squirrel` that run what is deployed.
// Not known here: the client, whose agreement proves nothing: recorded answers and the documentation of the API bind both.
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { createApp } from './app.ts'
import { listenOnLoopback } from '../program/loopback.ts'
import type { BehaviourFactory } from './behaviour.ts'
import type { CompileChecker, Core } from './core.ts'
import { createDebugDoor, type DebugDoor } from './debugdoor.ts'
import { seedDemo } from './demo.ts'
import { blessed } from './enrolment.ts'
import { seedFleet, type Fleet } from './fleet.ts'
import { createInjection, inject, type FaultRule, type Injection } from './injection.ts'
import { lifecycleBehaviour } from './lifecycle.ts'
import { createPlatform } from './platform.ts'
import { hex, secureBytes } from './random.ts'
import { createBoundedServer, defaultBounds, type Bounds } from './server.ts'
import { openStore, type Store } from './store.ts'
import { createStreams } from './streams.ts'
import { defaultSwitches, type Switches } from './switches.ts'
import { issueToken } from './tokens.ts'
import { createWebhookDelivery } from './webhookdelivery.ts'

export type SandboxOptions = Partial<Switches> & {
  /** Folder of the store; in memory without one. */
  dir?: string
  /** 0, the default, for any free port. */
  port?: number
  /** Added to the demo account when the store is fresh. */
  fleet?: Fleet
  behaviour?: BehaviourFactory
  check?: CompileChecker
  /** Clock in milliseconds since 1970, for tests. */
  now?: () => number
  /** Log entries kept for each device. */
  logLimit?: number
  /** Lets other users of this machine in with what everybody knows: see access of `Core`. */
  open?: boolean
  bounds?: Partial<Bounds>
}

export type Sandbox = {
  /** Base URL of the API, `http://127.0.0.1:PORT/v5`. */
  url: string
  /** For the header `X-Sandbox-Token` of the routes under `/sandbox`. */
  adminToken: string
  /** Takes the place of the known passwords where the system does not tell who connects. */
  password: string
  store: Store
  /** Whether the store was made by this start; an older one gets no fleet. */
  fresh: boolean
  switches: Switches
  /** A token of the account (user name or e-mail) for so many seconds, without a login. Throws for an unknown one. */
  tokenFor(user: string, life?: number): string
  inject(rule: FaultRule): void
  /** Forgets faults that no request has met yet. */
  clearFaults(): void
  core: Core
  /** Ends streams and connections, saves everything, gives the folder free. */
  close(): Promise<void>
}

/**
 * Starts a server on 127.0.0.1. A fresh store gets the demo accounts (demo.ts) and the fleet, if one is given.
 * Throws FolderInUse, DamagedStore, or the error of the file system or of the port.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { dir, port = 0, fleet, now = Date.now, logLimit = 1000 } = options
  let fresh = false
  const store = await openStore(dir, logLimit, (empty) => {
    fresh = true
    const demo = seedDemo(empty, now())
    if (fleet) seedFleet(empty, now(), demo, fleet)
  })
  const core = createCore(store, options, now)
  const injection = createInjection()
  const server = createHttpServer(core, injection, { ...defaultBounds, ...options.bounds })
  const door = createDebugDoor(core)
  server.on('upgrade', (request, socket, head) => door.upgrade(request, socket, head))
  try {
    await listenOnLoopback(server, port)
  } catch (error) {
    await core.platform.close()
    await store.close()
    throw error
  }
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  core.urls.api = `${origin}/v5`
  core.urls.agents = `${origin}/agents`
  let closing: Promise<void> | undefined
  return {
    url: core.urls.api,
    adminToken: core.adminToken,
    password: core.password,
    store,
    fresh,
    switches: core.switches,
    core,
    inject: (rule) => injection.add(rule),
    clearFaults: () => injection.clear(),
    tokenFor(user, life) {
      const account = store.accounts.find(user)
      if (!account) throw new Error(`The sandbox has no account "${user}".`)
      return issueToken(core, account, '127.0.0.1', life).access_token
    },
    close() {
      closing ??= shutDown(server, core, door)
      return closing
    },
  }
}

function createCore(store: Store, options: SandboxOptions, now: () => number): Core {
  const switches = { ...defaultSwitches }
  for (const name of Object.keys(defaultSwitches) as (keyof Switches)[])
    if (options[name] !== undefined) Object.assign(switches, { [name]: options[name] })
  const urls = { api: '', agents: '' }
  const streams = createStreams(
    () => switches,
    secureBytes,
    (device) => platform.behaviour.unwatched?.(device),
  )
  const webhooks = createWebhookDelivery(store)
  const platform = createPlatform({
    store,
    streams,
    now,
    random: secureBytes,
    offlineLag: () => switches.offlineLag,
    agentUrl: (id) => `${urls.agents}/${id}`,
    onBless: (device, group) => blessed(core, device, group),
    behaviour: options.behaviour ?? lifecycleBehaviour,
  })
  const check = options.check ?? (() => [])
  const adminToken = hex(secureBytes, 32)
  const password = hex(secureBytes, 32)
  const core: Core = {
    store,
    switches,
    now,
    random: secureBytes,
    urls,
    adminToken,
    open: options.open ?? false,
    password,
    guests: new Set(),
    requests: { underWay: 0, last: 0 },
    streams,
    platform,
    webhooks,
    check,
  }
  return core
}

function createHttpServer(core: Core, injection: Injection, bounds: Bounds): Server {
  const app = createApp(core, injection)
  // Global Request and Response stay what the process has: this may run inside the shell.
  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false })
  return createBoundedServer(bounds, (request: IncomingMessage, response: ServerResponse) => {
    const path = (request.url ?? '/').split('?', 1)[0]!.replace(/\/{2,}/g, '/')
    const fault = path.startsWith('/v5') ? injection.take(request.method ?? 'GET', path.slice(3)) : undefined
    if (fault) return inject(fault, request, response)
    if (path.startsWith('/v5')) {
      core.requests.last = performance.now()
      core.requests.underWay += 1
      response.on('close', () => (core.requests.underWay -= 1))
    }
    void listener(request, response)
  })
}

/** Milliseconds that an ending sandbox waits for the answers of the API that are under way, and for all else. */
const ANSWER_MS = 5000
const HANGING_MS = 200

async function shutDown(server: Server, core: Core, door: DebugDoor): Promise<void> {
  door.close()
  // Connections that wait to be taken would be reset, with what they have sent.
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve))
  const closed = new Promise((resolve) => server.close(resolve))
  core.streams.closeAll()
  core.webhooks.close()
  // Requests under way are answered, on a machine that is busy too; what hangs does not keep the sandbox.
  const begin = performance.now()
  const idle = setInterval(() => {
    const patience = core.requests.underWay > 0 ? ANSWER_MS : HANGING_MS
    if (performance.now() - begin < patience) server.closeIdleConnections()
    else server.closeAllConnections()
  }, 5)
  await closed
  clearInterval(idle)
  await core.platform.close()
  await core.store.close()
}

export type { Fleet, FaultRule }
