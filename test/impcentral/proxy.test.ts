import assert from 'node:assert/strict'
import { createServer, type Server as TcpServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { afterEach, beforeEach, test } from 'node:test'
import { proxyFor } from '../../src/impcentral/proxy.ts'
import { ACCOUNT, clientFor, json, serve, until } from './support.ts'

const NAMES = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'] as const
let saved: (string | undefined)[] = []
beforeEach(() => {
  saved = NAMES.map((name) => process.env[name])
  for (const name of NAMES) delete process.env[name]
})
afterEach(() => {
  for (const [index, name] of NAMES.entries()) {
    if (saved[index] === undefined) delete process.env[name]
    else process.env[name] = saved[index]
  }
})

interface Proxy extends AsyncDisposable {
  readonly url: string
  readonly targets: string[]
  readonly credentials: (string | undefined)[]
}

/** A proxy that tunnels every host name to 127.0.0.1, or refuses with a status, or hangs up, or never answers. */
async function startProxy(refusal?: number | 'hangs up' | 'hangs'): Promise<Proxy> {
  const targets: string[] = []
  const credentials: (string | undefined)[] = []
  const tunnels: Duplex[] = []
  const proxy: TcpServer = createServer((_, response) => response.writeHead(400).end())
  proxy.on('connect', (request, client) => {
    targets.push(request.url ?? '')
    tunnels.push(client)
    client.on('error', () => undefined)
    credentials.push(request.headers['proxy-authorization'])
    if (refusal === 'hangs') return
    if (refusal === 'hangs up') {
      client.destroy()
      return
    }
    if (refusal !== undefined) {
      client.end(`HTTP/1.1 ${refusal} No\r\n\r\n`)
      return
    }
    const upstream = connect(Number(request.url?.split(':').at(-1)), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n')
      upstream.pipe(client)
      client.pipe(upstream)
    })
    upstream.on('error', () => client.destroy())
    client.on('close', () => upstream.destroy())
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://user:proxy-secret@127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    targets,
    credentials,
    async [Symbol.asyncDispose]() {
      for (const tunnel of tunnels) tunnel.destroy()
      proxy.closeAllConnections()
      await new Promise((resolve) => proxy.close(resolve))
    },
  }
}

const portOf = (endpoint: string): string => new URL(endpoint).port

for (const name of ['HTTP_PROXY', 'http_proxy'] as const) {
  test(`calls go through the proxy of ${name}`, async () => {
    await using server = await serve((_, response) => json(response, 200, ACCOUNT))
    await using proxy = await startProxy()
    process.env[name] = proxy.url
    const port = portOf(server.endpoint)
    await clientFor(`http://cloud.invalid:${port}/v5`).accounts.get('me')
    assert.deepEqual(proxy.targets, [`cloud.invalid:${port}`])
    assert.equal(server.seen.length, 1)
  })
}

test('a loopback endpoint is reached directly when NO_PROXY says so, in either case', async () => {
  await using server = await serve((_, response) => json(response, 200, ACCOUNT))
  await using proxy = await startProxy()
  process.env['HTTP_PROXY'] = proxy.url
  for (const name of ['NO_PROXY', 'no_proxy']) {
    process.env[name] = 'example.com,127.0.0.1'
    await clientFor(server.endpoint).accounts.get('me')
    delete process.env[name]
  }
  assert.deepEqual(proxy.targets, [])
  assert.equal(server.seen.length, 2)
})

test('a direct client goes past the proxy, whatever the variables say, with its log streams', async () => {
  await using server = await serve((request, response) => {
    if (request.method === 'POST')
      return json(response, 201, { data: { type: 'logstream', id: 's1', attributes: {} } })
    if (request.method === 'PUT') return response.writeHead(204).end()
    if (request.path.endsWith('/accounts/me')) return json(response, 200, ACCOUNT)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('event: state_change\ndata: {"state":"opened"}\n\n')
  })
  await using proxy = await startProxy()
  process.env['HTTP_PROXY'] = proxy.url
  const client = clientFor(server.endpoint, { direct: true })
  await client.accounts.get('me')
  const stream = client.logStream(['d1'])
  assert.equal((await stream.next()).value?.kind, 'opened')
  await stream.return()
  assert.deepEqual(proxy.targets, [])
})

test('log streams go through the proxy too', async () => {
  await using server = await serve((request, response) => {
    if (request.method === 'POST')
      return json(response, 201, { data: { type: 'logstream', id: 's1', attributes: {} } })
    if (request.method === 'PUT') return response.writeHead(204).end()
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('event: state_change\ndata: {"state":"opened"}\n\n')
  })
  await using proxy = await startProxy()
  process.env['HTTP_PROXY'] = proxy.url
  const stream = clientFor(`http://cloud.invalid:${portOf(server.endpoint)}/v5`).logStream(['d1'])
  assert.equal((await stream.next()).value?.kind, 'opened')
  await stream.return()
  assert.ok(proxy.targets.length >= 2)
  assert.ok(proxy.targets.every((target) => target.startsWith('cloud.invalid:')))
})

test('a proxy that refuses is named as the cause, without its password', async () => {
  await using proxy = await startProxy(407)
  process.env['HTTPS_PROXY'] = proxy.url
  await assert.rejects(
    clientFor('https://cloud.invalid/v5').accounts.get('me'),
    (error: Error & { hint?: string }) => {
      assert.match(
        error.hint ?? '',
        /no connection to cloud\.invalid through the proxy: the proxy answered HTTP 407/,
      )
      assert.equal(`${error.message} ${error.hint} ${String(error.cause)}`.includes('proxy-secret'), false)
      return true
    },
  )
})

test('a proxy variable that is not a URL is a usage error that does not repeat it', async () => {
  process.env['HTTPS_PROXY'] = 'user:proxy-secret@proxy:8080'
  await assert.rejects(clientFor('https://cloud.invalid/v5').accounts.get('me'), {
    code: 'USAGE',
    message: 'The proxy in the environment variable HTTPS_PROXY is not an http or https URL.',
  })
})

test('the proxy of a URL follows the variables for its protocol and NO_PROXY', () => {
  const proxy = { HTTPS_PROXY: 'http://p.test:1', http_proxy: 'http://q.test:2' }
  const of = (url: string, env: Record<string, string>): string | undefined => proxyFor(url, env)?.host
  assert.equal(of('https://api.test/v5', proxy), 'p.test:1')
  assert.equal(of('http://api.test/v5', proxy), 'q.test:2')
  assert.equal(of('https://api.test/v5', {}), undefined)
  assert.equal(of('https://api.test/v5', { HTTPS_PROXY: '' }), undefined)
  assert.equal(of('https://api.test/v5', { HTTP_PROXY: 'http://q.test:2' }), undefined)
  for (const entry of ['*', 'api.test', 'x,.test', 'test', '*.test', 'API.test:443', 'a b api.test']) {
    assert.equal(of('https://api.test/v5', { ...proxy, NO_PROXY: entry }), undefined, entry)
  }
  for (const entry of ['', ',', 'api.tes', 'i.test', 'api.test:80', 'api.test.org']) {
    assert.equal(of('https://api.test/v5', { ...proxy, NO_PROXY: entry }), 'p.test:1', entry)
  }
  assert.equal(of('http://[::1]:8080/v5', { ...proxy, no_proxy: '[::1]' }), undefined)
})

test('requests through a proxy reuse their tunnel, and the proxy gets its credentials', async () => {
  await using server = await serve((_, response) => json(response, 200, ACCOUNT))
  await using proxy = await startProxy()
  process.env['HTTP_PROXY'] = proxy.url
  const client = clientFor(`http://cloud.invalid:${portOf(server.endpoint)}/v5`)
  for (let round = 0; round < 3; round++) await client.accounts.get('me')
  assert.equal(proxy.targets.length, 1)
  assert.deepEqual(proxy.credentials, [`Basic ${Buffer.from('user:proxy-secret').toString('base64')}`])
})

test('a proxy that hangs holds no request beyond its time, and none that is cancelled', async () => {
  await using proxy = await startProxy('hangs')
  process.env['HTTP_PROXY'] = proxy.url
  const client = clientFor('http://cloud.invalid/v5', { timeout: 60 })
  await assert.rejects(client.accounts.get('me'), { code: 'TIMEOUT' })
  // The one before may have been over before the proxy saw it.
  await using another = await startProxy('hangs')
  process.env['HTTP_PROXY'] = another.url
  const stop = new AbortController()
  const patient = clientFor('http://cloud.invalid/v5').accounts.get('me', { signal: stop.signal })
  const cancelled = assert.rejects(patient, { code: 'CANCELLED' })
  await until(() => another.targets.length === 1)
  stop.abort()
  await cancelled
})

test('a proxy that hangs up is a network error, and asked no more than four times', async () => {
  await using proxy = await startProxy('hangs up')
  process.env['HTTP_PROXY'] = proxy.url
  await assert.rejects(clientFor('http://cloud.invalid/v5').accounts.get('me'), { code: 'NETWORK' })
  assert.equal(proxy.targets.length, 4)
})
