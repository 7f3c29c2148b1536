import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { squirrelBehaviour, squirrelCheck } from '../../src/sandbox/squirrel.ts'
import type { BehaviourHost } from '../../src/sandbox/behaviour.ts'
import { startSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts'

test('devices of an old store wake when nothing has been asked for so long, and once', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  let woken = 0
  const host = { now: Date.now, deviceIds: () => (woken++, []) } as unknown as BehaviourHost
  const behaviour = squirrelBehaviour({ wakeAfter: 1000 })(host)
  for (let i = 0; i < 10; i++) {
    t.mock.timers.tick(900)
    behaviour.requested?.()
  }
  assert.equal(woken, 0, 'a command that is at work, however slowly, wakes nothing')
  t.mock.timers.tick(1000)
  behaviour.requested?.()
  t.mock.timers.tick(5000)
  assert.equal(woken, 1)
})

describe('devices of the sandbox run Squirrel', () => {
  let sandbox: Sandbox
  before(async () => {
    sandbox = await startSandbox({ behaviour: squirrelBehaviour({ wakeAfter: 0 }), check: squirrelCheck() })
  })
  after(() => sandbox.close())

  const api = async (method: string, path: string, data?: object) => {
    const response = await fetch(sandbox.url + path, {
      method,
      headers: {
        authorization: `Bearer ${sandbox.tokenFor('demo')}`,
        'content-type': 'application/vnd.api+json',
      },
      ...(data ? { body: JSON.stringify({ data }) } : {}),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? null : JSON.parse(text) }
  }
  const admin = (path: string, body: object) =>
    fetch(new URL(`/sandbox${path}`, sandbox.url), {
      method: 'POST',
      headers: { 'x-sandbox-token': sandbox.adminToken, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const pump = () => {
    const device = sandbox.store.devices.all().find(({ name }) => name === 'Pump Prototype')
    assert.ok(device)
    return device
  }
  const deploy = async (deviceCode: string, agentCode = '') => {
    const group = pump().group
    assert.ok(group)
    const attributes = { device_code: deviceCode, agent_code: agentCode }
    const made = await api('POST', '/deployments', {
      type: 'deployment',
      attributes,
      relationships: { devicegroup: group },
    })
    if (made.status === 201) await api('POST', `/devicegroups/${group.id}/restart`)
    return made
  }
  const messages = async (): Promise<string[]> => {
    const { body } = await api('GET', `/devices/${pump().id}/logs?page[size]=100`)
    return body.data.map(({ type, msg }: { type: string; msg: string }) => `${type}: ${msg}`)
  }
  const seen = async (wanted: RegExp) => {
    for (const end = Date.now() + 20_000; Date.now() < end;) {
      const found = (await messages()).find((line) => wanted.test(line))
      if (found) return found
      await new Promise((resolve) => setImmediate(resolve))
    }
    return assert.fail(`${wanted} was never logged: ${(await messages()).join('\n')}`)
  }

  test('both sides log and talk to each other', async () => {
    await deploy(
      'agent.on("pong", function(n) { server.log("back " + n) }); agent.send("ping", 41)',
      'device.on("ping", function(n) { device.send("pong", n + 1) })',
    )
    await seen(/^status: Agent restarted: reload\.$/)
    await seen(/^status: Downloading new code; \d+\.\d\d% program storage used$/)
    await seen(/^server\.log: back 42$/)
  })

  test('a run-time error is logged with the line of the code', async () => {
    await deploy('function go() {\n  local x = null.foo\n}\ngo()')
    await seen(/^server\.error: ERROR: the index 'foo' does not exist$/)
    await seen(/^server\.error: ERROR: +at go:device_code:2$/)
  })

  test('a program that does not compile is refused with rows of the uploaded text, whatever its markers say', async () => {
    const { status, body } = await deploy('#line 100 "other.nut"\nlocal = 3')
    assert.equal(status, 400)
    assert.equal(body.errors[0].code, 'CX005')
    assert.deepEqual(
      body.errors[0].meta.map(({ file, row }: { file: string; row: number }) => [file, row]),
      [['device_code', 2]],
    )
  })

  test('the variables of a group reach its code as __VARS, and the compiler knows them', async () => {
    const { group } = pump()
    assert.ok(group)
    const patched = await api('PATCH', `/devicegroups/${group.id}`, {
      ...group,
      attributes: { env_vars: { SERVICEURL: 'x.example', LIMIT: 4 } },
    })
    assert.equal(patched.status, 200)
    await deploy('server.log(__VARS.SERVICEURL + " " + (__VARS.LIMIT + 1))')
    await seen(/^server\.log: x\.example 5$/)
    assert.equal((await deploy('server.log(__VARS.NOTHING)')).status, 400)
  })

  test('the agent answers HTTP at its URL', async () => {
    await deploy(
      '',
      'http.onrequest(function(q, r) { r.send(201, q.method + " " + q.path + " " + q.body + " " + q.body.len() + " é") })',
    )
    await seen(/Agent restarted/)
    const url = new URL(`/agents/${pump().agentId}/some/path`, sandbox.url)
    for (const end = Date.now() + 20_000; Date.now() < end;) {
      const response = await fetch(url, { method: 'POST', body: 'hi' })
      if (response.status === 201) {
        assert.equal(await response.text(), 'POST /some/path hi 2 é')
        // Bodies are bytes, whether they are a text or not.
        for (const bytes of [Buffer.from('Grüße 🐿'), Buffer.from([0, 0xff, 0x80, 0xc3])]) {
          const echo = await fetch(url, { method: 'POST', body: bytes })
          const whole = Buffer.concat([
            Buffer.from('POST /some/path '),
            bytes,
            Buffer.from(` ${bytes.length} é`),
          ])
          assert.deepEqual(Buffer.from(await echo.arrayBuffer()), whole)
        }
        return
      }
      await response.text()
    }
    assert.fail('the agent never answered')
  })

  test('the scripts of the guide are some, for the imp whose pins they name', async () => {
    const guide = readFileSync(new URL('../../src/help/sandbox.md', import.meta.url), 'utf8')
    const scripts = [...guide.matchAll(/```json\n(\{\n.*?)```/gs)]
      .map(([, text = '']) => JSON.parse(text) as object)
      .filter((one) => !('model' in one))
    assert.deepEqual(
      scripts.map((one) => Object.keys(one)[0]),
      ['mqtt', 'pins', 'models'],
    )
    const lamp = sandbox.store.devices.all().find(({ impType }) => impType === 'imp001')
    for (const script of scripts)
      assert.equal((await admin(`/devices/${lamp?.id}/script`, { script })).status, 200)
    const elsewhere = await admin(`/devices/${pump().id}/script`, { script: scripts[1] })
    assert.equal(elsewhere.status, 400)
    assert.match(
      await elsewhere.text(),
      /no \\"pin1\\" on an imp004m \(imp001, imp002 have it\), at script\.pins: it has pinA/,
    )
  })

  test('a device script plays its pins, and one that is none is refused', async () => {
    const wrong = await admin(`/devices/${pump().id}/script`, { script: { pins: 7 } })
    assert.equal(wrong.status, 400)
    assert.equal((await admin(`/devices/${pump().id}/script`, { script: { pins: { pinA: 1 } } })).status, 200)
    await deploy('hardware.pinA.configure(DIGITAL_IN)\nserver.log("pin is " + hardware.pinA.read())')
    await seen(/^server\.log: pin is 1$/)
  })

  test('a script that is given to a running device plays at once, its times counted from then', async () => {
    const give = (script: object) => admin(`/devices/${pump().id}/script`, { script })
    await give({ pins: { pinB: 0 } })
    await deploy(`
      hardware.pinB.configure(DIGITAL_IN, function() { server.log("level " + hardware.pinB.read()) })
      hardware.uartFGJH.configure(9600, 8, PARITY_NONE, 1, NO_CTSRTS, function() { server.log("uart " + hardware.uartFGJH.readstring()) })
      server.log("listening")`)
    await seen(/listening/)
    await give({
      pins: {
        pinB: [
          { at: 0, value: 1 },
          { at: 0.2, value: 0 },
        ],
      },
      uart: { uartFGJH: [{ at: 0.1, send: { text: 'hello' } }] },
    })
    await seen(/uart hello/)
    await seen(/level 0/)
    const told = (await messages()).filter((line) => /level|uart/.test(line)).reverse()
    assert.deepEqual(told, ['server.log: level 1', 'server.log: uart hello', 'server.log: level 0'])
  })

  test('a device starts noticeably after its agent', async () => {
    await deploy('server.log("device is here")', 'server.log("agent is here")')
    await seen(/device is here/)
    const { body } = await api('GET', `/devices/${pump().id}/logs?page[size]=100`)
    const at = (text: string) => Date.parse(body.data.find(({ msg }: { msg: string }) => msg === text).ts)
    assert.ok(at('device is here') - at('agent is here') >= 90)
  })

  test('an offline device keeps its old code until it comes back', async () => {
    await deploy('server.log("first code")')
    await seen(/first code/)
    await admin(`/devices/${pump().id}/link`, { on: false })
    await deploy('server.log("second code")')
    assert.ok(!(await messages()).some((line) => line.includes('second code')))
    await admin(`/devices/${pump().id}/link`, { on: true })
    await seen(/second code/)
  })
})
