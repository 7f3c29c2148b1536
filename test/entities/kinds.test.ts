import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { entityName, entityOf } from '../../src/entities/entity.ts'
import { displayOf } from '../../src/entities/display.ts'
import {
  GROUP_TYPE_NAMES,
  groupTypeName,
  groupTypeOf,
  KIND_NAMES,
  KINDS,
  kindNamed,
  kindOfType,
  type Listed,
  type Whole,
} from '../../src/entities/kinds.ts'
import { schemaOf } from '../../src/entities/schema.ts'

describe('the table of kinds', () => {
  test('names attributes and relations of its own rows only', () => {
    for (const kind of KIND_NAMES) {
      const { attributes, relations, identifiedBy, lists, info, columns, cache } = KINDS[kind]
      for (const name of [
        ...identifiedBy,
        ...lists.show,
        ...lists.mayLeaveOut,
        ...cache.readable,
        ...cache.opaque,
        ...cache.shown,
        cache.name,
      ])
        assert.ok(Object.hasOwn(attributes, name), `${kind}: ${name}`)
      for (const name of [...lists.relate, ...info])
        assert.ok(Object.hasOwn(relations, name), `${kind}: ${name}`)
      for (const { of } of columns)
        assert.ok(
          of === 'id' || Object.hasOwn(attributes, of) || Object.hasOwn(relations, of),
          `${kind}: ${of}`,
        )
    }
  })

  test('never identifies or names an entity by what lists may leave out', () => {
    for (const kind of KIND_NAMES)
      for (const name of KINDS[kind].lists.mayLeaveOut)
        assert.ok(
          ![...KINDS[kind].identifiedBy, ...KINDS[kind].lists.show, KINDS[kind].cache.name].includes(name),
          `${kind}: ${name}`,
        )
  })

  test('knows its kinds by type and by name, and nothing else', () => {
    for (const kind of KIND_NAMES) {
      assert.equal(kindNamed(KINDS[kind].name), kind)
      for (const type of KINDS[kind].types) assert.equal(kindOfType(type), kind)
    }
    assert.equal(kindOfType('some_future_devicegroup'), 'dg')
    for (const type of ['gadget', '', 'constructor', '__proto__', 'Device'])
      assert.equal(kindOfType(type), undefined)
    for (const name of ['Auth', 'Gadget', 'toString']) assert.equal(kindNamed(name), undefined)
  })

  test('takes Device Group types there and back', () => {
    for (const name of GROUP_TYPE_NAMES) assert.equal(groupTypeName(groupTypeOf(name)), name)
    assert.equal(groupTypeName('some_future_devicegroup'), 'unknown')
  })

  test('shows an entity of an unknown type as unknown, not as a Device Group', () => {
    assert.equal(entityName('gadget'), 'Unknown')
    const entity = entityOf({ type: 'gadget', id: 'g1', attributes: { colour: 'red' } })
    assert.deepEqual(displayOf(entity, 'info'), { Unknown: { id: 'g1', type: 'gadget', colour: 'red' } })
    assert.deepEqual(displayOf(entity, 'list'), { Unknown: { id: 'g1', type: 'gadget' } })
    assert.deepEqual(schemaOf('Unknown'), { id: 'text', type: 'text' })
  })

  test('lets no code read from a list what lists may leave out', () => {
    const listed = { type: 'deployment', id: 'b1', attributes: { sha: 'x' } } as Listed<'build'>
    // @ts-expect-error: the code of a build is not in a list entry.
    assert.equal(listed.attributes.device_code, undefined)
    // @ts-expect-error: nor is a list entry taken for a whole build.
    const whole: Whole<'build'> = listed
    assert.equal(whole.attributes.device_code, undefined)
    // @ts-expect-error: what is no attribute at all is neither.
    assert.equal(listed.attributes.colour, undefined)
    const known: Listed<'build'> = {
      ...listed,
      attributes: { device_code: 'a', agent_code: 'b' },
    } as Whole<'build'>
    assert.equal(known.id, 'b1')
  })
})
