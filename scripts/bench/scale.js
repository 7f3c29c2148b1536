// Scale: what an account of 100 to 100,000 devices takes, as curves; many scripts at one session, many lines in one stream, a day of virtual time.
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { home, impt, logIn, over, quiet, row, serveSandbox, spent, telling, usageIn } from './measure.js'

export const title = 'Scale'

/** Devices of the accounts; IMPT_BENCH_DEVICES takes another list. */
const SIZES = (process.env.IMPT_BENCH_DEVICES ?? '100,1000,10000,100000').split(',').map(Number)
/** The rate that the cloud announces, requests a second. */
const LIMIT = 40

/** Each takes minutes; IMPT_BENCH_PARTS names some. */
const PARTS = { curves, scripts, lines, devices: devicesForADay, reader: readerForADay }

export async function* rows() {
  const named = process.env.IMPT_BENCH_PARTS?.split(',') ?? Object.keys(PARTS)
  for (const name of named) yield* PARTS[name]()
}

/** Time and memory of the commands that read an account, by its size. CPU time, for what else the machine does has no part in it. */
async function* curves() {
  const { measureCompletion } = await import('../../test/repl/bench-editor.ts')
  const { openEntityCache } = await import('../../src/entities/cache.ts')
  const points = { list: [], pull: [], cache: [], complete: [] }
  const floor = await spent([], home)
  for (const devices of SIZES) {
    const groups = Math.min(500, Math.max(1, Math.ceil(devices / 200)))
    const server = await serveSandbox('--fleet', `products=5,groups=${groups},devices=${devices}`)
    try {
      const cwd = logIn(server.url)
      points.list.push({ devices, ...over(await spent([impt, 'device', 'list', '-z', 'csv'], cwd), floor) })
      points.pull.push({ devices, ...over(await spent([impt, 'pull', `of-${devices}`], cwd), floor) })
    } finally {
      await server.close()
    }
    const begin = process.cpuUsage()
    const folder = mkdtempSync(join(home, 'cache-'))
    const cache = openEntityCache(folder)
    cache.remember(
      'device',
      Array.from({ length: devices }, (_, i) => device(i)),
    )
    cache.listed('device', 0)
    await cache.save()
    const again = openEntityCache(folder)
    await again.load('device')
    // It keeps no more than it can offer well.
    const kept = again.search('device', '').length
    if (kept < Math.min(devices, 10_000)) throw new Error(`the cache has ${kept} of ${devices} devices`)
    points.cache.push({ devices, ms: cpuSince(begin) })
    points.complete.push({ devices, ms: measureCompletion(devices, 12).p95 })
  }
  yield drawn('device list -z csv: CPU time and memory over those of node -e 0', points.list)
  yield drawn('pull: CPU time and memory over those of node -e 0', points.pull)
  yield drawn('names of devices remembered, written and read again: CPU time', points.cache)
  yield drawn('completion of a device: 95th percentile', points.complete)
  yield* trend('device list', points.list)
  yield* trend('pull', points.pull)
  yield row(`pages of 1,000,000 devices at ${LIMIT} requests a second`, 1e6 / 100 / LIMIT, Infinity, 's')
}

/** How the largest account compares with the next one, and where the curve leads. */
function* trend(what, points) {
  const [small, large] = points.slice(-2)
  if (large === undefined) return
  const factor = large.devices / small.devices
  const compared = `${what}: time of ${large.devices} / ${factor} x time of ${small.devices}`
  yield row(compared, large.ms / (factor * small.ms), 1.5)
  const each = (large.mb - small.mb) / (large.devices - small.devices)
  const million = large.mb + each * (1e6 - large.devices)
  yield row(`${what} of 1,000,000, by the curve: memory`, million, Infinity, 'MB')
  yield row(`${what} of 1,000,000, by the curve: CPU time`, (large.ms / large.devices) * 1000, Infinity, 's')
}

/** 1,000 commands that make starts, all through one session. IMPT_BENCH_JOBS at once: each is a process. */
async function* scripts() {
  const jobs = Number(process.env.IMPT_BENCH_JOBS ?? 32)
  const user = mkdtempSync(join(home, 'make-'))
  const server = await serveSandbox('--fleet', 'products=5,groups=20,devices=1000')
  const cwd = logIn(server.url)
  const env = { ...quiet, IMPT: impt, NODE: process.execPath }
  const session = spawn(process.execPath, [impt, 'serve'], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    await new Promise((resolve) =>
      session.stdout.on('data', (data) => /open/.test(String(data)) && resolve()),
    )
    const names = Array.from({ length: 1000 }, (_, i) => `out/${i}`)
    writeFileSync(
      join(cwd, 'Makefile'),
      `all: ${names.join(' ')}\nout/%:\n\t@$(NODE) $(IMPT) product list -z csv > $@\n`,
    )
    mkdirSync(join(cwd, 'out'))
    const begin = performance.now()
    const failed = await new Promise((resolve) =>
      spawn('make', ['-k', `-j${jobs}`], { cwd, env, stdio: 'ignore' }).once('close', resolve),
    )
    const took = performance.now() - begin
    const answers = new Set(names.map((name) => readFileSync(join(cwd, name), 'utf8')))
    yield row('1,000 commands of make at one session that failed', failed === 0 ? 0 : 1, 0, '')
    yield row('different answers that they got', answers.size, 1, '')
    yield row(`1,000 commands of make -j${jobs}: each`, took / 1000, Infinity, 'ms')
    yield row('memory of the session after them', residentOf(session.pid), 400, 'MB')
  } finally {
    session.kill('SIGINT')
    await server.close()
    rmSync(user, { recursive: true, force: true })
  }
}

