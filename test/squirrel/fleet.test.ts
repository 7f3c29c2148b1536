import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import type { DeviceState } from '../../src/squirrel/device-state.ts'
import { type Defect, type Fleet, type FleetOptions, createFleet } from '../../src/squirrel/fleet.ts'
import type { AgentRequest } from '../../src/squirrel/http-exchange.ts'
import { facts, programOf } from './running.ts'

const longestWait = 120_000
const fleets: Fleet[] = []
after(() => Promise.all(fleets.map((fleet) => fleet.close())))

/** A fleet whose log can be waited for. */
function watched(options: FleetOptions = {}, expectsDefects = false) {
  const lines: string[] = []
  const states = new Map<string, DeviceState>()
  const defects: Defect[] = []
  const waiting = new Set<() => void>()
  const look = () => {
    for (const check of waiting) check()
  }
  const fleet = createFleet(
    {
      log(id, _ts, type, text) {
        lines.push(`${id} ${type} ${text}`)
        look()
      },
      state(id, state) {
        states.set(id, state)
        look()
      },
      idle(id) {
        lines.push(`${id} idle`)
        look()
      },
      failed: (id, { message }) => void lines.push(`${id} failed: ${message}`),
      defect(defect) {
        defects.push(defect)
        look()
      },
      link: (id, up) => void lines.push(`${id} link ${String(up)}`),
    },
    { ...options, limits: { keepAlive: true, ...options.limits } },
  )
  fleets.push(fleet)
  const until = (condition: () => boolean) =>
    new Promise<void>((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(patience)
        waiting.delete(check)
        settle()
      }
      const check = () => {
        if (defects.length > 0 && !expectsDefects) end(() => reject(new Error(defects[0]?.stack)))
        else if (condition()) end(resolve)
      }
      // Far longer than any machine needs; without it a failure would be a test without an end.
      const patience = setTimeout(
        () =>
          end(() =>
            reject(new Error(`waited too long for ${String(condition)}; so far:\n${lines.join('\n')}`)),
          ),
        longestWait,
      )
      waiting.add(check)
      check()
    })
  const logged = (line: string, count = 1) => until(() => lines.filter((one) => one === line).length >= count)
  return { fleet, lines, states, defects, until, logged }
}

const named = (id: string) => ({ ...facts, id })
const get: AgentRequest = { method: 'GET', path: '/', query: {}, headers: {}, body: '' }

test('devices run in threads, and their agents answer', async () => {
  const { fleet, logged } = watched()
  const program = programOf({
    device: 'server.log("up " + hardware.getdeviceid())',
    agent: 'http.onrequest(@(q, r) r.send(200, "hello " + q.body))',
  })
  fleet.boot(named('a'), program)
  fleet.boot(named('b'), program)
  await Promise.all([logged('a server.log up a'), logged('b server.log up b')])
  assert.deepEqual(await fleet.http('a', { ...get, body: 'wörld' }), {
    status: 200,
    headers: {},
    body: 'hello wörld',
  })
  assert.equal((await fleet.http('unknown', get)).status, 404)
})

test('connection, power and shutdown reach the code', async () => {
  const { fleet, lines, logged, until } = watched()
  fleet.boot(
    named('a'),
    programOf({ device: 'server.log("up"); server.onshutdown(@(r) server.log("asked " + r))' }),
  )
  await logged('a server.log up')
  await fleet.evaluate('a', 'device', '1')
  assert.equal(fleet.shutdown('a'), true)
  assert.equal(fleet.shutdown('unknown'), false)
  await logged('a server.log asked 1')
  fleet.disconnect('a')
  await logged('a status Device disconnected')
  fleet.connect('a')
  await logged('a status Device connected')
  fleet.power('a', false)
  await logged('a status Device disconnected', 2)
  fleet.power('a', true)
  fleet.connect('a')
  await logged('a server.log up', 2)
  fleet.stop('a')
  await until(() => lines.length > 0)
})

test('fast time is over in no time', async () => {
  const { fleet, logged } = watched({ time: { kind: 'fast' } })
  // Without the haste it would take longer than is waited for.
  const seconds = (10 * longestWait) / 1000
  fleet.boot(named('a'), programOf({ device: `imp.wakeup(${seconds}, @() server.log("end"))` }))
  await logged('a server.log end')
})

