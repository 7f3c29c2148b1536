import type { Dispatcher } from 'undici'
import { Failure } from './errors.ts'
import { tooLarge } from './local.ts'
import type { Credentials } from './remote.ts'
import { MAX_TEXT } from './values.ts'

export interface RequestOptions {
  /** milliseconds that one request may take; 30000 by default */
  readonly timeout?: number
  readonly signal?: AbortSignal
  /** undici dispatcher for requests, e.g. one that follows the proxies of the environment */
  readonly dispatcher?: object
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

const DEFAULT_TIMEOUT = 30_000

/**
 * Makes a GET request. Errors name `shown` (the include) and never the URL, a header or the body, which may hold secrets.
 * @throws Failure (NETWORK, TIMEOUT, CANCELLED; FILE for a body beyond the limit)
 */
export async function get(
  url: string,
  headers: Record<string, string>,
  shown: string,
  options: RequestOptions,
): Promise<Answer> {
  const timeout = AbortSignal.timeout(options.timeout ?? DEFAULT_TIMEOUT)
  const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout])
  try {
    const { ofetch } = await import('ofetch')
    // Repeating, and what a status means, is decided by the readers.
    const response = await ofetch.raw(url, {
      headers,
      signal,
      retry: 0,
      ignoreResponseError: true,
      responseType: 'stream',
      ...(options.dispatcher && { dispatcher: options.dispatcher as Dispatcher }),
    })
    return { status: response.status, headers: response.headers, text: await limitedText(response, shown) }
  } catch (error) {
    if (error instanceof Failure) throw error
    if (options.signal?.aborted === true) throw new Failure('CANCELLED', 'Preprocessing was cancelled')
    if (timeout.aborted) throw new Failure('TIMEOUT', `"${shown}" did not answer in time; try again later`)
    throw new Failure('NETWORK', `Failed to fetch "${shown}": ${reasonOf(error)}`)
  }
}

/** Headers that log in with a user and token, or with the token alone; none without a token. */
export function authorization({ user, token }: Credentials = {}): Record<string, string> {
  if (token === undefined || token === '') return {}
  const name = user === undefined || user === '' ? 'token' : user
  return { authorization: `Basic ${Buffer.from(`${name}:${token}`).toString('base64')}` }
}

/**
 * Returns the answer if it is a success.
 * @throws Failure that says what to do about any other status
 */
export function successful(answer: Answer, shown: string, server: string): Answer {
  if (answer.status === 200) return answer
  const text = `Failed to fetch "${shown}": ${server} answered HTTP/${answer.status}`
  if (answer.headers.get('x-ratelimit-remaining') === '0' || answer.status === 429) {
    throw new Failure('RATE_LIMIT', `${text}; its rate limit is used up, wait or give credentials`)
  }
  if (answer.status === 401 || answer.status === 403 || answer.status === 203) {
    throw new Failure('AUTH', `${text}; check the user and token for ${server}`)
  }
  if (answer.status === 404) {
    throw new Failure('NOT_FOUND', `${text}; check the path and ref, and the credentials if it is private`)
  }
  throw new Failure('SERVER', text)
}

/**
 * Reads a JSON answer as a record.
 * @throws Failure (SERVER)
 */
export function recordOf(answer: Answer, shown: string, server: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(answer.text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>
  } catch {
    // reported below
  }
  throw new Failure('SERVER', `${server} gave an answer for "${shown}" that cannot be understood`)
}

/** A path with each segment percent-encoded. */
export function encodedPath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}

/** A base URL without slashes at its end. */
export function baseOf(url: string): string {
  return url.replace(/\/+$/, '')
}

async function limitedText(response: Response, shown: string): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  // A JSON answer carries a source as base64.
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength
    if (length > MAX_TEXT * 1.5) throw tooLarge(shown)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function reasonOf(error: unknown): string {
  let cause: unknown = error
  while (cause instanceof Error && cause.cause !== undefined) cause = cause.cause
  const code = (cause as NodeJS.ErrnoException | undefined)?.code
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `the server was not found (${code})`
  if (code === 'ECONNREFUSED') return `the server refused the connection (${code})`
  return code === undefined ? 'the connection failed' : `the connection failed (${code})`
}
