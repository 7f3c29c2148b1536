/** impcentral-api.md 2.3, 3.3, 3.4, 8, 10, 11: devices, assignment, production, restarts, logs. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { demoUnbondKey } from '../../src/sandbox/known.ts'
import {
  complaint,
  deployment,
  deviceList,
  group,
  home,
  idOf,
  until,
  workshop,
  type Body,
  type Client,
} from './plainclient.ts'

const devicesOf = (groupId: string) => `/devicegroups/${groupId}/relationships/devices`
const logsOf = async (client: Client, id: string, size = 100): Promise<string[]> => {
  const { body } = await client('GET', `/devices/${id}/logs?page[size]=${size}`)
  return body.data.map((entry: Body) => entry.msg as string)
}

test('a device is found by id, MAC address and agent ID, in paths and in assign bodies', async (t) => {
  const { demo } = await home(t)
  const { groupId } = await workshop(demo)
  const id = await idOf(demo, '/devices', 'Kitchen')
  const { mac_address: mac, agent_id: agent } = (await demo('GET', `/devices/${id}`)).body.data.attributes
  for (const name of [id, mac, agent] as string[]) {
    assert.equal((await demo('GET', `/devices/${encodeURIComponent(name)}`)).body.data.id, id)
    assert.equal((await demo('POST', devicesOf(groupId), deviceList(name))).status, 204)
    assert.equal((await demo('GET', `/devices/${id}`)).body.data.relationships.devicegroup.id, groupId)
    assert.equal((await demo('DELETE', devicesOf(groupId), deviceList(name))).status, 204)
  }
  assert.match(id, /^[0-9a-f]{16}$/)
  assert.match(mac, /^0c:2a:69(:[0-9a-f]{2}){3}$/)
  assert.match(agent, /^[\w-]{12}$/)
})

test('a name is set and cleared, and a device shows all attributes of the API', async (t) => {
  const { demo } = await home(t)
  const id = await idOf(demo, '/devices', 'Kitchen')
  const rename = (name: unknown) =>
    demo('PATCH', `/devices/${id}`, { data: { type: 'device', id, attributes: { name } } })
  assert.equal((await rename('Bath\u001b')).body.data.attributes.name, 'Bath\u001b')
  const { attributes } = (await rename(null)).body.data
  assert.equal(attributes.name, null)
  assert.equal((await rename(7)).status, 400)
  const expected = `name device_online device_state_changed_at agent_id agent_url agent_running agent_state_changed_at
    last_enrolled_at imp_type ip_address mac_address free_memory rssi swversion plan_id`
  assert.deepEqual(Object.keys(attributes).sort(), expected.split(/\s+/).sort())
})

test('a half-wrong assignment does the good ones and answers 400 with inner 404s', async (t) => {
  const { demo } = await home(t)
  const { groupId } = await workshop(demo)
  const good = await idOf(demo, '/devices', 'Kitchen')
  const reply = await demo('POST', devicesOf(groupId), deviceList('nope', good, 'nada'))
  assert.equal(reply.status, 400)
  assert.deepEqual(
    reply.body.errors.map((error: Body) => error.status),
    ['404', '404'],
  )
  assert.equal((await demo('GET', `/devices/${good}`)).body.data.relationships.devicegroup.id, groupId)
  const out = await demo('DELETE', devicesOf(groupId), deviceList(good, 'nope'))
  assert.deepEqual([out.status, out.body.errors[0].status], [400, '404'])
  assert.equal('devicegroup' in (await demo('GET', `/devices/${good}`)).body.data.relationships, false)
  for (const body of [{ data: [] }, { data: {} }, { data: [{ type: 'product', id: 'x' }] }, { data: [7] }])
    assert.equal((await demo('POST', devicesOf(groupId), body)).status, 400)
})

test('only blessed devices enter production, and the unbond key takes them out', async (t) => {
  const { demo } = await home(t)
  const field = await idOf(demo, '/devicegroups', 'Thermostat Field')
  const { groupId } = await workshop(demo)
  const bench = await idOf(demo, '/devices', 'Kitchen')
  const blessed = await idOf(demo, '/devices', 'Customer 1')
  assert.equal((await demo('POST', devicesOf(field), deviceList(bench))).status, 400)
  const thermostat = await idOf(demo, '/products', 'Thermostat')
  const second = await demo('POST', '/devicegroups', group(thermostat, 'Field 2', 'production_devicegroup'))
  const field2 = second.body.data.id as string
  assert.equal(
    (await demo('POST', devicesOf(field2), deviceList(blessed))).status,
    204,
    'production to production',
  )
  assert.equal((await demo('DELETE', `/devices/${blessed}`)).status, 409)
  const take = (headers?: Record<string, string>) =>
    demo('DELETE', devicesOf(field2), deviceList(blessed), headers)
  assert.equal((await demo('POST', devicesOf(groupId), deviceList(blessed))).status, 403)
  assert.equal((await take()).status, 403)
  assert.equal((await take({ 'x-electricimp-key': 'wrong' })).status, 403)
  assert.equal((await take({ 'x-electricimp-key': demoUnbondKey })).status, 204)
  assert.equal((await demo('POST', devicesOf(field2), deviceList(blessed))).status, 400, 'no longer blessed')
  assert.equal((await demo('DELETE', `/devices/${blessed}`)).status, 204)
  assert.equal((await demo('GET', `/devices/${blessed}`)).status, 404)
})

test('an imp001 cannot be a fixture, and a foreign device cannot be assigned', async (t) => {
  const { demo } = await home(t)
  const line = await idOf(demo, '/devicegroups', 'Thermostat Factory Line')
  const spare = await idOf(demo, '/devices', 'Spare')
  assert.match(complaint(await demo('POST', devicesOf(line), deviceList(spare))), /imp001/)
  const { groupId } = await workshop(demo)
  const foreign = await idOf(demo, '/devices', 'Partner Sensor')
  assert.equal((await demo('POST', devicesOf(groupId), deviceList(foreign))).status, 403)
})

test('assignment and restart of a linked device load the current deployment and log it', async (t) => {
  const { demo } = await home(t)
  const { groupId } = await workshop(demo)
  const id = await idOf(demo, '/devices', 'Pump Prototype')
  await demo('POST', devicesOf(groupId), deviceList(id))
  assert.deepEqual(await logsOf(demo, id), [], 'no code, no log')
  await demo('POST', '/deployments', deployment(groupId, { device_code: 'x'.repeat(13107) }))
  assert.deepEqual(await logsOf(demo, id), [], 'running devices do not change until restarted')
  const started = ['Downloading new code; 10.00% program storage used', 'Agent restarted: reload.']
  assert.equal((await demo('POST', `/devices/${id}/restart`)).status, 204)
  assert.deepEqual(await logsOf(demo, id), started)
  assert.equal((await demo('POST', `/devicegroups/${groupId}/restart`)).status, 204)
  assert.equal((await logsOf(demo, id)).length, 4)
  await demo('POST', devicesOf(groupId), deviceList(id))
  assert.equal((await logsOf(demo, id)).length, 6, 'assigning again reloads')
  await demo('POST', '/deployments', deployment(groupId, { device_code: 'x'.repeat(140_000) }))
  await demo('POST', `/devices/${id}/conditional_restart`)
  assert.match((await logsOf(demo, id))[0] ?? '', /^Out of space; 106\.81% program storage used$/)
})

test('a restarted device that is away acts when it returns; its agent changes when the minimum moves', async (t) => {
  const { demo, sandbox } = await home(t)
  const { groupId } = await workshop(demo)
  const id = await idOf(demo, '/devices', 'Kitchen')
  const first = (await demo('POST', '/deployments', deployment(groupId))).body.data.id as string
  await demo('POST', devicesOf(groupId), deviceList(id))
  const device = sandbox.store.devices.get(id)!
  const running = () => [device.deviceDeployment, device.agentDeployment]
  assert.deepEqual(running(), [first, first])
  sandbox.core.platform.link(device, false)
  const second = (await demo('POST', '/deployments', deployment(groupId))).body.data.id as string
  assert.equal((await demo('POST', `/devicegroups/${groupId}/restart`)).status, 204)
  assert.deepEqual(running(), [first, first])
  const minimum = { data: { type: 'deployment', id: second } }
  await demo('PUT', `/devicegroups/${groupId}/relationships/min_supported_deployment`, minimum)
  assert.deepEqual(running(), [first, second])
  const before = await logsOf(demo, id)
  sandbox.core.platform.link(device, true)
  assert.deepEqual(running(), [second, second])
  const since = (await logsOf(demo, id)).slice(0, -before.length).reverse()
  assert.deepEqual(since.slice(0, 2), ['Device connected', 'Agent restarted: reload.'])
})

test('a device that returns takes the code that became current meanwhile, without a restart', async (t) => {
  const { demo, sandbox } = await home(t)
  const device = sandbox.store.devices.get(await idOf(demo, '/devices', 'Kitchen'))!
  sandbox.core.platform.link(device, false)
  const made = await demo('POST', '/deployments', deployment(device.group!.id))
  sandbox.core.platform.link(device, true)
  assert.equal(device.deviceDeployment, made.body.data.id)
  const count = (await logsOf(demo, device.id)).length
  sandbox.core.platform.link(device, false)
  sandbox.core.platform.link(device, true)
  assert.equal((await logsOf(demo, device.id)).length, count + 2, 'unchanged code only connects')
})

test('a conditional restart asks code at or after the minimum and restarts older code', async (t) => {
  const asked: string[] = []
  const started: string[] = []
  const { demo } = await home(t, {
    behaviour: () => ({
      start: (_device, program) => void started.push(program.deploymentId),
      startAgent: () => undefined,
      stop: () => undefined,
      shutdown: (id) => asked.push(id) > 0,
      connected: () => undefined,
      disconnected: () => undefined,
      power: () => undefined,
      agentRequest: async () => ({ status: 200, headers: {}, body: '' }),
      close: async () => undefined,
    }),
  })
  const { groupId } = await workshop(demo)
  const id = await idOf(demo, '/devices', 'Kitchen')
  const first = (await demo('POST', '/deployments', deployment(groupId))).body.data.id as string
  await demo('POST', devicesOf(groupId), deviceList(id))
  const second = (await demo('POST', '/deployments', deployment(groupId))).body.data.id as string
  await demo('POST', `/devices/${id}/conditional_restart`)
  assert.deepEqual([asked, started], [[id], [first]])
  const minimum = { data: { type: 'deployment', id: second } }
  await demo('PUT', `/devicegroups/${groupId}/relationships/min_supported_deployment`, minimum)
  await demo('POST', `/devicegroups/${groupId}/conditional_restart`)
  assert.deepEqual([asked, started], [[id], [first, second]])
})

test('device_online lags after a loss of power and follows an orderly disconnect at once', async (t) => {
  const { demo, admin } = await home(t, { offlineLag: 400 })
  const id = await idOf(demo, '/devices', 'Kitchen')
  const online = async () =>
    (await demo('GET', `/devices/${id}`)).body.data.attributes.device_online as boolean
  await admin('POST', `/devices/${id}/power`, { on: false })
  assert.equal(await online(), true)
  await until(async () => !(await online()), 'the lag to pass')
  await admin('POST', `/devices/${id}/power`, { on: true })
  assert.equal(await online(), true)
  await admin('POST', `/devices/${id}/link`, { on: false })
  assert.equal(await online(), false)
})

test('logs are newest first, without ids, bounded, and their pages drift', async (t) => {
  const { demo, admin } = await home(t, { logLimit: 50 })
  const id = await idOf(demo, '/devices', 'Kitchen')
  await admin('POST', `/devices/${id}/log`, { msg: 'line', count: 200 })
  const page = async (number: number) => {
    const { body } = await demo('GET', `/devices/${id}/logs?page[size]=20&page[number]=${number}`)
    return body as { data: { msg: string }[]; links: { next?: string } }
  }
  const first = await page(1)
  assert.deepEqual(Object.keys(first.data[0]!), ['ts', 'type', 'msg'])
  assert.equal(first.data[0]!.msg, 'line 200')
  assert.ok(first.links.next)
  await admin('POST', `/devices/${id}/log`, { msg: 'pushed' })
  const second = await page(2)
  assert.equal(second.data[0]!.msg, first.data.at(-1)!.msg)
  const third = await page(3)
  assert.equal(third.data.length, 10, 'fifty are kept')
  assert.equal(third.links.next, undefined)
  assert.equal((await demo('GET', '/devices/none/logs')).status, 404)
})

test('an agent answers at its URL through the behaviour', async (t) => {
  const { demo } = await home(t, {
    behaviour: (host) => ({
      start: (device) => host.agentRunning(device.id, true),
      startAgent: () => undefined,
      stop: (id) => host.agentRunning(id, false),
      shutdown: () => false,
      connected: () => undefined,
      disconnected: () => undefined,
      power: () => undefined,
      agentRequest: async (agent, device, request) => ({
        status: 201,
        headers: { 'x-agent': agent },
        body: `${device} ${request.method} ${request.path} ${request.query['a']} ${request.body}`,
      }),
      close: async () => undefined,
    }),
  })
  const id = await idOf(demo, '/devices', 'Living Room')
  const { agent_url: url, agent_id: agent } = (await demo('GET', `/devices/${id}`)).body.data.attributes
  const response = await fetch(`${url}/some/path?a=b`, { method: 'POST', body: Buffer.from([0xe4, 0x41]) })
  assert.deepEqual([response.status, response.headers.get('x-agent')], [201, agent])
  const text = Buffer.from(await response.arrayBuffer()).toString('latin1')
  assert.equal(text, `${id} POST /some/path b \u00e4A`)
  assert.equal((await fetch(url)).status, 201)
  await demo('DELETE', devicesOf(await idOf(demo, '/devicegroups', 'Thermostat Development')), deviceList(id))
  assert.equal((await fetch(url)).status, 404)
})
