import assert from 'node:assert/strict'
import http from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { fetch, MockAgent } from 'undici'
import { createClient, type Client, type ClientOptions } from '../../src/impcentral/client.ts'
import type { Clock } from '../../src/impcentral/clock.ts'
import { SHAPES } from '../../src/entities/kinds.ts'
import { createLimiter } from '../../src/impcentral/limiter.ts'
import type { Fetch } from '../../src/impcentral/nodefetch.ts'
import { memoryTokenStore } from '../../src/impcentral/tokens.ts'
import { createTransport, type Transport, type TransportOptions } from '../../src/impcentral/transport.ts'
import { ImptError } from '../../src/output/error.ts'

export interface Seen {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
}

/** Where a client finds its cloud. */
interface Place {
  /** Base URL, with the version path. */
  readonly endpoint: string
  readonly fetch?: Fetch
}

export interface Cloud extends Place, AsyncDisposable {
  readonly seen: Seen[]
}

export interface Server extends Cloud {
  readonly sockets: ReadonlySet<Socket>
}

/** What answers a request: `destroy` cuts its connection, and without `end` it hangs. */
interface Reply {
  writeHead(status: number, headers?: Record<string, string>): Reply
  end(body?: string): unknown
  destroy(): unknown
}

type Handler = (request: Seen, response: http.ServerResponse, incoming: http.IncomingMessage) => void

/**
 * A cloud without a socket: the client gets undici's fetch with a MockAgent. `handle` answers before it returns, or never.
 */
export function mockCloud(handle: (request: Seen, response: Reply) => void): Cloud {
  const seen: Seen[] = []
  const agent = new MockAgent()
  agent.disableNetConnect()
  const origin = 'https://cloud.test'
  agent
    .get(origin)
    .intercept({ path: () => true, method: () => true })
    .reply(({ path, method, headers, body }) => {
      const url = new URL(path, origin)
      const request: Seen = {
        method,
        path: url.pathname.replace(/^\/v5/, ''),
        query: url.searchParams,
        headers: headers as http.IncomingHttpHeaders,
        body: typeof body === 'string' ? body : '',
      }
      seen.push(request)
      let statusCode = 200
      let responseHeaders: Record<string, string> = {}
      // A body that never comes is an answer that hangs.
      let data: Promise<string> | string = new Promise<string>(() => undefined)
      let isCut = false
      const response: Reply = {
        writeHead(status, more = {}) {
          statusCode = status
          responseHeaders = more
          return response
        },
        end: (text = '') => (data = text),
        destroy: () => (isCut = true),
      }
      handle(request, response)
      if (isCut) throw Object.assign(new Error('other side closed'), { code: 'ECONNRESET' })
      return {
        statusCode,
        data: () => data,
        responseOptions: { headers: responseHeaders },
      }
    })
    .persist()
  const mockFetch: Fetch = (url, { headers, ...init }) => {
    const options = { ...init, headers: Object.fromEntries(headers), dispatcher: agent }
    return fetch(url, options)
  }
  return {
    endpoint: `${origin}/v5`,
    fetch: mockFetch,
    seen,
    [Symbol.asyncDispose]: () => agent.close(),
  }
}

/** A server on 127.0.0.1 that notes what it is asked and answers by `handle`. Paths are those after the version. */
export async function serve(handle: Handler): Promise<Server> {
  const seen: Seen[] = []
  const sockets = new Set<Socket>()
  const server = http.createServer((incoming, response) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const url = new URL(incoming.url ?? '/', 'http://localhost')
      const request: Seen = {
        method: incoming.method ?? '',
        path: url.pathname.replace(/^\/v5/, ''),
        query: url.searchParams,
        headers: incoming.headers,
        body: Buffer.concat(chunks).toString(),
      }
      seen.push(request)
      handle(request, response, incoming)
    })
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    endpoint: `http://127.0.0.1:${port}/v5`,
    seen,
    sockets,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export function json(
  response: Reply,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/vnd.api+json', ...headers })
  response.end(JSON.stringify(body))
}

export const LONG_AGO = '2016-02-19T21:05:13.993Z'
export const FAR_AWAY = '2999-01-01T00:00:00.000Z'

/** A client with a token that does not expire, its own limiter and a clock that does not wait. */
export function clientFor(place: Place | string, options: Partial<ClientOptions> = {}): Client {
  const tokens = memoryTokenStore({ accessToken: 'access-secret', expiresAt: FAR_AWAY })
  return createClient({ ...transportOptions(place), tokens, shapes: SHAPES, ...options })
}

export function transportFor(place: Place | string, options: Partial<TransportOptions> = {}): Transport {
  return createTransport({ ...transportOptions(place), ...options })
}

function transportOptions(place: Place | string): TransportOptions {
  const clock = hastyClock()
  const { endpoint, fetch } = typeof place === 'string' ? { endpoint: place } : place
  return { endpoint, clock, limiter: createLimiter(clock), ...(fetch !== undefined && { fetch }) }
}

interface HastyClock extends Clock {
  /** All waiting times so far, in ms. */
  readonly sleeps: number[]
}

/** Time that jumps ahead by each wait, up to `longest` ms; longer waits never end by themselves (watchdogs). */
export function hastyClock(longest = 130_000): HastyClock {
  let ahead = 0
  const sleeps: number[] = []
  return {
    sleeps,
    now: () => Date.now() + ahead,
    random: () => 0.5,
    sleep(ms, signal) {
      if (signal?.aborted) return Promise.reject(signal.reason)
      return new Promise((resolve, reject) => {
        const stop = (): void => reject(signal?.reason)
        signal?.addEventListener('abort', stop, { once: true })
        if (ms > longest) return
        setImmediate(() => {
          if (signal?.aborted) return
          signal?.removeEventListener('abort', stop)
          sleeps.push(ms)
          ahead += ms
          resolve()
        })
      })
    },
  }
}

/** Resolves as soon as `condition` holds; the test's own time limit ends a wait for what never comes. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2))
}

/** Documented text of every network failure. */
export const NETWORK = 'Access to impCentral failed or timed out. Please check your network connection.'
export const ACCOUNT = { data: { type: 'account', id: 'a1', attributes: { username: 'demo' } } }

/** The error of work that must fail with an ImptError. */
export async function failure(work: Promise<unknown>): Promise<ImptError> {
  const error = await work.then(
    () => assert.fail('it should have failed'),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof ImptError, String(error))
  return error
}

/** The error of asking a server that gives this answer to every request. */
export async function answered(
  status: number,
  body: string,
  type = 'application/json',
  method: 'GET' | 'POST' = 'GET',
): Promise<{ error: ImptError; server: Cloud }> {
  await using server = mockCloud((_, response) => {
    response.writeHead(status, type === '' ? {} : { 'content-type': type })
    response.end(body)
  })
  const client = clientFor(server)
  const work = method === 'GET' ? client.accounts.get('me') : client.products.create({ name: 'p' })
  return { error: await failure(work), server }
}
