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