/** 1,000 devices that log ten lines a second each into one stream, for ten seconds. */
async function* lines() {
  const DEVICES = 1000
  const ROUNDS = 100
  const { startSandbox } = await import('../../src/sandbox/sandbox.ts')
  const { lifecycleBehaviour } = await import('../../src/sandbox/lifecycle.ts')
  let log
  const sandbox = await startSandbox({
    port: 0,
    streamDevices: 2 * DEVICES,
    fleet: { products: 1, groups: 1, devices: Math.ceil(DEVICES * 1.1), seed: 1 },
    behaviour(host) {
      log = (id, text) => host.log(id, 'server.log', text)
      return lifecycleBehaviour(host)
    },
  })
  try {
    // The server is in this process, which must not wait for a command that asks it.
    const cwd = mkdtempSync(join(home, 'lines-'))
    const expiresAt = '2999-01-01T00:00:00.000Z'
    const auth = { endpoint: sandbox.url, accessToken: sandbox.tokenFor('demo', 1e9), expiresAt }
    writeFileSync(join(cwd, '.impt.auth'), JSON.stringify(auth))
    const ids = [...sandbox.store.devices.all()].filter(({ group }) => group).map(({ id }) => id)
    const group = [...sandbox.store.groups.all()].find(({ name }) => name.startsWith('Fleet'))
    const some = ids.filter((id) => sandbox.store.devices.get(id)?.group?.id === group?.id)
    const report = join(cwd, 'usage')
    const child = spawn(process.execPath, [...telling(report), impt, 'log', 'stream', '--dg', group.id], {
      cwd,
      env: quiet,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const seen = new Set()
    let ready
    const opened = new Promise((resolve) => (ready = resolve))
    let latest = 0
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [, at, key] = /line (\d+) (\d+-\d+)$/.exec(line) ?? []
      if (key !== undefined) {
        seen.add(key)
        latest = Math.max(latest, Date.now() - Number(at))
      }
      ready()
    })
    // The first lines tell that every device is in the stream.
    const warm = setInterval(() => some.forEach((id) => log(id, 'ready')), 500)
    await opened
    clearInterval(warm)
    await new Promise((resolve) => setTimeout(resolve, 3000))
    for (let round = 0; round < ROUNDS; round++) {
      const next = new Promise((resolve) => setTimeout(resolve, 100))
      for (const [i, id] of some.entries()) log(id, `line ${Date.now()} ${i}-${round}`)
      await next
    }
    const all = some.length * ROUNDS
    // As long as lines come none is lost, however late it is.
    for (let before = -1; seen.size < all && seen.size > before;) {
      before = seen.size
      for (let waited = 0; waited < 150 && seen.size === before; waited++)
        await new Promise((resolve) => setTimeout(resolve, 100))
    }
    const ended = new Promise((resolve) => child.once('close', resolve))
    child.kill('SIGINT')
    await ended
    const { ms, mb } = usageIn(report)
    yield row(`lines lost of ${all} that ${some.length} devices log into one stream`, all - seen.size, 0, '')
    yield row('latest line', latest, Infinity, 'ms')
    yield row('CPU time of log stream for each thousand lines', ms / (all / 1000), Infinity, 'ms')
    yield row('memory of log stream', mb, 250, 'MB')
  } finally {
    await sandbox.close()
  }
}

