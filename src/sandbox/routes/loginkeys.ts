/** Login keys: making, changing and deleting one needs the account's password (impcentral-api.md 3.1, 4). */
import { Hono } from 'hono'
import { readNullable, readResource, refuseOthers } from '../body.ts'
import { answer, created, noContent, queryOf, type Core, type Env, type RouteContext } from '../core.ts'
import { isPassword } from '../credentials.ts'
import { conflict, fault, notFound } from '../errors.ts'
import type { Account, LoginKey } from '../model.ts'
import { pageOf } from '../pages.ts'
import { hex } from '../random.ts'
import { loginKeyResource } from '../resources.ts'
import { ownAccountInPath } from './accounts.ts'

export function loginKeyRoutes(core: Core): Hono<Env> {
  const { store } = core
  const find = (account: Account, id: string): LoginKey => {
    const key = store.loginKeys.get(id)
    if (!key || key.account !== account.id) throw notFound('Login key', id)
    return key
  }
  const withPassword = (c: RouteContext): Account => {
    const account = ownAccountInPath(core, c)
    const password = c.req.header('x-electricimp-password')
    // Not 401: the token is good, and a new one would not help.
    if (password === undefined || !isPassword(password, account.password))
      throw fault(403, 'PX101', 'Invalid Password', 'The account password is missing or wrong.')
    return account
  }
  const show = (row: LoginKey) => loginKeyResource(core.urls, row)

  return new Hono<Env>()
    .get('/accounts/:account/login_keys', (c) => {
      const account = ownAccountInPath(core, c)
      const url = `${core.urls.api}/accounts/${account.id}/login_keys`
      const rows = store.loginKeys.where('account', account.id)
      return answer(c, pageOf(rows, queryOf(c), url, core.switches.lastLink, show))
    })
    .get('/accounts/:account/login_keys/:id', (c) =>
      answer(c, { data: show(find(ownAccountInPath(core, c), c.req.param('id'))) }),
    )
    .post('/accounts/:account/login_keys', async (c) => {
      const account = withPassword(c)
      const { attributes } = await readResource(c, ['login_key'])
      const description = readNullable(attributes, 'description', 255) ?? null
      const limit = core.switches.loginKeyLimit
      if (store.loginKeys.where('account', account.id).length >= limit)
        throw conflict('Login Key Limit', `An account has at most ${limit} login keys; delete one first.`)
      const now = core.now()
      const stamps = { created: now, updated: now, lastUsed: null }
      const id = hex(core.random, 16)
      const seq = store.nextSeq()
      const key = store.loginKeys.insert({ id, seq, account: account.id, description, usages: 0, ...stamps })
      return created(c, show(key))
    })
    .patch('/accounts/:account/login_keys/:id', async (c) => {
      const key = find(withPassword(c), c.req.param('id'))
      const body = await readResource(c, ['login_key'], key.id)
      refuseOthers(body, ['description'])
      const description = readNullable(body.attributes, 'description', 255)
      if (description !== undefined) store.loginKeys.update(key, { description, updated: core.now() })
      return answer(c, { data: show(key) })
    })
    .delete('/accounts/:account/login_keys/:id', (c) => {
      store.loginKeys.remove(find(withPassword(c), c.req.param('id')))
      return noContent(c)
    })
}
