/** impcentral-api.md 2.4 and 11: what collaborators see and may do. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seen, can, demand, type Action } from '../../src/sandbox/access.ts'
import { ApiFault } from '../../src/sandbox/errors.ts'
import type { Role } from '../../src/sandbox/model.ts'
import { deployment, deviceList, group, home, idOf, product, type Body } from './plainclient.ts'

test('lists have what one owns and what one sees as a collaborator; the owner filter tells them apart', async (t) => {
  const { demo, as } = await home(t)
  const names = async (path: string) =>
    (await demo('GET', path)).body.data.map((row: Body) => row.attributes.name as string)
  assert.deepEqual(await names('/products'), ['Thermostat', 'Water Pump', 'Shared Sensor'])
  const me = (await demo('GET', '/accounts/me')).body.data.id as string
  assert.deepEqual(await names(`/products?filter[owner.id]=${me}`), ['Thermostat', 'Water Pump'])
  const partner = (await as('partner')('GET', '/accounts/me')).body.data.id as string
  assert.deepEqual(await names(`/products?filter[owner.id]=${partner}`), ['Shared Sensor'])
  assert.deepEqual(await names(`/devices?filter[owner.id]=${partner}`), ['Partner Sensor'])
  const mfa = (await as('mfa')('GET', '/accounts/me')).body.data.id as string
  assert.deepEqual(await names(`/products?filter[owner.id]=${mfa}`), [])
})

test('a developer works on development groups of the owner but not on its products', async (t) => {
  const { demo } = await home(t)
  const shared = await idOf(demo, '/products', 'Shared Sensor')
  const partner = (await demo('GET', `/products/${shared}`)).body.data.relationships.owner.id as string
  const patch = { data: { type: 'product', id: shared, attributes: { name: 'x' } } }
  assert.equal((await demo('PATCH', `/products/${shared}`, patch)).status, 403)
  assert.equal((await demo('DELETE', `/products/${shared}`)).status, 403)
  const owner = { relationships: { owner: { type: 'account', id: partner } } }
  const foreign = { data: { ...product('New').data, ...owner } }
  assert.equal((await demo('POST', '/products', foreign)).status, 403)
  const made = await demo('POST', '/devicegroups', group(shared, 'Mine'))
  assert.equal(made.status, 201)
  const { owner: ownerOf, creator } = made.body.data.relationships
  assert.equal(ownerOf.id, partner)
  assert.equal(creator.id, (await demo('GET', '/accounts/me')).body.data.id)
  const id = made.body.data.id as string
  assert.equal((await demo('POST', '/deployments', deployment(id))).status, 201)
  const variables = { data: { type: 'development_devicegroup', id, attributes: { env_vars: { a: 1 } } } }
  assert.equal(
    (await demo('PATCH', `/devicegroups/${id}`, variables)).status,
    403,
    'variables are for owners',
  )
  const sensor = await idOf(demo, '/devices', 'Partner Sensor')
  assert.equal(
    (await demo('POST', `/devicegroups/${id}/relationships/devices`, deviceList(sensor))).status,
    204,
  )
})

test('support sees products and production, handles production devices, and no development', async (t) => {
  const { demo, as } = await home(t)
  const partner = as('partner')
  const types = async (path: string) =>
    (await partner('GET', path)).body.data.map((row: Body) => row.type as string)
  const groups = await types('/devicegroups?page[size]=100')
  assert.deepEqual(
    groups.filter((type: string) => type === 'development_devicegroup').length,
    1,
    'only its own',
  )
  const bench = await idOf(demo, '/devicegroups', 'Thermostat Development')
  assert.equal((await partner('GET', `/devicegroups/${bench}`)).status, 404)
  const field = await idOf(partner, '/devicegroups', 'Thermostat Field')
  assert.equal((await partner('POST', `/devicegroups/${field}/restart`)).status, 204)
  const rename = { data: { type: 'production_devicegroup', id: field, attributes: { name: 'x' } } }
  assert.equal((await partner('PATCH', `/devicegroups/${field}`, rename)).status, 403)
  assert.equal(
    (await partner('POST', '/deployments', deployment(field, {}, 'production_devicegroup'))).status,
    403,
  )
  const customer = await idOf(partner, '/devices', 'Customer 1')
  assert.equal((await partner('POST', `/devices/${customer}/restart`)).status, 204)
  const unbond = { 'x-electricimp-key': 'demo-unbond-key' }
  const take = await partner(
    'DELETE',
    `/devicegroups/${field}/relationships/devices`,
    deviceList(customer),
    unbond,
  )
  assert.equal(take.status, 403, 'unbonding is for owners and administrators')
  const spare = await idOf(demo, '/devices', 'Spare')
  assert.equal((await partner('GET', `/devices/${spare}`)).status, 404)
})

test('what an account may not see answers 404 on every path', async (t) => {
  const { demo, as } = await home(t)
  const stranger = as('mfa')
  for (const path of ['/products', '/devicegroups', '/devices', '/deployments']) {
    const { id } = (await demo('GET', path)).body.data[0]
    assert.equal((await demo('GET', `${path}/${id}`)).status, 200)
    for (const method of ['GET', 'DELETE'])
      assert.equal((await stranger(method, `${path}/${id}`)).status, 404)
  }
})

test('the table of roles gives each action to as many roles as the public page counts', async (t) => {
  const { sandbox } = await home(t)
  const { store } = sandbox
  const demo = store.accounts.find('demo')!
  const mfa = store.accounts.find('mfa')!
  const id = 'trial'
  const counts: Partial<Record<Action, Role[]>> = {}
  const actions: Action[] = [
    'product.view',
    'product.manage',
    'development.manage',
    'promoted.view',
    'promoted.manage',
    'unbless',
  ]
  for (const role of ['owner', 'administrator', 'developer', 'operations', 'support'] as const) {
    if (role !== 'owner')
      store.collaborations.insert({ id, seq: store.nextSeq(), owner: demo.id, member: mfa.id, role })
    for (const action of actions) {
      if (can(store, role === 'owner' ? demo : mfa, demo.id, action)) (counts[action] ??= []).push(role)
    }
  }
  const numbers = actions.map((action) => counts[action]?.length)
  assert.deepEqual(numbers, [5, 2, 3, 4, 3, 2])
  const row = { id: 'x', owner: demo.id }
  assert.throws(() => seen(store, store.accounts.find('partner')!, 'Thing', 'x', row, () => 'unbless'), {
    status: 404,
  })
  assert.throws(() => demand(store, mfa, demo.id, 'unbless'), ApiFault)
})
