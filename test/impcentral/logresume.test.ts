import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLimiter } from '../../src/impcentral/limiter.ts'
import { fakeCloud, log, message, next, now } from './logcloud.ts'
import { hastyClock, json, until } from './support.ts'

for (const how of ['ended', 'reset'] as const) {
  test(`a connection that is ${how} is opened again and the gap filled without loss or repetition`, async () => {
    await using cloud = await fakeCloud()
    const stream = cloud.client.logStream(['d1', 'd2'])
    await next(stream)
    const seen = log('seen', now(20))
    cloud.say(message(seen))
    assert.deepEqual(await next(stream), { kind: 'entry', entry: seen })
    const missed = [log('missed 1', now(30)), log('missed 2', now(50), 'd2'), log('missed 3', now(60))]
    const [one, two, three] = missed
    const before = log('long before', now(-60_000))
    const bare = (entry: object | undefined): object => ({ ...entry, device_id: undefined })
    cloud.stored['d1'] = [three, one, seen, before].map(bare)
    cloud.stored['d2'] = [two].map(bare)
    if (how === 'ended') cloud.streams[0]?.end()
    else cloud.streams[0]?.destroy()
    const lost = await next(stream)
    assert.ok(lost.kind === 'reconnecting' && lost.attempt === 1 && lost.reason !== '')
    assert.deepEqual(await next(stream), { kind: 'resumed', backfilled: 3, missed: [] })
    // What was filled in also comes live, and must not be told twice.
    const after = log('after', now(90))
    cloud.say(message(three ?? {}) + message(after))
    const entries: string[] = []
    for (let count = 0; count < 4; count++) {
      const event = await next(stream)
      if (event.kind === 'entry') entries.push(`${event.entry.device_id} ${event.entry.msg}`)
    }
    assert.deepEqual(entries, ['d1 missed 1', 'd2 missed 2', 'd1 missed 3', 'd1 after'])
    await stream.return()
  })
}

test('a server that is away is tried again and again with growing waits', async () => {
  let away = false
  let tries = 0
  const clock = hastyClock(20_000)
  await using cloud = await fakeCloud({
    options: { clock, limiter: createLimiter(clock) },
    first: (_, response) => {
      if (!away || ++tries > 5) return false
      response.writeHead(503).end()
      return true
    },
  })
  const stream = cloud.client.logStream(['d1'])
  await next(stream)
  away = true
  clock.sleeps.length = 0
  cloud.streams[0]?.destroy()
  const attempts: number[] = []
  for (;;) {
    const event = await next(stream)
    if (event.kind !== 'reconnecting') break
    attempts.push(event.attempt)
  }
  assert.deepEqual(attempts, [1, 2, 3, 4, 5, 6])
  assert.deepEqual(
    clock.sleeps.filter((ms) => ms >= 250 && ms !== 5000),
    [250, 500, 1000, 2000, 4000, 8000],
  )
  await stream.return()
})

test('a minute without even a comment counts as a lost connection', async () => {
  await using cloud = await fakeCloud({ longest: 60_000 })
  const stream = cloud.client.logStream(['d1'])
  await next(stream)
  const lost = await next(stream)
  assert.ok(lost.kind === 'reconnecting' && lost.reason === 'nothing came for 60 s')
  await until(() => cloud.streams[0]?.closed === true)
  await stream.return()
})

test('a device that was deleted meanwhile is named and the others go on', async () => {
  let gone = false
  await using cloud = await fakeCloud({
    first: (path, response) => {
      if (!gone || path !== 'PUT /logstream/s2/d1') return false
      json(response, 404, { errors: [{ status: '404', title: 'Not Found', detail: 'Device d1' }] })
      return true
    },
  })
  const stream = cloud.client.logStream(['d1', 'd2'])
  await next(stream)
  gone = true
  cloud.streams[0]?.end()
  assert.equal((await next(stream)).kind, 'reconnecting')
  assert.deepEqual(await next(stream), { kind: 'dropped', deviceId: 'd1' })
  assert.deepEqual(await next(stream), { kind: 'resumed', backfilled: 0, missed: [] })
  await stream.return()
})

test('stored logs that cannot be read are admitted, and the stream goes on', async () => {
  await using cloud = await fakeCloud({
    first: (path, response) => {
      if (path !== 'GET /devices/d1/logs') return false
      json(response, 403, { errors: [{ status: '403', title: 'Invalid Permission', detail: 'no' }] })
      return true
    },
  })
  const stream = cloud.client.logStream(['d1'])
  await next(stream)
  cloud.streams[0]?.end()
  await next(stream)
  assert.deepEqual(await next(stream), { kind: 'resumed', backfilled: 0, missed: ['d1'] })
  await stream.return()
})

