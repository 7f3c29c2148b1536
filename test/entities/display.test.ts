import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { displayBeside, displayOf, listedAttributes } from '../../src/entities/display.ts'
import type { EntityName } from '../../src/entities/schema.ts'
import type { Entity, Relation } from '../../src/output/result.ts'

const entity = (
  name: EntityName,
  attributes: Entity['attributes'],
  relations: readonly Relation[] = [],
): Entity => ({ name, id: 'x-1', attributes, relations, related: {} })

describe('what is shown of an entity (output.md 7)', () => {
  test('in a list is a fixed order of what has a value', () => {
    const device = entity('Device', {
      device_online: false,
      agent_id: null,
      mac_address: '0c:2a',
      name: '',
      swversion: '1',
    })
    assert.deepEqual(displayOf(device, 'list'), { Device: { id: 'x-1', mac_address: '0c:2a' } })
    const build = entity('Deployment', {
      flagged: true,
      origin: 'o',
      tags: ['a'],
      sha: 's',
      device_code: 'x',
    })
    assert.equal(
      JSON.stringify(displayOf(build, 'list')),
      '{"Deployment":{"id":"x-1","sha":"s","tags":["a"],"origin":"o","flagged":true}}',
    )
    assert.deepEqual(displayOf(entity('Login Key', { usages: 0, description: '' }), 'list'), {
      'Login Key': { id: 'x-1', usages: 0 },
    })
  })

  test('in info is everything in the order of the API, with "" for null and empty lists', () => {
    const group = entity('Device Group', {
      type: 'development',
      name: 'DG1',
      description: null,
      tags: [],
      env_vars: {},
      flagged: false,
    })
    assert.equal(
      JSON.stringify(displayOf(group, 'info')),
      '{"Device Group":{"id":"x-1","type":"development","name":"DG1","description":"","tags":"","env_vars":{},"flagged":false}}',
    )
  })

  test('has related entities in list form, collections wrapped, and empty collections left out', () => {
    const owner = entity('Account', { email: 'e', username: 'u', tier: 't' })
    const device = entity('Device', { name: 'd' })
    const relations: Relation[] = [
      { key: 'Owner', value: owner },
      { key: 'Webhooks', value: [] },
      { key: 'Devices', value: [device] },
    ]
    const shown = {
      id: 'x-1',
      name: 'p',
      Owner: { id: 'x-1', email: 'e', username: 'u' },
      Devices: [{ Device: { id: 'x-1', name: 'd' } }],
    }
    assert.deepEqual(displayOf(entity('Product', { name: 'p' }, relations), 'info'), { Product: shown })
    assert.deepEqual(displayOf(entity('Product', { name: 'p' }, relations), 'created'), {
      Product: { id: 'x-1', name: 'p' },
    })
  })

  test('of settings has no id, and Auth beside the Project', () => {
    const project = entity('Project', { 'Device file': 'd.nut' })
    const auth = entity('Auth', { Username: 'u' })
    assert.deepEqual(displayBeside(project, 'info', [auth]), {
      Project: { 'Device file': 'd.nut' },
      Auth: { Username: 'u' },
    })
  })

  test('in lists follows the documented attributes', () => {
    assert.deepEqual(listedAttributes('Account'), ['id', 'email', 'username'])
    assert.deepEqual(listedAttributes('Device Group'), ['id', 'type', 'name'])
    assert.deepEqual(listedAttributes('Device'), ['id', 'name', 'mac_address', 'agent_id', 'device_online'])
    assert.deepEqual(listedAttributes('Deployment'), ['id', 'sha', 'tags', 'origin', 'flagged'])
    assert.deepEqual(listedAttributes('Webhook'), ['id', 'event', 'url'])
    assert.deepEqual(listedAttributes('Login Key'), ['id', 'description', 'usages'])
  })
})
