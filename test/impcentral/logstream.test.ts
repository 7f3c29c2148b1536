import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fakeCloud, log, message, next, now } from './logcloud.ts'
import { json, until } from './support.ts'

test('a stream is made, opened with the token, and gets its devices after it said "opened"', async () => {
  await using cloud = await fakeCloud()
  const stream = cloud.client.logStream(['d1', 'd2', 'd1'])
  assert.deepEqual(await next(stream), { kind: 'opened', devices: ['d1', 'd2'] })
  const [made, opened] = cloud.server.seen
  assert.deepEqual([made?.method, made?.path, made?.body], ['POST', '/logstream', ''])
  assert.deepEqual(
    [opened?.method, opened?.path, opened?.query.get('format')],
    ['GET', '/logstream/s1', 'json'],
  )
  assert.equal(opened?.headers.authorization, 'Bearer access-secret')
  assert.equal(opened?.headers.accept, 'text/event-stream')
  assert.deepEqual(cloud.added, ['s1/d1', 's1/d2'])
  await stream.return()
  await until(() => cloud.streams[0]?.closed === true)
})

test('entries arrive whole: split anywhere, in several data lines, in other alphabets, in text form', async () => {
  await using cloud = await fakeCloud()
  const stream = cloud.client.logStream(['d1'])
  await next(stream)
  const entry = log('grüße 🌲')
  for (const byte of Buffer.from(message(entry))) cloud.streams[0]?.write(Buffer.from([byte]))
  assert.deepEqual(await next(stream), { kind: 'entry', entry })
  const ts = now()
  cloud.say(`: keep-alive\n\ndata: {"device_id":"d1","ts":"${ts}","type":"x",\ndata: "msg":"1"}\n\n`)
  assert.deepEqual(await next(stream), { kind: 'entry', entry: { device_id: 'd1', ts, type: 'x', msg: '1' } })
  cloud.say(`data: {"device_id":"d1","ts":"${ts}","type":"x","msg":"two\ndata: lines"}\n\n`)
  assert.deepEqual(await next(stream), {
    kind: 'entry',
    entry: { device_id: 'd1', ts, type: 'x', msg: 'two\nlines' },
  })
  cloud.say(`data: d1 ${ts} development server.log hello world\n\n`)
  assert.deepEqual(await next(stream), {
    kind: 'entry',
    entry: { device_id: 'd1', ts, type: 'server.log', msg: 'hello world' },
  })
  await stream.return()
})

test('an entry that cannot be read ends the stream with the documented text', async () => {
  await using cloud = await fakeCloud()
  const stream = cloud.client.logStream(['d1'])
  await next(stream)
  cloud.say('data: {"msg":1}\n\n')
  await assert.rejects(stream.next(), {
    code: 'DATA',
    message: 'Internal error: Unexpected format of log stream message: {"msg":1}.',
  })
  await until(() => cloud.streams[0]?.closed === true)
})

test('devices that the server refuses right after the opening are tried again', async () => {
  let refusals = 3
  await using cloud = await fakeCloud({
    first: (path, response) => {
      if (!path.startsWith('PUT') || refusals-- <= 0) return false
      json(response, 404, { errors: [{ status: '404', title: 'Not Found', detail: 'stream' }] })
      return true
    },
  })
  const stream = cloud.client.logStream(['d1'])
  assert.equal((await next(stream)).kind, 'opened')
  assert.deepEqual(cloud.added, ['s1/d1'])
  await stream.return()
})

test('an unknown device is an error that leaves no connection open', async () => {
  await using cloud = await fakeCloud({
    first: (path, response) => {
      if (!path.startsWith('PUT')) return false
      json(response, 404, { errors: [{ status: '404', title: 'Not Found', detail: 'Device d9' }] })
      return true
    },
  })
  await assert.rejects(cloud.client.logStream(['d9']).next(), {
    code: 'NOT_FOUND',
    message: 'Not Found: Device d9',
  })
  await until(() => cloud.streams[0]?.closed === true)
})

test('a server that never says "opened" still gets its devices', async () => {
  await using cloud = await fakeCloud({ opened: '', longest: 6000 })
  const stream = cloud.client.logStream(['d1'])
  assert.equal((await next(stream)).kind, 'opened')
  cloud.say(message(log('first')))
  assert.equal((await next(stream)).kind, 'entry')
  await stream.return()
})

