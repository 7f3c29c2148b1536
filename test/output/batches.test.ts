import assert from 'node:assert/strict'
import { test } from 'node:test'
import { closable } from '../../src/impcentral/iteration.ts'
import { collect } from '../../src/impcentral/paging.ts'
import { batchesOf, flattened } from '../../src/output/batches.ts'
import { fc } from '../properties.ts'

async function* arriving<T>(
  batches: readonly (readonly T[])[],
): AsyncGenerator<readonly T[], void, undefined> {
  for (const batch of batches) yield batch
}

test('the items of batches come in their order, whether they are awaited one by one or asked for all at once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(fc.nat(9), { maxLength: 4 }), { maxLength: 6 }), async (batches) => {
      const all = batches.flat()
      assert.deepEqual(await collect(flattened(arriving(batches))), all)
      const items = flattened(arriving(batches))
      const steps = await Promise.all(Array.from({ length: all.length + 2 }, () => items.next()))
      assert.deepEqual(
        steps.map(({ value }) => value),
        [...all, undefined, undefined],
      )
      assert.deepEqual(
        steps.map(({ done }) => done === true),
        [...all.map(() => false), true, true],
      )
    }),
  )
})

test('a list is read in the batches that it arrives in, and any other list in batches of a hundred', async () => {
  assert.deepEqual(await batchSizes(flattened(arriving([[1], [2, 3], []]))), [1, 2, 0])
  const many = Array.from({ length: 250 }, (_, index) => index)
  assert.deepEqual(await batchSizes(many), [100, 100, 50])
  assert.deepEqual(await batchSizes(new Set(many)), [100, 100, 50])
  assert.deepEqual(await batchSizes([]), [])
})

test('what came before a failure is in the batches, too', async () => {
  async function* source(): AsyncGenerator<number, void, undefined> {
    yield 1
    yield 2
    throw new Error('broken')
  }
  const batches = batchesOf(source())
  assert.deepEqual(await batches.next(), { done: false, value: [1, 2] })
  await assert.rejects(batches.next(), /broken/)
})

async function batchSizes(items: Iterable<unknown> | AsyncIterable<unknown>): Promise<number[]> {
  const sizes: number[] = []
  for await (const batch of batchesOf(items)) sizes.push(batch.length)
  return sizes
}

test('one who leaves gets nothing more, and the batches end', async () => {
  let ended = false
  async function* source(): AsyncGenerator<readonly number[], void, undefined> {
    try {
      yield [1, 2, 3]
      yield [4]
    } finally {
      ended = true
    }
  }
  const items = flattened(source())
  assert.equal((await items.next()).value, 1)
  await items.return()
  assert.equal(ended, true)
  assert.equal((await items.next()).done, true)
})

test('what fails is thrown after the items before it', async () => {
  async function* source(): AsyncGenerator<readonly number[], void, undefined> {
    yield [1]
    throw new Error('broken')
  }
  const items = flattened(source())
  assert.equal((await items.next()).value, 1)
  await assert.rejects(items.next(), /broken/)
  assert.equal((await items.next()).done, true)
})

test('one who waits for an item can be closed, and waits no longer', async () => {
  const stop = new AbortController()
  async function* source(): AsyncGenerator<readonly number[], void, undefined> {
    await new Promise((_, reject) =>
      stop.signal.addEventListener('abort', () => reject(stop.signal.reason as Error)),
    )
    yield [1]
  }
  const items = flattened(closable(source(), stop))
  const waiting = items.next()
  await items.return()
  assert.deepEqual(await waiting, { done: true, value: undefined })
})