test('one device can run ahead while the others follow the clock, and tells when it is at its limit', async () => {
  const { fleet, lines, logged, until } = watched()
  const endless = programOf({ device: 'function tick() { imp.wakeup(60, tick) } tick(); server.log("up")' })
  fleet.boot(named('slow'), endless)
  fleet.boot(named('fast'), endless)
  fleet.setTime({ kind: 'fast', ahead: 600 }, 'fast')
  await Promise.all([
    logged('slow server.log up'),
    logged('fast server.log up'),
    until(() => lines.includes('fast idle')),
  ])
  assert.ok(!lines.includes('slow idle'))
  assert.equal(lines.filter((line) => line === 'fast idle').length, 1)
})

test('what a device keeps is told, and given back it is there again', async () => {
  const first = watched({ time: { kind: 'fast' } })
  const agent =
    'local t = server.load(); local n = "n" in t ? t.n : 0; server.log("n " + n); server.save({n = n + 1})'
  first.fleet.boot(named('a'), programOf({ agent }))
  await first.until(() => first.states.has('a'))
  const second = watched()
  second.fleet.boot(
    named('a'),
    programOf({ agent }),
    'WAKEREASON_NEW_SQUIRREL',
    structuredClone(first.states.get('a') as DeviceState),
  )
  await second.logged('a agent.log n 1')
})

test('a thread that does not answer is ended: its other worlds come back, the one that hung is told', async () => {
  const { fleet, lines, logged } = watched({ limits: { stuck: 1 }, http: { allow: ['127.0.0.1'] } })
  fleet.boot(named('good'), programOf({ device: 'server.log("good up")' }))
  await logged('good server.log good up')
  // Waits inside one native function, where no work is counted.
  const silent = createServer(() => {})
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  const { port } = silent.address() as AddressInfo
  fleet.boot(
    named('bad'),
    programOf({ agent: `server.log("before"); http.get("http://127.0.0.1:${port}/").sendsync()` }),
  )
  await logged('bad lastexitcode watchdog')
  await logged('good server.log good up', 2)
  assert.ok(lines.includes('bad agent.log before'), 'what was logged before is not lost')
  assert.ok(lines.includes('bad failed: the agent made no progress for 1 s'))
  silent.closeAllConnections()
  silent.close()
})

test('a bomb with a higher limit than its thread has room ends before the thread does', async () => {
  const { fleet, lines, logged } = watched({ limits: { heapMb: 48 } })
  fleet.boot(named('good'), programOf({ device: 'server.log("good up")' }))
  await logged('good server.log good up')
  fleet.boot(
    named('bad'),
    programOf({ agent: 'local all = []; while (true) all.push({a = 1, b = 2, c = [1, 2, 3]})' }),
  )
  await logged('bad agent.error ERROR: out of memory')
  assert.equal(lines.filter((line) => line === 'good server.log good up').length, 1)
})

test('one bomb after the other ends by itself: its neighbours in the same thread never notice', async () => {
  const { fleet, lines, logged } = watched({ time: { kind: 'fast', ahead: 1 }, onFailure: 'end' })
  fleet.boot(
    named('good'),
    programOf({ agent: 'server.log("good up"); http.onrequest(@(q, r) r.send(200, "here"))' }),
  )
  await logged('good agent.log good up')
  const bombs = [
    'local a = []; while (true) a.push({a = 1, b = 2, c = [1, 2, 3]})',
    'local s = "x"; while (true) s += s',
    'local a = []; while (true) a.push(blob(500000))',
    'local f = null; while (true) { local g = f; f = @() g }',
    'local t = {}; local i = 0; while (true) t[i++] <- i * 1.5',
    'local a = [0]; while (true) a.extend(a)',
  ]
  // IMPT_BOMBS=200 npm run test:node 24 squirrel/fleet
  const rounds = Number(process.env['IMPT_BOMBS'] ?? 6) / bombs.length
  for (let round = 0; round < rounds; round++)
    for (const [at, bomb] of bombs.entries()) {
      fleet.boot(named(`bad${round}-${at}`), programOf(at % 2 === 0 ? { device: bomb } : { agent: bomb }))
      // eslint-disable-next-line no-await-in-loop -- one after the other
      await logged(`bad${round}-${at} ${at % 2 === 0 ? 'server' : 'agent'}.error ERROR: out of memory`)
    }
  assert.equal((await fleet.http('good', get)).body, 'here')
  assert.equal(lines.filter((line) => line === 'good agent.log good up').length, 1)
})

