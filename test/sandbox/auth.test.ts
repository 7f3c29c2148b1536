/** impcentral-api.md 3.1 and 4: logins, tokens, login keys, refresh tokens. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { oneTimeCode } from '../../src/sandbox/credentials.ts'
import { demoBlinkUpKey, demoLoginKey, mfaSecret } from '../../src/sandbox/known.ts'
import { clientOf, complaint, home, rawRequest } from './plainclient.ts'

const password = { 'x-electricimp-password': 'demo-password' }
const keyBody = (attributes: object, id?: string) => ({
  data: { type: 'login_key', ...(id ? { id } : {}), attributes },
})

test('user name or e-mail with the password give an access token of an hour and a refresh token', async (t) => {
  const { nobody, url } = await home(t)
  for (const id of ['demo', 'demo@example.com']) {
    const before = Math.floor(Date.now() / 1000) * 1000
    const { status, body } = await nobody('POST', '/auth', { id, password: 'demo-password' })
    assert.equal(status, 200)
    assert.equal(body.expires_in, 3600)
    const issued = Date.parse(body.expires_at) - 3_600_000
    assert.ok(before <= issued && issued <= Date.now(), body.expires_at)
    assert.match(body.refresh_token, /^[0-9a-f]{64}$/)
    const me = await clientOf(url, body.access_token)('GET', '/accounts/me')
    assert.deepEqual([me.body.data.type, me.body.data.attributes.username], ['account', 'demo'])
  }
})

test('the partner logs in with the password that the name tells, as demo does', async (t) => {
  const { nobody } = await home(t)
  const { status } = await nobody('POST', '/auth', { id: 'partner', password: 'partner-password' })
  assert.equal(status, 200)
})

test('bad credentials are 401 PX100 Invalid Credentials', async (t) => {
  const { nobody } = await home(t)
  for (const body of [
    { id: 'demo', password: 'wrong' },
    { id: 'who', password: 'demo-password' },
    { login_token: 'none' },
  ]) {
    const reply = await nobody('POST', '/auth', body)
    assert.deepEqual(
      [reply.status, reply.body.errors[0].code, reply.body.errors[0].title],
      [401, 'PX100', 'Invalid Credentials'],
    )
  }
  for (const body of [{ token: 'f'.repeat(64) }, { key: '0123456789abcdef' }])
    assert.equal((await nobody('POST', '/auth/token', body)).status, 404)
  for (const body of ['', '{}', '{"id":1,"password":2}', '[]']) {
    assert.equal((await nobody('POST', '/auth', body)).status, 400, body)
    assert.equal((await nobody('POST', '/auth/token', body)).status, 400, body)
  }
})

test('a refresh token gives access tokens but no new refresh token, until it is revoked', async (t) => {
  const { nobody, url } = await home(t)
  const login = await nobody('POST', '/auth', { id: 'demo', password: 'demo-password' })
  const renewed = await nobody('POST', '/auth/token', { token: login.body.refresh_token })
  assert.equal(renewed.status, 200)
  assert.equal('refresh_token' in renewed.body, false)
  const demo = clientOf(url, renewed.body.access_token)
  const [listed] = (await demo('GET', '/accounts/me/refresh_tokens')).body.data
  assert.equal(listed.type, 'refresh_token')
  assert.equal((await nobody('POST', '/auth/token', { token: listed.id })).status, 404, 'the id is no secret')
  assert.equal((await demo('DELETE', `/accounts/me/refresh_tokens/${listed.id}`)).status, 204)
  assert.equal((await demo('DELETE', `/accounts/me/refresh_tokens/${listed.id}`)).status, 404)
  assert.equal((await nobody('POST', '/auth/token', { token: login.body.refresh_token })).status, 404)
  assert.equal((await demo('GET', '/accounts/me')).status, 200, 'issued access tokens stay valid')
})

test('a login key gives an access token without a refresh token and counts its usages', async (t) => {
  const { nobody, demo } = await home(t)
  const { body } = await nobody('POST', '/auth/token', { key: demoLoginKey })
  assert.equal('refresh_token' in body, false)
  const key = await demo('GET', `/accounts/me/login_keys/${demoLoginKey}`)
  assert.deepEqual([key.body.data.type, key.body.data.attributes.usages], ['login_key', 1])
})

test('two-factor login answers 403 PX200 with a login token, and the right code turns it into tokens once', async (t) => {
  const { nobody, url } = await home(t)
  const first = await nobody('POST', '/auth', { id: 'mfa', password: 'mfa-password' })
  assert.deepEqual([first.status, first.body.errors[0].code], [403, 'PX200'])
  const { login_token, expires_at } = first.body.errors[0].meta
  assert.ok(Date.parse(expires_at) > Date.now())
  const step = (code: string) => nobody('POST', '/auth', { login_token }, { 'x-electricimp-otp-token': code })
  const right = oneTimeCode(mfaSecret, Date.now())
  const wrong = right === '000000' ? '000001' : '000000'
  assert.equal((await step(wrong)).status, 401)
  const second = await step(right)
  assert.equal(second.status, 200)
  assert.match(second.body.refresh_token, /^[0-9a-f]{64}$/)
  assert.equal((await step(right)).status, 401, 'the login token is used up')
  assert.equal((await clientOf(url, second.body.access_token)('GET', '/accounts/me')).status, 200)
})

test('a login token does not stand guessing', async (t) => {
  const { nobody } = await home(t)
  const first = await nobody('POST', '/auth', { id: 'mfa', password: 'mfa-password' })
  const { login_token } = first.body.errors[0].meta
  const right = oneTimeCode(mfaSecret, Date.now())
  const step = (code: string) => nobody('POST', '/auth', { login_token }, { 'x-electricimp-otp-token': code })
  for (let i = 0; i < 5; i++) await step('12345')
  assert.equal((await step(right)).status, 401)
})

test('one-time codes are those of RFC 6238', () => {
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
  const codes = [59, 1111111109, 1234567890, 20000000000].map((s) => oneTimeCode(secret, s * 1000))
  assert.deepEqual(codes, ['287082', '081804', '005924', '353130'])
})

test('access tokens and login tokens expire', async (t) => {
  let time = Date.now()
  const { sandbox, url, nobody } = await home(t, { now: () => time, tokenLife: 60 })
  const demo = clientOf(url, sandbox.tokenFor('demo'))
  const first = await nobody('POST', '/auth', { id: 'mfa', password: 'mfa-password' })
  time += 59_000
  assert.equal((await demo('GET', '/accounts/me')).status, 200)
  time += 2000
  const late = await demo('GET', '/accounts/me')
  assert.deepEqual([late.status, late.body.errors[0].code], [401, 'PX100'])
  time += 300_000
  const code = { 'x-electricimp-otp-token': oneTimeCode(mfaSecret, time) }
  const { login_token } = first.body.errors[0].meta
  assert.equal((await nobody('POST', '/auth', { login_token }, code)).status, 401)
})

test('a token can be bound to the address that asked for it', async (t) => {
  const { sandbox, url } = await home(t, { bindAddress: true })
  const token = sandbox.tokenFor('demo')
  assert.equal((await rawRequest(url, '/v5/accounts/me', { token })).status, 200)
  assert.equal((await rawRequest(url, '/v5/accounts/me', { token, from: '127.0.0.2' })).status, 401)
  sandbox.switches.bindAddress = false
  assert.equal((await rawRequest(url, '/v5/accounts/me', { token, from: '127.0.0.2' })).status, 200)
})

test('login keys are made, changed and deleted with the password only', async (t) => {
  const { demo, nobody } = await home(t)
  for (const headers of [{}, { 'x-electricimp-password': 'wrong' }]) {
    assert.equal((await demo('POST', '/accounts/me/login_keys', keyBody({}), headers)).status, 403)
    assert.equal(
      (await demo('DELETE', `/accounts/me/login_keys/${demoLoginKey}`, undefined, headers)).status,
      403,
    )
  }
  const made = await demo('POST', '/accounts/me/login_keys', keyBody({ description: 'CI' }), password)
  assert.equal(made.status, 201)
  const { id } = made.body.data
  assert.match(id, /^[0-9a-f]{16}$/)
  const path = `/accounts/me/login_keys/${id}`
  const changed = await demo('PATCH', path, keyBody({ description: 'CD' }, id), password)
  assert.equal(changed.body.data.attributes.description, 'CD')
  assert.equal((await nobody('POST', '/auth/token', { key: id })).status, 200)
  assert.equal((await demo('DELETE', path, undefined, password)).status, 204)
  assert.equal((await demo('GET', path)).status, 404)
  assert.equal((await nobody('POST', '/auth/token', { key: id })).status, 404)
})

test('the number of login keys is limited', async (t) => {
  const { demo } = await home(t, { loginKeyLimit: 2 })
  assert.equal((await demo('POST', '/accounts/me/login_keys', keyBody({}), password)).status, 201)
  const reply = await demo('POST', '/accounts/me/login_keys', keyBody({}), password)
  assert.match(complaint(reply), /^Login Key Limit: /)
})

test('accounts lists me first and those I work in; others are 404, their keys 403', async (t) => {
  const { demo, as } = await home(t)
  const { body } = await demo('GET', '/accounts')
  assert.deepEqual(
    body.data.map((row: { attributes: { username: string } }) => row.attributes.username),
    ['demo', 'partner'],
  )
  const partner = body.data[1].id as string
  assert.equal((await demo('GET', `/accounts/${partner}`)).status, 200)
  assert.equal((await demo('GET', `/accounts/${partner}/login_keys`)).status, 403)
  assert.equal((await as('mfa')('GET', `/accounts/${partner}`)).status, 404)
  const { data } = (await demo('GET', '/accounts/me/capabilities')).body
  assert.equal(data.id, body.data[0].id)
})

test('enrol gives a token and a plan to the holder of the BlinkUp key', async (t) => {
  const { nobody, admin, demo, sandbox } = await home(t)
  const basic = (key: string) => ({ authorization: `Basic ${Buffer.from(key).toString('base64')}` })
  const ask = (body: object, key = demoBlinkUpKey) => nobody('POST', '/enroll', body, basic(key))
  assert.equal((await ask({ type: 'production_token' }, 'wrong')).status, 401)
  assert.equal((await ask({ type: 'other' })).status, 400)
  const { status, body } = await ask({ type: 'production_token' })
  assert.equal(status, 201)
  assert.equal((await ask({ type: 'production_token', plan_id: body.plan_id })).body.plan_id, body.plan_id)
  const device = sandbox.store.devices.all()[0]!
  const agent = device.agentId
  assert.equal((await admin('POST', `/devices/${device.id}/blinkup`, { token: body.token })).status, 200)
  const { attributes } = (await demo('GET', `/devices/${device.id}`)).body.data
  assert.equal(attributes.plan_id, body.plan_id)
  assert.notEqual(attributes.agent_id, agent, 'an agent belongs to device and plan')
  assert.equal((await demo('GET', `/devices/${device.id}/history`)).body.data[0].event, 'enrolled')
  assert.equal(
    (await admin('POST', `/devices/${device.id}/blinkup`, { token: body.token })).status,
    404,
    'used up',
  )
})
