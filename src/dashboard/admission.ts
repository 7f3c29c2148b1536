import { randomBytes } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { isSameSecret } from '../program/secret.ts'

/** How long a code in an address lasts, in ms. */
export const CODE_MS = 60_000

/** Who may talk with the server: whoever bought its token with a code that was on this user's screen or in a file of theirs. */
export interface Admission {
  /** A new code, which works once and for a minute. */
  readonly code: () => string
  /** The token for a code; undefined for one that is unknown, used or too old. */
  readonly exchange: (code: string) => string | undefined
  readonly admits: (token: unknown) => boolean
}

/** Codes and the one token of this server; the token ends with the process. `now` in ms. */
export function createAdmission(now: () => number): Admission {
  const token = randomBytes(32).toString('base64url')
  const codes = new Map<string, number>()
  return {
    code() {
      const code = randomBytes(18).toString('base64url')
      codes.set(code, now() + CODE_MS)
      return code
    },
    exchange(code) {
      const until = codes.get(code)
      codes.delete(code)
      return until !== undefined && now() < until ? token : undefined
    },
    admits: (given) => typeof given === 'string' && isSameSecret(given, token),
  }
}

/** Whether a request was addressed to this very server: a page of another site can make its own name lead here (DNS rebinding). */
export function isForUs({ host }: IncomingHttpHeaders, port: number): boolean {
  return host === `127.0.0.1:${port}` || host === `localhost:${port}`
}

/** Whether a request comes from a page of this server, and not from one of another site or port. */
export function isFromUs(headers: IncomingHttpHeaders, port: number): boolean {
  const { origin, host } = headers
  return isForUs(headers, port) && origin === `http://${host ?? ''}`
}
