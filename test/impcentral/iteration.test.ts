import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { closable, flattened } from '../../src/impcentral/iteration.ts'
import { collect } from '../../src/impcentral/paging.ts'

async function* batchesOf<T>(
  batches: readonly (readonly T[])[],
): AsyncGenerator<readonly T[], void, undefined> {
  for (const batch of batches) yield batch
}

test('the items of batches come in their order, whether they are awaited one by one or asked for all at once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(fc.nat(9), { maxLength: 4 }), { maxLength: 6 }), async (batches) => {
      const all = batches.flat()
      assert.deepEqual(await collect(flattened(batchesOf(batches))), all)
      const items = flattened(batchesOf(batches))
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
