import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { FAR_AWAY } from '../impcentral/support.ts'
import { openDesk, type Desk, type Running } from '../stories/impt.ts'
import { openAssistant } from './client.ts'

const HELLO = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
}

/** `impt mcp` with nobody's client at its streams. */
function raw(desk: Desk): { running: Running; send: (...messages: readonly unknown[]) => void } {
  const running = desk.start(['--sandbox', 'mcp'])
  return {
    running,
    send(...messages) {
      for (const message of messages)
        running.child.stdin?.write(`${typeof message === 'string' ? message : JSON.stringify(message)}\n`)
    },
  }
}

/** What `impt mcp` answers when all that it is asked stands in a pipe that ends; the last message has no line end. */
async function answers(desk: Desk, sent: readonly unknown[], words: readonly string[] = []) {
  const input = sent.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join('\n')
  const { code, stdout, stderr } = await desk.run(['--sandbox', 'mcp', ...words], input)
  assert.equal(code, 0, stderr)
  const messages: any[] = stdout
    .trimEnd()
    .split('\n')
    .map((one) => JSON.parse(one))
  const codes = messages.map((one): readonly [unknown, unknown] => [one.id, one.error?.code])
  return { messages, codes, stderr }
}

const list = (id: number) => ({ jsonrpc: '2.0', id, method: 'tools/list' })
const call = (id: number, name: string, values: unknown) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: values },
})

