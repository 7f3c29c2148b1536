/** `/auth` and `/auth/token`: password, two-factor, refresh token and login key (impcentral-api.md 4). */
import { Hono } from 'hono'
import { readObject } from '../body.ts'
import { addressOf, isTrusted, type Core, type Env, type RouteContext } from '../core.ts'
import { isOneTimeCode, isPassword } from '../credentials.ts'
import { isSameSecret } from '../../program/secret.ts'
import { demoLoginKey } from '../known.ts'
import { fault, invalid, notForOthers, unauthorized } from '../errors.ts'
import type { Account } from '../model.ts'
import { hex } from '../random.ts'
import { iso } from '../resources.ts'
import { issueToken, issueTokens } from '../tokens.ts'

/** Milliseconds that a login token lives, and wrong codes it stands. */
const loginTokenLife = 5 * 60_000
const wrongCodes = 5

/** In the place of the hash of a user that is not known: comparing a password with it takes as long, and none fits. */
const NOBODY = `${'00'.repeat(8)}:${'00'.repeat(32)}`

type LoginToken = { account: string; expires: number; tries: number }

export function authRoutes(core: Core): Hono<Env> {
  const loginTokens = new Map<string, LoginToken>()

  const secondStep = (token: string, code: string | undefined): Account => {
    const login = loginTokens.get(token)
    const account = core.store.accounts.get(login?.account ?? '')
    if (!login || !account?.otpSecret || login.expires <= core.now()) {
      loginTokens.delete(token)
      throw unauthorized('The login token is invalid or has expired.')
    }
    if (code === undefined || !isOneTimeCode(code, account.otpSecret, core.now())) {
      if (++login.tries >= wrongCodes) loginTokens.delete(token)
      throw unauthorized('The one-time password is wrong.')
    }
    loginTokens.delete(token)
    return account
  }
  const firstStep = (c: RouteContext, user: string, password: string): Account => {
    const account = core.store.accounts.find(user)
    const isSecret = isSameSecret(password, core.password)
    const right = isSecret || isPassword(password, account?.password ?? NOBODY)
    if (account && right && !isSecret && !isTrusted(core, c)) throw notForOthers()
    if (!account || !right) throw unauthorized('The user name or the password is wrong.')
    if (account.otpSecret === null) return account
    const token = hex(core.random, 64)
    const expires = core.now() + loginTokenLife
    for (const [old, login] of loginTokens) if (login.expires <= core.now()) loginTokens.delete(old)
    loginTokens.set(token, { account: account.id, expires, tries: 0 })
    throw fault(403, 'PX200', 'OTP Required', 'A one-time password is needed to log in.', {
      login_token: token,
      expires_at: iso(expires),
    })
  }

  return new Hono<Env>()
    .post('/auth', async (c) => {
      const body = await readObject(c)
      const { id, password, login_token: token } = body
      if (typeof token === 'string') {
        const account = secondStep(token, c.req.header('x-electricimp-otp-token'))
        return c.json(issueTokens(core, account, addressOf(c)))
      }
      if (typeof id !== 'string' || typeof password !== 'string')
        throw invalid('Invalid Body', 'Either "id" and "password" or "login_token" must be given as strings.')
      return c.json(issueTokens(core, firstStep(c, id, password), addressOf(c)))
    })
    .post('/auth/token', async (c) => {
      const { token, key } = await readObject(c)
      const { refreshTokens, loginKeys, accounts } = core.store
      if (typeof token === 'string') {
        const refresh = refreshTokens.find(token)
        const account = accounts.get(refresh?.account ?? '')
        // The id names the token in lists; only the secret renews.
        if (!refresh || !account || refresh.secret !== token) throw unknown('refresh token')
        refreshTokens.update(refresh, { lastUsed: core.now() })
        return c.json(issueToken(core, account, addressOf(c)))
      }
      if (typeof key !== 'string')
        throw invalid('Invalid Body', 'Either "token" or "key" must be given as a string.')
      const login = loginKeys.get(key)
      const account = accounts.get(login?.account ?? '')
      if (!login || !account) throw unknown('login key')
      if (key === demoLoginKey && !isTrusted(core, c)) throw notForOthers()
      loginKeys.update(login, { usages: login.usages + 1, lastUsed: core.now() })
      return c.json(issueToken(core, account, addressOf(c)))
    })
}

/** Without the secret itself; 404 is what the reference client takes for a revoked one (messages.md). */
const unknown = (kind: string) => fault(404, 'NF001', 'Resource Not Found', `The ${kind} does not exist.`)
