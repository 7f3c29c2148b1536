/** Access, refresh and login tokens (impcentral-api.md 4). */
import type { Core } from './core.ts'
import { unauthorized } from './errors.ts'
import type { Account } from './model.ts'
import { hex } from './random.ts'
import { iso } from './resources.ts'

type TokenReply = {
  access_token: string
  expires_in: number
  expires_at: string
  refresh_token?: string
}

/** Gives the account a new access token for so many seconds, bound to the address if the switch says so. */
export function issueToken(
  core: Core,
  account: Account,
  address: string,
  life = core.switches.tokenLife,
): TokenReply {
  const { store } = core
  dropExpired(core, account)
  const id = Buffer.from(core.random(30)).toString('base64')
  const expires = core.now() + life * 1000
  store.accessTokens.insert({ id, seq: store.nextSeq(), account: account.id, expires, address })
  return { access_token: id, expires_in: life, expires_at: iso(expires) }
}

/** As issueToken, with a refresh token: for a login by password. */
export function issueTokens(core: Core, account: Account, address: string): TokenReply {
  const { store } = core
  const secret = hex(core.random, 64)
  const id = hex(core.random, 32)
  store.refreshTokens.insert({
    id,
    seq: store.nextSeq(),
    secret,
    account: account.id,
    created: core.now(),
    lastUsed: null,
  })
  return { ...issueToken(core, account, address), refresh_token: secret }
}

/** The account that the `Authorization` header stands for, or why it stands for none. */
export function holderOf(core: Core, authorization: string | undefined, address: string): Account | string {
  const id = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
  if (!id) return 'An access token is needed.'
  const token = core.store.accessTokens.get(id)
  if (!token || token.expires <= core.now()) return 'The access token is invalid or has expired.'
  if (core.switches.bindAddress && token.address !== address)
    return 'The access token belongs to another address.'
  return core.store.accounts.get(token.account) ?? 'The account of the access token is gone.'
}

/** As holderOf; throws 401 PX100 where there is no account. */
export function accountOf(core: Core, authorization: string | undefined, address: string): Account {
  const account = holderOf(core, authorization, address)
  if (typeof account === 'string') throw unauthorized(account)
  return account
}

function dropExpired(core: Core, account: Account): void {
  const now = core.now()
  const old = core.store.accessTokens.where('account', account.id).filter((token) => token.expires <= now)
  for (const token of old) core.store.accessTokens.remove(token)
}
