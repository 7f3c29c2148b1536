import assert from 'node:assert/strict'
import http from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { createClient, type Client, type ClientOptions } from '../../src/impcentral/client.ts'
import type { Clock } from '../../src/impcentral/clock.ts'
import { createLimiter } from '../../src/impcentral/limiter.ts'
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

export interface Server extends AsyncDisposable {
  /** Base URL, with the version path. */
  readonly endpoint: string
  readonly seen: Seen[]
  readonly sockets: ReadonlySet<Socket>
}

type Handler = (request: Seen, response: http.ServerResponse, incoming: http.IncomingMessage) => void

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
  response: http.ServerResponse,
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
export function clientFor(endpoint: string, options: Partial<ClientOptions> = {}): Client {
  const tokens = memoryTokenStore({ accessToken: 'access-secret', expiresAt: FAR_AWAY })
  return createClient({ ...transportOptions(endpoint), tokens, ...options })
}

export function transportFor(endpoint: string, options: Partial<TransportOptions> = {}): Transport {
  return createTransport({ ...transportOptions(endpoint), ...options })
}

function transportOptions(endpoint: string): TransportOptions {
  const clock = hastyClock()
  return { endpoint, clock, limiter: createLimiter(clock) }
}

export interface HastyClock extends Clock {
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
): Promise<{ error: ImptError; server: Server }> {
  await using server = await serve((_, response) => {
    response.writeHead(status, type === '' ? {} : { 'content-type': type })
    response.end(body)
  })
  const client = clientFor(server.endpoint)
  const work = method === 'GET' ? client.accounts.get('me') : client.products.create({ name: 'p' })
  return { error: await failure(work), server }
}