/** Twenty devices with agents that measure, send and log every ten seconds of a virtual day. */
async function* devicesForADay() {
  const { createFleet } = await import('../../src/squirrel/fleet.ts')
  const { soloDevice, soloProgram } = await import('../../src/squirrel/check.ts')
  const HOURS = 24
  const marks = new Map()
  let heard = 0
  let told = () => undefined
  const fleet = createFleet(
    {
      log(_id, _ts, _type, text) {
        heard++
        const [, hour] = /^hour (\d+)$/.exec(text) ?? []
        if (hour === undefined) return
        marks.set(hour, (marks.get(hour) ?? 0) + 1)
        told()
      },
      idle() {},
    },
    { time: { kind: 'fast', ahead: 100_000 }, limits: { keepAlive: true } },
  )
  const deviceCode = `
local n = 0, last = []
agent.on("ack", function(v) { last = v })
function tick() {
  n++
  local reading = { n = n, text = "reading " + n, values = [n, n * 2, n * 3] }
  agent.send("reading", reading)
  if (n % 6 == 0) server.log("minute " + n / 6 + " " + last.len())
  if (n % 360 == 0) server.log("hour " + n / 360)
  imp.wakeup(10, tick)
}
tick()`
  const agentCode = `
readings <- []
device.on("reading", function(v) {
  readings.append(v)
  if (readings.len() > 100) readings.remove(0)
  device.send("ack", readings.slice(-3))
})`
  const DEVICES = 20
  for (let i = 0; i < DEVICES; i++)
    fleet.boot(
      { ...soloDevice, id: `day${i}`, agentId: `agentday${i}` },
      soloProgram({ deviceCode, agentCode }),
    )
  const until = (hour) =>
    new Promise((resolve) => {
      told = () => (marks.get(String(hour)) ?? 0) >= DEVICES && resolve()
      told()
    })
  const memory = []
  for (const hour of [4, 8, 16, HOURS]) {
    await until(hour)
    memory.push(settled())
  }
  await fleet.close()
  yield row(`${DEVICES} devices, ${HOURS} virtual hours: log lines`, heard, Infinity, '')
  yield row('their memory after 24 hours / after 8', memory[3] / memory[1], 1.1)
}

/** A program that reads the fleet and its logs every minute of a virtual day. */
async function* readerForADay() {
  const { startSandbox } = await import('../../src/sandbox/sandbox.ts')
  const { createClient } = await import('../../src/impcentral/client.ts')
  const { createLimiter } = await import('../../src/impcentral/limiter.ts')
  const { memoryTokenStore } = await import('../../src/impcentral/tokens.ts')
  const { openEntityCache } = await import('../../src/entities/cache.ts')
  const { SHAPES } = await import('../../src/entities/kinds.ts')
  let time = Date.parse('2026-01-01T00:00:00Z')
  const sandbox = await startSandbox({
    port: 0,
    now: () => time,
    tokenLife: 1e9,
    fleet: { products: 2, groups: 5, devices: 500, seed: 1 },
  })
  try {
    const login = { accessToken: sandbox.tokenFor('demo', 1e9), expiresAt: '2999-01-01T00:00:00.000Z' }
    const client = createClient({
      endpoint: sandbox.url,
      shapes: SHAPES,
      tokens: memoryTokenStore(login, 'Auth'),
      limiter: createLimiter(),
      direct: true,
    })
    const cache = openEntityCache(undefined)
    const heap = []
    let read = 0
    for (let minute = 1; minute <= 24 * 60; minute++) {
      time += 60_000
      const devices = []
      for await (const one of client.devices.list()) devices.push(one)
      cache.remember('device', devices)
      cache.search('device', 'lab')
      read += devices.length
      if (minute % 480 === 0) heap.push(heapUsed())
    }
    yield row('a day of reading the fleet each minute: devices read', read, Infinity, '')
    yield row('heap after 24 hours / after 8', heap[2] / heap[0], 1.1)
  } finally {
    await sandbox.close()
  }
}

function cpuSince(begin) {
  const { user, system } = process.cpuUsage(begin)
  return (user + system) / 1000
}

let collect
/** The live heap of this process, MB. */
function heapUsed() {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc')
    collect = runInNewContext('gc')
  }
  collect()
  collect()
  return process.memoryUsage().heapUsed / 2 ** 20
}

/** Memory of this process with its threads once this thread's garbage is away, MB. */
function settled() {
  heapUsed()
  return process.memoryUsage.rss() / 2 ** 20
}

function residentOf(pid) {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
  } catch {
    return NaN
  }
}

/** A curve as text: a bar for each point, in logarithmic length, for time and memory. */
function drawn(what, points) {
  const columns = ['ms', 'mb'].filter((key) => points.some((point) => point[key] !== undefined))
  const bar = (value, most) =>
    '█'.repeat(Math.max(1, Math.round((24 * Math.log10(1 + value)) / Math.log10(1 + most))))
  const lines = points.map((point) => {
    const cells = columns.map((key) => {
      const most = Math.max(...points.map((one) => one[key]))
      return `${point[key].toFixed(1).padStart(9)} ${key === 'ms' ? 'ms' : 'MB'} ${bar(point[key], most).padEnd(24)}`
    })
    return `    ${String(point.devices).padStart(7)} ${cells.join(' ')}`.trimEnd()
  })
  return { text: [`  ${what}`, ...lines].join('\n') }
}

function device(index) {
  return {
    id: `2${index.toString(16).padStart(15, '0')}`,
    type: 'device',
    attributes: {
      name: `lab-${index}`,
      mac_address: `0c:2a:69:${index}`,
      agent_id: `agent${index}`,
      device_online: index % 2 === 0,
    },
    relationships: {},
  }
}
