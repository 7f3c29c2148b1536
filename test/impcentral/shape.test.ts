import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { SHAPES } from '../../src/entities/kinds.ts'
import { fitted } from '../../src/impcentral/shape.ts'

const device = (more: object = {}) => ({ type: 'device', id: 'd1', attributes: { name: 'n' }, ...more })
const fit = (data: unknown) => fitted(data, SHAPES.devices)
const refused = (data: unknown, said: RegExp) =>
  assert.throws(() => fit(data), { code: 'DATA', message: said })

describe('an answer at the door', () => {
  test('passes as the same object when all is well', () => {
    const data = device({ relationships: { owner: { type: 'account', id: 'a' } } })
    const copy = structuredClone(data)
    assert.equal(fit(data), data)
    assert.deepEqual(data, copy)
  })

  test('loses known attributes of a wrong type, and keeps null and what is not known', () => {
    const attributes = {
      name: 5,
      rssi: '-40',
      device_online: 'yes',
      swversion: null,
      colour: { odd: true },
      constructor: 7,
    }
    assert.deepEqual(fit(device({ attributes })).attributes, {
      swversion: null,
      colour: { odd: true },
      constructor: 7,
    })
    const tags = { tags: ['a', 7], device_code: 'x' }
    const build = fitted({ type: 'deployment', id: 'b', attributes: tags }, SHAPES.deployments)
    assert.deepEqual(build.attributes, { device_code: 'x' })
  })

  test('has attributes, and no relation that is null', () => {
    for (const attributes of [undefined, null]) assert.deepEqual(fit(device({ attributes })).attributes, {})
    for (const relationships of [undefined, null])
      assert.equal('relationships' in fit(device({ relationships })), false)
    const relationships = { owner: null, devicegroup: { type: 'dut_devicegroup', id: 'g' }, pet: 'cat' }
    assert.deepEqual(fit(device({ relationships })).relationships, {
      devicegroup: { type: 'dut_devicegroup', id: 'g' },
    })
  })

  test('takes ids that are numbers as text', () => {
    const fitting = fit(device({ id: 7, relationships: { product: { id: 8 } } }))
    assert.equal(fitting.id, '7')
    assert.deepEqual(fitting.relationships, { product: { id: '8', type: 'unknown' } })
  })

  test('is refused where it names no entity, or does not say to what it belongs', () => {
    for (const data of [null, undefined, [], 'x', {}, { id: 'd' }, device({ id: null }), device({ type: 3 })])
      refused(data, /^impCentral sent an answer of an unexpected form: /)
    refused(device({ attributes: 'x' }), /"attributes" of Device "d1" was expected/)
    refused(device({ relationships: [] }), /"relationships" of Device "d1"/)
    for (const devicegroup of ['g', 7, [], {}, { id: null }])
      refused(device({ relationships: { devicegroup } }), /"devicegroup" of Device "d1"/)
  })
})
