import assert from 'node:assert/strict'
import { test } from 'node:test'
import { blobOf, newBlob } from '../../src/squirrel/language/values/blob.ts'
import { SqTable } from '../../src/squirrel/language/values/table.ts'
import { SqArray, SqFloat, SqFunction, type SqValue } from '../../src/squirrel/language/values/values.ts'
import { Vm } from '../../src/squirrel/language/vm.ts'
import { type Plain, fromPlain, toPlain } from '../../src/squirrel/plain.ts'
import { fc } from '../properties.ts'

/** Blobs are made inside a machine only. */
function inside<T>(act: () => T): T {
  const vm = new Vm()
  let result: T[] = []
  const run = new SqFunction(() => ((result = [act()]), null), null, 'test')
  vm.call(run, vm.root)
  return result[0] as T
}

const bytes = fc.uint8Array({ maxLength: 20 }).map((list) => Buffer.from(list).toString('latin1'))
const { tree } = fc.letrec<{ tree: Plain }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    bytes,
    fc.float({ noNaN: true }).map((value) => ({ f: String(Object.is(value, -0) ? 0 : value) })),
    bytes.map((text) => ({ b: Buffer.from(text, 'latin1').toString('base64') })),
    fc.array(tie('tree'), { maxLength: 5 }),
    fc
      .uniqueArray(fc.tuple(bytes, tie('tree')), { maxLength: 5, selector: ([key]) => key })
      .map((t) => ({ t })),
  ),
}))

test('every value that can be sent arrives equal', () => {
  fc.assert(
    fc.property(tree, (plain) => {
      const once = inside(() => toPlain(fromPlain(plain)))
      const twice = inside(() => toPlain(fromPlain(JSON.parse(JSON.stringify(once)))))
      assert.deepEqual(sorted(once), sorted(plain))
      assert.deepEqual(sorted(twice), sorted(once))
    }),
    { numRuns: 300 },
  )
})

test('what arrives shares nothing with what was sent', () => {
  inside(() => {
    const inner = new SqArray([1])
    const sent = new SqTable()
    sent.set('list', inner)
    const received = fromPlain(toPlain(sent)) as SqTable
    inner.a.push(2)
    assert.deepEqual((received.get('list') as SqArray).a, [1])
  })
})

test('functions and non-text keys are dropped from tables and become null in arrays', () => {
  inside(() => {
    const run = new SqFunction(() => null, null, 'f')
    const table = new SqTable()
    table.set('f', run)
    table.set(1, 'number key')
    table.set('kept', new SqArray([run, 2]))
    assert.deepEqual(toPlain(table), { t: [['kept', [null, 2]]] })
    assert.equal(toPlain(run), null)
  })
})

test('infinite floats, negative numbers and blobs survive', () => {
  inside(() => {
    const values: SqValue[] = [new SqFloat(Infinity), new SqFloat(-1.5), newBlob(new Uint8Array([0, 255]))]
    const [inf, negative, blob] = (fromPlain(toPlain(new SqArray(values))) as SqArray).a
    assert.equal((inf as SqFloat).v, Infinity)
    assert.equal((negative as SqFloat).v, -1.5)
    assert.deepEqual([...(blobOf(blob as SqValue)?.bytes() ?? [])], [0, 255])
  })
})

test('a table that contains itself is an error of the code', () => {
  inside(() => {
    const table = new SqTable()
    table.set('self', table)
    assert.throws(() => toPlain(table), /contains itself/)
  })
})

test('stored states that somebody damaged give values, never exceptions', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (json) => void inside(() => fromPlain(json))),
    { numRuns: 300 },
  )
})

/** Slots in a fixed order: a table's own order depends on how it was filled. */
function sorted(plain: Plain): unknown {
  if (Array.isArray(plain)) return plain.map(sorted)
  if (typeof plain !== 'object' || plain === null || !('t' in plain)) return plain
  return plain.t
    .map(([key, value]) => [key, sorted(value)])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
}
