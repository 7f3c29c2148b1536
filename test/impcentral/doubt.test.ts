import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Client } from '../../src/impcentral/client.ts'
import { memoryTokenStore } from '../../src/impcentral/tokens.ts'
import { clientFor, failure, FAR_AWAY, json, mockCloud, until } from './support.ts'

const PRODUCT = JSON.stringify({ data: { type: 'product', id: 'p', attributes: { name: 'p' } } })
const UNCLEAR: readonly (readonly [string, number, string])[] = [
  ['an empty 503', 503, ''],
  ['an empty 500', 500, ''],
  ['a 500 of a gateway', 500, '{"message":"Internal server error"}'],
  ['a 504 in the form of the API', 504, '{"errors":[{"status":"504","title":"Timeout","detail":"x"}]}'],
  ['an HTML 502', 502, '<html>Bad Gateway</html>'],
  ['HTML', 200, '<html>Welcome</html>'],
  ['garbage', 201, '\u0000\u0001{'],
  ['a cut document', 201, PRODUCT.slice(0, 40)],
  ['another document', 201, '{"ok":true}'],
  ['a resource without an id', 201, '{"data":{"type":"product","attributes":{"name":"p"}}}'],
  ['no document', 201, '{"data":null}'],
  ['408', 408, ''],
]
const CLEAR: readonly (readonly [string, number, string])[] = [
  ['a refusal', 400, '{"errors":[{"status":"400","title":"Bad","detail":"x"}]}'],
  ['an HTML 403', 403, '<html>Forbidden</html>'],
  ['an error of the API itself', 500, '{"errors":[{"status":"500","title":"Internal","detail":"x"}]}'],
  ['a redirect', 302, ''],
]
const CHANGES: Readonly<Record<string, (client: Client) => Promise<unknown>>> = {
  'impt product list': (client) => client.products.create({ name: 'p' }),
  'impt product info --product p1': (client) => client.products.update('p1', { name: 'p' }),
  'impt webhook info --wh w1': (client) => client.webhooks.update('w1', { url: 'u' }),
  'impt loginkey list': (client) => client.loginKeys.update('S3CRET', { description: 'd' }, 'pw'),
}

for (const [name, status, body] of UNCLEAR) {
  test(`a change that is answered with ${name} says that it may have been carried out, and how to see that`, async () => {
    await using server = mockCloud((_, response) => response.writeHead(status).end(body))
    for (const [look, change] of Object.entries(CHANGES)) {
      const error = await failure(change(clientFor(server)))
      assert.equal(error.mayBeDone, true, look)
      const hint = error.hint ?? ''
      assert.ok(hint.includes(`may have carried out the request: look with "${look}"`), hint)
      assert.equal(hint.includes('S3CRET'), false)
    }
    assert.equal(server.seen.length, Object.keys(CHANGES).length)
    assert.equal((await failure(clientFor(server).products.get('p'))).mayBeDone, false)
  })
}

for (const [name, status, body] of CLEAR) {
  test(`a change that is answered with ${name} is known not to be carried out`, async () => {
    await using server = mockCloud((_, response) => response.writeHead(status).end(body))
    for (const change of Object.values(CHANGES)) {
      const error = await failure(change(clientFor(server)))
      assert.equal(error.mayBeDone, false)
      assert.doesNotMatch(error.hint ?? '', /may have/)
    }
  })
}

test('a change that was never sent is no doubt, and one that was lost, late or cancelled on its way is', async () => {
  const lost = async (client: Client, signal?: AbortSignal) =>
    (await failure(client.products.delete('p1', signal && { signal }))).mayBeDone
  assert.equal(await lost(clientFor('http://no-such-host.invalid/v5')), false)
  assert.equal(await lost(clientFor('http://127.0.0.1:9/v5'), AbortSignal.abort()), false)
  await using cut = mockCloud((_, response) => response.destroy())
  assert.equal(await lost(clientFor(cut)), true)
  await using silent = mockCloud(() => undefined)
  assert.equal(await lost(clientFor(silent, { timeout: 20 })), true)
  // The one before may have been over before the server saw it.
  await using mute = mockCloud(() => undefined)
  const stop = new AbortController()
  const cancelled = lost(clientFor(mute), stop.signal)
  await until(() => mute.seen.length === 1)
  stop.abort()
  assert.equal(await cancelled, true)
})

test('a token that cannot be renewed leaves no doubt about the change that needed it', async () => {
  await using server = mockCloud((request, response) => {
    if (request.path === '/auth/token') response.destroy()
    else json(response, 401, { errors: [{ status: '401', title: 'Invalid Credentials' }] })
  })
  const tokens = memoryTokenStore({ accessToken: 'A', expiresAt: FAR_AWAY, loginKey: 'K' })
  const error = await failure(clientFor(server, { tokens }).products.delete('p1'))
  assert.equal(error.code, 'NETWORK')
  assert.equal(error.mayBeDone, false)
})
