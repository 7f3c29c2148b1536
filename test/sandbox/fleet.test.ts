/** The demo data and seeded fleets. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ApiFault } from '../../src/sandbox/errors.ts'
import { readFleet } from '../../src/sandbox/fleet.ts'
import { startSandbox } from '../../src/sandbox/sandbox.ts'
import { home, type Body } from './plainclient.ts'

test('the demo fleet has devices online, offline, unassigned and blessed, in groups of several types', async (t) => {
  const { demo } = await home(t)
  const { body } = await demo('GET', '/devices?page[size]=100')
  const own = body.data.filter((row: Body) => row.attributes.name !== 'Partner Sensor')
  assert.equal(own.length, 8)
  const groupOf = (row: Body) => row.relationships.devicegroup?.type as string | undefined
  assert.ok(own.some((row: Body) => row.attributes.device_online))
  assert.ok(own.some((row: Body) => !row.attributes.device_online))
  assert.ok(own.some((row: Body) => groupOf(row) === undefined))
  assert.ok(own.some((row: Body) => groupOf(row) === 'production_devicegroup'))
  assert.ok((await demo('GET', '/devicegroups')).body.data.length >= 6)
})

test('a demo device of each imp type is online', async (t) => {
  const { demo } = await home(t)
  const { body } = await demo('GET', '/devices?page[size]=100')
  const online = body.data.filter((row: Body) => row.attributes.device_online)
  assert.deepEqual([...new Set<string>(online.map((row: Body) => row.attributes.imp_type))].toSorted(), [
    'imp001',
    'imp003',
    'imp004m',
    'imp005',
    'imp006',
    'impC001',
  ])
})

test('the same seed gives the same fleet, another seed another one', async (t) => {
  const ids = async (seed: number) => {
    const sandbox = await startSandbox({
      fleet: { products: 2, groups: 3, devices: 40, seed },
      now: () => 1e12,
    })
    t.after(() => sandbox.close())
    return sandbox.store.devices.all().map(({ id, mac, agentId }) => `${id} ${mac} ${agentId}`)
  }
  const first = await ids(1)
  assert.deepEqual(await ids(1), first)
  const third = await ids(2)
  assert.equal(first.filter((line) => third.includes(line)).length, 9, 'only the demo devices')
})

test('a seeded fleet of ten thousand is whole: unique ids, every device in a group or free', async (t) => {
  const { sandbox } = await home(t, { fleet: { products: 5, groups: 50, devices: 10_000, seed: 1 } })
  const { store } = sandbox
  assert.deepEqual([store.products.size, store.groups.size - 8, store.devices.size], [9, 50, 10_009])
  const macs = new Set(store.devices.all().map((device) => device.mac))
  const agents = new Set(store.devices.all().map((device) => device.agentId))
  assert.deepEqual([macs.size, agents.size], [10_009, 10_009])
  const inGroups = store.groups
    .all()
    .reduce((sum, group) => sum + store.devices.where('group', group.id).length, 0)
  assert.equal(inGroups + store.devices.where('groupOwner', 'null').length, 10_009)
})

test('a running sandbox is seeded through its admin route, more than once', async (t) => {
  const { admin, demo } = await home(t)
  const fleet = { products: 1, groups: 2, devices: 30 }
  assert.equal((await admin('POST', '/seed', { fleet })).body.devices, 39)
  assert.equal((await admin('POST', '/seed', { fleet: { ...fleet, seed: 2 } })).body.devices, 69)
  assert.equal(
    (await admin('POST', '/seed', { fleet })).body.devices,
    99,
    'the same seed again finds free ids',
  )
  const names = (await demo('GET', '/products')).body.data.map((row: Body) => row.attributes.name as string)
  assert.deepEqual(names.slice(3), ['Fleet Product 1', 'Fleet Product 2', 'Fleet Product 3'])
  const one = await admin('POST', '/devices', { imp_type: 'impC001', name: 'Added' })
  assert.deepEqual([one.status, one.body.data.attributes.device_online], [200, true])
})

test('numbers of a fleet are checked', () => {
  assert.deepEqual(readFleet({ devices: 5 }), { products: 0, groups: 0, devices: 5, seed: 1 })
  for (const bad of [
    null,
    [],
    { devices: -1 },
    { devices: 1.5 },
    { devices: '5' },
    { devices: 1e9 },
    { groups: 1 },
    { seed: 'x' },
  ])
    assert.throws(() => readFleet(bad), ApiFault)
})
