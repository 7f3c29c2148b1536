import assert from 'node:assert/strict'
import { test } from 'node:test'
import { login, loginWithOtp, type AuthState } from '../../src/impcentral/auth.ts'
import { memoryTokenStore, type TokenStore } from '../../src/impcentral/tokens.ts'
import { ACCOUNT, clientFor, FAR_AWAY, json, LONG_AGO, mockCloud, transportFor } from './support.ts'

function tokens(access: string, more: object = {}): object {
  return { access_token: access, expires_in: 3600, expires_at: FAR_AWAY, ...more }
}

test('a password login gives the tokens and never keeps the password', async () => {
  await using server = mockCloud((_, response) => json(response, 200, tokens('A1', { refresh_token: 'R1' })))
  const result = await login(transportFor(server), { kind: 'password', user: 'me', password: 'pw' })
  assert.deepEqual(result, {
    kind: 'tokens',
    state: { accessToken: 'A1', expiresAt: FAR_AWAY, refreshToken: 'R1' },
  })
  const [seen] = server.seen
  assert.deepEqual(
    [seen?.method, seen?.path, JSON.parse(seen?.body ?? '')],
    ['POST', '/auth', { id: 'me', password: 'pw' }],
  )
  assert.equal(seen?.headers['content-type'], 'application/json')
  assert.equal(seen?.headers.authorization, undefined)
})

test('a login with a key keeps the key and no refresh token', async () => {
  await using server = mockCloud((_, response) => json(response, 200, tokens('A1', { refresh_token: 'R?' })))
  const result = await login(transportFor(server), { kind: 'key', loginKey: 'K1' })
  assert.deepEqual(result, {
    kind: 'tokens',
    state: { accessToken: 'A1', expiresAt: FAR_AWAY, loginKey: 'K1' },
  })
  assert.deepEqual(JSON.parse(server.seen[0]?.body ?? ''), { key: 'K1' })
})

test('an account with two factors asks for a one-time password and then takes it', async () => {
  await using server = mockCloud((request, response) => {
    if (request.headers['x-electricimp-otp-token'] === '123456')
      return json(response, 200, tokens('A1', { refresh_token: 'R1' }))
    const meta = { login_token: 'L1', expires_at: FAR_AWAY }
    json(response, 403, { errors: [{ status: '403', code: 'PX200', title: 'OTP', detail: 'needed', meta }] })
  })
  const transport = transportFor(server)
  const result = await login(transport, { kind: 'password', user: 'me', password: 'pw' })
  assert.deepEqual(result, { kind: 'otp', loginToken: 'L1', expiresAt: FAR_AWAY })
  assert.equal((await loginWithOtp(transport, 'L1', '123456')).refreshToken, 'R1')
  assert.deepEqual(JSON.parse(server.seen[1]?.body ?? ''), { login_token: 'L1' })
  await assert.rejects(
    loginWithOtp(transport, 'L1', '000000'),
    (error: Error & { http?: { meta?: unknown } }) => {
      assert.equal(JSON.stringify(error.http).includes('L1'), false)
      return error.message === 'OTP: needed'
    },
  )
})

test('a 403 that does not ask for a one-time password says what the server says', async () => {
  const body = { errors: [{ status: '403', title: 'Account Locked', detail: 'Ask support.' }] }
  await using server = mockCloud((_, response) => json(response, 403, body))
  const work = login(transportFor(server), { kind: 'password', user: 'me', password: 'pw' })
  await assert.rejects(work, { code: 'FORBIDDEN', message: 'Account Locked: Ask support.' })
})

test('wrong credentials are an AUTH error after a single request', async () => {
  const body = { errors: [{ status: '401', code: 'PX100', title: 'Invalid Credentials', detail: 'No.' }] }
  await using server = mockCloud((_, response) => json(response, 401, body))
  const work = login(transportFor(server), { kind: 'key', loginKey: 'K' })
  await assert.rejects(work, { code: 'AUTH', exit: 3, message: 'Invalid Credentials: No.' })
  assert.equal(server.seen.length, 1)
})

test('empty credentials are refused by the documented text before anything is sent', async () => {
  await using server = mockCloud((_, response) => json(response, 200, tokens('A')))
  const transport = transportFor(server)
  const text = (name: string) => ({ code: 'USAGE', message: `Non empty "${name}" parameter required.` })
  await assert.rejects(login(transport, { kind: 'password', user: '', password: 'x' }), text('id'))
  await assert.rejects(login(transport, { kind: 'password', user: 'x', password: '' }), text('password'))
  await assert.rejects(login(transport, { kind: 'key', loginKey: '' }), text('loginKey'))
  await assert.rejects(loginWithOtp(transport, 'L', ''), text('otp'))
  assert.equal(server.seen.length, 0)
})

test('an answer to a login without a token is a data error', async () => {
  for (const body of [
    {},
    { access_token: 5 },
    { access_token: 'A' },
    null,
    'x',
    { access_token: 'A', expires_at: 'soon' },
  ]) {
    await using server = mockCloud((_, response) => json(response, 200, body))
    await assert.rejects(login(transportFor(server), { kind: 'key', loginKey: 'K' }), {
      code: 'DATA',
    })
  }
})

/** A server that takes only the token `valid.now`, and renews to it. */
function guarded(valid: { now: string }, renewals: string[], more: object = {}) {
  return mockCloud((request, response) => {
    if (request.path === '/auth/token') {
      renewals.push(request.body)
      return json(response, 200, tokens(valid.now, more))
    }
    if (request.headers.authorization === `Bearer ${valid.now}`) return json(response, 200, ACCOUNT)
    json(response, 401, { errors: [{ status: '401', title: 'Invalid Credentials', detail: 'expired' }] })
  })
}

