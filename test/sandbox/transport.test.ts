/** impcentral-api.md 1, 2 and 5: URLs, headers, shape of bodies and errors. */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { test, type TestContext } from 'node:test'
import { complaint, home, idOf, product, rawRequest, until } from './plainclient.ts'

test('the base URL works with doubled and trailing slashes', async (t) => {
  const { sandbox, url } = await home(t)
  const token = sandbox.tokenFor('demo')
  for (const path of ['/v5//products', '/v5/products/', '//v5/products', '/v5/accounts//me'])
    assert.equal((await rawRequest(url, path, { token })).status, 200, path)
})

test('a probe without a token gets 401 with JSON errors whose status is a string', async (t) => {
  const { nobody } = await home(t)
  const reply = await nobody('GET', '/accounts/me')
  assert.equal(reply.status, 401)
  assert.deepEqual([reply.body.errors[0].status, reply.body.errors[0].code], ['401', 'PX100'])
  assert.equal(reply.body.errors[0].title, 'Invalid Credentials')
})

test('answers are of the JSON:API media type and carry the informative headers', async (t) => {
  const { demo } = await home(t)
  const { headers } = await demo('GET', '/products')
  assert.match(headers.get('content-type') ?? '', /^application\/vnd\.api\+json/)
  assert.equal(headers.get('content-language'), 'en')
  assert.equal(headers.get('accept'), 'application/vnd.api+json')
  assert.ok(headers.get('x-node'))
})

