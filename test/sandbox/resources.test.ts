/** impcentral-api.md 3.2, 3.3, 5 and 9: products and device groups. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deviceGroupTypes } from '../../src/sandbox/model.ts'
import { complaint, deployment, deviceList, group, home, idOf, product, workshop } from './plainclient.ts'

test('product names are unique in the account, and only there', async (t) => {
  const { demo, as } = await home(t)
  const duplicate = await demo('POST', '/products', product('Thermostat'))
  assert.equal(duplicate.status, 409)
  assert.equal(complaint(duplicate), 'Duplicate Resource: Products must have unique names.')
  assert.equal((await as('mfa')('POST', '/products', product('Thermostat'))).status, 201)
  const id = await idOf(demo, '/products', 'Water Pump')
  const rename = (name: string) =>
    demo('PATCH', `/products/${id}`, { data: { type: 'product', id, attributes: { name } } })
  assert.equal((await rename('Thermostat')).status, 409)
  assert.equal((await rename('Water Pump')).status, 200, 'its own name is free')
})

test('a product is changed and cleared, and deleted only without device groups', async (t) => {
  const { demo } = await home(t)
  const { productId, groupId } = await workshop(demo)
  const attributes = { description: null, name: 'Renamed' }
  const changed = await demo('PATCH', `/products/${productId}`, {
    data: { type: 'product', id: productId, attributes },
  })
  assert.equal(changed.body.data.attributes.name, 'Renamed')
  assert.equal(changed.body.data.attributes.description, null)
  const refused = await demo('DELETE', `/products/${productId}`)
  assert.equal(refused.status, 409)
  assert.equal(
    complaint(refused),
    'Dependent Devicegroups Exist: Cannot delete a product with associated devicegroups.',
  )
  assert.equal((await demo('DELETE', `/devicegroups/${groupId}`)).status, 204)
  const deleted = await demo('DELETE', `/products/${productId}`)
  assert.deepEqual([deleted.status, deleted.text], [204, ''])
  assert.equal((await demo('GET', `/products/${productId}`)).status, 404)
})

test('all seven types of device group can be made, with what their type asks for', async (t) => {
  const { demo } = await home(t)
  const { productId } = await workshop(demo)
  const targetsOf = async (stage: string) => {
    const made = async (type: string) => {
      const reply = await demo(
        'POST',
        '/devicegroups',
        group(productId, `${stage}${type}`, `${stage}${type}`),
      )
      assert.equal(reply.status, 201, reply.text)
      return { type: `${stage}${type}`, id: reply.body.data.id as string }
    }
    return {
      production_target: await made('production_devicegroup'),
      dut_target: await made('dut_devicegroup'),
    }
  }
  const pre = await targetsOf('pre_')
  const real = await targetsOf('')
  const fixture = (type: string, targets: object) =>
    demo('POST', '/devicegroups', group(productId, `F${Math.random()}`, type, {}, targets))
  const good = await fixture('factoryfixture_devicegroup', real)
  assert.equal(good.status, 201)
  assert.deepEqual(good.body.data.relationships.production_target, real.production_target)
  assert.deepEqual(good.body.data.relationships.dut_target, real.dut_target)
  assert.equal((await fixture('pre_factoryfixture_devicegroup', pre)).status, 201)
  assert.equal((await fixture('factoryfixture_devicegroup', pre)).status, 400, 'targets of the other stage')
  assert.equal((await fixture('pre_factoryfixture_devicegroup', real)).status, 400)
  assert.equal((await fixture('factoryfixture_devicegroup', { dut_target: real.dut_target })).status, 400)
  assert.equal((await fixture('factoryfixture_devicegroup', {})).status, 400)
  assert.equal((await fixture('development_devicegroup', real)).status, 400, 'targets are for fixtures')
  const swapped = { production_target: real.dut_target, dut_target: real.production_target }
  assert.equal((await fixture('factoryfixture_devicegroup', swapped)).status, 400)
  const other = await workshop(demo, 'Other')
  const elsewhere = group(other.productId, 'F', 'factoryfixture_devicegroup', {}, real)
  assert.equal((await demo('POST', '/devicegroups', elsewhere)).status, 400, 'targets of another product')
  const target = await demo('DELETE', `/devicegroups/${real.dut_target.id}`)
  assert.match(complaint(target), /^Dependent Devicegroups Exist: /)
  const types = (await demo('GET', `/devicegroups?filter[product.id]=${productId}`)).body.data
  assert.deepEqual(new Set(types.map((row: { type: string }) => row.type)), new Set(deviceGroupTypes))
})

test('device group attributes are checked by type', async (t) => {
  const { demo } = await home(t)
  const { productId } = await workshop(demo)
  const status = async (type: string, attributes: object) =>
    (await demo('POST', '/devicegroups', group(productId, `G${Math.random()}`, type, attributes))).status
  const production = 'production_devicegroup'
  const development = 'development_devicegroup'
  assert.equal(await status(production, { region: 'us', load_code_after_blessing: false }), 201)
  assert.equal(await status(development, { region: 'us' }), 400)
  assert.equal(await status(development, { load_code_after_blessing: false }), 400)
  assert.equal(await status(development, { env_vars: { a1: 'x', B: 1.5 } }), 201)
  assert.equal(await status(development, { env_vars: { '1a': 'x' } }), 400)
  assert.equal(await status(development, { env_vars: { 'a-b': 'x' } }), 400)
  assert.equal(await status(development, { env_vars: { a: true } }), 400)
  assert.equal(await status(development, { env_vars: [] }), 400)
  assert.equal(await status('other_devicegroup', {}), 400)
  assert.equal(await status(development, { name: 'x'.repeat(81) }), 400)
  const homeless = { data: { type: development, attributes: { name: 'x' } } }
  assert.equal((await demo('POST', '/devicegroups', homeless)).status, 400)
  assert.equal((await demo('POST', '/devicegroups', group('none', 'x'))).status, 404)
  const made = await demo('POST', '/devicegroups', group(productId, 'P', production))
  assert.equal(made.body.data.attributes.load_code_after_blessing, true)
})

test('device group names are unique in the product, and PATCH carries the concrete type', async (t) => {
  const { demo } = await home(t)
  const { productId, groupId } = await workshop(demo)
  const duplicate = await demo('POST', '/devicegroups', group(productId, 'Workshop Group'))
  assert.equal(complaint(duplicate), 'Duplicate Resource: Devicegroups must have unique names.')
  const other = await workshop(demo, 'Other')
  assert.equal((await demo('POST', '/devicegroups', group(other.productId, 'Workshop Group'))).status, 201)
  const patch = (type: string, attributes: object) =>
    demo('PATCH', `/devicegroups/${groupId}`, { data: { type, id: groupId, attributes } })
  assert.equal((await patch('devicegroup', { name: 'N' })).status, 400)
  assert.equal((await patch('production_devicegroup', { name: 'N' })).status, 400)
  const changed = await patch('development_devicegroup', {
    name: 'N',
    description: 'D',
    env_vars: { key: 7 },
  })
  const { name, description, env_vars } = changed.body.data.attributes
  assert.deepEqual({ name, description, env_vars }, { name: 'N', description: 'D', env_vars: { key: 7 } })
  assert.equal((await patch('development_devicegroup', { region: 'eu' })).status, 400)
})

test('an account without production rights may not have production or DUT groups', async (t) => {
  const { as } = await home(t)
  const mfa = as('mfa')
  const productId = await idOf(mfa, '/products', 'Secured Product')
  for (const type of ['production_devicegroup', 'dut_devicegroup']) {
    const reply = await mfa('POST', '/devicegroups', group(productId, type, type))
    assert.equal(reply.status, 403)
    assert.match(complaint(reply), /^Invalid Permission: /)
  }
  assert.equal(
    (await mfa('POST', '/devicegroups', group(productId, 'x', 'pre_production_devicegroup'))).status,
    201,
  )
})

test('a device group is deleted only without devices and flagged deployments, and takes its deployments along', async (t) => {
  const { demo, sandbox } = await home(t)
  const { groupId } = await workshop(demo)
  const device = await idOf(demo, '/devices', 'Spare')
  const devices = `/devicegroups/${groupId}/relationships/devices`
  await demo('POST', devices, deviceList(device))
  assert.match(complaint(await demo('DELETE', `/devicegroups/${groupId}`)), /^Dependent Devices Exist: /)
  await demo('DELETE', devices, deviceList(device))
  const made = await demo('POST', '/deployments', deployment(groupId, { flagged: true }))
  const { id } = made.body.data
  assert.equal(
    complaint(await demo('DELETE', `/devicegroups/${groupId}`)),
    'Flagged Deployments Exist: Cannot delete a devicegroup with flagged deployments; delete those first.',
  )
  await demo('PATCH', `/deployments/${id}`, {
    data: { type: 'deployment', id, attributes: { flagged: false } },
  })
  assert.equal((await demo('DELETE', `/devicegroups/${groupId}`)).status, 204)
  assert.equal((await demo('GET', `/deployments/${id}`)).status, 404)
  assert.equal(sandbox.store.deployments.where('group', groupId).length, 0)
})

test('as a server of before 2024, deployments live on as zombies that can be deleted', async (t) => {
  const { demo } = await home(t, { zombies: true })
  const { productId, groupId } = await workshop(demo)
  const { id } = (await demo('POST', '/deployments', deployment(groupId))).body.data
  assert.equal((await demo('DELETE', `/devicegroups/${groupId}`)).status, 204)
  assert.equal((await demo('DELETE', `/products/${productId}`)).status, 204)
  const zombie = await demo('GET', `/deployments/${id}`)
  assert.equal('devicegroup' in zombie.body.data.relationships, false)
  assert.equal((await demo('DELETE', `/deployments/${id}`)).status, 204)
})

test('webhooks of a deleted group are gone', async (t) => {
  const { demo } = await home(t)
  const { groupId } = await workshop(demo)
  const data = {
    type: 'webhook',
    attributes: { url: 'http://example.com/', event: 'blinkup', content_type: 'application/json' },
    relationships: { devicegroup: { type: 'development_devicegroup', id: groupId } },
  }
  const { id } = (await demo('POST', '/webhooks', { data })).body.data
  await demo('DELETE', `/devicegroups/${groupId}`)
  assert.equal((await demo('GET', `/webhooks/${id}`)).status, 404)
})
