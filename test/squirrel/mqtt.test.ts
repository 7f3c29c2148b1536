import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkedScript } from '../../src/squirrel/checked-script.ts'
import { matches } from '../../src/squirrel/api/mqtt/broker.ts'
import { agentLog } from './running.ts'

const client = `c <- mqtt.createclient();
  c.onmessage(@(m) server.log(m.topic + " " + m.message.tostring() + " qos " + m.qos + " retain " + m.retain));
  c.onconnectionlost(@(code) server.log("lost " + code));
  function up(then) { c.onconnect(function(code) { server.log("connected " + code); if (code == 0) then() }); c.connect("ssl://broker.example:8883", "me") }
  function say(topic, text, options = {}) { c.createmessage(topic, text, options).sendasync(@(code) server.log("sent " + code)) }\n`

test('a client connects, subscribes, publishes and gets what it asked for', () => {
  assert.deepEqual(
    agentLog(`${client}up(function() {
      server.log(c.subscribe(["home/+/temperature", "log/#"], mqtt.AT_LEAST_ONCE, @(granted) server.log("granted " + granted[0] + granted[1])));
      imp.wakeup(1, function() { say("home/kitchen/temperature", "21", {qos = mqtt.EXACTLY_ONCE}); say("home/kitchen/light", "on"); say("log/a/b", "x") })
      imp.wakeup(2, function() { c.unsubscribe("log/#"); say("log/a", "y") })
    })`),
    [
      'connected 0',
      '0',
      'granted 11',
      'sent 0',
      'sent 0',
      'sent 0',
      'home/kitchen/temperature 21 qos 1 retain 0',
      'log/a/b x qos 0 retain 0',
      'sent 0',
    ],
  )
})

test('a retained message waits for who subscribes later, and an empty one takes it away', () => {
  assert.deepEqual(
    agentLog(`${client}up(function() { say("state", "on", {retain = true}); imp.wakeup(1, @() c.subscribe("state"));
      imp.wakeup(2, function() { say("state", "", {retain = true}); c.unsubscribe("state") }); imp.wakeup(3, @() c.subscribe("state")) })`),
    ['connected 0', 'sent 0', 'state on qos 0 retain 1', 'sent 0'],
  )
})

test('the script says who may connect, refuses, and publishes', () => {
  const tried = (mqtt: object, options = '{}') =>
    agentLog(
      `local c = mqtt.createclient(); c.onconnect(@(code) server.log(code)); c.connect("tcp://x", "id", ${options})`,
      { script: checkedScript({ mqtt }) },
    )
  assert.deepEqual(tried({ refuse: 3 }), ['3'])
  assert.deepEqual(tried({ users: { me: 'secret' } }), ['4'])
  assert.deepEqual(tried({ users: { me: 'secret' } }, '{username = "me", password = "wrong"}'), ['4'])
  assert.deepEqual(tried({ users: { me: 'secret' } }, '{username = "constructor", password = "x"}'), ['4'])
  assert.deepEqual(tried({ users: { me: 'secret' } }, '{username = "me", password = blob()}'), ['4'])
  assert.deepEqual(tried({ users: { me: 'secret' } }, '{username = "me", password = "secret"}'), ['0'])
  const messages = [{ at: 1, every: 2, topic: 'news', send: { text: 'n' } }]
  assert.deepEqual(
    agentLog(`${client}up(@() c.subscribe("#"))`, {
      script: checkedScript({ mqtt: { messages } }),
      seconds: 4,
    }),
    ['connected 0', 'news n qos 0 retain 0', 'news n qos 0 retain 0'],
  )
})

test('what the platform refuses raises', () => {
  const wrong = [
    'mqtt.createclient().connect("http://x", "id")',
    'mqtt.createclient().connect("tcp://x", "")',
    'mqtt.createclient().subscribe("a")',
    'mqtt.createclient().createmessage("a", "b").sendasync()',
    'mqtt.createclient().createmessage("a/#", "b")',
    'mqtt.createclient().createmessage("a", blob(262145))',
    'mqtt.createclient().createmessage("a", "b", {qos = 3})',
    'local a = mqtt.createclient(); a.connect("tcp://x", "a"); mqtt.createclient().connect("tcp://x", "b")',
    'mqtt.createclient().connect("tcp://x")',
  ]
  const code = wrong.map(
    (call) =>
      `try { ${call}; server.log("no error: ${call.slice(0, 60).replaceAll('"', "'")}") } catch (e) { }`,
  )
  assert.deepEqual(agentLog(code.map((one) => `(function() { ${one} })();`).join('\n')), [])
})

test('topics match filters level by level', () => {
  for (const [filter, topic, expected] of [
    ['a/b', 'a/b', true],
    ['a/b', 'a/b/c', false],
    ['a/+', 'a/b', true],
    ['a/+', 'a', false],
    ['a/+/c', 'a/b/c', true],
    ['a/#', 'a', true],
    ['a/#', 'a/b/c', true],
    ['#', 'a/b', true],
    ['#', '$SYS/x', false],
    ['+/x', '$SYS/x', false],
    ['$SYS/#', '$SYS/x', true],
    ['/+', '/a', true],
    ['+', '/a', false],
  ] as const)
    assert.equal(matches(filter, topic), expected, `${filter} ${topic}`)
})
