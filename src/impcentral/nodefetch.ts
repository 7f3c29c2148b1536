import type { Agent, IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { ImptError } from '../output/error.ts'
import { proxyFor } from './proxy.ts'

/** The part of the standard's `fetch` that the client uses; the `fetch` of Node and of undici have it too. */
export type Fetch = (url: string, init: FetchInit) => Promise<Fetched>

export interface FetchInit {
  readonly method: string
  readonly headers: Iterable<readonly [string, string]>
  readonly body?: string
  readonly signal: AbortSignal
}

/** The part of the standard's `Response` that the client uses. The body must be read or the signal aborted. */
export interface Fetched {
  readonly status: number
  readonly statusText: string
  readonly headers: Iterable<[string, string]> & { get(name: string): string | null | undefined }
  /** Decoded; null where an answer has none. */
  readonly body: AsyncIterable<Uint8Array> | null
  /** The whole body. Throws DATA when it is larger than the limit. */
  text(): Promise<string>
}

/** The part of the standard's `Headers` that ofetch and `Fetched` use: touching the standard class loads all of undici. */
export class HeaderList extends Map<string, string> {
  constructor(init: Iterable<readonly [string, string]> | Readonly<Record<string, string>> = {}) {
    super()
    const pairs = Symbol.iterator in init ? init : Object.entries(init)
    for (const [name, value] of pairs) this.set(name, value)
  }
  override get(name: string): string | undefined {
    return super.get(name.toLowerCase())
  }
  override has(name: string): boolean {
    return super.has(name.toLowerCase())
  }
  override set(name: string, value: string): this {
    return super.set(name.toLowerCase(), value)
  }
}

/** The most that an answer may hold after inflating, in bytes: enough for any list of programs, and far from what ends a process. */
export const ANSWER_LIMIT = 256 * 1024 * 1024
/** No answer to these has a body. */
const BODILESS = new Set([204, 205, 304])

const agents = new Map<string, Agent>()

/**
 * A `fetch` for the host of a URL over Node's own HTTP client, directly or, unless `direct`, through a proxy of the environment: it costs
 * 10 ms at start where Node's fetch costs 100 ms, more than a whole command may take. Follows no redirect (that would carry a password header
 * to another host) and never gives up by itself. Everything is loaded here, so that no loading falls into the time of the first request.
 * Throws USAGE for a bad proxy variable.
 */
export async function openFetch(url: string, direct = false, limit = ANSWER_LIMIT): Promise<Fetch> {
  const isSecure = new URL(url).protocol === 'https:'
  const { request } = isSecure ? await import('node:https') : await import('node:http')
  const agent = await agentFor(isSecure, direct ? undefined : proxyFor(url))
  return (target, { method, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted()
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
      const outgoing = request(target, {
        method,
        headers: { ...Object.fromEntries(headers), 'accept-encoding': 'gzip', ...length },
        agent,
      })
      // The option "signal" of Node would stay on the socket and later break the requests of others. A request without a socket, as behind a
      // proxy that hangs, says nothing when it is destroyed.
      const stop = (): void => {
        outgoing.destroy()
        reject(signal.reason)
      }
      signal.addEventListener('abort', stop, { once: true })
      outgoing.on('close', () => signal.removeEventListener('abort', stop))
      outgoing.on('error', reject)
      // The proxy's refusal would else look like an answer of the server.
      outgoing.on('proxyConnect', ({ statusCode }: { statusCode: number }) => {
        if (statusCode !== 200) outgoing.destroy(new Error(`the proxy answered HTTP ${statusCode}`))
      })
      outgoing.on('response', (incoming) => {
        // The reader gets the error; this is for when nobody reads any more and the call is aborted.
        incoming.on('error', () => undefined)
        fetched(incoming, limit).then(resolve, reject)
      })
      // Node joins a body that is a string to the headers and encodes both as UTF-8: bytes beyond ASCII in headers would be encoded twice.
      outgoing.end(body === undefined ? undefined : Buffer.from(body))
    })
}

async function agentFor(isSecure: boolean, proxy: URL | undefined): Promise<Agent> {
  const name = `${isSecure} ${proxy?.href ?? ''}`
  const known = agents.get(name)
  if (known !== undefined) return known
  const agent = await newAgent(isSecure, proxy)
  agents.set(name, agent)
  return agent
}

/** Connections to hosts with or without TLS, through a proxy or directly; nobody else uses them. */
export async function newAgent(isSecure: boolean, proxy: URL | undefined): Promise<Agent> {
  const options = { keepAlive: true }
  // Tunnels (CONNECT) for plain HTTP as well as TLS, so that no proxy reads or changes what is said.
  if (proxy !== undefined) return new (await import('https-proxy-agent')).HttpsProxyAgent(proxy, options)
  const { Agent } = isSecure ? await import('node:https') : await import('node:http')
  return new Agent(options)
}

async function fetched(incoming: IncomingMessage, limit: number): Promise<Fetched> {
  const status = incoming.statusCode ?? 0
  const head = { status, statusText: incoming.statusMessage ?? '', headers: headersOf(incoming) }
  if (BODILESS.has(status)) {
    incoming.resume()
    return { ...head, body: null, text: async () => '' }
  }
  const body = await plainBody(incoming)
  return { ...head, body, text: () => textOf(body, limit) }
}

/** Counts as it goes, also what is inflated, so that no answer can fill the memory. */
function textOf(body: Readable, limit: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    body.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      size += chunk.length
      if (size > limit) body.destroy(tooLarge(limit))
    })
    body.on('end', () =>
      resolve(chunks.length === 1 ? String(chunks[0]) : Buffer.concat(chunks, size).toString()),
    )
    body.on('error', reject)
    body.on('close', () => reject(new Error('terminated')))
  })
}

/** The error for an answer beyond the limit, in bytes. */
export function tooLarge(limit: number): ImptError {
  return new ImptError(
    'DATA',
    `impCentral sent more than ${limit / 1024 / 1024} MB in one answer, which is the limit.`,
    { hint: 'Ask for less at once, or check that the API endpoint is the base URL of an impCentral API' },
  )
}

async function plainBody(incoming: IncomingMessage): Promise<Readable> {
  if (incoming.headers['content-encoding'] !== 'gzip') return incoming
  const [{ createGunzip }, { pipeline }] = await Promise.all([import('node:zlib'), import('node:stream')])
  // The reader of the body gets the error of a cut answer.
  return pipeline(incoming, createGunzip(), () => undefined).on('error', () => undefined)
}

function headersOf(incoming: IncomingMessage): HeaderList {
  return new HeaderList(
    Object.entries(incoming.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  )
}
