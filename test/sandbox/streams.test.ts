/** impcentral-api.md 7: log streams. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { home, idOf, until, type Client, type Home } from './plainclient.ts'

type Reader = {
  text: () => string
  events: () => { event: string; data: string[] }[]
  ended: Promise<string>
}

/** Opens the stream as a client without authorization does, and collects what comes. */
async function read(t: TestContext, url: string): Promise<Reader> {
  const stop = new AbortController()
  t.after(() => stop.abort())
  const response = await fetch(url, { headers: { accept: 'text/event-stream' }, signal: stop.signal })
  assert.equal(response.status, 200)
  assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/)
  let text = ''
  const collect = async () => {
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>)
      text += Buffer.from(chunk).toString()
    return 'end'
  }
  const events = () =>
    text
      .split('\n\n')
      .slice(0, -1)
      .filter((block) => !block.startsWith(':'))
      .map((block) => {
        const lines = block.split('\n')
        const field = (name: string) =>
          lines.flatMap((line) => (line.startsWith(`${name}: `) ? [line.slice(name.length + 2)] : []))
        return { event: field('event')[0] ?? '', data: field('data') }
      })
  return { text: () => text, events, ended: collect().catch(() => 'cut') }
}

async function open(t: TestContext, { demo }: Pick<Home, 'demo'>, format = 'json') {
  const { status, body } = await demo('POST', '/logstream')
  assert.equal(status, 201)
  const { id, attributes } = body.data
  const reader = await read(t, `${attributes.url}?format=${format}`)
  await until(() => reader.text().includes('opened'), 'opened')
  return { id: id as string, reader }
}

const put = (client: Client, id: string, device: string) =>
  client('PUT', `/logstream/${id}/${encodeURIComponent(device)}`)
const last = (reader: Reader) => reader.events().at(-1)
const json = (reader: Reader) =>
  reader.events().map(({ data }) => JSON.parse(data.join('\n')) as Record<string, string>)

test('a stream opens without a token, takes devices after opened, and gives entries as JSON', async (t) => {
  const here = await home(t)
  const { demo, admin } = here
  const device = await idOf(demo, '/devices', 'Kitchen')
  const { id, reader } = await open(t, here)
  assert.deepEqual(reader.events(), [{ event: 'state_change', data: ['{"state":"opened"}'] }])
  assert.equal((await put(demo, id, device)).status, 204)
  await until(() => reader.text().includes('subscribed'), 'subscribed')
  assert.deepEqual(json(reader).at(-1), { state: 'subscribed', device_id: device })
  await admin('POST', `/devices/${device}/log`, { type: 'agent.log', msg: 'one\ntwo' })
  await until(() => last(reader)?.event === 'message', 'the entry')
  const entry = json(reader).at(-1)!
  assert.deepEqual(Object.keys(entry), ['device_id', 'ts', 'type', 'msg'])
  assert.deepEqual([entry['device_id'], entry['type'], entry['msg']], [device, 'agent.log', 'one\ntwo'])
  const stored = (await demo('GET', `/devices/${device}/logs`)).body.data[0]
  assert.deepEqual(
    stored,
    { ts: entry['ts'], type: entry['type'], msg: entry['msg'] },
    'back-fill can be matched',
  )
  assert.equal((await demo('DELETE', `/logstream/${id}/${device}`)).status, 204)
  await until(() => reader.text().includes('unsubscribed'), 'unsubscribed')
  assert.equal((await demo('DELETE', `/logstream/${id}/${device}`)).status, 404)
})

test('text is the default format, and a multi-line entry takes several data lines', async (t) => {
  const here = await home(t)
  const { demo, admin } = here
  const device = await idOf(demo, '/devices', 'Customer 1')
  const { id } = (await demo('POST', '/logstream?format=json')).body.data
  const reader = await read(t, `${demo.url}/logstream/${id}`)
  await until(() => reader.text().includes('opened'), 'opened')
  assert.deepEqual(reader.events()[0]?.data, ['opened'])
  await put(demo, id, device)
  await until(() => reader.text().includes(`subscribed ${device}`), 'subscribed')
  await admin('POST', `/devices/${device}/log`, { msg: 'one\ntwo' })
  await until(() => last(reader)?.event === 'message', 'the entry')
  const [first = '', second] = last(reader)?.data ?? []
  assert.match(first, new RegExp(`^${device} \\d{4}-\\S+Z production server\\.log one$`))
  assert.equal(second, 'two')
  assert.equal((await demo('GET', `/logstream/${id}?format=xml`)).status, 400)
})

