import assert from 'node:assert/strict'
import { createServer, type AddressInfo } from 'node:net'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { ANSWER_LIMIT, tooLarge } from '../../src/impcentral/nodefetch.ts'
import {
  ACCOUNT,
  answered,
  clientFor,
  failure,
  json,
  mockCloud,
  NETWORK,
  serve,
  transportFor,
} from './support.ts'

test('several errors of one answer become several lines, without those that are warnings', async () => {
  const errors = [
    { status: '404', title: 'Not Found', detail: 'Device 1' },
    { status: '200', title: 'Fine', detail: 'Device 2' },
    { status: '404', title: 'Not Found', detail: 'Device 3' },
  ]
  const { error } = await answered(400, JSON.stringify({ errors }))
  assert.equal(error.message, 'Not Found: Device 1\nNot Found: Device 3')
  assert.equal(error.code, 'NOT_FOUND')
  assert.equal(error.http?.status, 400)
})

test('each status becomes its error code', async () => {
  const codes = {
    400: 'DATA',
    401: 'AUTH',
    403: 'FORBIDDEN',
    404: 'NOT_FOUND',
    409: 'CONFLICT',
    500: 'SERVER',
  }
  for (const [status, code] of Object.entries(codes)) {
    const body = JSON.stringify({ errors: [{ status, title: 'T', detail: 'D', code: 'XX1' }] })
    await using server = mockCloud((_, response) => response.writeHead(Number(status)).end(body))
    const answer = await transportFor(server).send({ method: 'GET', path: '/x' })
    assert.equal(answer.status, Number(status))
    if (status === '401') continue
    const error = await failure(clientFor(server).accounts.get('me'))
    assert.equal(error.code, code)
    assert.deepEqual(error.http, { status: Number(status), title: 'T', detail: 'D', code: 'XX1' })
  }
})

test('a refusal for a duplicate is a conflict also when its status is 400', async () => {
  const body = { errors: [{ title: 'Duplicate Resource', detail: 'Products must have unique names.' }] }
  const { error } = await answered(400, JSON.stringify(body), 'application/json', 'POST')
  assert.equal(error.code, 'CONFLICT')
  assert.equal(error.message, 'Duplicate Resource: Products must have unique names.')
})

test('compile errors carry their rows, for people and for programs', async () => {
  const row = { file: 'device_code', type: 'error', row: 3, column: 7, text: 'expected ;' }
  const body = {
    errors: [{ status: '400', code: 'CX005', title: 'Compilation Error', detail: 'bad', meta: [row] }],
  }
  const { error } = await answered(400, JSON.stringify(body), 'application/json', 'POST')
  assert.equal(error.code, 'COMPILE')
  assert.deepEqual(error.notes, ['device_code error (line 3, column 7): expected ;'])
  assert.deepEqual(error.http?.meta, [row])
})

