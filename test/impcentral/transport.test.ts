import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLimiter } from '../../src/impcentral/limiter.ts'
import { pathOf } from '../../src/impcentral/transport.ts'
import { ImptError } from '../../src/output/error.ts'
import {
  ACCOUNT,
  answered,
  clientFor,
  failure,
  hastyClock,
  json,
  mockCloud,
  NETWORK,
  serve,
  until,
} from './support.ts'

test('a request carries the token, the media type and a user agent', async () => {
  await using server = mockCloud((_, response) => json(response, 200, ACCOUNT))
  await clientFor({ ...server, endpoint: `${server.endpoint}/` }).accounts.get('me')
  const [seen] = server.seen
  assert.equal(seen?.path, '/accounts/me')
  assert.equal(seen?.headers.authorization, 'Bearer access-secret')
  assert.equal(seen?.headers['content-type'], 'application/vnd.api+json')
  assert.match(seen?.headers['user-agent'] ?? '', /^impt /)
})

test('a read is repeated after 502 to 504 with growing waits, and then succeeds', async () => {
  const statuses = [502, 503, 504, 200]
  await using server = mockCloud((_, response) => json(response, statuses.shift() ?? 500, ACCOUNT))
  const clock = hastyClock()
  const client = clientFor(server, { clock, limiter: createLimiter(clock) })
  assert.equal((await client.accounts.get('me')).id, 'a1')
  assert.deepEqual(clock.sleeps, [250, 500, 1000])
})

test('a read gives up after three repetitions, and a 500 is never repeated', async () => {
  assert.equal((await answered(503, '')).server.seen.length, 4)
  assert.equal((await answered(500, '')).server.seen.length, 1)
})

test('a write is never repeated, and its loss says that it may have been carried out', async () => {
  assert.equal((await answered(503, '', '', 'POST')).server.seen.length, 1)
  await using server = mockCloud((_, response) => response.destroy())
  const error = await failure(clientFor(server).products.create({ name: 'p' }))
  assert.equal(error.code, 'NETWORK')
  assert.match(error.hint ?? '', /may have carried out/)
  assert.equal(server.seen.length, 1)
})

test('a refusal for the rate limit is waited for, also for a write, as long as Retry-After says', async () => {
  const answers = [429, 429, 201]
  await using server = mockCloud((_, response) => {
    const product = { data: { type: 'product', id: 'p1', attributes: { name: 'p' } } }
    json(response, answers.shift() ?? 500, product, { 'retry-after': '7' })
  })
  const clock = hastyClock()
  const client = clientFor(server, { clock, limiter: createLimiter(clock) })
  assert.equal((await client.products.create({ name: 'p' })).id, 'p1')
  assert.equal(server.seen.length, 3)
  assert.deepEqual(
    clock.sleeps.map((ms) => Math.round(ms / 1000)),
    [7, 7],
  )
})

test('a refusal with a Retry-After that cannot be right is repeated no sooner than after a second', async () => {
  for (const broken of ['0', '-5', '', 'soon', 'x 1', 'NaN', '0.001', 'Thu, 01 Jan 1970 00:00:00 GMT']) {
    let refused = false
    await using server = mockCloud((_, response) => {
      if (refused) return json(response, 200, ACCOUNT)
      refused = true
      json(response, 429, {}, { 'retry-after': broken, 'x-ratelimit-reset': '0' })
    })
    const clock = hastyClock()
    await clientFor(server, { clock, limiter: createLimiter(clock) }).accounts.get('me')
    const waited = clock.sleeps.reduce((sum, ms) => sum + ms, 0)
    assert.ok(waited >= 1000 && waited < 2000, `${broken}: ${waited}`)
  }
})

test('a server that refuses for ever ends in RATE_LIMIT after two minutes', async () => {
  await using server = mockCloud((_, response) => json(response, 429, {}, { 'x-ratelimit-reset': '9' }))
  const clock = hastyClock()
  const error = await failure(clientFor(server, { clock, limiter: createLimiter(clock) }).accounts.get('me'))
  assert.equal(error.code, 'RATE_LIMIT')
  const waited = clock.sleeps.reduce((sum, ms) => sum + ms, 0)
  assert.ok(waited >= 120_000 && waited < 140_000, String(waited))
})

test('a server that hangs ends in TIMEOUT, before or within the body', async () => {
  for (const begun of [false, true]) {
    await using server = await serve((_, response) => {
      if (begun) response.writeHead(200, { 'content-length': '10' }).write('{')
    })
    const error = await failure(clientFor(server.endpoint, { timeout: 60 }).accounts.get('me'))
    assert.equal(error.code, 'TIMEOUT')
    assert.equal(error.exit, 124)
    assert.equal(error.message, NETWORK)
    assert.match(error.hint ?? '', /127\.0\.0\.1:\d+ gave no complete answer within 0\.06 s/)
    // Never repeated; on a busy machine its time may be over before the server has seen it.
    assert.ok(server.seen.length <= 1)
  }
})

test('a signal that is aborted after its call has ended disturbs no later call on the same connection', async () => {
  await using server = await serve((_, response) => json(response, 200, ACCOUNT))
  const client = clientFor(server.endpoint)
  const stop = new AbortController()
  await client.accounts.get('me', { signal: stop.signal })
  const later = client.accounts.get('me')
  stop.abort()
  assert.equal((await later).id, 'a1')
  assert.equal((await client.accounts.get('me')).id, 'a1')
})

