import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Bench, deviceLog, facts, programOf } from './running.ts'

test('a start logs the life cycle around the code of both sides', () => {
  const { log } = new Bench({ device: 'server.log("device")', agent: 'server.log("agent")' })
  assert.deepEqual(log, [
    '[0.00 status] Agent restarted: reload.',
    '[0.00 agent.log] agent',
    '[0.00 status] Downloading new code; 0.09% program storage used',
    '[0.00 server.log] device',
  ])
})

test('a run-time error of the device is logged with its frames, and the code begins anew', () => {
  const device =
    'server.log(hardware.wakereason())\nfunction inner() { return foo.bar }\nfunction outer() { inner() }\nimp.wakeup(1, outer)'
  const { log, events } = new Bench({ device, seconds: 3.5 })
  assert.deepEqual(log.slice(2), [
    '[0.00 server.log] 4',
    "[1.00 server.error] ERROR: the index 'foo' does not exist",
    '[1.00 server.error] ERROR:   at inner:device_code:2',
    '[1.00 server.error] ERROR:   at outer:device_code:3',
    '[2.00 server.log] 5',
    "[3.00 server.error] ERROR: the index 'foo' does not exist",
    '[3.00 server.error] ERROR:   at inner:device_code:2',
    '[3.00 server.error] ERROR:   at outer:device_code:3',
  ])
  assert.ok(events.includes('failed device error'))
})

test('a device that fails again and again begins more and more rarely', () => {
  const bench = new Bench({ device: 'throw "boo"', seconds: 600 })
  const count = bench.texts('server.error').filter((line) => line === 'ERROR: boo').length
  assert.ok(count > 10 && count < 20, `${count} starts`)
})

test('an agent goes on after an error in a callback', () => {
  const agent = 'imp.wakeup(1, @() nothing); imp.wakeup(2, @() server.log("still here"))'
  const bench = new Bench({ agent })
  assert.deepEqual(bench.texts('agent.error'), [
    "ERROR: the index 'nothing' does not exist",
    'ERROR:   at unknown:agent_code:1',
  ])
  assert.deepEqual(bench.texts('agent.log'), ['still here'])
})

test('an endless callback is ended by the watchdog, for device and agent', () => {
  const loop = 'server.log("up"); imp.wakeup(1, function() { while (true) {} })'
  const bench = new Bench({ device: loop, agent: loop, seconds: 2.5 })
  assert.deepEqual(bench.texts('lastexitcode'), ['watchdog'])
  assert.deepEqual(bench.texts('server.log'), ['up', 'up'])
  assert.deepEqual(bench.texts('agent.log'), ['up', 'up'])
  assert.ok(bench.texts('status').includes('Agent restarted: watchdog.'))
})

test('too much memory ends the code as out of memory', () => {
  const bench = new Bench({
    device: 'local s = "abcdefgh"; local all = []; while (true) { s += s; all.push(s) }',
    seconds: 0.5,
  })
  assert.deepEqual(bench.texts('lastexitcode'), ['out of memory'])
  assert.equal(bench.texts('server.error')[0], 'ERROR: out of memory')
})

test('endless recursion is an error that code can catch', () => {
  assert.deepEqual(deviceLog('function f() { return 1 + f() } try { f() } catch (e) { server.log(e) }'), [
    'stack overflow',
  ])
})

test('deep sleep ends the code, keeps nv and begins with the timer as reason', () => {
  const device = `
    server.log(hardware.wakereason() + " " + ("count" in nv ? nv.count : 0))
    nv.count <- ("count" in nv ? nv.count : 0) + 1
    if (nv.count < 3) imp.onidle(@() server.sleepfor(100))`
  const { log, events } = new Bench({ device, seconds: 400 })
  assert.deepEqual(log.slice(2), [
    '[0.00 server.log] 4 0',
    '[0.00 server.sleep] sleeping for 100 seconds',
    '[0.00 status] Device disconnected',
    '[100.00 status] Device connected',
    '[100.00 server.log] 1 1',
    '[100.00 server.sleep] sleeping for 100 seconds',
    '[100.00 status] Device disconnected',
    '[200.00 status] Device connected',
    '[200.00 server.log] 1 2',
  ])
  assert.deepEqual(
    events.filter((event) => event.startsWith('link')),
    ['link false', 'link true', 'link false', 'link true'],
  )
})

