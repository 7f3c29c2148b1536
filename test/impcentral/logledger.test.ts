import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createLedger } from '../../src/impcentral/logledger.ts'
import type { DeviceLogEntry } from '../../src/impcentral/types.ts'

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

test('wherever the connection is lost and however the stored logs overlap the stream, nothing is lost or repeated', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.constantFrom('x', 'y')), { maxLength: 40 }),
      fc.nat(40),
      fc.nat(40),
      fc.nat(40),
      (steps, a, b, c) => {
        let time = 0
        const all = steps.map(([step, msg]) => entry((time += step), msg))
        // Live until `lost`; back from `back`; the stored logs are read when those up to `read` are there.
        const [lost = 0, back = 0, read = 0] = [a, b, c]
          .map((n) => Math.min(n, all.length))
          .toSorted((x, y) => x - y)
        const ledger = createLedger(START)
        const out = all.slice(0, lost).filter((each) => ledger.admitLive(each))
        out.push(...ledger.admitStored('d1', stored(all.slice(0, read))))
        out.push(...all.slice(back).filter((each) => ledger.admitLive(each)))
        assert.deepEqual(
          out.map((each) => `${each.ts} ${each.msg}`).toSorted(),
          all.map((each) => `${each.ts} ${each.msg}`).toSorted(),
        )
      },
    ),
  )
})