test('an answer without an error list says what came', async () => {
  assert.equal((await answered(400, '{"message":"old fault"}')).error.message, 'old fault')
  const html = await answered(418, '<html><body>Bad\nGateway</body></html>', 'text/html')
  assert.match(html.error.message, /HTTP 418 with HTML \(text\/html\): "<html><body>Bad Gateway/)
  assert.match((await answered(500, '')).error.message, /HTTP 500 with an empty body/)
  assert.match((await answered(500, 'oops', '')).error.message, /not JSON \(no content type\): "oops"/)
})

test('a success that is not what the API promises is a data error', async () => {
  for (const body of [
    '<html>',
    '{"data":',
    '',
    '[]',
    '{"data":[]}',
    '{"data":{"id":1}}',
    'null',
    '{"data":null}',
  ]) {
    const { error } = await answered(200, body)
    assert.equal(error.code, 'DATA', body)
  }
})

test('a quoted answer holds no credential', async () => {
  const { error } = await answered(200, '{"access_token":"S3CRET","expires_in":')
  assert.equal(error.message.includes('S3CRET'), false)
})

test('an answer cut in the middle is a network error after three more tries of a read', async () => {
  await using server = await serve((_, response) => {
    response.writeHead(200, { 'content-length': '1000' })
    response.write('{"data":')
    setImmediate(() => response.destroy())
  })
  const error = await failure(clientFor(server.endpoint).accounts.get('me'))
  assert.equal(error.code, 'NETWORK')
  assert.equal(error.message, NETWORK)
  assert.equal(server.seen.length, 4)
})

test('a refused connection and an unknown host have the documented text and a hint with the cause', async () => {
  // Nobody gets this port by chance.
  const port = 9
  const refused = await failure(clientFor(`http://127.0.0.1:${port}/v5`).accounts.get('me'))
  assert.equal(refused.message, NETWORK)
  assert.equal(refused.hint, `127.0.0.1:${port} refused the connection (ECONNREFUSED 127.0.0.1:${port})`)
  const unknown = await failure(clientFor('http://no-such-host.invalid/v5').accounts.get('me'))
  assert.match(unknown.hint ?? '', /no-such-host\.invalid was not found \((ENOTFOUND|EAI_AGAIN)\)/)
})

test('plain HTTP where TLS is expected is a network error that says so', async () => {
  await using server = await serve((_, response) => json(response, 200, ACCOUNT))
  const error = await failure(clientFor(server.endpoint.replace('http:', 'https:')).accounts.get('me'))
  assert.equal(error.code, 'NETWORK')
  assert.match(error.hint ?? '', /TLS/)
})

test('a server that does not speak HTTP is a network error', async () => {
  const garbage = createServer((socket) =>
    socket
      .on('error', () => undefined)
      .resume()
      .end('SSH-2.0-OpenSSH_9.6\r\n'),
  )
  await new Promise<void>((resolve) => garbage.listen(0, '127.0.0.1', resolve))
  const { port } = garbage.address() as AddressInfo
  const error = await failure(clientFor(`http://127.0.0.1:${port}/v5`).accounts.get('me'))
  assert.equal(error.code, 'NETWORK')
  assert.match(error.hint ?? '', /Expected HTTP/)
  await new Promise((resolve) => garbage.close(resolve))
})

test('a compressed answer is read, and one that is cut is a network error', async () => {
  const whole = gzipSync(JSON.stringify(ACCOUNT))
  let body = whole
  await using server = await serve((request, response) => {
    assert.equal(request.headers['accept-encoding'], 'gzip')
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(body)
  })
  assert.equal((await clientFor(server.endpoint).accounts.get('me')).id, 'a1')
  body = whole.subarray(0, -9)
  assert.equal((await failure(clientFor(server.endpoint).accounts.get('me'))).code, 'NETWORK')
})

test('an answer beyond the limit ends the reading, plain or inflated, and names the limit', async () => {
  // Members of a gzip file may follow each other: 2 GB in all.
  const member = gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '))
  let sent = 0
  await using server = await serve((request, response) => {
    if (request.path === '/accounts/bomb') {
      response.writeHead(200, { 'content-encoding': 'gzip' })
      for (let count = 0; count < 32; count++) response.write(member)
      response.end()
      return
    }
    response.writeHead(200)
    const more = (): void => {
      sent += 1 << 16
      if (!response.destroyed) response.write(Buffer.alloc(1 << 16, ' '), () => setImmediate(more))
    }
    more()
  })
  const client = clientFor(server.endpoint, { answerLimit: 8 * 1024 * 1024 })
  for (const id of ['bomb', 'endless']) {
    const error = await failure(client.accounts.get(id))
    assert.equal(error.code, 'DATA')
    assert.equal(error.message, 'impCentral sent more than 8 MB in one answer, which is the limit.')
  }
  assert.match(tooLarge(ANSWER_LIMIT).message, /more than 256 MB/)
  assert.equal(server.seen.length, 2)
  assert.ok(sent < 64 * 1024 * 1024, String(sent))
  const change = await failure(client.products.update('endless', { name: 'n' }))
  assert.equal(change.mayBeDone, true)
})

test('a redirect is not followed, since it would carry credentials elsewhere', async () => {
  await using server = await serve((_, response) => {
    response.writeHead(302, { location: 'https://evil.test/v5/accounts/me' }).end()
  })
  const error = await failure(clientFor(server.endpoint).loginKeys.create({}, 'hunter2'))
  assert.match(error.hint ?? '', /https:\/\/evil\.test/)
  assert.equal(server.seen.length, 1)
})

test('a complaint about a login key does not repeat the key', async () => {
  const events: string[] = []
  const observer = { onResponse: (event: { body: string }) => events.push(event.body) }
  await using server = mockCloud((_, response) => {
    json(response, 404, {
      errors: [{ status: '404', title: 'Not Found', detail: 'No login key S3CRETKEY.' }],
    })
  })
  const error = await failure(clientFor(server, { observer }).loginKeys.get('S3CRETKEY'))
  assert.equal(error.message, 'Not Found: No login key [hidden].')
  assert.equal(events.join('').includes('S3CRETKEY'), false)
})
