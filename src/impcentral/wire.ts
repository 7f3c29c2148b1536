import type { Agent, IncomingMessage } from 'node:http'
import { ImptError } from '../output/error.ts'
import { proxyFor, tunnelled } from './proxy.ts'

/** One HTTP request, complete. */
export interface Call {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  /** Longest time for the request and the answer's headers and body, in ms. */
  readonly timeout: number
  readonly signal: AbortSignal | undefined
}

/** A response whose headers are there; header names are in lower case. The body must be read or the signal aborted. */
export interface WireResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: AsyncIterable<Uint8Array>
}

/** Sends a call until `signal` is aborted, follows no redirect (that would carry a password header to another host), and never gives up by itself. */
export type Wire = (call: Call, signal: AbortSignal) => Promise<WireResponse>

const agents = new Map<string, Agent>()

/**
 * What sends requests to a URL's host, directly or, unless `direct`, through a proxy of the environment. Node's own HTTP client: it costs 10 ms at start where fetch costs 100 ms, more than a whole
 * command may take. Everything is loaded here, so that no loading falls into the time of the first request. Throws USAGE for a bad proxy variable.
 */
export async function openWire(url: string, direct = false): Promise<Wire> {
  const isSecure = new URL(url).protocol === 'https:'
  const { request, Agent } = isSecure ? await import('node:https') : await import('node:http')
  const proxy = direct ? undefined : proxyFor(url)
  const name = `${isSecure} ${proxy?.href ?? ''}`
  const known = agents.get(name)
  const fresh = known ?? new Agent({ keepAlive: true })
  const agent = known !== undefined || proxy === undefined ? fresh : await tunnelled(fresh, proxy, isSecure)
  agents.set(name, agent)
  return (call, signal) =>
    new Promise((resolve, reject) => {
      const length = call.body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(call.body)) }
      const headers = { ...encodeHeaders(call.headers), 'Accept-Encoding': 'gzip', ...length }
      signal.throwIfAborted()
      const outgoing = request(call.url, { method: call.method, headers, agent })
      // The option "signal" of Node would stay on the socket and later break the requests of others.
      const stop = (): void => void outgoing.destroy()
      signal.addEventListener('abort', stop, { once: true })
      outgoing.on('close', () => signal.removeEventListener('abort', stop))
      outgoing.on('error', reject)
      outgoing.on('response', (incoming) => {
        // The reader gets the error; this is for when nobody reads any more and the call is aborted.
        incoming.on('error', () => undefined)
        plainBody(incoming).then(
          (body) => resolve({ status: incoming.statusCode ?? 0, headers: headersOf(incoming), body }),
          reject,
        )
      })
      outgoing.end(call.body)
    })
}

/** The whole body as text. */
export async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

async function plainBody(incoming: IncomingMessage): Promise<AsyncIterable<Uint8Array>> {
  if (incoming.headers['content-encoding'] !== 'gzip') return incoming
  const [{ createGunzip }, { pipeline }] = await Promise.all([import('node:zlib'), import('node:stream')])
  // The reader of the body gets the error of a cut answer.
  return pipeline(incoming, createGunzip(), () => undefined).on('error', () => undefined)
}

function headersOf(incoming: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  )
}

// Values are sent as bytes of UTF-8. The error for a bad value must not repeat it, since it may be a password.
function encodeHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      if (/[\x00-\x1f\x7f]/.test(value)) {
        throw new ImptError('USAGE', `The value for the header ${name} contains control characters.`)
      }
      return [name, Buffer.from(value, 'utf8').toString('latin1')]
    }),
  )
}