test('loss of power ends the code and empties nv; flash stays', () => {
  const device = `
    hardware.spiflash.enable()
    server.log(("x" in nv) + " " + hardware.spiflash.read(0, 1)[0] + " " + hardware.wakereason())
    nv.x <- 1; hardware.spiflash.write(0, "A")`
  const bench = new Bench({ device, impType: 'imp003' })
  bench.world.setPower(false)
  bench.run()
  bench.world.setPower(true)
  bench.world.setNetwork(true)
  bench.run()
  assert.deepEqual(bench.texts('server.log'), ['false 255 4', 'false 65 0'])
  assert.deepEqual(bench.texts('status').slice(2), ['Device disconnected', 'Device connected'])
})

test('a warm restart keeps nv', () => {
  const device = 'server.log("x" in nv); if (!("x" in nv)) { nv.x <- 1; imp.wakeup(1, @() imp.reset()) }'
  assert.deepEqual(deviceLog(device), ['false', 'true'])
})

test('conditional restart asks the handler, and server.restart asks for the new code', () => {
  const device =
    'server.onshutdown(function(reason) { server.log("reason " + (reason == SHUTDOWN_NEWSQUIRREL)); imp.wakeup(2, @() server.restart()) })'
  const bench = new Bench({ device })
  assert.ok(bench.events.includes('shutdownHandler true'))
  bench.world.shutdown()
  bench.run()
  assert.deepEqual(bench.texts('server.log'), ['reason true'])
  assert.equal(bench.events.at(-1), 'reload')
})

test('whoever asks devices for conditional restarts is told when a handler comes and goes, not each time that it is set', () => {
  const device = `
    server.onshutdown(null); server.onshutdown(@(r) 1); server.onshutdown(@(r) 2)
    for (local i = 0; i < 3; i++) server.onshutdown(null)
    server.onshutdown(@(r) 3)`
  const told = new Bench({ device }).events.filter((event) => event.startsWith('shutdownHandler'))
  assert.deepEqual(told, ['shutdownHandler true', 'shutdownHandler false', 'shutdownHandler true'])
})

test('new code replaces the old at once, and its timers never come', () => {
  const bench = new Bench({ device: 'imp.wakeup(5, @() server.log("old"))', seconds: 1 })
  bench.world.start(programOf({ device: 'imp.wakeup(5, @() server.log("new"))' }), 'WAKEREASON_NEW_SQUIRREL')
  bench.run(20)
  assert.deepEqual(bench.texts('server.log'), ['new'])
})

test('stop ends both sides', () => {
  const bench = new Bench({
    device: 'imp.wakeup(5, @() server.log("d"))',
    agent: 'imp.wakeup(5, @() server.log("a"))',
    seconds: 1,
  })
  bench.world.stop()
  bench.run(20)
  assert.deepEqual([...bench.texts('server.log'), ...bench.texts('agent.log')], [])
  assert.equal(bench.events.at(-1), 'agentRunning false')
})

test('the code knows its deployment, its variables and its device', () => {
  const device = `
    server.log(__EI.PRODUCT_NAME + " " + __EI.DEVICEGROUP_TYPE + " " + __EI.DEPLOYMENT_SHA + " " + __VARS.limit + " " + __VARS.ratio)
    server.log(hardware.getdeviceid() + " " + imp.getmacaddress() + " " + imp.info().type + " " + imp.environment())`
  assert.deepEqual(deviceLog(device, { envVars: { limit: 3, ratio: 0.5 } }), [
    'Product development ab12 3 0.5',
    `${facts.id} 0c2a69050d62 imp001 0`,
  ])
})

test('the same seed gives the same run', () => {
  const device = 'server.log(math.rand()); server.log(crypto.random(4)[0])'
  assert.deepEqual(deviceLog(device, { seed: 7 }), deviceLog(device, { seed: 7 }))
  assert.notDeepEqual(deviceLog(device, { seed: 7 }), deviceLog(device, { seed: 8 }))
})

