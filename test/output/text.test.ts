import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { renderText, renderTextList, type TextStyle } from '../../src/output/text.ts'
import { character, fc } from '../properties.ts'

const plain: TextStyle = { key: (text) => text, comma: ', ' }
const minimal: TextStyle = { ...plain, comma: ',' }
const text = (value: object) => renderText(value, plain)

describe('the text of an object (output.md 4)', () => {
  test('has one line a key in order, and none for undefined (rule 1)', () => {
    assert.equal(text({ b: 1, a: undefined, c: 2 }), 'b: 1\nc: 2\n')
  })

  test('aligns the values after the longest key, nested ones counted (rule 2)', () => {
    assert.equal(text({ id: 'x', 'Device Group': { id: 'y' } }), 'id:           x\nDevice Group: \n  id: y\n')
  })

  test('keeps one trailing space before nested values, also before none (rule 3)', () => {
    assert.equal(text({ env_vars: {}, longer_than_that: 1 }), 'env_vars: \nlonger_than_that: 1\n')
  })

  test('joins plain lists with a comma, without a space in minimal mode (rule 4)', () => {
    assert.equal(text({ tags: ['a', 'b'] }), 'tags: a, b\n')
    assert.equal(renderText({ tags: ['a', 'b'] }, minimal), 'tags: a,b\n')
  })

  test('shows objects of a list one after another, and text among them as lines (rule 5)', () => {
    assert.equal(
      text({ Webhooks: [{ Webhook: { id: 1 } }, { Webhook: { id: 2 } }, 'x'] }),
      'Webhooks: \n  Webhook: \n    id: 1\n  Webhook: \n    id: 2\n  x\n',
    )
  })

  test('shows null and empty lists as nothing, booleans and numbers as they are (rule 6)', () => {
    assert.equal(text({ a: null, bb: [], c: false, d: 0 }), 'a:  \nbb: \nc:  false\nd:  0\n')
  })

  test('shows text of several lines as a block, with a line for a last line end (rule 7)', () => {
    const code = { Deployment: { id: 'x', device_code: 'a();\n// b\n' } }
    assert.equal(
      text(code),
      'Deployment: \n  id:          x\n  device_code: \n    """\n      a();\n      // b\n      \n    """\n',
    )
  })

  test('cuts text after 512 characters (rule 8)', () => {
    assert.equal(text({ a: 'x'.repeat(512) }), `a: ${'x'.repeat(512)}\n`)
    assert.equal(text({ a: 'x'.repeat(513) }), `a: \n  """\n    ${'x'.repeat(512)}\n    ...\n  """\n`)
  })

  test('shows a list without lines between its elements, and an empty one as nothing (rule 9)', () => {
    assert.equal(
      renderTextList([{ Product: { id: 1 } }, { Product: { id: 2 } }], plain),
      'Product: \n  id: 1\nProduct: \n  id: 2\n',
    )
    assert.equal(renderTextList([], plain), '')
  })

  test('shows five devices of a group and counts the rest', () => {
    const devices = Array.from({ length: 7 }, (_, id) => ({ Device: { id } }))
    assert.match(text({ Devices: devices }), /id: 4\n {2}\.\.\. 2 more Device\(s\)\n$/)
    assert.doesNotMatch(text({ Devices: devices.slice(0, 5) }), /more/)
    assert.match(text({ Webhooks: devices }), /id: 6\n$/)
  })

  test('paints keys with their colon and space, and nothing else', () => {
    const green: TextStyle = { ...plain, key: (key) => `<${key}>` }
    assert.equal(renderText({ id: 1, longer: 2 }, green), '<id: >    1\n<longer: >2\n')
  })

  test('never lets a value start a line of its own or write a control character', () => {
    const value = fc.oneof(
      fc.string({ unit: character }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(fc.string({ unit: character })),
    )
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1, unit: character }), value), (object) => {
        const shown = text(object)
        assert.doesNotMatch(shown, /[\0-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/)
        for (const line of shown.split('\n').slice(0, -1)) assert.match(line, /: |^ {2}"""$|^ {4}/)
      }),
    )
  })
})
