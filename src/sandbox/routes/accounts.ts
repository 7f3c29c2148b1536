/** `/accounts`, capabilities and refresh tokens (impcentral-api.md 3.1). */
import { Hono } from 'hono'
import { ownersFor, roleIn } from '../access.ts'
import { answer, noContent, queryOf, type Core, type Env, type RouteContext } from '../core.ts'
import { forbidden, notFound } from '../errors.ts'
import type { Account } from '../model.ts'
import { pageOf } from '../pages.ts'
import { accountResource, refreshTokenResource } from '../resources.ts'

/** The account in the path, `me` included; throws 404 unless the caller is it or works in it. */
function accountInPath(core: Core, c: RouteContext): Account {
  const me = c.get('account')
  const id = c.req.param('account') ?? ''
  const account = id === 'me' ? me : core.store.accounts.get(id)
  if (!account || !roleIn(core.store, me, account.id)) throw notFound('Account', id)
  return account
}

/** The caller's own account in the path; throws 403 for another that it may see. */
export function ownAccountInPath(core: Core, c: RouteContext): Account {
  const account = accountInPath(core, c)
  if (account !== c.get('account')) throw forbidden('Credentials of another account are out of reach.')
  return account
}

export function accountRoutes(core: Core): Hono<Env> {
  const { store } = core
  return new Hono<Env>()
    .get('/accounts', (c) => {
      const rows = ownersFor(store, c.get('account')).flatMap((id) => store.accounts.get(id) ?? [])
      const show = (row: Account) => accountResource(core.urls, row)
      return answer(c, pageOf(rows, queryOf(c), `${core.urls.api}/accounts`, core.switches.lastLink, show))
    })
    .get('/accounts/:account', (c) => answer(c, { data: accountResource(core.urls, accountInPath(core, c)) }))
    .get('/accounts/:account/capabilities', (c) => {
      const account = accountInPath(core, c)
      const self = `${core.urls.api}/accounts/${account.id}/capabilities`
      const attributes = {
        production: account.production,
        tier: account.tier,
        otp: account.otpSecret !== null,
      }
      return answer(c, { data: { type: 'capabilities', id: account.id, links: { self }, attributes } })
    })
    .get('/accounts/:account/refresh_tokens', (c) => {
      const account = ownAccountInPath(core, c)
      const url = `${core.urls.api}/accounts/${account.id}/refresh_tokens`
      const rows = store.refreshTokens.where('account', account.id)
      const show = (row: (typeof rows)[number]) => refreshTokenResource(core.urls, row)
      return answer(c, pageOf(rows, queryOf(c), url, core.switches.lastLink, show))
    })
    .delete('/accounts/:account/refresh_tokens/:id', (c) => {
      const account = ownAccountInPath(core, c)
      const token = store.refreshTokens.get(c.req.param('id'))
      if (!token || token.account !== account.id) throw notFound('Refresh token', c.req.param('id'))
      store.refreshTokens.remove(token)
      return noContent(c)
    })
}