test('a token is renewed three minutes before it expires, once for all requests at that time', async () => {
  const renewals: string[] = []
  await using server = guarded({ now: 'A2' }, renewals)
  const soon = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString()
  for (const [seconds, times] of [
    [170, 1],
    [200, 0],
  ] as const) {
    renewals.length = 0
    const store = memoryTokenStore({ accessToken: 'A2', expiresAt: soon(seconds), refreshToken: 'R1' })
    const client = clientFor(server, { tokens: store })
    await Promise.all([1, 2, 3].map((n) => client.accounts.get(`a${n}`)))
    await client.accounts.get('me')
    assert.equal(renewals.length, times, `${seconds} s`)
  }
})

test('a refused token is renewed once and the request repeated once', async () => {
  const renewals: string[] = []
  await using server = guarded({ now: 'A2' }, renewals)
  const store = memoryTokenStore({ accessToken: 'A1', expiresAt: FAR_AWAY, loginKey: 'K1' })
  assert.equal((await clientFor(server, { tokens: store }).accounts.get('me')).id, 'a1')
  assert.deepEqual(renewals, ['{"key":"K1"}'])
  assert.deepEqual(await store.read(), { accessToken: 'A2', expiresAt: FAR_AWAY, loginKey: 'K1' })
})

test('a token that is refused again after its renewal ends in the final error', async () => {
  const renewals: string[] = []
  await using server = mockCloud((request, response) => {
    if (request.path !== '/auth/token')
      return json(response, 401, { errors: [{ title: 'Invalid Credentials', detail: 'IP' }] })
    renewals.push(request.body)
    json(response, 200, tokens('A2'))
  })
  const tokensOf = memoryTokenStore({ accessToken: 'A1', expiresAt: FAR_AWAY, refreshToken: 'R1' })
  const work = clientFor(server, { tokens: tokensOf }).accounts.get('me')
  await assert.rejects(work, { code: 'AUTH', exit: 3, message: 'Invalid Credentials: IP' })
  assert.equal(renewals.length, 1)
})

test('a new refresh token replaces the old one, and without one the old is kept', async () => {
  for (const [more, expected] of [
    [{ refresh_token: 'R2' }, 'R2'],
    [{}, 'R1'],
  ] as const) {
    await using server = guarded({ now: 'A2' }, [], more)
    const store = memoryTokenStore({ accessToken: 'A1', expiresAt: LONG_AGO, refreshToken: 'R1' })
    await clientFor(server, { tokens: store }).accounts.get('me')
    assert.equal((await store.read()).refreshToken, expected)
  }
})

test('a token that another process has just renewed is used instead of renewing again', async () => {
  const renewals: string[] = []
  await using server = guarded({ now: 'A2' }, renewals)
  const old: AuthState = { accessToken: 'A1', expiresAt: LONG_AGO, refreshToken: 'R1' }
  const onDisk: AuthState = { accessToken: 'A2', expiresAt: FAR_AWAY, refreshToken: 'R1' }
  const store: TokenStore = { read: async () => old, update: (change) => change(onDisk) }
  assert.equal((await clientFor(server, { tokens: store }).accounts.get('me')).id, 'a1')
  assert.equal(renewals.length, 0)
})

test('without a way to renew, the documented text and the hint of the store are given', async () => {
  const store: TokenStore = {
    ...memoryTokenStore({ accessToken: 'A1', expiresAt: LONG_AGO }),
    label: 'Local Auth',
    reloginHint: 'Please relogin',
  }
  const work = clientFor('http://127.0.0.1:9/v5', { tokens: store }).accounts.get('me')
  await assert.rejects(work, {
    code: 'AUTH',
    hint: 'Please relogin',
    message:
      'Access token is expired for the Local Auth File. Information required to refresh access token is not saved.',
  })
})

test('a refresh token that the server does not know has its documented text, other refusals their own', async () => {
  let status = 404
  await using server = mockCloud((_, response) =>
    json(response, status, { errors: [{ title: 'T', detail: 'D' }] }),
  )
  const store = memoryTokenStore({ accessToken: 'A1', expiresAt: LONG_AGO, refreshToken: 'R' }, 'Global Auth')
  const get = () => clientFor(server, { tokens: store }).accounts.get('me')
  await assert.rejects(get(), {
    code: 'AUTH',
    message: 'Impossible to refresh access token for the Global Auth File.',
  })
  status = 403
  await assert.rejects(get(), { code: 'FORBIDDEN', message: 'T: D' })
})

test('a clock that runs far ahead does not cause a renewal for each request', async () => {
  const renewals: string[] = []
  await using server = guarded({ now: 'A2' }, renewals, { expires_at: LONG_AGO })
  const store = memoryTokenStore({ accessToken: 'A1', expiresAt: LONG_AGO, refreshToken: 'R1' })
  const client = clientFor(server, { tokens: store })
  for (let round = 0; round < 5; round++) await client.accounts.get('me')
  assert.equal(renewals.length, 1)
})

test('a dry run may still renew its token', async () => {
  await using server = guarded({ now: 'A2' }, [])
  const store = memoryTokenStore({ accessToken: 'A1', expiresAt: LONG_AGO, refreshToken: 'R1' })
  const client = clientFor(server, { tokens: store, readOnly: true })
  assert.equal((await client.accounts.get('me')).id, 'a1')
})
