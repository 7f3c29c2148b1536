import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderJson, renderJsonArray, renderJsonLine } from '../../src/output/json.ts'
import { character, fc } from '../properties.ts'

async function whole(items: readonly unknown[]): Promise<string> {
  let text = ''
  for await (const piece of renderJsonArray(items)) text += piece
  return text
}

test('a list rendered in pieces is the text of the whole list', () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.jsonValue()), async (items) => {
      assert.equal(await whole(items), renderJson(items))
    }),
  ))

test('JSON has two spaces of indent and ends with a line end', () => {
  assert.equal(renderJson({ a: [1] }), '{\n  "a": [\n    1\n  ]\n}\n')
  assert.equal(renderJsonLine({ a: [1] }), '{"a":[1]}\n')
})

test('JSON means what it was made of, and holds no character that a terminal obeys', () =>
  fc.assert(
    fc.property(fc.string({ unit: character }), (value) => {
      const text = renderJson({ value })
      assert.deepEqual(JSON.parse(text), { value })
      assert.doesNotMatch(
        text.replaceAll('\n', ''),
        /[\0-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/,
      )
    }),
  ))

test('an empty list is an empty list', async () => assert.equal(await whole([]), '[]\n'))
