/** Access, refresh and login tokens (impcentral-api.md 4). */
import type { Core } from './core.ts'
import { unauthorized } from './errors.ts'
import type { Account } from './model.ts'
import { hex } from './random.ts'
import { iso } from './resources.ts'

export type TokenReply = {
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

/** The account that the `Authorization` header stands for. Throws 401 PX100. */
export function accountOf(core: Core, authorization: string | undefined, address: string): Account {
  const id = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1]
  if (!id) throw unauthorized('An access token is needed.')
  const token = core.store.accessTokens.get(id)
  if (!token || token.expires <= core.now()) throw unauthorized('The access token is invalid or has expired.')
  if (core.switches.bindAddress && token.address !== address)
    throw unauthorized('The access token belongs to another address.')
  const account = core.store.accounts.get(token.account)
  if (!account) throw unauthorized('The account of the access token is gone.')
  return account
}

function dropExpired(core: Core, account: Account): void {
  const now = core.now()
  const old = core.store.accessTokens.where('account', account.id).filter((token) => token.expires <= now)
  for (const token of old) core.store.accessTokens.remove(token)
}
