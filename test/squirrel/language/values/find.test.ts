import assert from 'node:assert/strict'
import { test } from 'node:test'
import { methodsOf } from '../../../../src/squirrel/language/delegates/methods.ts'
import { Vm } from '../../../../src/squirrel/language/vm.ts'
import { fc } from '../../../properties.ts'

test('a text is found where JavaScript finds it, whatever its length', () => {
  const vm = new Vm()
  const find = methodsOf.string.get('find') ?? null
  // Two letters, and words that repeat: what is looked for is nearly there again and again.
  const word = fc
    .array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 8 })
    .map((letters) => letters.join(''))
  const text = fc
    .tuple(word, word, fc.integer({ min: 0, max: 60 }))
    .map(([one, two, count]) => one.repeat(count) + two)
  fc.assert(
    fc.property(text, text, text, fc.integer({ min: 0, max: 300 }), (before, wanted, after, from) => {
      for (const whole of [before + wanted + after, before + after]) {
        const place = from < whole.length ? whole.indexOf(wanted, from) : -1
        assert.equal(vm.call(find, whole, wanted, from), place < 0 ? null : place)
      }
    }),
    { numRuns: 2000 },
  )
})
