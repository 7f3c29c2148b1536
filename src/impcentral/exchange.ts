import { ImptError } from '../output/error.ts'
import type { Clock } from './clock.ts'
import type { Answer } from './failure.ts'
import { cancelledError, networkError, timeoutError } from './networkfailure.ts'
import { requestEvent, responseEvent, type Observer } from './observer.ts'
import { textOf, type Call, type Wire, type WireResponse } from './wire.ts'

let lastCallId = 0

/**
 * Sends a call once and reads the whole answer, whatever its status. Throws NETWORK, TIMEOUT, or the error of the aborted signal.
 */
export async function exchange(
  wire: Wire,
  call: Call,
  clock: Clock,
  observer: Observer = {},
): Promise<Answer> {
  const deadline = AbortSignal.timeout(call.timeout)
  const signal = call.signal === undefined ? deadline : AbortSignal.any([deadline, call.signal])
  const begin = clock.now()
  const id = announce(call, observer)
  try {
    const { status, headers, body } = await wire(call, signal)
    const text = await textOf(body)
    observer.onResponse?.(responseEvent(id, call.url, status, headers, text, clock.now() - begin))
    return { status, headers, text }
  } catch (error) {
    throw failed(id, error, deadline.aborted, call, observer)
  }
}

/** Sends a call once and gives the response as soon as its headers are there; its body ends only with the signal or the connection. */
export async function openStream(
  wire: Wire,
  call: Call,
  clock: Clock,
  observer: Observer = {},
): Promise<WireResponse> {
  // Only the opening has a time limit, so the deadline must be taken back once the headers are there.
  const deadline = new AbortController()
  const timer = setTimeout(() => deadline.abort(), call.timeout)
  const signal = call.signal === undefined ? deadline.signal : AbortSignal.any([deadline.signal, call.signal])
  const begin = clock.now()
  const id = announce(call, observer)
  try {
    const response = await wire(call, signal)
    const { status, headers } = response
    observer.onResponse?.(responseEvent(id, call.url, status, headers, '', clock.now() - begin))
    return response
  } catch (error) {
    throw failed(id, error, deadline.signal.aborted, call, observer)
  } finally {
    clearTimeout(timer)
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
  if (call.signal?.aborted) return cancelledError(call.signal, error)
  if (isLate) return timeoutError(call.method, host, call.timeout)
  return error instanceof ImptError ? error : networkError(error, call.method, host)
}
