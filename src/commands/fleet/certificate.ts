import type { TLSSocket } from 'node:tls'
import { newAgent } from '../../impcentral/nodefetch.ts'
import { proxyFor } from '../../impcentral/proxy.ts'
import { ok, type Check, wrong } from './check.ts'

/** Who runs a cloud should have renewed its certificate by then. */
const SOON_DAYS = 14
const DAY_MS = 86_400_000
const PATIENCE_MS = 10_000

/** What the TLS handshake showed. */
export interface Handshake {
  readonly host: string
  /** Node's code for why the certificate is not trusted; null where it is. */
  readonly error: string | null
  /** When it expires, ms since 1970; NaN where it is not told. */
  readonly expires: number
  /** Who signed it; empty where that is not told. */
  readonly issuer: string
  /** The names that it is for, as `DNS:a, DNS:b`. */
  readonly names: string
}

/**
 * The certificate of an endpoint, as the way through the proxy of the environment shows it: nothing is sent to a host that is not trusted. Empty for
 * an endpoint without TLS and where no handshake was made: what is wrong then is said by who connects.
 */
export async function certificate(
  endpoint: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  if (new URL(endpoint).protocol !== 'https:') return []
  const seen = await handshake(endpoint, env, signal)
  return seen === undefined ? [] : [judgeCertificate(seen, Date.now())]
}

/** Says what is wrong with a certificate. `now` in ms since 1970. */
export function judgeCertificate({ host, error, expires, issuer, names }: Handshake, now: number): Check {
  const day = Number.isNaN(expires) ? 'a day that is not told' : new Date(expires).toISOString().slice(0, 10)
  const broken = (detail: string, remedy: string): Check => ({
    check: 'certificate',
    state: 'broken',
    detail,
    remedy,
    code: 'NETWORK',
  })
  switch (error) {
    case null: {
      const days = Math.floor((expires - now) / DAY_MS)
      if (!(days < SOON_DAYS)) return ok('certificate', `that of ${host} is valid until ${day}`)
      const when = days < 1 ? 'in less than a day' : days === 1 ? 'in 1 day' : `in ${days} days`
      return wrong(
        'certificate',
        `The certificate of ${host} expires ${when} (${day}).`,
        `Tell who runs ${host}: no command works after that`,
      )
    }
    case 'CERT_HAS_EXPIRED':
      return broken(
        `The certificate of ${host} expired on ${day}.`,
        `Look at the clock of this machine, and tell who runs ${host}`,
      )
    case 'CERT_NOT_YET_VALID':
      return broken(
        `The certificate of ${host} is not valid yet.`,
        'Look at the clock of this machine: it may be behind',
      )
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return broken(
        `The certificate is not for ${host} but for ${names === '' ? 'no name' : names}.`,
        'Look at the endpoint of the login: the name may be misspelled, or another server answers',
      )
    default:
      return broken(
        `The certificate of ${host} is signed by ${issuer === '' ? 'somebody unknown' : `"${issuer}"`}, whom this machine does not know (${error}).`,
        'If that is your proxy or your own server, set NODE_EXTRA_CA_CERTS to the file of its certificate; else do not log in',
      )
  }
}

async function handshake(
  endpoint: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Handshake | undefined> {
  const { request } = await import('node:https')
  const agent = await newAgent(true, proxyFor(endpoint, env))
  const ending = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)])
  try {
    return await new Promise((resolve) => {
      // The request is never ended, so that nothing of it goes out: the handshake alone is looked at.
      const outgoing = request(endpoint, { agent, rejectUnauthorized: false, signal: ending })
      const look = (socket: TLSSocket): void => {
        const { valid_to: expires, issuer, subjectaltname = '' } = socket.getPeerCertificate()
        const error: unknown = socket.authorizationError
        resolve({
          host: new URL(endpoint).hostname,
          error: socket.authorized ? null : error instanceof Error ? error.message : String(error),
          expires: Date.parse(expires),
          issuer: String(issuer?.CN ?? issuer?.O ?? ''),
          names: subjectaltname,
        })
        outgoing.destroy()
      }
      outgoing.on('socket', (socket) => {
        const secure = socket as TLSSocket
        if (Object.keys(secure.getPeerCertificate?.() ?? {}).length > 0) look(secure)
        else secure.once('secureConnect', () => look(secure))
      })
      outgoing.on('error', () => resolve(undefined))
      outgoing.on('close', () => resolve(undefined))
    })
  } finally {
    agent.destroy()
  }
}