test('a login that has ended stops the reconnecting', async () => {
  let ended = false
  await using cloud = await fakeCloud({
    first: (_, response) => {
      if (ended) json(response, 403, { errors: [{ status: '403', title: 'Locked', detail: 'Account' }] })
      return ended
    },
  })
  const stream = cloud.client.logStream(['d1'])
  await next(stream)
  ended = true
  cloud.streams[0]?.end()
  await next(stream)
  await assert.rejects(stream.next(), { code: 'FORBIDDEN', message: 'Locked: Account' })
})

const NONSENSE: readonly (readonly [number, string])[] = [
  [200, '<html>Please log in to the network</html>'],
  [403, '<html>Forbidden</html>'],
  [404, 'nginx'],
  [200, '\u0000{"data'],
  [200, '{"data":{}}'],
  [502, ''],
]
const STEPS = [
  'POST /logstream',
  'GET /logstream/s2',
  'PUT /logstream/s2/d1',
  'GET /devices/d1/logs',
] as const
for (const step of STEPS) {
  test(`HTML or garbage in "${step}" while reconnecting passes, as a 503 does`, async () => {
    let nonsense: (readonly [number, string])[] = []
    // A device is tried several times before its refusal counts, and its answer need hold nothing.
    const rounds = step.startsWith('PUT')
      ? NONSENSE.filter(([, text]) => !text.startsWith('{"data":')).flatMap((each) =>
          Array.from({ length: 6 }, () => each),
        )
      : [...NONSENSE]
    await using cloud = await fakeCloud({
      longest: 40_000,
      first: (path, response) => {
        const matches = path === step || (step.includes('s2') && path.replace(/s\d+/, 's2') === step)
        const answer = matches ? nonsense.shift() : undefined
        if (answer === undefined) return false
        response.writeHead(answer[0], { 'content-type': 'text/html' }).end(answer[1])
        return true
      },
    })
    const stream = cloud.client.logStream(['d1'])
    await next(stream)
    nonsense = rounds
    cloud.streams[0]?.end()
    for (;;) {
      const event = await next(stream)
      if (event.kind === 'resumed') break
      assert.equal(event.kind, 'reconnecting')
    }
    assert.deepEqual(nonsense, [])
    const entry = log('after')
    cloud.say(message(entry))
    assert.deepEqual(await next(stream), { kind: 'entry', entry })
    await stream.return()
  })
}

test('waits start again short after ten seconds of connections in total, however short each was', async () => {
  const clock = hastyClock(2000)
  let ahead = 0
  await using cloud = await fakeCloud({
    options: { clock: { ...clock, now: () => clock.now() + ahead }, limiter: createLimiter(clock) },
  })
  const stream = cloud.client.logStream(['d1'])
  await next(stream)
  const attempts: number[] = []
  for (let loss = 0; loss < 6; loss++) {
    const waiting = next(stream)
    ahead += 4000
    cloud.streams.at(-1)?.end()
    const lost = await waiting
    if (lost.kind === 'reconnecting') attempts.push(lost.attempt)
    assert.equal((await next(stream)).kind, 'resumed')
  }
  assert.deepEqual(attempts, [1, 2, 1, 2, 3, 1])
  await stream.return()
})

for (const ending of ['a while after the gap', 'before the server closes the stream'] as const) {
  test(`two equal lines of one millisecond around a reconnect are both told: they are counted again ${ending}`, async () => {
    await using cloud = await fakeCloud({ longest: ending.startsWith('a') ? 6000 : 2000 })
    const stream = cloud.client.logStream(['d1'])
    await next(stream)
    const twin = log('twin', now(30))
    const bare = { ...twin, device_id: undefined }
    cloud.stored['d1'] = [bare]
    cloud.streams[0]?.end()
    assert.equal((await next(stream)).kind, 'reconnecting')
    assert.deepEqual(await next(stream), { kind: 'resumed', backfilled: 1, missed: [] })
    assert.deepEqual(await next(stream), { kind: 'entry', entry: twin })
    // The other one, made after the stored logs were read.
    cloud.stored['d1'] = [bare, bare]
    cloud.say(message(twin))
    if (ending.startsWith('before')) {
      cloud.say('event: state_change\ndata: {"state":"closed"}\n\n')
      assert.deepEqual(await next(stream), { kind: 'entry', entry: twin })
      assert.equal((await next(stream)).kind, 'closed')
    } else {
      assert.deepEqual(await next(stream), { kind: 'entry', entry: twin })
      await stream.return()
    }
  })
}
