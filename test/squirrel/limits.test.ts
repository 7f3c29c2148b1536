import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { hostile, overflow, ticks, ticksFor } from './hostile-programs.ts'
import { programOf } from './running.ts'
import { soloDevice } from '../../src/squirrel/check.ts'
import type { Failure } from '../../src/squirrel/failure.ts'
import { createFleet } from '../../src/squirrel/fleet.ts'
import { type RunLog, type RunOptions, runFile } from '../../src/squirrel/run-file.ts'

async function run(source: string, options: Partial<RunOptions> = {}) {
  const log: RunLog[] = []
  const files = { device: 'x.nut', agent: 'y.nut' }
  const result = await runFile({ source, side: 'device', files, ...options }, (entry) => void log.push(entry))
  return { log, texts: log.map(({ text }) => text), ...result }
}

/** Programs that never end or take everything, with how they end. Each logs while it can. */
const twice: readonly (readonly [name: string, source: string, end: RegExp])[] = [
  ['a loop', 'while (true) {}', /^the main program took more than 8,000,000 ticks$/],
  ['a loop of throws', 'while (true) try { throw 1 } catch (e) {}', ticks],
  [
    'a loop in a timer',
    'imp.wakeup(1, function() {\n while (true) {} })',
    /^the callback of imp\.wakeup \(x\.nut:1\) took more/,
  ],
  ['recursion', 'function f() { return f() + 1 } f()', /^stack overflow$/],
  ['recursion that is caught', 'function f() { try { f() } catch (e) { f() } } f()', /ticks$|stack overflow/],
  ['a list that grows', 'local a = []; while (true) a.push(a.len())', /MB: out of memory$/],
  ['tables that grow', 'local a = []; while (true) a.push({x = a.len()})', /MB: out of memory$/],
  ['floats', 'local a = []; while (true) a.push(a.len() * 1.5)', /MB: out of memory$/],
  ['closures', 'local f = null; while (true) { local g = f; f = @() g }', /MB: out of memory$/],
  [
    'array literals without a loop round',
    `local a = []; while (true) { ${'a.push([1, 2, 3, 4, 5, 6, 7, 8]);'.repeat(500)} }`,
    /MB: out of memory$/,
  ],
  ['a text that doubles', 'local s = "x"; while (true) s += s', /MB: out of memory$/],
  ['a sort', 'local a = array(500000, 0); while (true) a.sort(@(x, y) y <=> x)', ticks],
  [
    'a regular expression',
    'local s = ""; for (local i = 0; i < 9999; i++) s += "a"; while (true) regexp("(a+)+$").search(s + "!")',
    ticks,
  ],
  [
    'JSON of a graph that doubles',
    'local t = {}; for (local i = 0; i < 64; i++) t = {a = t, b = t}; http.jsonencode(t)',
    /ticks$|MB: out of memory$|deep/,
  ],
  ['a generator', 'function g() { while (true) yield 1 } foreach (x in g()) {}', ticks],
  ['timers by the million', 'while (true) imp.wakeup(1, @() null)', /ticks$|MB: out of memory$/],
  [
    'a message that doubles',
    'local t = [0]; while (true) { t = [t, t]; agent.send("x", t) }',
    /too many values$/,
  ],
]

for (const [name, source, end] of twice) {
  test(`${name} ends by the right limit, twice with the same log`, async () => {
    const program = `server.log("before"); ${source}`
    const fixed = { seed: 1, start: 0, ticks: ticksFor(end) }
    const first = await run(program, fixed)
    assert.match(first.failure?.message ?? 'no failure', end)
    assert.equal(first.texts[0], 'before')
    assert.ok(first.failure?.reason === 'memory' || (first.failure?.frames.length ?? 0) > 0)
    assert.deepEqual(await run(program, fixed), first)
  })
}

/** What takes no memory of its thread runs on devices side by side in one: each is ended by its own limit, whatever its neighbours do. */
const besides = hostile.filter(([, , end]) => end === ticks || end === overflow)

type Told = { failure?: Failure; texts: string[] }

/** Runs programs in one thread until each has failed; what became of them by name. Throws the first defect. */
async function runBesides(rows: typeof hostile): Promise<ReadonlyMap<string, Told>> {
  const told = new Map(rows.map(([name]): [string, Told] => [name, { texts: [] }]))
  const left = new Set(told.keys())
  await new Promise<void>((resolve, reject) => {
    const fleet = createFleet(
      {
        log: (id, _ts, type, text) => void (type.endsWith('.log') && told.get(id)?.texts.push(text)),
        failed(id, failure) {
          Object.assign(told.get(id) ?? {}, { failure })
          left.delete(id)
          if (left.size === 0) void fleet.close().then(resolve)
        },
        defect: ({ deviceId, stack }) => reject(new Error(`${deviceId}: ${stack}`)),
      },
      { time: { kind: 'fast' }, onFailure: 'end', ticks: ticksFor(ticks), limits: { keepAlive: true } },
    )
    for (const [id, source, , side = 'device'] of rows)
      fleet.boot({ ...soloDevice, id }, programOf({ [side]: `server.log("before"); ${source}` }))
  })
  return told
}
let ended: ReturnType<typeof runBesides> | undefined

