import { ImptError } from '../output/error.ts'
import type { Answer } from './failure.ts'
import { HeaderList, type Fetch, type Fetched } from './nodefetch.ts'

/** One HTTP request, complete. */
export interface Call {
  readonly method: string
  /** Whether it may leave something changed behind, so that a lost answer is a doubt. */
  readonly changes: boolean
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

/** Sends calls until `signal` is aborted: nothing is repeated, no redirect is followed, and every status is an answer. */
export interface Wire {
  whole(call: Call, signal: AbortSignal): Promise<Answer>
  /** Gives an answer of status 200 as soon as its headers are there, and any other whole. */
  open(call: Call, signal: AbortSignal): Promise<WireResponse | Answer>
  /** Gives every answer as soon as its headers are there. */
  stream(call: Call, signal: AbortSignal): Promise<WireResponse>
}

/** ofetch over a `fetch`, which is the one place where tests put another. */
export async function openWire(fetch: Fetch): Promise<Wire> {
  const { createFetch } = await import('ofetch')
  const { raw } = createFetch({
    fetch: fetch as unknown as typeof globalThis.fetch,
    Headers: HeaderList as unknown as typeof Headers,
    AbortController,
  })

  async function send(call: Call, signal: AbortSignal, responseType: 'text' | 'stream') {
    const response = await raw<unknown>(call.url, {
      method: call.method,
      headers: encodeHeaders(call.headers),
      ...(call.body !== undefined && { body: call.body }),
      signal,
      redirect: 'manual',
      // Repeating, and what a status means, is decided by the transport.
      retry: 0,
      ignoreResponseError: true,
      responseType: responseType as 'json',
    })
    const fetched = response as unknown as Fetched
    const head = { status: fetched.status, headers: Object.fromEntries(fetched.headers) }
    return { head, fetched, data: response._data }
  }

  return {
    async whole(call, signal) {
      const { head, data } = await send(call, signal, 'text')
      return { ...head, text: typeof data === 'string' ? data : '' }
    },
    async open(call, signal) {
      const { head, fetched } = await send(call, signal, 'stream')
      if (head.status !== 200) return { ...head, text: await fetched.text() }
      return { ...head, body: fetched.body ?? emptyBody() }
    },
    async stream(call, signal) {
      const { head, fetched } = await send(call, signal, 'stream')
      return { ...head, body: fetched.body ?? emptyBody() }
    },
  }
}

/** The whole body; undefined where it has more than `limit` bytes: the rest is not read then. */
export async function bodyOf({ body }: WireResponse, limit: number): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > limit) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}

/** The text that bytes are; undefined where they are not UTF-8. */
export function textIn(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

async function* emptyBody(): AsyncGenerator<Uint8Array> {}

/** What a header may hold as it is: nearly every value. */
const PRINTABLE = /^[\x20-\x7e]*$/

// Values are sent as bytes of UTF-8. The error for a bad value must not repeat it, since it may be a password.
function encodeHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const encoded: Record<string, string> = {}
  for (const name in headers) {
    const value = headers[name] ?? ''
    if (PRINTABLE.test(value)) encoded[name] = value
    else if (/[\x00-\x1f\x7f]/.test(value))
      throw new ImptError('USAGE', `The value for the header ${name} contains control characters.`)
    else encoded[name] = Buffer.from(value, 'utf8').toString('latin1')
  }
  return encoded
}