test('a device that the server drops for its limit is named, also in text form, and not added again', async () => {
  await using cloud = await fakeCloud()
  const stream = cloud.client.logStream(['d1', 'd2', 'd3'])
  await next(stream)
  cloud.say('event: state_change\ndata: {"state":"subscribed","device_id":"d3"}\n\n')
  cloud.say('event: state_change\ndata: {"state":"unsubscribed","device_id":"d1"}\n\n')
  cloud.say('event: state_change\ndata: unsubscribed d2\n\n')
  assert.deepEqual(await next(stream), { kind: 'dropped', deviceId: 'd1' })
  assert.deepEqual(await next(stream), { kind: 'dropped', deviceId: 'd2' })
  cloud.streams[0]?.end()
  assert.equal((await next(stream)).kind, 'reconnecting')
  assert.equal((await next(stream)).kind, 'resumed')
  assert.deepEqual(cloud.added.slice(3), ['s2/d3'])
  await stream.return()
})

test('"closed" by the server ends the stream and is no lost connection', async () => {
  await using cloud = await fakeCloud()
  const stream = cloud.client.logStream(['d1'])
  await next(stream)
  cloud.say('event: state_change\ndata: {"state":"closed"}\n\n')
  cloud.streams[0]?.end()
  assert.equal((await next(stream)).kind, 'closed')
  assert.deepEqual(await stream.next(), { done: true, value: undefined })
  await until(() => cloud.streams[0]?.closed === true)
  assert.equal(cloud.streams.length, 1)
})

const STEPS = ['POST /logstream', 'GET /logstream/s1', 'PUT /logstream/s1/d1'] as const
for (const step of STEPS) {
  test(`an abort while the stream is opening, in "${step}", leaves nothing open`, async () => {
    let reached = false
    await using cloud = await fakeCloud({
      first: (path) => {
        if (path === step) reached = true
        return path === step
      },
    })
    const stop = new AbortController()
    const first = assert.rejects(cloud.client.logStream(['d1'], stop.signal).next(), { code: 'CANCELLED' })
    await until(() => reached)
    stop.abort()
    await first
    await until(() => cloud.streams.every((response) => response.closed))
    const requests = cloud.server.seen.length
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(cloud.server.seen.length, requests)
  })
}

test('an abort or a return while waiting for an entry ends at once and closes the connection', async () => {
  await using cloud = await fakeCloud()
  const stop = new AbortController()
  const aborted = cloud.client.logStream(['d1'], stop.signal)
  await next(aborted)
  const waiting = assert.rejects(aborted.next(), { code: 'CANCELLED' })
  stop.abort()
  await waiting

  const returned = cloud.client.logStream(['d1'])
  await next(returned)
  const pending = returned.next()
  await returned.return()
  assert.deepEqual(await pending, { done: true, value: undefined })
  await until(() => cloud.streams.length === 2 && cloud.streams.every((response) => response.closed))
})

test('a token that is refused when the stream opens is renewed once', async () => {
  let refused = 0
  await using cloud = await fakeCloud({
    first: (path, response) => {
      if (path !== 'GET /logstream/s1' || refused++ > 0) return false
      json(response, 401, { errors: [{ status: '401', title: 'Invalid Credentials', detail: '' }] })
      return true
    },
    options: {
      tokens: {
        read: async () => ({ accessToken: 'old', expiresAt: '2999-01-01T00:00:00Z', loginKey: 'k' }),
        update: async () => ({ accessToken: 'new', expiresAt: '2999-01-01T00:00:00Z', loginKey: 'k' }),
      },
    },
  })
  const stream = cloud.client.logStream(['d1'])
  assert.equal((await next(stream)).kind, 'opened')
  assert.equal(
    cloud.server.seen.filter((each) => each.path === '/logstream/s1')[1]?.headers.authorization,
    'Bearer new',
  )
  await stream.return()
})

test('a dry run opens no log stream, since that would end the one of another', async () => {
  await using cloud = await fakeCloud({ options: { readOnly: true } })
  await assert.rejects(cloud.client.logStream(['d1']).next(), { code: 'CANCELLED' })
  assert.equal(cloud.server.seen.length, 0)
})