test('a device without network begins its code when the network is there', () => {
  const bench = new Bench({ device: 'server.log("up " + hardware.wakereason())' })
  bench.world.setNetwork(false)
  bench.world.rebootDevice(100, 'WAKEREASON_TIMER', false)
  bench.run()
  assert.deepEqual(bench.texts('server.log'), ['up 4'])
  bench.world.setNetwork(true)
  bench.run()
  assert.deepEqual(bench.texts('server.log'), ['up 4', 'up 1'])
  assert.deepEqual(bench.texts('status').slice(2), ['Device disconnected', 'Device connected'])
})

test('new code of the agent has none of the handlers of the old', () => {
  const old =
    'device.on("x", @(d) server.log("old")); http.onrequest(@(q, r) r.send(200, "old")); device.onconnect(@() server.log("old"))'
  const bench = new Bench({ agent: old, device: 'agent.send("x", 1)' })
  assert.deepEqual(bench.texts('agent.log'), ['old', 'old'])
  bench.world.start(programOf({ device: 'agent.send("x", 1)' }), 'WAKEREASON_NEW_SQUIRREL')
  bench.run()
  assert.deepEqual(bench.texts('agent.log'), ['old', 'old'])
  assert.deepEqual(bench.texts('agent.error'), ['ERROR: no handler for agent.send()'])
  assert.equal(bench.request({})?.status, 404)
})

test('devices that ran before are taken up again without a download', () => {
  const bench = new Bench({})
  bench.world.stop()
  const program = programOf({
    device: 'server.log("device " + hardware.wakereason())',
    agent: 'server.log("agent")',
  })
  bench.log.length = 0
  bench.world.resume({ device: program, agent: program }, true, true)
  bench.run()
  assert.deepEqual(
    bench.log.map((line) => line.replace(/^\[[\d.]+ /, '[')),
    ['[status] Agent restarted: reload.', '[agent.log] agent', '[server.log] device 2'],
  )
})

test('code space is that of the compiled code: comments take none, and too much is not installed', () => {
  const used = (device: string, impType = 'imp001') =>
    Number(
      /([\d.]+)% program storage used/.exec(new Bench({ device, impType }).texts('status').join('\n'))?.[1],
    )
  const line = 'server.log("a line that says something " + time())\n'
  const plain = used(line.repeat(300))
  assert.equal(used(`/* ${'x'.repeat(100_000)} */\n${line.repeat(300)}`), plain)
  assert.ok(plain > 3 && plain < 20, `${plain}`)
  assert.ok(used(line.repeat(300), 'imp006') < plain / 3, 'a type with more room has more room')
  const full = new Bench({
    device: Array.from({ length: 6000 }, (_, at) => `server.log("line ${at}")`).join('\n'),
    impType: 'imp001',
  })
  assert.match(full.texts('status').join('\n'), /Out of space; 1\d\d\.\d\d% program storage used/)
  assert.deepEqual(full.texts('server.log'), [])
})

test('an agent restarts by itself, and its device does not hear of it', () => {
  const agent = `
    server.log("up at " + time() % 60)
    if (time() % 60 < 20) imp.wakeup(10, function() { server.restart(); server.restart() })
    imp.wakeup(11, @() server.log("alive"))`
  const bench = new Bench({ agent, device: 'server.log("device")', seconds: 50 })
  assert.deepEqual(bench.texts('agent.log'), ['up at 0', 'up at 10', 'up at 20', 'alive'])
  assert.deepEqual(bench.texts('server.log'), ['device'])
  assert.equal(bench.texts('status').filter((text) => text === 'Agent restarted: reload.').length, 3)
})

test('an agent that restarts for ever lets time pass', () => {
  const bench = new Bench({ agent: 'server.restart()', seconds: 2 })
  assert.equal(bench.texts('agent.error').length, 0)
  assert.equal(bench.texts('status').filter((text) => text === 'Agent restarted: reload.').length, 20)
})
