import { setMaxListeners } from 'node:events'
import { ImptError } from '../output/error.ts'
import { systemClock, type Clock } from './clock.ts'
import { normalizeEndpoint } from './endpoint.ts'
import { exchange, urlOf } from './exchange.ts'
import { answerError, type Answer } from './failure.ts'
import { cancelledError, isConnectionLoss } from './networkfailure.ts'
import { limiterFor, type Limiter, type Priority } from './limiter.ts'
import { retryAfterOf } from './allowance.ts'
import type { Observer } from './observer.ts'
import { redactUrl } from './redact.ts'
import { openFetch, type Fetch } from './nodefetch.ts'
import { openWire, type Call, type Wire } from './wire.ts'

export interface TransportOptions {
  /** Base URL of the API, with or without a trailing slash. */
  readonly endpoint: string
  /** Refuse everything but GET and the calls that get a token: the dry run (language.md 2.12). */
  readonly readOnly?: boolean
  /** Is told of each change while it is under way, and may refuse the next one. */
  readonly gate?: ChangeGate | undefined
  /** Waited for before each change, which is not sent when it throws. */
  readonly before?: (() => Promise<void>) | undefined
  readonly observer?: Observer
  /** Cancels every request of this client. */
  readonly signal?: AbortSignal
  /** Longest time for one request and its answer, in ms; default 30 s. */
  readonly timeout?: number
  /** For tests: time, and turns that are not shared with the process. */
  readonly clock?: Clock
  readonly limiter?: Limiter
  readonly userAgent?: string
  /** Never through a proxy of the environment: for a server inside this machine. */
  readonly direct?: boolean
  /** What carries the requests: Node's own HTTP client, unless a test puts another in its place. */
  readonly fetch?: Fetch
  /** Most bytes of an answer, after inflating; default 256 MB. */
  readonly answerLimit?: number
}

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path under the endpoint, begins with `/`, ids in it already percent-encoded (see `pathOf`). */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
  /** A JSON value. */
  readonly body?: unknown
  readonly signal?: AbortSignal
  readonly priority?: Priority
  /** In ms; overrides the time of the transport. */
  readonly timeout?: number
}

/** Sends requests to one endpoint and gives complete answers, repeating what may be repeated. Knows nothing of tokens. */
export interface Transport {
  readonly endpoint: string
  readonly clock: Clock
  readonly options: TransportOptions
  /** What sends single calls; opened once. Throws USAGE for a bad proxy variable. */
  wire(): Promise<Wire>
  /**
   * One request; resolves with the answer whatever its status. 429 is waited for and repeated, a GET also after 502-504 and lost connections.
   * Throws NETWORK, TIMEOUT, RATE_LIMIT, CANCELLED, or the reason of an aborted signal when that is an ImptError.
   */
  send(request: Request): Promise<Answer>
}

const API_CONTENT_TYPE = 'application/vnd.api+json'
const DEFAULT_TIMEOUT_MS = 30_000
const MAX_RETRIES = 3
const FIRST_BACKOFF_MS = 250
/** 429 is not a failure but a queue; after this much waiting the request gives up all the same. */
const RATE_PATIENCE_MS = 120_000
const USER_AGENT = `impt (Node.js ${process.versions.node})`
/** Getting a token changes nothing that somebody would have to look at. */
const TOKEN_PATHS = new Set(['/auth', '/auth/token'])

/** Who wants to know which changes are under way, and whether another may begin. */
export interface ChangeGate {
  /** A change is about to be sent; the function that it gives is called when its answer is known. Throws CANCELLED for no more changes. */
  readonly begin: () => () => void
}

