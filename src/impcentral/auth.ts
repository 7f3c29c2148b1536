import { ImptError } from '../output/error.ts'
import { answerError, errorsOf, shapeError, type Answer } from './failure.ts'
import type { Transport } from './transport.ts'

/** What a login is made with. Neither a user's name nor password is kept anywhere. */
export type Credentials =
  | { readonly kind: 'password'; readonly user: string; readonly password: string }
  | { readonly kind: 'key'; readonly loginKey: string }

/** The tokens of a login, and what renews them (files.md 3). `expiresAt` is an ISO date. All but that are secrets. */
export interface AuthState {
  readonly accessToken: string
  readonly expiresAt: string
  /** Only after a password login. */
  readonly refreshToken?: string
  /** Only after a login with a key. */
  readonly loginKey?: string
}

/** `otp` asks for the second step of a two-factor login (impcentral-api.md 4). */
type LoginResult =
  | { readonly kind: 'tokens'; readonly state: AuthState }
  | { readonly kind: 'otp'; readonly loginToken: string; readonly expiresAt?: string }

/**
 * Logs in with a user name and password or with a login key. Throws AUTH for wrong credentials and FORBIDDEN for a refusal that is not the
 * demand for a one-time password; never repeated on 401.
 */
export async function login(
  transport: Transport,
  credentials: Credentials,
  signal?: AbortSignal,
): Promise<LoginResult> {
  if (credentials.kind === 'key') {
    const loginKey = nonEmpty('loginKey', credentials.loginKey)
    const state = await requestTokens(transport, '/auth/token', { key: loginKey }, {}, signal)
    return { kind: 'tokens', state: { accessToken: state.accessToken, expiresAt: state.expiresAt, loginKey } }
  }
  const id = nonEmpty('id', credentials.user)
  const password = nonEmpty('password', credentials.password)
  const answer = await post(transport, '/auth', { id, password }, {}, signal)
  const otp = answer.status === 403 ? otpDemand(answer) : undefined
  return otp ?? { kind: 'tokens', state: tokensOf(answer, transport) }
}

/** Second step of a two-factor login, with the code that the user typed. Throws what the server says of a wrong code. */
export async function loginWithOtp(
  transport: Transport,
  loginToken: string,
  otp: string,
  signal?: AbortSignal,
): Promise<AuthState> {
  const headers = { 'X-Electricimp-OTP-Token': nonEmpty('otp', otp) }
  return requestTokens(transport, '/auth', { login_token: loginToken }, headers, signal)
}

/**
 * A new access token by the refresh token or, without one, by the login key. A new refresh token in the answer replaces the old.
 * Undefined when the state holds neither.
 */
export async function renew(
  transport: Transport,
  state: AuthState,
  signal?: AbortSignal,
): Promise<AuthState | undefined> {
  const body =
    state.refreshToken !== undefined
      ? { token: state.refreshToken }
      : state.loginKey !== undefined
        ? { key: state.loginKey }
        : undefined
  if (body === undefined) return undefined
  const fresh = await requestTokens(transport, '/auth/token', body, {}, signal)
  if (state.refreshToken !== undefined) return { ...state, ...fresh }
  return { ...state, accessToken: fresh.accessToken, expiresAt: fresh.expiresAt }
}

async function requestTokens(
  transport: Transport,
  path: string,
  body: object,
  headers: Record<string, string>,
  signal?: AbortSignal,
): Promise<AuthState> {
  return tokensOf(await post(transport, path, body, headers, signal), transport)
}

function post(
  transport: Transport,
  path: string,
  body: object,
  headers: Record<string, string>,
  signal?: AbortSignal,
): Promise<Answer> {
  return transport.send({
    method: 'POST',
    path,
    body,
    headers: { 'Content-Type': 'application/json', ...headers },
    ...(signal !== undefined && { signal }),
  })
}

function otpDemand(answer: Answer): LoginResult | undefined {
  const meta = errorsOf(answer)[0]?.meta
  if (typeof meta !== 'object' || meta === null || !('login_token' in meta)) return undefined
  if (typeof meta.login_token !== 'string') return undefined
  const expiresAt = 'expires_at' in meta && typeof meta.expires_at === 'string' ? meta.expires_at : undefined
  return { kind: 'otp', loginToken: meta.login_token, ...(expiresAt !== undefined && { expiresAt }) }
}

function tokensOf(answer: Answer, transport: Transport): AuthState {
  if (answer.status < 200 || answer.status >= 300) throw answerError(answer)
  const body = parseObject(answer.text)
  const {
    access_token: accessToken,
    expires_at: expiresAt,
    expires_in: expiresIn,
    refresh_token: refreshToken,
  } = body
  if (typeof accessToken !== 'string' || accessToken === '') throw shapeError(answer, 'An access token')
  const expires =
    typeof expiresAt === 'string' && !Number.isNaN(Date.parse(expiresAt))
      ? expiresAt
      : typeof expiresIn === 'number'
        ? new Date(transport.clock.now() + expiresIn * 1000).toISOString()
        : undefined
  if (expires === undefined) throw shapeError(answer, 'The time when the access token expires')
  return {
    accessToken,
    expiresAt: expires,
    ...(typeof refreshToken === 'string' && refreshToken !== '' && { refreshToken }),
  }
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** Empty credentials never leave the machine; the text is documented (messages.md 1). */
export function nonEmpty(name: string, value: string): string {
  if (value === '') throw new ImptError('USAGE', `Non empty "${name}" parameter required.`)
  return value
}