for (const [name, , end, side = 'device'] of besides)
  test(`${name}: hostile code is ended by the right error, also beside others`, async () => {
    const { failure, texts = [] } = (await (ended ??= runBesides(besides))).get(name) ?? {}
    assert.match(failure?.message ?? 'no failure', end)
    assert.equal(failure?.side, side)
    assert.equal(texts[0], 'before')
  })

for (const [name, source, end, side = 'device'] of hostile.filter((row) => !besides.includes(row)))
  test(`${name}: hostile code is ended by the right error`, async () => {
    const { failure, defect, texts } = await run(`server.log("before"); ${source}`, {
      side,
      start: 0,
      ticks: ticksFor(end),
    })
    assert.equal(defect, undefined)
    assert.match(failure?.message ?? 'no failure', end)
    assert.equal(failure?.side, side)
    assert.equal(texts[0], 'before')
  })

test('there are sixty hostile programs', () => {
  assert.ok(hostile.length + twice.length >= 60, String(hostile.length + twice.length))
})

test('an endless push logs the same last line in every run', async () => {
  const program =
    'local a = []; local t = {}; while (true) { t[a.len()] <- [1]; a.push("x" + a.len()); if (a.len() % 1000 == 0) server.log(a.len()) }'
  const first = await run(program, { start: 0 })
  assert.equal(first.failure?.reason, 'memory')
  assert.deepEqual(
    (await run(`local spare = array(1000, 0); ${program}`, { start: 0 })).texts.length > 3,
    true,
  )
  assert.deepEqual(await run(program, { start: 0 }), first)
})

test('a callback has 50,000,000 ticks', async () => {
  const { failure } = await run('while (true) {}')
  assert.equal(failure?.message, 'the main program took more than 50,000,000 ticks')
})

test('an agent fails a run as its device does', async () => {
  const agent = 'function f() { while (true) {} } imp.wakeup(2, f)'
  const { failure } = await run('imp.wakeup(60, @() server.log("never"))', { other: agent })
  assert.deepEqual([failure?.side, failure?.reason, failure?.callback], ['agent', 'ticks', 'imp.wakeup'])
  assert.deepEqual(failure?.frames, [{ name: 'f', file: 'y.nut', line: 1 }])
})

test('callbacks are named by what called them', async () => {
  const throwing = 'function(...) { throw "no" }'
  for (const [callback, device, agent] of [
    ['imp.wakeup', `imp.wakeup(1, ${throwing})`, ''],
    ['agent.on "ping"', `agent.on("ping", ${throwing})`, 'imp.wakeup(1, @() device.send("ping", 1))'],
    ['device.on "pong"', 'agent.send("pong", 1)', `device.on("pong", ${throwing})`],
    ['device.onconnect', '', `device.onconnect(${throwing})`],
    ['imp.onidle', `imp.onidle(${throwing})`, ''],
    ['main', `(${throwing})()`, ''],
  ] as const) {
    const { failure } = await run(device, { other: agent })
    assert.equal(failure?.callback, callback)
  }
})

test('work is charged: a callback may be given less', async () => {
  const source = 'for (local i = 0; i < 2000; i++) server.log(i)'
  assert.equal((await run(source)).failure, undefined)
  assert.match((await run(source, { ticks: 5000 })).failure?.message ?? '', /more than 5,000 ticks$/)
})

test('a run ends exactly at its time', async () => {
  const { log, failure } = await run(
    'local n = 0; function tick() { imp.wakeup(1, tick); server.log(++n) } tick()',
    { start: 0, seconds: 5 },
  )
  assert.equal(failure, undefined)
  assert.deepEqual(
    log.map(({ text }) => text),
    ['1', '2', '3', '4', '5'],
  )
})

test('with a seed and a start two runs are the same byte for byte, and another seed is another run', async () => {
  const source =
    'server.log(time()); for (local i = 0; i < 5; i++) server.log(math.rand()); imp.wakeup(1, @() server.log(hardware.micros()))'
  const first = await run(source, { seed: 3, start: 1_700_000_000_000 })
  assert.equal(first.texts[0], '1700000000')
  assert.deepEqual(await run(source, { seed: 3, start: 1_700_000_000_000 }), first)
  assert.notDeepEqual((await run(source, { seed: 4, start: 1_700_000_000_000 })).texts, first.texts)
})

test('code that makes no progress is ended by the wall clock, and nothing that it logged is lost', async (t) => {
  const silent = createServer(() => {})
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  t.after(() => (silent.closeAllConnections(), silent.close()))
  const { port } = silent.address() as AddressInfo
  const { texts, failure } = await run(
    `for (local i = 0; i < 100; i++) server.log(i); http.get("http://127.0.0.1:${port}/").sendsync()`,
    { side: 'agent', http: { allow: ['127.0.0.1'] }, limits: { stuck: 1 } },
  )
  assert.deepEqual([failure?.side, failure?.reason], ['agent', 'stuck'])
  assert.deepEqual(
    texts.slice(0, 100),
    Array.from({ length: 100 }, (_, at) => String(at)),
  )
})
