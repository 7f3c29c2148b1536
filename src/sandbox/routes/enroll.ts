/** `/enroll`: enrolment tokens for BlinkUp (impcentral-api.md 3.5). The shape of the answer is not known publicly. */
import { Hono } from 'hono'
import { readObject } from '../body.ts'
import { isTrusted, type Core, type Env } from '../core.ts'
import { isSameSecret } from '../../program/secret.ts'
import { newPlanId } from '../enrolment.ts'
import { invalid, notForOthers, unauthorized } from '../errors.ts'
import { hex } from '../random.ts'
import { iso } from '../resources.ts'

/** Milliseconds that an enrolment token lives. */
const tokenLife = 60 * 60_000

/** `{account, planId}` by token. */
export type Enrolments = Map<string, { account: string; planId: string; expires: number }>

export function enrollRoutes(core: Core, enrolments: Enrolments): Hono<Env> {
  return new Hono<Env>().post('/enroll', async (c) => {
    const encoded = /^Basic +(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? ''
    // The key may stand alone or in the place of the user or the password.
    const parts = Buffer.from(encoded, 'base64').toString('utf8').split(':')
    const account = core.store.accounts
      .all()
      .find((row) => parts.some((part) => isSameSecret(part, row.blinkupKey)))
    if (!account) throw unauthorized('The BlinkUp API key is wrong.')
    if (!isTrusted(core, c)) throw notForOthers()
    const body = await readObject(c)
    if (body['type'] !== 'production_token') throw invalid('Invalid Type', 'type must be "production_token".')
    const plan = body['plan_id']
    if (plan !== undefined && typeof plan !== 'string')
      throw invalid('Invalid Body', 'plan_id must be a string.')
    const now = core.now()
    for (const [old, enrolment] of enrolments) if (enrolment.expires <= now) enrolments.delete(old)
    const token = hex(core.random, 16)
    const planId = plan ?? newPlanId(core.random)
    const expires = now + tokenLife
    enrolments.set(token, { account: account.id, planId, expires })
    return c.json({ type: 'production_token', token, plan_id: planId, expires_at: iso(expires) }, 201)
  })
}