test('a thread full of modest devices ends one of them before the process ends', async () => {
  const { fleet, lines, until } = watched({
    limits: { heapMb: 64 },
    time: { kind: 'fast', ahead: 1 },
    onFailure: 'end',
  })
  const modest = programOf({
    device: 'local a = []; while (a.len() < 400000) a.push(a.len() * 1.5); server.log("up"); ::kept <- a',
  })
  for (let at = 0; at < 12; at++) fleet.boot(named(`d${at}`), modest)
  const told = () => lines.filter((line) => / (?:up|ERROR: out of memory)$/.test(line))
  await until(() => told().length === 12)
  assert.ok(told().some((line) => line.endsWith('up')))
  assert.ok(told().some((line) => line.endsWith('out of memory')))
})

test('a failure of the virtual machine is told as our defect, with what makes it again, and harms nobody else', async () => {
  const { fleet, defects, logged, until } = watched({}, true)
  fleet.boot(
    named('good'),
    programOf({
      device: 'agent.on("x", server.log)',
      agent: 'http.onrequest(@(q, r) device.send("x", q.body))',
    }),
  )
  // No program of a user can do this: the fleet itself is called wrongly.
  fleet.boot(named('bad'), { ...programOf({}), agentCode: 5 as unknown as string })
  await fleet.evaluate('good', 'agent', '1')
  await fleet.evaluate('bad', 'agent', '1')
  const [defect] = defects
  assert.equal(defect?.deviceId, 'bad')
  assert.equal(defect?.reproduction.situation.agent?.agentCode, 5)
  assert.equal(defect?.reproduction.setup.facts.id, 'bad')
  assert.match(defect?.stack ?? '', /compile/)
  void fleet.http('good', { ...get, body: 'still here' })
  await logged('good server.log still here')
  fleet.boot(named('bad'), programOf({ device: 'server.log("healed")' }))
  await logged('bad server.log healed')
  await until(() => true)
})

test('a device that is gone is forgotten', async () => {
  const { fleet, logged } = watched()
  fleet.boot(
    named('a'),
    programOf({ device: 'server.log("up")', agent: 'http.onrequest(@(q, r) r.send(200, ""))' }),
  )
  await logged('a server.log up')
  fleet.remove('a')
  assert.equal((await fleet.http('a', get)).status, 404)
})

test('an allowed host is reached over the network, and a redirection is not followed', async () => {
  const server = createServer((request, response) => {
    if (request.url === '/away') response.writeHead(302, { location: 'http://192.0.2.1/' }).end()
    else request.pipe(response.writeHead(200, { 'x-kind': 'echo' }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const { fleet, logged } = watched({ http: { allow: [host] }, time: { kind: 'fast' } })
  const agent = `
    http.post("http://${host}/", {}, "\\xff\\x00x").sendasync(@(r) server.log(r.statuscode + " " + r.body.len() + " " + r.headers["x-kind"]))
    server.log("waited " + http.post("http://${host}/", {}, "abc").sendsync().body)
    http.get("http://${host}/away").sendasync(@(r) server.log(r.statuscode))`
  fleet.boot(named('a'), programOf({ agent }))
  await Promise.all([
    logged('a agent.log 200 3 echo'),
    logged('a agent.log 302'),
    logged('a agent.log waited abc'),
  ])
  server.closeAllConnections()
  server.close()
})

test('what devices run in is loaded ahead once, serves the first device, and ends where none comes', async () => {
  const { fleet, logged } = watched()
  fleet.prepare()
  fleet.prepare()
  fleet.boot(named('a'), programOf({ device: 'server.log("up")' }))
  await logged('a server.log up')

  const unused = watched().fleet
  unused.prepare()
  await unused.close()
})
