import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Clock } from '../../src/impcentral/clock.ts'
import { createLimiter, limiterFor, type Limiter, type Priority } from '../../src/impcentral/limiter.ts'

type Headers = Record<string, string>
/** Decides at a time on one request. */
type Budget = (now: number) => { allowed: boolean; headers: Headers }

const LIMIT = 40
const LATENCY = 50

function headersFor(remaining: number, reset = 1): Headers {
  return {
    'x-ratelimit-limit': String(LIMIT),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String(reset),
  }
}

/** A window of one second that begins with its first request. */
function windowBudget(): Budget {
  let end = 0
  let used = 0
  return (now) => {
    if (now >= end) [end, used] = [now + 1000, 0]
    const allowed = used < LIMIT
    if (allowed) used += 1
    return { allowed, headers: headersFor(LIMIT - used) }
  }
}

/** Windows that begin with each full second. */
function alignedBudget(): Budget {
  let second = -1
  let used = 0
  return (now) => {
    if (Math.floor(now / 1000) !== second) [second, used] = [Math.floor(now / 1000), 0]
    const allowed = used < LIMIT
    if (allowed) used += 1
    return { allowed, headers: headersFor(LIMIT - used) }
  }
}

/** Any second has at most so many. */
function slidingBudget(): Budget {
  let times: number[] = []
  return (now) => {
    times = times.filter((time) => time > now - 1000)
    const allowed = times.length < LIMIT
    if (allowed) times.push(now)
    return { allowed, headers: headersFor(LIMIT - times.length) }
  }
}

/** A bucket that refills all the time. */
function bucketBudget(): Budget {
  let tokens = LIMIT
  let last = 0
  return (now) => {
    tokens = Math.min(LIMIT, tokens + ((now - last) * LIMIT) / 1000)
    last = now
    const allowed = tokens >= 1
    if (allowed) tokens -= 1
    return { allowed, headers: headersFor(Math.floor(tokens)) }
  }
}

interface VirtualClock extends Clock {
  /** Lets time pass until `done`; throws when nothing is left to happen. */
  run(done: () => boolean): Promise<void>
}

function virtualClock(start = 12_300): VirtualClock {
  let now = start
  let order = 0
  let alarms: { at: number; order: number; ring: () => void }[] = []
  return {
    now: () => now,
    random: () => 0.5,
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        const alarm = { at: now + ms, order: order++, ring: resolve }
        alarms.push(alarm)
        signal?.addEventListener('abort', () => {
          alarms = alarms.filter((each) => each !== alarm)
          reject(signal.reason)
        })
      })
    },
    async run(done) {
      for (;;) {
        await new Promise((resolve) => setImmediate(resolve))
        if (done()) return
        const next = alarms.toSorted((a, b) => a.at - b.at || a.order - b.order)[0]
        assert.ok(next, 'nothing is left to happen')
        alarms = alarms.filter((each) => each !== next)
        now = next.at
        next.ring()
      }
    },
  }
}

interface Tally {
  ended: number
  refused: number
  most: number
  order: number[]
}

/** Sends requests through the limiter to a server with this budget, in virtual time. */
function send(
  limiter: Limiter,
  clock: Clock,
  budget: Budget,
  count: number,
  priority: Priority = 'normal',
): Tally {
  const tally: Tally = { ended: 0, refused: 0, most: 0, order: [] }
  let active = 0
  const one = async (index: number): Promise<void> => {
    for (let again = false; ; again = true) {
      const turn = await limiter.acquire(priority, again)
      tally.most = Math.max(tally.most, ++active)
      await clock.sleep(LATENCY * (0.4 + ((index * 7) % 5) / 20))
      const { allowed, headers } = budget(clock.now())
      await clock.sleep(LATENCY / 2)
      active -= 1
      turn.end(allowed ? 200 : 429, headers)
      if (allowed) break
      tally.refused += 1
    }
    tally.ended += 1
    tally.order.push(index)
  }
  for (let index = 0; index < count; index++) void one(index)
  return tally
}

const KINDS: readonly (readonly [string, () => Budget, number])[] = [
  // The time in ms that the budget itself needs for 100 requests.
  ['a window that begins with the first request', windowBudget, 2000],
  ['a token bucket', bucketBudget, 1500],
]