test('a resource has type, id, self link and attributes, and relationships without an inner data', async (t) => {
  const { demo, url } = await home(t)
  const { status, body } = await demo('POST', '/products', product('Shape', { description: 'd' }))
  assert.equal(status, 201)
  const { data } = body
  assert.equal(data.type, 'product')
  assert.match(data.id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  assert.equal(data.links.self, `${url}/products/${data.id}`)
  assert.match(data.attributes.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  const me = await demo('GET', '/accounts/me')
  assert.deepEqual(data.relationships.owner, { type: 'account', id: me.body.data.id })
  assert.deepEqual(data.relationships.creator, { type: 'account', id: me.body.data.id })
})

test('an absent relation is an absent key and an attribute without a value is null', async (t) => {
  const { demo } = await home(t)
  const { body } = await demo('GET', `/devices/${await idOf(demo, '/devices', 'Spare')}`)
  assert.deepEqual(Object.keys(body.data.relationships), ['owner'])
  assert.equal(body.data.attributes.rssi, null)
})

test('an unknown path is 404 and a wrong method 405, both as JSON:API errors', async (t) => {
  const { demo, nobody } = await home(t)
  assert.equal((await demo('GET', '/nothing/here')).body.errors[0].status, '404')
  assert.equal((await nobody('GET', '/nothing')).status, 404)
  const wrong = await demo('PUT', '/products', {})
  assert.equal(wrong.status, 405)
  assert.equal(wrong.headers.get('allow'), 'GET, HEAD, POST')
})

test('HEAD answers like GET without a body, OPTIONS names the methods', async (t) => {
  const { demo, nobody } = await home(t)
  const head = await demo('HEAD', '/products')
  assert.deepEqual([head.status, head.text], [200, ''])
  const options = await nobody('OPTIONS', '/products')
  assert.deepEqual([options.status, options.headers.get('allow')], [204, 'GET, HEAD, POST, OPTIONS'])
})

test('malformed bodies get 400 and change nothing', async (t) => {
  const { demo, sandbox } = await home(t)
  const before = sandbox.store.products.size
  const bad = [
    '',
    '{',
    '[]',
    '"text"',
    'null',
    '{"data":[]}',
    '{"data":{"type":"device"}}',
    '{"data":{"type":"product"}}',
    '{"data":{"type":"product","attributes":[]}}',
    '{"data":{"type":"product","attributes":{"name":7}}}',
    '{"data":{"type":"product","attributes":{"name":""}}}',
    `{"data":{"type":"product","attributes":{"name":"${'x'.repeat(81)}"}}}`,
    `{"data":{"type":"product","attributes":{"name":"x","description":"${'x'.repeat(256)}"}}}`,
    '{"data":{"type":"product","attributes":{"name":"x"},"relationships":{"owner":{"data":{}}}}}',
  ]
  for (const body of bad) assert.equal((await demo('POST', '/products', body)).status, 400, body)
  assert.equal(sandbox.store.products.size, before)
})

test('a body over the cap gets 413 and broken percent-encoding 400', async (t) => {
  const { demo, sandbox, url } = await home(t)
  assert.equal((await demo('POST', '/products', 'x'.repeat(9 << 20))).status, 413)
  const broken = await rawRequest(url, '/v5/devices/%zz', { token: sandbox.tokenFor('demo') })
  assert.equal(broken.status, 400)
})

test('ids in paths are decoded once', async (t) => {
  const { demo } = await home(t)
  const mac = (await demo('GET', '/devices')).body.data[0].attributes.mac_address as string
  assert.equal((await demo('GET', `/devices/${encodeURIComponent(mac)}`)).status, 200)
  assert.equal((await demo('GET', `/devices/${encodeURIComponent(encodeURIComponent(mac))}`)).status, 404)
  assert.match(complaint(await demo('GET', '/products/a%2Fb')), /"a\/b" does not exist/)
})

test('PATCH must carry the type and the id of the resource', async (t) => {
  const { demo } = await home(t)
  const id = await idOf(demo, '/products', 'Thermostat')
  const patch = (data: object) => demo('PATCH', `/products/${id}`, { data })
  assert.equal((await patch({ type: 'product', attributes: { name: 'n' } })).status, 400)
  assert.equal((await patch({ id, attributes: { name: 'n' } })).status, 400)
  assert.equal(
    (await patch({ type: 'product', id, attributes: { name: 'n' } })).body.data.attributes.name,
    'n',
  )
})

test('a web page that reaches the port under a name of its own gets nothing, whatever else it knows', async (t) => {
  const { sandbox, url } = await home(t)
  const token = sandbox.tokenFor('demo')
  const statusFor = (path: string, headers: Record<string, string>) =>
    rawRequest(url, path, { token, headers: { 'x-sandbox-token': sandbox.adminToken, ...headers } })
  for (const path of ['/v5/accounts/me', '/sandbox/status', '/agents/none/x']) {
    const { status, text } = await statusFor(path, { host: `evil.example:${new URL(url).port}` })
    assert.equal(status, 403, path)
    assert.match(text, /Invalid Permission/)
  }
  for (const host of ['localhost', 'LOCALHOST:1234', '127.0.0.1', '127.0.0.2:80', '[::1]:80'])
    assert.equal((await statusFor('/v5/accounts/me', { host })).status, 200, host)
  for (const host of ['localhost.evil.example', '127.0.0.1.evil.example', 'evil.example?127.0.0.1'])
    assert.notEqual((await statusFor('/v5/accounts/me', { host })).status, 200, host)
})

test('the API and the routes of the sandbox take no request of a web page of another site, an agent does', async (t) => {
  const { sandbox, url } = await home(t)
  const token = sandbox.tokenFor('demo')
  const statusFor = async (path: string, origin: string) =>
    (await rawRequest(url, path, { token, headers: { origin, 'x-sandbox-token': sandbox.adminToken } }))
      .status
  for (const origin of ['https://evil.example', 'null', 'http://localhost.evil.example']) {
    assert.equal(await statusFor('/v5/accounts/me', origin), 403, origin)
    assert.equal(await statusFor('/sandbox/status', origin), 403, origin)
    assert.equal(await statusFor('/agents/none', origin), 404, origin)
  }
  assert.equal(await statusFor('/v5/accounts/me', 'http://localhost:3000'), 200)
})

test('one connection too many is answered 503 with a reason, and there is room again when one closes', async (t) => {
  const { url } = await home(t, { bounds: { connections: 3 } })
  const held = await Promise.all([1, 2, 3].map(() => dial(t, url)))
  const refused = await dial(t, url)
  assert.match(
    await refused.answer,
    /^HTTP\/1\.1 503 .*"Too Many Connections".*takes 3 connections at a time/s,
  )
  assert.match(await refused.answer, /retry-after: 1\r\n/)
  held[0]!.socket.destroy()
  await until(async () => {
    const { socket, answer } = await dial(t, url)
    socket.end('GET /v5/accounts/me HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n')
    return (await answer).startsWith('HTTP/1.1 401')
  }, 'room for another one')
})

test('a request that dawdles is answered 408, in its head and in its body, and so is a connection that says nothing', async (t) => {
  const { url } = await home(t, { bounds: { headTime: 200, requestTime: 300 } })
  const head = 'POST /v5/auth HTTP/1.1\r\nhost: localhost\r\n'
  for (const begun of ['', 'GE', head, `${head}content-length: 10\r\n\r\n{"id"`]) {
    const { socket, answer } = await dial(t, url)
    socket.write(begun)
    assert.match(await answer, /^HTTP\/1\.1 408 .*"status":"408".*took too long/s, begun)
  }
})

test('what is no HTTP is answered 400, and a head that is too large 431, as JSON:API errors', async (t) => {
  const { url } = await home(t)
  const say = async (text: string) => {
    const { socket, answer } = await dial(t, url)
    socket.write(text)
    return answer
  }
  assert.match(await say('nonsense\r\n\r\n'), /^HTTP\/1\.1 400 .*vnd\.api\+json.*"Bad Request"/s)
  const long = `GET / HTTP/1.1\r\nx: ${'x'.repeat(40_000)}\r\n\r\n`
  assert.match(await say(long), /^HTTP\/1\.1 431 .*"Request Header Too Large"/s)
})

/** A bare connection, with all that comes from it until it ends. */
async function dial(t: TestContext, url: string) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  t.after(() => socket.destroy())
  let text = ''
  socket.setEncoding('utf8').on('data', (piece: string) => (text += piece))
  const answer = new Promise<string>((resolve) => {
    socket.on('close', () => resolve(text))
    socket.on('error', () => undefined)
  })
  await new Promise((resolve) => socket.once('connect', resolve))
  return { socket, answer }
}