describe('impt mcp at a bad line', () => {
  test('goes on after what is no message, and writes nothing but messages', async (t) => {
    const desk = await openDesk(t)
    const { running, send } = raw(desk)
    send(HELLO)
    await running.shows(/"id":1/)
    send(
      'garbage',
      '{"jsonrpc": "2.0", "id": 2',
      '[]',
      'null',
      '\0\x01\x02',
      '{"jsonrpc":"2.0","id":3,"method":"no/such"}',
      { jsonrpc: '2.0', id: 4, method: 'tools/call', params: 7 },
      call(5, 'device_list', ['x']),
      call(6, 'device_list', { limit: -1 }),
      call(7, 'device_info', { device: { deep: ['x'] } }),
      call(8, '__proto__', {}),
      { jsonrpc: '2.0', id: 9, method: 'elicitation/create', params: {} },
      list(10),
    )
    for (const id of [6, 7, 10]) await running.shows(new RegExp(`"id":${id}[,}]`))
    running.child.stdin?.end()
    const { code, stdout, stderr } = await running.ended
    assert.equal(code, 0, stderr)
    const messages = stdout
      .trimEnd()
      .split('\n')
      .map((one) => JSON.parse(one))
    assert.ok(messages.every(({ jsonrpc }) => jsonrpc === '2.0'))
    const answered = new Map(messages.map((one) => [one.id, one]))
    for (const id of [3, 4, 5, 8, 9]) assert.ok(answered.get(id)?.error, `message ${id}`)
    for (const id of [6, 7]) assert.equal(answered.get(id)?.result?.isError, true, `message ${id}`)
    assert.ok(answered.get(10)?.result.tools.length > 10)
    // The sandbox warns of nothing; the complaints are about the lines.
    assert.ok(
      stderr
        .split('\n')
        .filter(Boolean)
        .every((one) => one.startsWith('Warning: ')),
      stderr,
    )
  })

  test('answers what is no JSON with -32700 and what is no request with -32600, as JSON-RPC 2.0 asks', async (t) => {
    const desk = await openDesk(t)
    const { codes, stderr } = await answers(desk, [
      'garbage',
      '{"jsonrpc": "2.0", "id": 2',
      '\0\x01\x02',
      '[]',
      `[${JSON.stringify(list(3))}]`,
      'null',
      '7',
      '{}',
      { id: 4, method: 'tools/list' },
      { jsonrpc: '2.0', id: 'five', method: 'tools/list', params: [] },
      // Answers and notifications are not answered, whatever is wrong with them.
      { jsonrpc: '2.0', id: 6, result: 'x' },
      { jsonrpc: '2.0', id: 7, error: 'x' },
      { jsonrpc: '2.0', method: 'notifications/initialized', params: 8 },
      '',
      '  ',
    ])
    assert.deepEqual(codes, [
      [null, -32700],
      [null, -32700],
      [null, -32700],
      [null, -32600],
      [null, -32600],
      [null, -32600],
      [null, -32600],
      [null, -32600],
      [4, -32600],
      ['five', -32600],
    ])
    assert.equal(stderr.split('\n').filter(Boolean).length, 13)
  })

  test('answers everything that was asked before its input ended', async (t) => {
    const desk = await openDesk(t)
    const ids = [2, 3, 4, 5, 6, 7]
    const { codes } = await answers(desk, [
      HELLO,
      { jsonrpc: '2.0', method: 'notifications/initialized' },
      ...ids.map((id) => call(id, id % 2 === 0 ? 'device_list' : 'fleet_status', {})),
      // One that is taken back, one asked twice by one id, one without a line end.
      call(8, 'device_list', {}),
      { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 8 } },
      list(9),
      list(9),
      'the last line is no JSON',
    ])
    const answered = codes.filter(([id]) => id !== 8)
    assert.deepEqual(
      answered.map(([id]) => id).toSorted((a, b) => Number(a) - Number(b)),
      [null, 1, ...ids, 9, 9],
    )
    assert.deepEqual(
      answered.filter(([, code]) => code !== undefined),
      [[null, -32700]],
    )
  })

  test('changes nothing when its input ends before the person could answer', async (t) => {
    const desk = await openDesk(t)
    const hello = { ...HELLO, params: { ...HELLO.params, capabilities: { elicitation: {} } } }
    const { messages } = await answers(
      desk,
      [hello, call(2, 'product_create', { name: 'New' })],
      ['--allow', 'write'],
    )
    const { result } = messages.find(({ id }) => id === 2)
    assert.equal(result.isError, true)
    assert.match(result.content.at(-1).text, /gave no answer/)
    const products: any[] = await desk.json('--sandbox', 'product', 'list')
    assert.ok(products.every(({ Product }) => Product.name !== 'New'))
  })

  test('ends after a line without end, without using more and more memory', async (t) => {
    const desk = await openDesk(t)
    const { running, send } = raw(desk)
    send(HELLO)
    await running.shows(/"id":1/)
    const piece = 'x'.repeat(1024 * 1024)
    for (let i = 0; i < 16; i++) running.child.stdin?.write(piece)
    const { code, signal } = await running.ended
    assert.deepEqual([code, signal], [0, null])
  })

  test('ends when the client goes away, also in the middle of a call', async (t) => {
    const desk = await openDesk(t)
    const { running, send } = raw(desk)
    send(HELLO, { jsonrpc: '2.0', method: 'notifications/initialized' })
    await running.shows(/"id":1/)
    send(call(2, 'device_list', {}), call(3, 'fleet_status', {}))
    running.child.stdin?.end()
    const { code, stderr } = await running.ended
    assert.equal(code, 0, stderr)
  })

  test('ends when nobody reads its answers any more', async (t) => {
    const desk = await openDesk(t)
    const { running, send } = raw(desk)
    send(HELLO)
    await running.shows(/"id":1/)
    running.child.stdout?.destroy()
    for (let id = 2; id < 20; id++) send(list(id))
    const { code } = await running.ended
    assert.equal(code, 0)
  })

  test('refuses to allow what there is not', async (t) => {
    const desk = await openDesk(t)
    const { code, stderr } = await desk.run(['mcp', '--allow', 'everything'])
    assert.equal(code, 2)
    assert.match(stderr, /allow.*Choices: "write"/)
  })
})

test('a call that the client takes back ends its requests, and the server goes on', async (t) => {
  const desk = await openDesk(t)
  // A cloud that takes requests and never answers.
  let asked: () => void = () => undefined
  let left: () => void = () => undefined
  const isAsked = new Promise<void>((done) => (asked = done))
  const isLeft = new Promise<void>((done) => (left = done))
  const cloud = createServer((request) => {
    request.socket.once('close', left)
    asked()
  })
  await new Promise<void>((ready) => cloud.listen(0, '127.0.0.1', ready))
  t.after(() => void cloud.close())
  const endpoint = `http://127.0.0.1:${(cloud.address() as AddressInfo).port}/v5`
  const auth = { endpoint, accessToken: 'A', expiresAt: FAR_AWAY, refreshToken: 'R' }
  await writeFile(join(desk.folder, '.impt.auth'), JSON.stringify(auth))
  const { client } = await openAssistant(t, { before: [] }, desk)
  const control = new AbortController()
  const calling = client.callTool({ name: 'device_list', arguments: {} }, undefined, {
    signal: control.signal,
  })
  await isAsked
  control.abort(new Error('never mind'))
  await assert.rejects(calling, /never mind/)
  await isLeft
  assert.ok((await client.listTools()).tools.length > 10)
})
