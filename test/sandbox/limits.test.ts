/** impcentral-api.md 6, and the faults, latency and other switches of the sandbox. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientOf, deviceList, home, idOf, type Client } from './plainclient.ts'

test('forty requests a second pass, the next gets 429 with the three headers, and a second client sees it too', async (t) => {
  let time = 1_800_000_000_000
  const { sandbox, demo, url, as } = await home(t, { rateLimit: 40, now: () => time })
  const second = clientOf(url, sandbox.tokenFor('demo'))
  const first = await demo('GET', '/accounts/me')
  const names = ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset']
  assert.deepEqual(
    names.map((name) => first.headers.get(name)),
    ['40', '39', '1'],
  )
  for (let i = 0; i < 39; i++) assert.equal((await demo('GET', '/accounts/me')).status, 200)
  const refused = await second('GET', '/accounts/me')
  assert.equal(refused.status, 429)
  assert.equal(refused.body.errors[0].status, '429')
  assert.deepEqual(
    names.map((name) => refused.headers.get(name)),
    ['40', '0', '1'],
  )
  assert.equal((await as('partner')('GET', '/accounts/me')).status, 200, 'another account has its own budget')
  time += 1000
  assert.equal((await second('GET', '/accounts/me')).status, 200)
  sandbox.switches.rateLimit = 0
  assert.equal((await demo('GET', '/accounts/me')).headers.get('x-ratelimit-limit'), '1000000')
})

test('logins are limited by address', async (t) => {
  const { nobody } = await home(t, { rateLimit: 2, now: () => 1_800_000_000_000 })
  const login = async () => (await nobody('POST', '/auth', { id: 'demo', password: 'x' })).status
  assert.deepEqual([await login(), await login(), await login()], [401, 401, 429])
})

test('taking devices out of production has a stricter limit of its own', async (t) => {
  const { demo } = await home(t, { rateLimit: 40, now: () => 1_800_000_000_000 })
  const field = await idOf(demo, '/devicegroups', 'Thermostat Field')
  const take = async () =>
    (await demo('DELETE', `/devicegroups/${field}/relationships/devices`, deviceList('none'))).status
  assert.deepEqual(
    [await take(), await take(), await take(), await take(), await take()],
    [400, 400, 400, 400, 429],
  )
})

test('the next matching requests meet an injected fault, the others do not', async (t) => {
  const { demo, admin } = await home(t)
  const add = (rule: object) => admin('POST', '/faults', rule)
  await add({ method: 'GET', path: '/devices*', skip: 1, count: 2, fault: { kind: 'status', status: 503 } })
  const statuses: number[] = []
  for (let i = 0; i < 4; i++) {
    statuses.push((await demo('GET', '/devices?page[size]=1')).status)
    assert.equal((await demo('GET', '/products')).status, 200)
  }
  assert.deepEqual(statuses, [200, 503, 503, 200])
  const custom = { kind: 'status', status: 429, body: '', headers: { 'retry-after': '2' } }
  await add({ fault: custom })
  const reply = await demo('GET', '/products')
  assert.deepEqual([reply.status, reply.text, reply.headers.get('retry-after')], [429, '', '2'])
  for (const kind of ['reset', 'garbage', 'truncated']) {
    await add({ path: '/products', fault: { kind } })
    await assert.rejects(demo('GET', '/products'), kind)
    assert.equal((await demo('GET', '/products')).status, 200)
  }
  await add({ path: '/products', fault: { kind: 'html' } })
  assert.match((await demo('GET', '/products')).text, /^<html>/)
  await add({ path: '/products', fault: { kind: 'hang' } })
  const abandoned = fetch(`${demo.url}/products`, { signal: AbortSignal.timeout(60) })
  await assert.rejects(abandoned, { name: 'TimeoutError' })
  await add({ path: '/products', count: 9, fault: { kind: 'reset' } })
  assert.equal((await admin('DELETE', '/faults')).status, 204)
  assert.equal((await demo('GET', '/products')).status, 200)
  for (const rule of [
    {},
    { fault: { kind: 'other' } },
    { fault: { kind: 'status' } },
    { count: 'x', fault: { kind: 'reset' } },
  ])
    assert.equal((await add(rule)).status, 400)
})

test('switches change at run time, and wrong ones are refused whole', async (t) => {
  const { demo, admin, sandbox } = await home(t)
  assert.equal((await admin('PATCH', '/switches', { latency: 30, tokenLife: 60 })).status, 200)
  const start = performance.now()
  await demo('GET', '/products')
  assert.ok(performance.now() - start >= 29)
  for (const body of [{ latency: -1 }, { latency: 5, nothing: 1 }, { zombies: 1 }, { latency: 'x' }])
    assert.equal((await admin('PATCH', '/switches', body)).status, 400)
  assert.deepEqual([sandbox.switches.latency, sandbox.switches.tokenLife], [30, 60])
})

test('the admin routes need the admin token, and status tells what runs', async (t) => {
  const { admin, nobody, url, sandbox } = await home(t)
  const base = url.replace('/v5', '/sandbox')
  assert.equal((await nobody('GET', `${base}/status`)).status, 403)
  const token = sandbox.tokenFor('demo')
  assert.equal((await clientOf(base, token)('POST', '/token', {})).status, 403)
  const { body } = await admin('GET', '/status')
  assert.deepEqual([body.pid, body.url, body.counts.devices], [process.pid, url, 9])
  const made = await admin('POST', '/token', { account: 'partner@example.com' })
  const partner: Client = clientOf(url, made.body.access_token)
  assert.equal((await partner('GET', '/accounts/me')).body.data.attributes.username, 'partner')
  assert.equal((await admin('POST', '/token', { account: 'who' })).status, 404)
})

test('close is prompt with a hanging request and an open stream', async (t) => {
  const { demo, sandbox, admin } = await home(t)
  const { id } = (await demo('POST', '/logstream')).body.data
  const stream = await fetch(`${demo.url}/logstream/${id}`)
  await admin('POST', '/faults', { path: '/products', fault: { kind: 'hang' } })
  const hanging = assert.rejects(demo('GET', '/products'))
  // Far sooner than what hangs would be ended by itself, which a busy machine does not change.
  const start = performance.now()
  await Promise.all([stream.text(), sandbox.close(), hanging])
  assert.ok(performance.now() - start < 30_000)
})

test('close answers what is asked meanwhile, however long that takes', async (t) => {
  const { demo, sandbox, admin } = await home(t)
  await admin('PATCH', '/switches', { latency: 1000 })
  const asked = demo('GET', '/products')
  while (sandbox.core.requests.underWay === 0) await new Promise((resolve) => setImmediate(resolve))
  await sandbox.close()
  assert.equal((await asked).status, 200)
})