for (const [kind, budgetOf, needed] of KINDS) {
  test(`100 requests under ${kind} take at most 1.1 times what the budget allows, with hardly a refusal`, async () => {
    const clock = virtualClock()
    const begin = clock.now()
    const tally = send(createLimiter(clock), clock, budgetOf(), 100)
    await clock.run(() => tally.ended === 100)
    const took = clock.now() - begin
    assert.ok(took <= needed * 1.1 + 2 * LATENCY, `${took} ms`)
    assert.ok(tally.refused <= 2, `${tally.refused} refusals`)
  })
}

test('a sliding window, which is not foreseen, costs a refused batch and two seconds at most', async () => {
  const clock = virtualClock()
  const begin = clock.now()
  const tally = send(createLimiter(clock), clock, slidingBudget(), 100)
  await clock.run(() => tally.ended === 100)
  assert.ok(clock.now() - begin < 4500, `${clock.now() - begin} ms`)
  assert.ok(tally.refused <= 32, `${tally.refused} refusals`)
})

test('a budget by the full second is kept without a refusal', async () => {
  const clock = virtualClock()
  const tally = send(createLimiter(clock), clock, alignedBudget(), 200)
  await clock.run(() => tally.ended === 200)
  assert.ok(tally.refused <= 2, `${tally.refused} refusals`)
})

test('a budget that others use too is found again after a refusal', async () => {
  const clock = virtualClock()
  const budget = windowBudget()
  const mine = send(createLimiter(clock), clock, budget, 60)
  const theirs = send(createLimiter(clock), clock, budget, 60)
  await clock.run(() => mine.ended === 60 && theirs.ended === 60)
  assert.ok(mine.refused + theirs.refused < 60, `${mine.refused} and ${theirs.refused} refusals`)
})

test('without any budget headers, requests at once are few after refusals and 32 otherwise', async () => {
  const clock = virtualClock()
  const free = send(createLimiter(clock), clock, () => ({ allowed: true, headers: {} }), 100)
  await clock.run(() => free.ended === 100)
  assert.equal(free.most, 32)

  const silent = windowBudget()
  const tally = send(createLimiter(clock), clock, (now) => ({ ...silent(now), headers: {} }), 120)
  await clock.run(() => tally.ended === 120)
  assert.ok(tally.refused < 60, `${tally.refused} refusals`)
})

test('what nobody waits for yields to what somebody waits for, and leaves half of the budget', async () => {
  const clock = virtualClock()
  const limiter = createLimiter(clock)
  const budget = windowBudget()
  const low = send(limiter, clock, budget, 100, 'low')
  await clock.run(() => low.ended >= 20)
  const before = low.ended
  const normal = send(limiter, clock, budget, 10)
  await clock.run(() => normal.ended === 10)
  assert.ok(low.ended - before <= 8, `${low.ended - before} went first`)
  assert.equal(normal.refused, 0)
  await clock.run(() => low.ended === 100)
})

test('nonsense in the headers is not believed', async () => {
  const headers = { 'x-ratelimit-limit': 'many', 'x-ratelimit-remaining': '-3', 'x-ratelimit-reset': 'NaN' }
  const clock = virtualClock()
  const begin = clock.now()
  const tally = send(createLimiter(clock), clock, () => ({ allowed: true, headers }), 64)
  await clock.run(() => tally.ended === 64)
  assert.ok(clock.now() - begin < 10 * LATENCY)
})

test('one who gives up waiting makes room for the next', async () => {
  const clock = virtualClock()
  const limiter = createLimiter(clock, 1)
  const turn = await limiter.acquire('normal', false)
  const stop = new AbortController()
  const impatient = limiter.acquire('normal', false, stop.signal)
  const next = limiter.acquire('normal', false)
  stop.abort(new Error('enough'))
  await assert.rejects(impatient, { message: 'enough' })
  turn.end(200)
  ;(await next).end(200)
  await assert.rejects(limiter.acquire('normal', false, stop.signal), { message: 'enough' })
})

test('all clients of one endpoint share a limiter', () => {
  assert.equal(limiterFor('https://a.test/v5'), limiterFor('https://a.test/v5'))
  assert.notEqual(limiterFor('https://a.test/v5'), limiterFor('https://b.test/v5'))
})
