import { ImptError } from '../output/error.ts'
import type { Clock } from './clock.ts'
import type { Answer } from './failure.ts'
import { cancelledError, networkError, timeoutError } from './networkfailure.ts'
import { requestEvent, responseEvent, type Observer } from './observer.ts'
import type { Call, Wire, WireResponse } from './wire.ts'
import { whenAborted } from '../program/aborted.ts'

let lastCallId = 0

/**
 * Sends a call once and reads the whole answer, whatever its status. Throws NETWORK, TIMEOUT, DATA for an answer beyond the limit, or the
 * error of the aborted signal.
 */
export function exchange(wire: Wire, call: Call, clock: Clock, observer: Observer = {}): Promise<Answer> {
  return watched(call, clock, observer, (signal) => wire.whole(call, signal))
}

/**
 * Sends a call once and gives a response of status 200 as soon as its headers are there; its body ends only with the signal or the connection.
 * Any other answer comes whole.
 */
export function openStream(
  wire: Wire,
  call: Call,
  clock: Clock,
  observer: Observer = {},
): Promise<WireResponse | Answer> {
  return watched(call, clock, observer, (signal) => wire.open(call, signal))
}

async function watched<T extends WireResponse | Answer>(
  call: Call,
  clock: Clock,
  observer: Observer,
  send: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  // What sees the traffic may throw: before anything is to be taken back.
  const begin = clock.now()
  const id = announce(call, observer)
  // One controller for deadline and cancelling costs far less than joining two signals, and lists make many requests.
  const stop = new AbortController()
  const cancel = (): void => stop.abort(call.signal?.reason)
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    stop.abort()
  }, call.timeout)
  const deafen = call.signal && whenAborted(call.signal, cancel)
  let isOpen = false
  try {
    const response = await send(stop.signal)
    isOpen = 'body' in response
    const { status, headers } = response
    const text = 'text' in response ? response.text : ''
    observer.onResponse?.(responseEvent(id, call.url, status, headers, text, clock.now() - begin))
    return response
  } catch (error) {
    throw failed(id, error, isLate, call, observer)
  } finally {
    clearTimeout(timer)
    if (!isOpen) deafen?.()
  }
}

/** Absolute URL of a path under an endpoint. */
export function urlOf(endpoint: string, path: string, query: Readonly<Record<string, string>> = {}): string {
  const text = new URLSearchParams(query).toString()
  return `${endpoint}${path}${text === '' ? '' : `?${text}`}`
}

function announce(call: Call, observer: Observer): number {
  lastCallId += 1
  observer.onRequest?.(requestEvent(lastCallId, call.method, call.url, call.headers, call.body))
  return lastCallId
}

function failed(id: number, error: unknown, isLate: boolean, call: Call, observer: Observer): unknown {
  const failure = failureOf(error, isLate, call)
  const text = failure instanceof ImptError ? (failure.hint ?? failure.message) : String(failure)
  observer.onFailure?.({ id, error: text })
  return failure
}

function failureOf(error: unknown, isLate: boolean, call: Call): unknown {
  const { host } = new URL(call.url)
  if (call.signal?.aborted) return cancelledError(call.signal, error, call.changes)
  if (isLate) return timeoutError(call.changes, host, call.timeout)
  if (!(error instanceof ImptError)) return networkError(error, call.changes, host)
  // Too large an answer comes from a request that was sent; a bad header does not.
  return error.code === 'DATA' && call.changes
    ? new ImptError('DATA', error.message, { ...(error.hint && { hint: error.hint }), mayBeDone: true })
    : error
}
