import { ImptError } from '../output/error.ts'
import { redactUrl } from './redact.ts'

const NETWORK_MESSAGE = 'Access to impCentral failed or timed out. Please check your network connection.'

/**
 * The error for a request that got no complete answer; `changes` when it may have left something changed. `host` is named in the hint together
 * with the cause.
 */
export function networkError(error: unknown, changes: boolean, host: string): ImptError {
  const cause = deepestCause(error)
  const reason = reasonOf(cause, host)
  return new ImptError(reason.timeout ? 'TIMEOUT' : 'NETWORK', NETWORK_MESSAGE, {
    hint: reason.text,
    cause,
    mayBeDone: changes && reason.sent !== false,
  })
}

/** The error for a request whose own time limit has passed. */
export function timeoutError(changes: boolean, host: string, ms: number): ImptError {
  return new ImptError('TIMEOUT', NETWORK_MESSAGE, {
    hint: `${host} gave no complete answer within ${ms / 1000} s`,
    mayBeDone: changes,
  })
}

/**
 * The error for work that was stopped by its signal: the signal's reason if that says more than "aborted". `mayBeDone` when a change was under
 * way.
 */
export function cancelledError(signal: AbortSignal | undefined, error: unknown, mayBeDone = false): unknown {
  if (!signal?.aborted) return error
  if (signal.reason instanceof ImptError) return signal.reason
  if (signal.reason instanceof Error && signal.reason.name === 'TimeoutError') {
    return new ImptError('TIMEOUT', 'The time for this operation is over.', {
      cause: signal.reason,
      mayBeDone,
    })
  }
  return new ImptError('CANCELLED', 'The operation was cancelled.', { cause: signal.reason, mayBeDone })
}

/** Whether a request failed because its connection was lost, so that a read may be tried again. */
export function isConnectionLoss(error: unknown): boolean {
  const cause = deepestCause(error)
  return (
    ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH'].includes(
      codeOfCause(cause),
    ) || /socket hang up|other side closed|terminated|proxy connection ended/i.test(cause.message)
  )
}

// fetch wraps the error that matters, up to three deep; connection attempts to several addresses come as one AggregateError.
function deepestCause(error: unknown): Error {
  let current = error
  for (let depth = 0; depth < 6; depth++) {
    const inner =
      current instanceof AggregateError
        ? current.errors[0]
        : current instanceof Error
          ? current.cause
          : undefined
    if (!(inner instanceof Error)) break
    current = inner
  }
  return current instanceof Error ? current : new Error(String(current))
}

function codeOfCause(cause: Error): string {
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
}

interface Reason {
  readonly text: string
  readonly timeout?: boolean
  /** False when the request cannot have reached the server. */
  readonly sent?: boolean
}

function reasonOf(cause: Error, host: string): Reason {
  const code = codeOfCause(cause)
  if (/proxy|tunnel/i.test(cause.message)) {
    return {
      text: `There is no connection to ${host} through the proxy: ${redactUrl(cause.message)}`,
      sent: false,
    }
  }
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { text: `The host ${host} was not found (${code})`, sent: false }
    case 'ECONNREFUSED':
      return { text: `${host} refused the connection (${withAddress(code, cause)})`, sent: false }
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return { text: `There is no way to ${host} (${withAddress(code, cause)})`, sent: false }
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
      return {
        text: `${host} did not take the connection in time (${withAddress(code, cause)})`,
        timeout: true,
        sent: false,
      }
    case 'UND_ERR_HEADERS_TIMEOUT':
    case 'UND_ERR_BODY_TIMEOUT':
      return { text: `${host} was silent for too long (${code})`, timeout: true }
    case 'ECONNRESET':
    case 'EPIPE':
      return { text: `${host} reset the connection (${code})` }
    case 'UND_ERR_SOCKET':
      return { text: `${host} closed the connection in the middle (socket hang up)` }
    default:
      return isTlsProblem(code, cause)
        ? {
            text: `${host} gave no trusted TLS connection (${code || cause.message}); see NODE_EXTRA_CA_CERTS`,
            sent: false,
          }
        : { text: `${host}: ${redactUrl(cause.message)}${code === '' ? '' : ` (${code})`}` }
  }
}

// The address tells a proxy that is down from a host that is.
function withAddress(code: string, cause: Error): string {
  return 'address' in cause && 'port' in cause
    ? `${code} ${String(cause.address)}:${String(cause.port)}`
    : code
}

function isTlsProblem(code: string, cause: Error): boolean {
  return /CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code) || /certificate|tls|ssl/i.test(cause.message)
}
