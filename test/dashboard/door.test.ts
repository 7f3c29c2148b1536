import assert from 'node:assert/strict'
import { request } from 'node:http'
import { describe, test, type TestContext } from 'node:test'
import { WebSocket } from 'ws'
import { CODE_MS } from '../../src/dashboard/admission.ts'
import { startDashboard, type Dashboard } from '../../src/dashboard/server.ts'
import { fakeFleet } from './fake-fleet.ts'

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly text: string
}

interface Asked {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

async function open(t: TestContext, now?: () => number): Promise<Dashboard> {
  const server = await startDashboard({
    source: fakeFleet(3).source,
    port: 0,
    every: 60_000,
    ...(now && { now }),
  })
  t.after(() => server.close())
  return server
}

function ask(
  { port }: Dashboard,
  { method = 'GET', path = '/', headers = {}, body }: Asked,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

const codeOf = (server: Dashboard) => new URL(server.address()).hash.slice(1)
const ours = ({ port }: Dashboard) => `http://127.0.0.1:${port}`

function exchange(server: Dashboard, code: string): Promise<Answer> {
  return ask(server, { method: 'POST', path: '/token', headers: { origin: ours(server) }, body: code })
}

/** Opens a WebSocket, says something and gives the kinds of messages that come until it is closed or `enough` of them are there. */
function talk(
  server: Dashboard,
  say: unknown,
  { origin = ours(server), host }: { readonly origin?: string; readonly host?: string } = {},
  enough = 2,
): Promise<readonly string[]> {
  return new Promise((resolve) => {
    const kinds: string[] = []
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/live`, {
      origin,
      headers: host === undefined ? {} : { host },
    })
    socket.on('open', () => socket.send(typeof say === 'string' ? say : JSON.stringify(say)))
    socket.on('message', (data: Buffer) => {
      if (kinds.length < enough) kinds.push((JSON.parse(data.toString()) as { kind: string }).kind)
      if (kinds.length === enough) socket.terminate()
    })
    socket.on('error', () => kinds.push('error'))
    socket.on('close', () => resolve(kinds))
  })
}

test('a list that is watched is not read again before it was read', async (t) => {
  let time = Date.now()
  let asked = 0
  const { source } = fakeFleet(3)
  const server = await startDashboard({
    source: {
      ...source,
      tests() {
        asked += 1
        return new Promise(() => undefined)
      },
    },
    port: 0,
    every: 60_000,
    now: () => time,
  })
  t.after(() => server.close())
  const { text: token } = await exchange(server, codeOf(server))
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}/live`, { origin: ours(server) })
  socket.on('open', () => {
    socket.send(JSON.stringify({ kind: 'hello', token }))
    socket.send(JSON.stringify({ kind: 'watch', what: 'tests' }))
  })
  // Each sign is followed by the next one ten seconds later, by the clock of the server.
  await new Promise<void>((resolve) => {
    let signs = 0
    socket.on('message', (data: Buffer) => {
      if ((JSON.parse(data.toString()) as { kind: string }).kind !== 'reading') return
      time += 10_000
      if (++signs === 6) resolve()
    })
  })
  // Once when the page began to watch, once in the rounds.
  assert.equal(asked, 2)
})

describe("the dashboard's door", () => {
  test('gives the page with a policy that loads nothing from elsewhere, runs nothing inline and turns no text into markup', async (t) => {
    const server = await open(t)
    for (const path of ['/', '/page.js', '/page.css', '/icon.svg']) {
      const { status, headers } = await ask(server, { path })
      assert.equal(status, 200, path)
      const policy = String(headers['content-security-policy'])
      for (const part of [
        "default-src 'none'",
        "script-src 'self'",
        "frame-ancestors 'none'",
        "trusted-types 'none'",
      ])
        assert.ok(policy.includes(part), `${path}: ${part}`)
      assert.doesNotMatch(policy, /unsafe|https?:|\*/)
      assert.equal(headers['x-content-type-options'], 'nosniff')
      assert.equal(headers['referrer-policy'], 'no-referrer')
      assert.equal(headers['cache-control'], 'no-store')
      assert.equal(headers['access-control-allow-origin'], undefined)
      assert.equal(headers['set-cookie'], undefined)
    }
  })

  test('answers no request that came by another name, so that a name that is made to lead here gets nothing', async (t) => {
    const server = await open(t)
    const { port } = server
    const others = [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1',
      `127.0.0.1:${port + 1}`,
      `[::1]:${port}`,
      `127.0.0.1.evil.example:${port}`,
    ]
    for (const host of others)
      for (const path of ['/', '/page.js', '/token'])
        assert.equal((await ask(server, { path, headers: { host } })).status, 403, `${host} ${path}`)
    assert.equal((await ask(server, { headers: { host: `localhost:${port}` } })).status, 200)
  })

  test('takes codes and connections of its own pages only', async (t) => {
    const server = await open(t)
    const { port } = server
    const token = (await exchange(server, codeOf(server))).text
    const others = [
      'http://evil.example',
      'null',
      `https://127.0.0.1:${port}`,
      `http://127.0.0.1:${port + 1}`,
      `http://localhost:${port}`,
    ]
    for (const origin of others) {
      const code = codeOf(server)
      const answer = await ask(server, { method: 'POST', path: '/token', headers: { origin }, body: code })
      assert.equal(answer.status, 403, origin)
      assert.deepEqual(await talk(server, { kind: 'hello', token }, { origin }), ['error'], origin)
    }
    assert.equal((await ask(server, { method: 'POST', path: '/token', body: codeOf(server) })).status, 403)
    assert.deepEqual(await talk(server, { kind: 'hello', token }, { host: 'evil.example' }), ['error'])
  })

  test('gives a token for a code once, within a minute', async (t) => {
    let now = 1000
    const server = await open(t, () => now)
    const code = codeOf(server)
    const first = await exchange(server, code)
    assert.equal(first.status, 200)
    assert.equal((await exchange(server, code)).status, 403, 'a second time')
    const late = codeOf(server)
    now += CODE_MS
    assert.equal((await exchange(server, late)).status, 403, 'a minute later')
    for (const wrong of ['', 'x', first.text, 'a'.repeat(100_000)])
      assert.equal((await exchange(server, wrong)).status, 403)
    assert.equal((await ask(server, { path: '/token', headers: { origin: ours(server) } })).status, 405)
  })

  test('says nothing before the token, and ends connections that say anything else', async (t) => {
    const server = await open(t)
    const token = (await exchange(server, codeOf(server))).text
    assert.deepEqual(await talk(server, { kind: 'hello', token }), ['welcome', 'reading'])
    for (const wrong of ['', token.slice(1), `${token}x`, `\u{e9}${token.slice(1)}`])
      assert.deepEqual(await talk(server, { kind: 'hello', token: wrong }), ['refused'], wrong)
    for (const first of [{ kind: 'read' }, { kind: 'follow', device: 'x', follows: true }])
      assert.deepEqual(await talk(server, first), ['refused'])
    for (const first of [
      '',
      '{',
      'null',
      '[]',
      '{"kind":"hello"}',
      '{"kind":"hello","token":1}',
      '{"kind":"__proto__"}',
    ])
      assert.deepEqual(await talk(server, first), [], first)
  })

  test('knows only its own files and ways', async (t) => {
    const server = await open(t)
    for (const path of [
      '/x',
      '/../etc/passwd',
      '//evil.example/',
      '/constructor',
      '/__proto__',
      '/index.html',
    ])
      assert.equal((await ask(server, { path })).status, 404, path)
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS'])
      assert.equal((await ask(server, { method })).status, 405, method)
  })
})