test('many calls at once on one signal cause no warning', async () => {
  const warnings: string[] = []
  const note = (warning: Error): void => void warnings.push(warning.message)
  process.on('warning', note)
  await using server = mockCloud((_, response) => response.writeHead(204).end())
  const { signal } = new AbortController()
  const client = clientFor(server)
  await Promise.all(Array.from({ length: 40 }, (_, n) => client.devices.restart(`d${n}`, { signal })))
  process.off('warning', note)
  assert.deepEqual(warnings, [])
})

test('an aborted signal cancels the request, and an ImptError as its reason comes out', async () => {
  await using server = await serve(() => undefined)
  const stop = new AbortController()
  const work = failure(clientFor(server.endpoint).accounts.get('me', { signal: stop.signal }))
  await until(() => server.seen.length === 1)
  stop.abort()
  assert.equal((await work).code, 'CANCELLED')
  await until(() => server.sockets.size === 0)

  const mine = new ImptError('TIMEOUT', 'with timeout 5s')
  const whole = new AbortController()
  const other = failure(clientFor(server.endpoint, { signal: whole.signal }).products.delete('p1'))
  await until(() => server.seen.length === 2)
  whole.abort(mine)
  assert.equal(await other, mine)
})

test('in a dry run nothing but a read is sent', async () => {
  await using server = mockCloud((_, response) => json(response, 200, ACCOUNT))
  const client = clientFor(server, { readOnly: true })
  assert.equal((await client.accounts.get('me')).id, 'a1')
  const error = await failure(client.loginKeys.delete('S3CRET', 'pw'))
  assert.equal(error.code, 'CANCELLED')
  assert.equal(error.message.includes('S3CRET'), false)
  for (const write of [
    client.devices.restart('d'),
    client.products.create({ name: 'p' }),
    client.products.delete('p'),
  ]) {
    assert.equal((await failure(write)).code, 'CANCELLED')
  }
  assert.equal(server.seen.length, 1)
})

test('equal reads under way at the same time share one request, and one that is cancelled does not end the other', async () => {
  let open: (() => void) | undefined
  await using server = await serve((_, response) => (open = () => json(response, 200, ACCOUNT)))
  const client = clientFor(server.endpoint)
  const stop = new AbortController()
  const first = failure(client.accounts.get('me', { signal: stop.signal }))
  const second = client.accounts.get('me')
  await until(() => open !== undefined)
  stop.abort()
  assert.equal((await first).code, 'CANCELLED')
  open?.()
  assert.equal((await second).id, 'a1')
  assert.equal(server.seen.length, 1)
  const third = client.accounts.get('me')
  await until(() => server.seen.length === 2)
  open?.()
  await third
})

test('a header value with control characters is refused without repeating it', async () => {
  await using server = mockCloud((_, response) => json(response, 200, ACCOUNT))
  const error = await failure(clientFor(server).loginKeys.delete('k', 'hunter2\r\nX-Evil: 1'))
  assert.equal(error.code, 'USAGE')
  assert.equal(`${error.message} ${error.hint} ${String(error.cause)}`.includes('hunter2'), false)
  assert.equal(server.seen.length, 0)
})

test('a password beyond Latin-1 is sent as UTF-8', async () => {
  await using server = await serve((_, response) => response.writeHead(204).end())
  await clientFor(server.endpoint).loginKeys.delete('k', 'пароль')
  const sent = server.seen[0]?.headers['x-electricimp-password']
  assert.equal(Buffer.from(String(sent), 'latin1').toString('utf8'), 'пароль')
  // Beside a body too.
  await clientFor(server.endpoint)
    .loginKeys.update('k', { description: 'день' }, 'пароль')
    .catch(() => undefined)
  const next = server.seen.at(-1)
  assert.equal(next?.method, 'PATCH')
  assert.equal(
    Buffer.from(String(next?.headers['x-electricimp-password']), 'latin1').toString('utf8'),
    'пароль',
  )
})

test('observers see the traffic without credentials', async () => {
  const secrets = ['access-secret', 'hunter2', 'S3CRETKEY', 'T0KEN']
  await using server = mockCloud((request, response) => {
    const key = { data: { type: 'login_key', id: 'S3CRETKEY', attributes: { description: 'ci' } } }
    if (request.path === '/auth')
      json(response, 403, { errors: [{ code: 'PX200', meta: { login_token: 'T0KEN' } }] })
    else json(response, 200, key)
  })
  const events: string[] = []
  const observer = {
    onRequest: (event: object) => events.push(JSON.stringify(event)),
    onResponse: (event: object) => events.push(JSON.stringify(event)),
    onFailure: (event: object) => events.push(JSON.stringify(event)),
  }
  const client = clientFor(server, { observer })
  await client.loginKeys.create({ description: 'ci' }, 'hunter2')
  await client.loginKeys.get('S3CRETKEY')
  await failure(client.api.change('POST', '/auth', { id: 'me', password: 'hunter2' }))
  assert.equal(events.length, 6)
  for (const secret of secrets) assert.equal(events.join('').includes(secret), false, secret)
  assert.match(events.join(''), /login_keys.*"description\\":\\"ci/)
})

test('an identifier in a path is encoded whole, and dots cannot climb', () => {
  assert.equal(pathOf('devices', 'a/b?c#d e%'), '/devices/a%2Fb%3Fc%23d%20e%25')
  assert.equal(pathOf('devices', '0c:2a:69:00:00:01', 'logs'), '/devices/0c%3A2a%3A69%3A00%3A00%3A01/logs')
  assert.throws(() => pathOf('devices', '..'), { code: 'NOT_FOUND' })
  assert.throws(() => pathOf('devices', ''), { code: 'USAGE' })
})
