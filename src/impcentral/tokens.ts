import { ImptError } from '../output/error.ts'
import { renew, type AuthState } from './auth.ts'
import type { Answer } from './failure.ts'
import type { Request, Transport } from './transport.ts'

/** Where the tokens of a login are kept; may be shared with other processes. */
export interface TokenStore {
  /** The present state. Throws AUTH when nobody is logged in. */
  read(): Promise<AuthState>
  /**
   * Replaces the state by what `change` makes of it, under a lock that covers re-reading, `change` and writing, so that `change` sees a token
   * which another process has just renewed. Gives the new state.
   */
  update(change: (state: AuthState) => Promise<AuthState>): Promise<AuthState>
  /** Names the kind of the store in errors: `Local Auth`, `Global Auth` or `Auth` (files.md 3). */
  readonly label?: string
  /** What to do when the tokens cannot be renewed. */
  readonly reloginHint?: string
}

/** Sends requests with a valid token: renewed 3 minutes before it expires, and once when the server answers 401 (files.md 3). */
export interface AuthorizedSender {
  send(request: Request): Promise<Answer>
  /** A token that is valid now, for the log stream. */
  accessToken(): Promise<string>
  /** Replaces a token that was refused. */
  renewToken(refused: string): Promise<string>
}

const RENEW_BEFORE_MS = 3 * 60 * 1000
/** How long a new token is trusted that has expired by our clock, which must then be wrong; a 401 still renews it. */
const SKEWED_LIFE_MS = 30 * 60 * 1000

/** A store in memory, for logins that are not saved. */
export function memoryTokenStore(initial: AuthState, label = 'Auth'): TokenStore {
  let state = initial
  let last: Promise<unknown> = Promise.resolve()
  return {
    label,
    read: async () => state,
    update(change) {
      const next = last.then(async () => (state = await change(state)))
      last = next.catch(() => undefined)
      return next
    },
  }
}

export function authorizedSender(transport: Transport, store: TokenStore): AuthorizedSender {
  const { clock } = transport
  /** Tokens that this process got, by when to renew them: the server's clock may differ, and its tokens may live less than 6 minutes. */
  const renewAt = new Map<string, number>()
  let renewing: Promise<AuthState> | undefined

  function isDue(state: AuthState): boolean {
    const due = renewAt.get(state.accessToken) ?? Date.parse(state.expiresAt) - RENEW_BEFORE_MS
    return !(clock.now() < due)
  }

  // One renewal for all that need one: the signal of a single caller must not end it.
  async function renewed(refused: string | undefined): Promise<AuthState> {
    renewing ??= store.update((state) => renewState(state, refused)).finally(() => (renewing = undefined))
    return renewing
  }

  async function renewState(state: AuthState, refused: string | undefined): Promise<AuthState> {
    if (state.accessToken !== refused && !isDue(state)) return state
    const begin = clock.now()
    const fresh = await renew(transport, state).catch((error: unknown) => {
      throw isNotFound(error) ? renewError(store, 'refused', error) : error
    })
    if (fresh === undefined) throw renewError(store, 'nothing')
    const life = Date.parse(fresh.expiresAt) - begin
    renewAt.set(
      fresh.accessToken,
      begin + (life > 0 ? Math.max(life - RENEW_BEFORE_MS, life / 2) : SKEWED_LIFE_MS),
    )
    return fresh
  }

  async function accessToken(): Promise<string> {
    const state = await store.read()
    if (!isDue(state)) return state.accessToken
    return (await renewed(undefined)).accessToken
  }

  async function renewToken(refused: string): Promise<string> {
    return (await renewed(refused)).accessToken
  }

  async function send(request: Request): Promise<Answer> {
    const token = await accessToken()
    const answer = await transport.send(withToken(request, token))
    if (answer.status !== 401) return answer
    return transport.send(withToken(request, await renewToken(token)))
  }

  return { send, accessToken, renewToken }
}

function withToken(request: Request, token: string): Request {
  return { ...request, headers: { Authorization: `Bearer ${token}`, ...request.headers } }
}

function isNotFound(error: unknown): boolean {
  return error instanceof ImptError && error.code === 'NOT_FOUND'
}

function renewError(store: TokenStore, why: 'refused' | 'nothing', cause?: unknown): ImptError {
  const label = store.label ?? 'Auth'
  const message =
    why === 'refused'
      ? `Impossible to refresh access token for the ${label} File.`
      : `Access token is expired for the ${label} File. Information required to refresh access token is not saved.`
  return new ImptError('AUTH', message, {
    ...(store.reloginHint !== undefined && { hint: store.reloginHint }),
    ...(cause !== undefined && { cause }),
  })
}