export function createTransport(options: TransportOptions): Transport {
  const endpoint = normalizeEndpoint(options.endpoint)
  const clock = options.clock ?? systemClock
  const limiter = options.limiter ?? limiterFor(endpoint)

  let opened: Promise<Wire> | undefined

  function wire(): Promise<Wire> {
    opened ??= open().catch((error: unknown) => {
      opened = undefined
      throw error
    })
    return opened
  }

  async function open(): Promise<Wire> {
    return openWire(options.fetch ?? (await openFetch(endpoint, options.direct, options.answerLimit)))
  }

  async function send(request: Request): Promise<Answer> {
    if (request.method === 'GET' || TOKEN_PATHS.has(request.path)) return carryOut(request)
    await options.before?.()
    if (!options.gate) return carryOut(request)
    const end = options.gate.begin()
    try {
      return await carryOut(request)
    } finally {
      end()
    }
  }

  async function carryOut(request: Request): Promise<Answer> {
    const changes = request.method !== 'GET' && !TOKEN_PATHS.has(request.path)
    if (options.readOnly && changes) throw dryRunError(request)
    const signal = anySignal(options.signal, request.signal)
    const sender = await wire()
    const call: Call = {
      method: request.method,
      changes,
      url: urlOf(endpoint, request.path, request.query),
      headers: { ...standardHeaders(options), 'Content-Type': API_CONTENT_TYPE, ...request.headers },
      body: request.body === undefined ? undefined : JSON.stringify(request.body),
      timeout: request.timeout ?? options.timeout ?? DEFAULT_TIMEOUT_MS,
      signal,
    }
    let retries = 0
    let patienceEnd: number | undefined
    for (let again = false; ; again = true) {
      const turn = await limiter
        .acquire(request.priority ?? 'normal', again, signal)
        .catch((error: unknown) => {
          throw cancelledError(signal, error)
        })
      let outcome: Answer | Error
      try {
        outcome = await exchange(sender, call, clock, options.observer)
      } catch (error) {
        outcome = error as Error
      }
      if (outcome instanceof Error) turn.end()
      else turn.end(outcome.status, outcome.headers)
      if (!(outcome instanceof Error) && outcome.status === 429) {
        patienceEnd ??= clock.now() + RATE_PATIENCE_MS
        if (clock.now() >= patienceEnd) throw answerError(outcome)
        options.observer?.onWait?.({ reason: 'HTTP 429: the rate limit is reached' })
        continue
      }
      if (!mayRetry(request, outcome) || retries >= MAX_RETRIES) {
        if (outcome instanceof Error) throw outcome
        return outcome
      }
      const wait = backoff(outcome, retries++, clock)
      options.observer?.onWait?.({ ms: wait, reason: reasonOf(outcome) })
      await clock.sleep(wait, signal).catch((error: unknown) => {
        throw cancelledError(signal, error)
      })
    }
  }

  return { endpoint, clock, options, wire, send }
}

/** Joins parts to a path and percent-encodes each: ids come from people and servers (impcentral-api.md 2.3). Throws USAGE for an empty part. */
export function pathOf(...parts: readonly string[]): string {
  return parts.map((part) => `/${encodePart(part)}`).join('')
}

/** One signal for several, of which some may be missing. */
export function anySignal(...signals: readonly (AbortSignal | undefined)[]): AbortSignal | undefined {
  const present = signals.filter((signal) => signal !== undefined)
  const [only] = present
  const signal = present.length > 1 ? AbortSignal.any(present) : only
  // One signal rightly stops many requests; Node would warn of a leak.
  if (signal !== undefined) setMaxListeners(0, signal)
  return signal
}

/** Headers that every request carries. */
export function standardHeaders(options: TransportOptions): Record<string, string> {
  return { 'User-Agent': options.userAgent ?? USER_AGENT, Accept: 'application/json' }
}

function mayRetry(request: Request, outcome: Answer | Error): boolean {
  if (request.method !== 'GET') return false
  if (!(outcome instanceof Error)) return outcome.status >= 502 && outcome.status <= 504
  return outcome instanceof ImptError && outcome.code === 'NETWORK' && isConnectionLoss(outcome)
}

function backoff(outcome: Answer | Error, retries: number, clock: Clock): number {
  const asked =
    outcome instanceof Error ? undefined : retryAfterOf(outcome.headers['retry-after'], clock.now())
  const own = FIRST_BACKOFF_MS * 2 ** retries * (0.5 + clock.random())
  return Math.min(Math.max(asked ?? 0, own), DEFAULT_TIMEOUT_MS)
}

function reasonOf(outcome: Answer | Error): string {
  if (!(outcome instanceof Error)) return `HTTP ${outcome.status}`
  return outcome instanceof ImptError ? (outcome.hint ?? outcome.message) : outcome.message
}

function dryRunError(request: Request): ImptError {
  return new ImptError('CANCELLED', `Dry run: ${request.method} ${redactUrl(request.path)} was not sent.`, {
    hint: 'Leave out --dry-run to carry it out',
  })
}

function encodePart(part: string): string {
  if (part === '') throw new ImptError('USAGE', 'An empty identifier was given.')
  // A path of dots would be resolved away by the URL parser, and cannot be escaped.
  if (part === '.' || part === '..')
    throw new ImptError('NOT_FOUND', `There is nothing with the identifier "${part}".`)
  return encodeURIComponent(part)
}
