import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { entityOf } from '../../src/entities/entity.ts'
import { createFinder } from '../../src/entities/finder.ts'
import { columnsOf, recordOf } from '../../src/entities/record.ts'
import { infoRelations, listEntities } from '../../src/entities/relatives.ts'
import { collect } from '../../src/impcentral/paging.ts'
import type { Resource } from '../../src/impcentral/types.ts'
import { cellOf } from '../../src/output/csv.ts'
import { displayOf } from '../../src/entities/display.ts'
import { clientOf, type Cloud } from './fake-cloud.ts'

const resource = (
  type: string,
  id: string,
  attributes: object,
  relations: Readonly<Record<string, string>> = {},
) =>
  ({
    id,
    type,
    attributes,
    relationships: Object.fromEntries(
      Object.entries(relations).map(([name, target]) => [name, { type: name, id: target }]),
    ),
  }) as unknown as Resource

const me = resource('account', 'acc-me', { username: 'jdoe' })
const other = resource('account', 'acc-oth', { username: 'other', email: 'other@example.com' })
const groups = Array.from({ length: 6 }, (_, index) =>
  resource(
    'development_devicegroup',
    `dg-${index}`,
    { name: `DG${index}` },
    { product: 'prod-1', owner: 'acc-me' },
  ),
)
const lost = resource('development_devicegroup', 'dg-lost', { name: 'DG\x1b1' }, { product: 'gone' })
const cloud: Cloud = {
  account: [me, other],
  product: [resource('product', 'prod-1', { name: 'P' }, { owner: 'acc-oth' })],
  dg: [...groups, lost],
  device: [],
  build: [],
}
const devices = Array.from({ length: 12 }, (_, index) =>
  resource(
    'device',
    `dev-${index}`,
    { name: `d${index}` },
    { devicegroup: `dg-${index % 6}`, owner: index === 0 ? 'acc-oth' : 'acc-me' },
  ),
)

describe('relations', () => {
  test('of a list are read from one list where there are many, and never twice', async () => {
    const { client, requests } = clientOf(cloud)
    const shown = await collect(listEntities(createFinder(client), devices, () => assert.fail()))
    assert.deepEqual(requests.toSorted(), ['get accounts acc-oth', 'get accounts me', 'list deviceGroups {}'])
    assert.deepEqual(displayOf(shown[0] ?? assert.fail(), 'list'), {
      Device: {
        id: 'dev-0',
        name: 'd0',
        'Device Group': { id: 'dg-0', type: 'development', name: 'DG0' },
        Owner: { id: 'acc-oth', email: 'other@example.com', username: 'other' },
      },
    })
    assert.deepEqual(
      shown[1]?.relations.map(({ key }) => key),
      ['Device Group'],
    )
  })

  test('of a related entity are not read for a list: a fleet would cost a request for each of its groups', async () => {
    const group = resource('development_devicegroup', 'dg-a', { name: 'A' }, { current_deployment: 'dep-1' })
    const { client, requests } = clientOf({ ...cloud, dg: [group] })
    const device = resource('device', 'dev-a', { name: 'd' }, { devicegroup: 'dg-a' })
    const [shown] = await collect(listEntities(createFinder(client), [device], () => assert.fail()))
    assert.deepEqual(requests, ['get deviceGroups dg-a'])
    assert.deepEqual(displayOf(shown ?? assert.fail(), 'list'), {
      Device: { id: 'dev-a', name: 'd', 'Device Group': { id: 'dg-a', type: 'development', name: 'A' } },
    })
  })

  test('of a few entities are read one by one', async () => {
    const { client, requests } = clientOf(cloud)
    await collect(listEntities(createFinder(client), devices.slice(1, 3), () => assert.fail()))
    assert.deepEqual(requests.toSorted(), [
      'get accounts me',
      'get deviceGroups dg-1',
      'get deviceGroups dg-2',
    ])
  })

  test('to what does not exist are told in one harmless line, and shown with their id (output.md 8)', async () => {
    const told: string[] = []
    const relations = await infoRelations(createFinder(clientOf(cloud).client), lost, (text) =>
      told.push(text),
    )
    assert.deepEqual(told, [
      'Unexpected state. Device Group "DG\\e1" is related to corrupted Product "gone" which does not exist.',
    ])
    assert.deepEqual(displayOf(entityOf(lost, relations), 'info'), {
      'Device Group': {
        id: 'dg-lost',
        type: 'development',
        name: 'DG\x1b1',
        'Corrupted Product': { id: 'gone' },
      },
    })
  })
})

describe('the flat record of an entity', () => {
  test('has every field of its schema, and related entities under their names', async () => {
    const finder = createFinder(clientOf(cloud).client)
    const [device] = await collect(listEntities(finder, devices.slice(0, 1), () => assert.fail()))
    const record = recordOf(device ?? assert.fail())
    assert.equal(record.rssi, null)
    assert.equal((record.device_group as any).name, 'DG0')
    const columns = columnsOf('Device')
    assert.equal(cellOf(record, 'device_group.name'), 'DG0')
    assert.deepEqual(
      columns.filter((column) => column.startsWith('device_group')),
      ['device_group.id', 'device_group.name'],
    )
    assert.ok(!columnsOf('Deployment').includes('device_code'))
  })

  test('keeps what only the server knows', () => {
    assert.equal(recordOf(entityOf(resource('device', 'x', { brand_new: 1 }))).brand_new, 1)
  })

  test('names unknown group types and content types as unknown', () => {
    assert.equal(entityOf(resource('strange_devicegroup', 'x', {})).attributes.type, 'unknown')
    assert.equal(
      entityOf(resource('webhook', 'x', { content_type: 'text/plain' })).attributes.content_type,
      'unknown',
    )
    assert.equal(
      entityOf(resource('webhook', 'x', { content_type: 'application/json' })).attributes.content_type,
      'json',
    )
  })
})
