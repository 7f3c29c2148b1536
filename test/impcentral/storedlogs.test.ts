import assert from 'node:assert/strict'
import { test } from 'node:test'
import { storedLogs } from '../../src/impcentral/storedlogs.ts'
import { collect, type Page } from '../../src/impcentral/paging.ts'
import { ImptError } from '../../src/output/error.ts'
import type { LogEntry } from '../../src/impcentral/types.ts'
import { fc } from '../properties.ts'

const START = Date.parse('2024-01-31T09:00:00.000Z')
const entry = (number: number, msg = `line ${number}`): LogEntry => ({
  ts: new Date(START + number * 1000).toISOString(),
  type: 'server.log',
  msg,
})

/** A store that logs on, and forgets, while its pages are read: `meanwhile` entries come before each page but the first. */
function store(size: number, pageSize: number, meanwhile: readonly number[], kept = Infinity) {
  const entries = Array.from({ length: size }, (_, index) => entry(size - index))
  const atStart = [...entries]
  let reads = 0
  const read = async (page: number): Promise<Page<LogEntry>> => {
    const more = reads === 0 ? 0 : (meanwhile[(reads - 1) % Math.max(1, meanwhile.length)] ?? 0)
    reads++
    for (let i = 0; i < more; i++)
      entries.unshift(entry(Date.parse(entries[0]?.ts ?? '') / 1000 + 1 - START / 1000))
    entries.splice(kept)
    const items = entries.slice((page - 1) * pageSize, page * pageSize)
    return { items, isLast: page * pageSize >= entries.length }
  }
  return { read, atStart, entries }
}

test('every entry that was there at the start comes once and in order, however pages move meanwhile', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 9 }),
      fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 5 }),
      async (size, pageSize, moves) => {
        // Faster than it can be read for ever would be a log without end.
        const shifts = moves.flatMap((shift) => [Math.min(shift, pageSize * 2), 0, 0, 0])
        const { read, atStart } = store(size, pageSize, shifts)
        assert.deepEqual(await collect(storedLogs(read, -Infinity)), atStart)
      },
    ),
  )
})

test('what a full store forgets while it is read is missing at the end only', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 20, max: 60 }),
      fc.integer({ min: 2, max: 9 }),
      fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 5 }),
      async (size, pageSize, shifts) => {
        const { read, atStart } = store(size, pageSize, shifts, size)
        const got = await collect(storedLogs(read, -Infinity))
        assert.deepEqual(got, atStart.slice(0, got.length))
        assert.ok(got.length >= Math.min(pageSize, size))
      },
    ),
  )
})

test('equal lines of one millisecond are all shown, also where a page ends between them', async () => {
  const twins = Array.from({ length: 10 }, () => entry(1, 'again'))
  const read = async (page: number) => ({ items: twins.slice((page - 1) * 4, page * 4), isLast: page === 3 })
  assert.equal((await collect(storedLogs(read, -Infinity))).length, 10)
})

test('no page is read beyond the one that is older than what is wanted', async () => {
  const { read } = store(1000, 10, [])
  const pages: number[] = []
  const counted = (page: number) => {
    pages.push(page)
    return read(page)
  }
  const got = await collect(storedLogs(counted, START + 986_000))
  assert.deepEqual(pages, [1, 2, 3])
  assert.ok(got.some(({ msg }) => msg === 'line 986'))
})

test('a server that repeats one page without end is an error', async () => {
  const items = [entry(1), entry(2)]
  await assert.rejects(
    collect(storedLogs(async () => ({ items, isLast: false }), -Infinity)),
    (error: unknown) => error instanceof ImptError && error.code === 'DATA',
  )
})