test('a device cannot be added to what is not there, nor in the gap before opened where the switch says so', async (t) => {
  const { demo, as } = await home(t, { streamGap: 500, streamKeepsEarly: false })
  const device = await idOf(demo, '/devices', 'Kitchen')
  const { id } = (await demo('POST', '/logstream')).body.data
  assert.equal((await put(demo, id, device)).status, 404)
  const reader = await read(t, `${demo.url}/logstream/${id}`)
  assert.equal((await put(demo, id, device)).status, 404)
  await until(() => reader.text().includes('opened'), 'opened')
  assert.equal((await put(demo, id, device)).status, 204)
  assert.equal((await put(demo, id, 'none')).status, 404)
  assert.equal((await put(demo, 'none', device)).status, 404)
  assert.equal((await put(as('partner'), id, device)).status, 404, 'another account')
  assert.equal((await demo('GET', '/logstream/none')).status, 404)
})

test('past the limit the least recently added device is dropped with unsubscribed', async (t) => {
  const here = await home(t, { streamDevices: 2 })
  const { demo } = here
  const ids: string[] = []
  for (const name of ['Living Room', 'Kitchen', 'Cellar']) ids.push(await idOf(demo, '/devices', name))
  const { id, reader } = await open(t, here)
  for (const device of [ids[0], ids[1], ids[0], ids[2]]) await put(demo, id, device ?? '')
  await until(() => reader.text().includes('unsubscribed'), 'unsubscribed')
  const told = json(reader).map((entry) => `${entry['state']} ${ids.indexOf(entry['device_id'] ?? '')}`)
  assert.deepEqual(told.slice(1), [
    'subscribed 0',
    'subscribed 1',
    'subscribed 0',
    'subscribed 2',
    'unsubscribed 1',
  ])
})

test('an account has one stream: a new one closes the old', async (t) => {
  const here = await home(t)
  const first = await open(t, here)
  const second = await open(t, here)
  assert.equal(await first.reader.ended, 'end')
  assert.deepEqual(json(first.reader).at(-1), { state: 'closed' })
  assert.equal((await here.demo('GET', `/logstream/${first.id}`)).status, 404)
  const other = await open(t, { demo: here.as('partner') })
  assert.equal(here.sandbox.core.streams.count(), 2)
  assert.equal(last(second.reader)?.data[0], '{"state":"opened"}', 'streams of other accounts are left alone')
  assert.ok(other.id)
})

test('keep-alive comments come while nothing else does', async (t) => {
  const here = await home(t, { keepAlive: 15 })
  const { reader } = await open(t, here)
  await until(() => reader.text().split(': keep-alive\n\n').length > 3, 'keep-alive')
})

test('a stream is closed or dropped by the server; a dropped one opens again, without its devices', async (t) => {
  const here = await home(t)
  const { demo, admin } = here
  const device = await idOf(demo, '/devices', 'Kitchen')
  const { id, reader } = await open(t, here)
  await put(demo, id, device)
  assert.equal((await admin('POST', '/streams/drop')).body.dropped, 1)
  assert.equal(await reader.ended, 'cut')
  assert.equal(reader.text().includes('closed'), false)
  const again = await read(t, `${demo.url}/logstream/${id}?format=json`)
  await until(() => again.text().includes('opened'), 'opened')
  await admin('POST', `/devices/${device}/log`, { msg: 'lost' })
  await put(demo, id, device)
  await admin('POST', `/devices/${device}/log`, { msg: 'heard' })
  await until(() => again.text().includes('heard'), 'the entry')
  assert.equal(again.text().includes('lost'), false)
  assert.equal((await admin('POST', '/streams/close')).body.closed, 1)
  assert.equal(await again.ended, 'end')
  assert.deepEqual(json(again).at(-1), { state: 'closed' })
  assert.equal((await put(demo, id, device)).status, 404)
})

test('a client that goes away frees the stream, and HEAD does not take it over', async (t) => {
  const here = await home(t, { streamKeepsEarly: false })
  const { demo, sandbox } = here
  const device = await idOf(demo, '/devices', 'Kitchen')
  const { id, reader } = await open(t, here)
  assert.equal((await demo('HEAD', `/logstream/${id}`)).status, 200)
  assert.equal((await put(demo, id, device)).status, 204)
  await until(() => reader.text().includes('subscribed'), 'still open')
  const { id: second } = (await here.as('mfa')('POST', '/logstream')).body.data
  const stop = new AbortController()
  const response = await fetch(`${demo.url}/logstream/${second}`, { signal: stop.signal })
  await until(() => sandbox.core.streams.addDevice(second, device), 'opened')
  stop.abort()
  assert.equal(response.status, 200)
  await until(() => !sandbox.core.streams.addDevice(second, device), 'the connection to be noticed')
})
