import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Bench } from './running.ts'

test('messages cross with a copy of their data, in order, after the latency', () => {
  const { log } = new Bench({
    device: `
      agent.on("answer", function(data) { server.log(data.list.len() + " " + typeof data.bytes + " " + data.f + " " + ("fn" in data)) })
      agent.send("one", 1); agent.send("two", {x = 2.5})`,
    agent: `
      device.on("one", function(data) { server.log(data) })
      device.on("two", function(data) { server.log(data.x); device.send("answer", {list = [1, null, "x"], bytes = blob(3), f = 1.0, fn = function() {}}) })`,
  })
  assert.deepEqual(log.slice(2), [
    '[0.01 agent.log] 1',
    '[0.01 agent.log] 2.5',
    '[0.02 server.log] 3 blob 1 true',
  ])
})

test('a message without a handler is an error in the log of the receiving side', () => {
  const { log } = new Bench({ device: 'agent.send("a", 1)', agent: 'imp.wakeup(1, @() device.send("b", 1))' })
  assert.deepEqual(log.slice(2), [
    '[0.01 agent.error] ERROR: no handler for agent.send()',
    '[1.01 server.error] ERROR: no handler for device.send()',
  ])
})

test('a message that the agent sends while the device begins is delivered afterwards', () => {
  const bench = new Bench({
    device: 'agent.on("x", @(data) server.log(data))',
    agent: 'device.send("x", "early")',
  })
  assert.deepEqual(bench.texts('server.log'), ['early'])
})

test('the agent hears of the device, and cannot send while it is away', () => {
  const bench = new Bench({
    device: 'server.setsendtimeoutpolicy(RETURN_ON_ERROR, WAIT_TIL_SENT, 30)',
    agent: `
      device.onconnect(@() server.log("here " + device.isconnected()))
      device.ondisconnect(@(reason) server.log("away " + device.isconnected() + " " + device.send("x", 1)))`,
  })
  bench.world.setNetwork(false)
  bench.run()
  assert.deepEqual(bench.texts('agent.log'), ['here true', 'away false 1'])
  assert.equal(bench.texts('status').at(-1), 'Device disconnected')
})

test('by default the loss of the network holds the code until it is back', () => {
  const bench = new Bench({
    device: 'local n = 0; function tick() { server.log(n++); imp.wakeup(10, tick) } tick()',
    seconds: 15,
  })
  bench.world.setNetwork(false)
  bench.run(100)
  assert.deepEqual(bench.texts('server.log'), ['0', '1'])
  bench.world.setNetwork(true)
  bench.run(15)
  assert.deepEqual(bench.texts('server.log'), ['0', '1', '2', '3'])
  assert.deepEqual(bench.texts('status').slice(-2), ['Device disconnected', 'Device connected'])
})

test('with RETURN_ON_ERROR the code goes on, hears of the loss and connects by itself', () => {
  const bench = new Bench({
    device: `
      server.setsendtimeoutpolicy(RETURN_ON_ERROR, WAIT_TIL_SENT, 30)
      results <- []
      server.onunexpecteddisconnect(function(reason) {
        results.push(reason == NO_WIFI); results.push(server.isconnected()); results.push(agent.send("x", 1) != 0); results.push(server.log("lost"))
        server.connect(function(reason) {
          results.push(reason == NO_WIFI)
          imp.wakeup(60, @() server.connect(function(reason) { server.log(http.jsonencode(results, {compact = true}) + (reason == SERVER_CONNECTED)) }, 10))
        }, 5)
      })`,
    seconds: 1,
  })
  bench.world.setNetwork(false)
  bench.run(20)
  bench.world.setNetwork(true)
  bench.run(100)
  assert.deepEqual(bench.texts('server.log'), ['[true,false,true,1,true]true'])
  assert.ok(bench.events.includes('link true'))
})

test('disconnect and connect by the code show in the log, and tell the owner of the device', () => {
  const bench = new Bench({
    device: `
      imp.wakeup(1, function() { server.disconnect() })
      imp.wakeup(5, function() { local result = server.connect(); server.log(result == SERVER_CONNECTED) })`,
  })
  assert.deepEqual(bench.log.slice(2), [
    '[1.00 status] Device disconnected',
    '[5.40 status] Device connected',
    '[5.40 server.log] true',
  ])
  assert.deepEqual(
    bench.events.filter((event) => event.startsWith('link')),
    ['link false', 'link true'],
  )
})

test('under the default policy logging connects by itself', () => {
  const bench = new Bench({ device: 'imp.wakeup(1, function() { server.disconnect(); server.log("back") })' })
  assert.deepEqual(bench.texts('server.log'), ['back'])
  assert.deepEqual(bench.texts('status').slice(2), ['Device disconnected', 'Device connected'])
})

test('a sleeping device gets its messages when it wakes', () => {
  const { log } = new Bench({
    device: 'agent.on("x", @(data) server.log(data)); agent.send("go", 1); imp.sleep(3); server.log("slept")',
    agent: 'device.on("go", function(data) { device.send("x", "now"); server.log("sent") })',
  })
  assert.deepEqual(log.slice(2), [
    '[0.01 agent.log] sent',
    '[3.00 server.log] slept',
    '[3.00 server.log] now',
  ])
})

test('what a held device sends and logs waits for the network', () => {
  const bench = new Bench({
    device:
      'server.disconnect(); imp.wakeup(20, function() { agent.send("x", "sent"); server.log("logged") })',
    agent: 'device.on("x", @(data) server.log(data))',
    seconds: 10,
  })
  bench.world.setNetwork(false)
  bench.run(100)
  assert.deepEqual([...bench.texts('server.log'), ...bench.texts('agent.log')], [])
  bench.world.setNetwork(true)
  bench.run(10)
  assert.deepEqual([...bench.texts('server.log'), ...bench.texts('agent.log')], ['logged', 'sent'])
  assert.equal(bench.texts('status').at(-1), 'Device connected')
})

test('a function in a table that an agent sends arrives as null in its slot', () => {
  const bench = new Bench({
    device:
      'agent.on("x", @(t) server.log(t.len() + " " + typeof t.f + " " + t.a)); agent.send("y", {f = @() 1, a = 2})',
    agent:
      'device.on("y", @(t) server.log(t.len())); device.onconnect(@() device.send("x", {f = @() 1, a = 2}))',
  })
  assert.deepEqual(bench.texts('server.log'), ['2 null 2'])
  assert.deepEqual(bench.texts('agent.log'), ['1'])
})
