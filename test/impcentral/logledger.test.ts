import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLedger } from '../../src/impcentral/logledger.ts'
import type { DeviceLogEntry } from '../../src/impcentral/types.ts'
import { fc } from '../properties.ts'

const START = Date.parse('2026-01-01T00:00:00.000Z')

function entry(ms: number, msg: string, device = 'd1'): DeviceLogEntry {
  return { device_id: device, ts: new Date(START + ms).toISOString(), type: 'agent.log', msg }
}

const stored = (entries: readonly DeviceLogEntry[]) =>
  entries.map(({ ts, type, msg }) => ({ ts, type, msg })).toReversed()
const texts = (entries: readonly DeviceLogEntry[]) => entries.map(({ msg }) => msg)

test('the gap is filled oldest first, with what was not handed on', () => {
  const ledger = createLedger(START)
  ledger.admitLive(entry(10, 'a'))
  const all = [entry(10, 'a'), entry(20, 'b'), entry(30, 'c')]
  assert.deepEqual(texts(ledger.admitStored('d1', stored(all))), ['b', 'c'])
  assert.deepEqual(ledger.admitStored('d1', stored(all)), [])
})

test('what was stored before the stream began stays out', () => {
  const ledger = createLedger(START)
  assert.deepEqual(texts(ledger.admitStored('d1', stored([entry(-1, 'old'), entry(1, 'new')]))), ['new'])
})

test('an entry that comes from the stored logs and then live is handed on once', () => {
  const ledger = createLedger(START)
  ledger.admitStored('d1', stored([entry(10, 'a')]))
  assert.equal(ledger.admitLive(entry(10, 'a')), false)
  assert.equal(ledger.admitLive(entry(10, 'a')), true)
})

test('twins of the same millisecond are counted, and devices are kept apart', () => {
  const ledger = createLedger(START)
  ledger.admitLive(entry(10, 'a'))
  assert.deepEqual(texts(ledger.admitStored('d1', stored([entry(10, 'a'), entry(10, 'a')]))), ['a'])
  assert.deepEqual(texts(ledger.admitStored('d2', stored([entry(10, 'a', 'd2')]))), ['a'])
})

test('stored logs in the other order are understood too', () => {
  const ledger = createLedger(START)
  const oldestFirst = stored([entry(10, 'a'), entry(20, 'b')]).toReversed()
  assert.deepEqual(texts(ledger.admitStored('d1', oldestFirst)), ['a', 'b'])
})

test('of two twins around a reconnect, the one that was held back is found when the stored logs are counted again', () => {
  const ledger = createLedger(START)
  const twins = [entry(0, 'x'), entry(0, 'x')]
  // One is stored when the gap is filled; the other is made after that and comes live.
  assert.deepEqual(texts(ledger.admitStored('d1', stored(twins.slice(0, 1)))), ['x'])
  assert.equal(ledger.admitLive(entry(0, 'x')), false)
  assert.deepEqual(ledger.doubtful(), [{ deviceId: 'd1', since: START }])
  assert.deepEqual(texts(ledger.settle('d1', stored(twins))), ['x'])
  assert.deepEqual(ledger.doubtful(), [])
  assert.deepEqual(ledger.settle('d1', stored(twins)), [])
})

test('an entry that came twice for a good reason is not told twice when it is counted again', () => {
  const ledger = createLedger(START)
  ledger.admitStored('d1', stored([entry(10, 'a')]))
  assert.equal(ledger.admitLive(entry(10, 'a')), false)
  assert.deepEqual(ledger.settle('d1', stored([entry(10, 'a'), entry(20, 'b')])), [])
})

test('what the stored logs no longer hold is not missed', () => {
  const ledger = createLedger(START)
  ledger.admitStored('d1', stored([entry(10, 'a')]))
  ledger.admitLive(entry(10, 'a'))
  assert.deepEqual(ledger.settle('d1', []), [])
})

test('wherever and however often the connection is lost, and however the stored logs overlap the stream, nothing is lost or repeated', () => {
  const places = fc.tuple(fc.nat(40), fc.nat(40), fc.nat(40), fc.boolean())
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.constantFrom('x', 'y')), { maxLength: 40 }),
      fc.array(places, { minLength: 1, maxLength: 4 }),
      (steps, gaps) => {
        let time = 0
        const all = steps.map(([step, msg]) => entry((time += step), msg))
        const ledger = createLedger(START)
        const out: DeviceLogEntry[] = []
        const live = (from: number, to: number): void => {
          out.push(...all.slice(from, to).filter((each) => ledger.admitLive(each)))
        }
        const settle = (to: number): void => {
          if (ledger.doubtful().length > 0) out.push(...ledger.settle('d1', stored(all.slice(0, to))))
        }
        let at = 0
        for (const [a, b, c, settles] of gaps) {
          // Live until `lost`; back from `back`; the stored logs are read when those up to `read` are there.
          const [lost = 0, back = 0, read = 0] = [a, b, c]
            .map((n) => Math.max(at, Math.min(n, all.length)))
            .toSorted((x, y) => x - y)
          live(at, lost)
          if (settles) settle(lost)
          out.push(...ledger.admitStored('d1', stored(all.slice(0, read))))
          at = back
        }
        live(at, all.length)
        settle(all.length)
        assert.deepEqual(
          out.map((each) => `${each.ts} ${each.msg}`).toSorted(),
          all.map((each) => `${each.ts} ${each.msg}`).toSorted(),
        )
      },
    ),
    { numRuns: Number(process.env['LEDGER_RUNS'] ?? 2000) },
  )
})
