import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { answerOf } from '../../src/mcp/answer.ts'
import type { Result } from '../../src/output/result.ts'
import { fc } from '../properties.ts'

const listOf = (value: readonly Record<string, unknown>[]): Result => ({
  kind: 'record',
  record: {},
  isList: true,
  value,
})

/** More than an answer may hold, with room for its own words. */
const MOST = 70_000

describe('the answer of a tool', () => {
  test('gives every item of a list once, in its order, when it is read part by part', async () => {
    const item = fc.record(
      { n: fc.nat(), text: fc.string({ maxLength: 3000 }), more: fc.array(fc.string()) },
      { noNullPrototype: true },
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(item, { maxLength: 120 }),
        fc.integer({ min: 1, max: 200 }),
        async (items, limit) => {
          const read: unknown[] = []
          let skip: number | undefined = 0
          while (skip !== undefined) {
            const answer = await answerOf(listOf(items), { skip, limit })
            const part = answer.data as unknown[]
            assert.ok(part.length <= limit)
            assert.ok(
              answer.next === undefined || part.length > 0,
              'a part without an item would go on for ever',
            )
            assert.ok(JSON.stringify(answer).length < MOST * 2)
            assert.equal(answer.cut, undefined)
            read.push(...part)
            skip = answer.next
          }
          // What JSON keeps of it: -0 is 0 there.
          assert.equal(JSON.stringify(read), JSON.stringify(items))
        },
      ),
      { numRuns: 200 },
    )
  })

  test('is bounded whatever the result is, and says what is left out', async () => {
    const huge: readonly Record<string, unknown>[] = [
      { code: 'x'.repeat(5_000_000) },
      { list: Array.from({ length: 200_000 }, (_, i) => i) },
      { deep: { list: Array.from({ length: 20_000 }, (_, i) => ({ name: `device ${i}`, id: i })) } },
      Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`field ${i}`, i])),
    ]
    for (const record of huge) {
      for (const result of [{ kind: 'record', record } as const, listOf([record])]) {
        const answer = await answerOf(result, { skip: 0, limit: Infinity })
        assert.ok(JSON.stringify(answer).length < MOST * 2, Object.keys(record)[0])
        assert.ok((answer.cut?.length ?? 0) > 0)
      }
    }
  })

  test('does not read a list further than it gives it', async () => {
    let read = 0
    async function* endless() {
      for (;;) {
        read += 1
        yield { ts: '2024-01-01T00:00:00.000Z', type: 'server.log', msg: `line ${read}` }
      }
    }
    const { data, next } = await answerOf(
      { kind: 'logs', live: false, items: endless() },
      { skip: 5, limit: 10 },
    )
    assert.equal((data as unknown[]).length, 10)
    assert.equal(next, 15)
    assert.equal(read, 16)
  })
})
