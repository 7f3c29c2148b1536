import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { LogEntry } from '../../../src/impcentral/types.ts'
import { judge, parseRules, type Facts } from '../../../src/fleet/release/judge.ts'
import { earlierOf, seenIn, signatureOf } from '../../../src/fleet/release/evidence.ts'
import { countsOf, parseWaves, wavesOf } from '../../../src/fleet/release/waves.ts'
import { fc } from '../../properties.ts'

const devices = fc.uniqueArray(
  fc.record({
    id: fc.integer({ min: 0, max: 1e6 }).map((n) => n.toString(16).padStart(16, '0')),
    group: fc.constantFrom('a', 'b', 'c'),
    impType: fc.constantFrom('imp001', 'imp003', 'imp005'),
  }),
  { selector: ({ id }) => id, maxLength: 300 },
)
const percents = fc
  .uniqueArray(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 6 })
  .map((list) => list.sort((a, b) => a - b))

describe('the waves of a release', () => {
  test('hold each device once, and their sums are the shares, rounded up', () => {
    fc.assert(
      fc.property(devices, percents, fc.string(), (all, shares, id) => {
        const { waves, left } = wavesOf(id, all, parseWaves(shares.map((one) => `${one}%`).join(',')))
        const dealt = [...waves.flat(), ...left]
        assert.deepEqual(dealt.map((one) => one.id).sort(), all.map((one) => one.id).sort())
        let sum = 0
        const sums = new Set(waves.map((wave) => (sum += wave.length)))
        // Whole numbers, so that the expected value is computed another way.
        for (const share of shares) {
          const wanted = Math.floor((all.length * share + 99) / 100)
          if (wanted > 0) assert.ok(sums.has(wanted), `${share}% of ${all.length}`)
        }
        for (const wave of waves) assert.ok(wave.length > 0)
      }),
    )
  })

  test('are the same whatever the order of the list, and of each kind some in every beginning', () => {
    fc.assert(
      fc.property(devices, (all) => {
        const shares = parseWaves('10%,100%')
        assert.deepEqual(wavesOf('x', all, shares), wavesOf('x', all.toReversed(), shares))
        const kinds = new Set(all.map(({ group, impType }) => `${group} ${impType}`))
        const { waves } = wavesOf('x', all, parseWaves(`${Math.max(1, kinds.size)},100%`))
        const byId = new Map(all.map((one) => [one.id, `${one.group} ${one.impType}`]))
        assert.equal(new Set((waves[0] ?? []).map(({ id }) => byId.get(id))).size, kinds.size)
      }),
    )
  })

  test('are written as rising shares', () => {
    assert.deepEqual(countsOf(parseWaves('1,5%,25%,100%'), 812), [1, 41, 203, 812])
    assert.deepEqual(countsOf(parseWaves('1,5%,25%,100%'), 3), [1, 3])
    assert.deepEqual(countsOf(parseWaves('10,20'), 5), [5])
    assert.deepEqual(countsOf(parseWaves('100%'), 0), [])
    for (const wrong of ['', '0', '5%,5%', '50%,10%', '101%', 'x', '1.5', '3,2', '1,,2'])
      assert.throws(() => parseWaves(wrong), { code: 'USAGE' }, wrong)
  })
})

describe('the judge', () => {
  const evidence = (count: number, what: 'error' | 'offline' = 'error') =>
    Array.from({ length: count }, (_, i) => ({ device: String(i), what, text: '' }))
  const facts = (more: Partial<Facts>): Facts => ({
    size: 100,
    restarted: 100,
    sample: 100,
    sampled: 100,
    read: 100,
    loaded: 100,
    evidence: [],
    ...more,
  })
  const by = (rules: string) => ({ rules: parseRules(rules), stopMin: 5, allowUnsure: false })

  test('stops above a limit, not at it', () => {
    assert.equal(judge(facts({ evidence: evidence(2) }), by('errors>2%')).stop, false)
    assert.match(judge(facts({ evidence: evidence(3) }), by('errors>2%')).why, /^errors>2%: 3 of 100 devices/)
    assert.equal(judge(facts({ evidence: evidence(3) }), by('errors>3')).stop, false)
    assert.equal(judge(facts({ evidence: evidence(4) }), by('errors>3')).stop, true)
  })

  test('counts a device once, whatever it shows', () => {
    const twice = [...evidence(1), { device: '0', what: 'memory' as const, text: '' }]
    assert.equal(judge(facts({ evidence: twice }), by('errors>1')).errors, 1)
  })

  test('stops a wave of a few at any failure', () => {
    const few = { size: 4, sample: 4, sampled: 4, read: 4, loaded: 4 }
    assert.equal(judge(facts({ ...few, evidence: evidence(1) }), by('errors>50%')).stop, true)
    assert.equal(judge(facts({ ...few }), by('errors>50%')).stop, false)
  })

  test('stops when too little could be seen, unless that is allowed', () => {
    const blind = facts({ sampled: 79, read: 79, loaded: 79 })
    assert.match(judge(blind, by('errors>2%')).why, /only 79 of 100 logs/)
    assert.equal(judge(blind, { ...by('errors>2%'), allowUnsure: true }).stop, false)
    assert.equal(judge(facts({ sampled: 80, read: 80, loaded: 80 }), by('errors>2%')).stop, false)
  })

  test('stops when too few restarts were accepted, unless that is allowed', () => {
    const refused = facts({ restarted: 79 })
    assert.match(judge(refused, by('errors>2%')).why, /^only 79 of 100 restarts were accepted$/)
    assert.equal(judge(refused, by('errors>2%'), true).stop, false, 'it is not over')
    assert.equal(judge(refused, by('none')).stop, false)
    assert.equal(judge(refused, { ...by('errors>2%'), allowUnsure: true }).stop, false)
    assert.equal(judge(facts({ restarted: 80 }), by('errors>2%')).stop, false)
  })

  test('stops where no device of a wave loaded the build, unless that is allowed', () => {
    const asleep = facts({ loaded: 0 })
    assert.equal(
      judge(asleep, by('errors>2%')).why,
      '100 of 100 devices without a sign that they loaded the build',
    )
    assert.match(
      judge(asleep, { ...by('errors>2%'), watch: 3000 }).why,
      /; --watch may be too short to see one$/,
    )
    assert.equal(judge(asleep, { ...by('errors>2%'), watch: 0 }).stop, false, 'nobody waited for a sign')
    assert.equal(judge(asleep, by('errors>2%'), true).stop, false, 'it is not over')
    assert.equal(judge(asleep, by('none')).stop, false)
    assert.equal(judge(asleep, { ...by('errors>2%'), allowUnsure: true }).stop, false)
    assert.equal(judge(facts({ loaded: 1 }), by('errors>2%')).stop, false, 'polite devices wait')
    assert.match(
      judge(asleep, by('silent>2%')).why,
      /^silent>2%: 100 of 100/,
      'a rule that is given goes first',
    )
    assert.equal(
      judge(facts({ size: 0, restarted: 0, sample: 0, sampled: 0, read: 0, loaded: 0 }), by('errors>2%'))
        .stop,
      false,
    )
  })

  test('in the middle of a watch looks at errors only, of all devices that will be read', () => {
    assert.equal(
      judge(facts({ read: 8, sampled: 0, evidence: evidence(50, 'offline') }), by('offline>5%'), true).stop,
      false,
    )
    assert.equal(
      judge(facts({ read: 8, sampled: 0, evidence: evidence(2) }), by('errors>2%'), true).stop,
      false,
    )
    assert.equal(
      judge(facts({ read: 8, sampled: 0, evidence: evidence(3) }), by('errors>2%'), true).stop,
      true,
    )
  })

  test('refuses rules that are none', () => {
    assert.deepEqual(parseRules('none'), [])
    for (const wrong of [
      '',
      'errors',
      'errors>',
      'errors>x',
      'warmth>2%',
      'errors>2%;offline>1',
      'errors<2%',
      // No share is ever above these.
      'errors>100%',
      'errors>2%,silent>200%',
    ])
      assert.throws(() => parseRules(wrong), { code: 'USAGE' }, wrong)
  })
})

describe('the evidence of a log', () => {
  const entry = (ts: number, type: string, msg: string) => ({ ts: new Date(ts).toISOString(), type, msg })

  test('is what was not there before, numbers and hex aside', () => {
    assert.equal(
      signatureOf(entry(0, 'server.error', 'at 0x1F of 12, deadbeef01')),
      signatureOf(entry(0, 'server.error', 'at 0xa0 of 7, 00c0ffee1')),
    )
    const earlier = earlierOf([entry(1000, 'server.error', 'sensor 1 failed')], 60_000)
    assert.deepEqual(seenIn('d', [entry(2000, 'server.error', 'sensor 27 failed')], earlier).evidence, [])
    assert.equal(seenIn('d', [entry(2000, 'server.error', 'motor 27 failed')], earlier).evidence.length, 1)
    assert.equal(
      seenIn('d', [entry(500, 'server.error', 'motor 27 failed')], earlier).evidence.length,
      0,
      'older than the restart',
    )
  })

  test('was there before only where the build logged it that ran last', () => {
    const agent = (ts: number) => entry(ts, 'status', 'Agent restarted: reload.')
    const device = (ts: number) => entry(ts, 'status', 'Downloading new code; 1.00% program storage used')
    const error = (ts: number) => entry(ts, 'server.error', 'no pump')
    const isNew = (...before: LogEntry[]) =>
      seenIn('d', [error(900_000)], earlierOf(before, 60_000)).evidence.length > 0
    assert.equal(isNew(error(1000)), false, 'no load is known')
    assert.equal(isNew(agent(1000), device(2000), error(3000)), false)
    assert.equal(isNew(agent(1000), error(1500), device(2000)), false, 'the agent had its code already')
    assert.equal(isNew(error(1000), agent(2000), device(3000)), true)
    assert.equal(isNew(device(1000), error(2000), device(3000)), true, 'each start of a crash is a load')
    assert.equal(isNew(agent(1000), error(2000), device(400_000)), true)
  })

  test('does not take what a program logs for what the platform says', () => {
    const earlier = earlierOf([], 60_000)
    assert.deepEqual(
      seenIn('d', [entry(1, 'server.log', 'out of memory cards'), entry(2, 'agent.log', 'ERROR')], earlier)
        .evidence,
      [],
    )
    assert.equal(
      seenIn('d', [entry(1, 'lastexitcode', 'out of memory')], earlier).evidence[0]?.what,
      'memory',
    )
  })

  test('calls a device that starts again and again a loop, but not one that always did', () => {
    const connects = (from: number) =>
      Array.from({ length: 5 }, (_, i) => entry(from + i, 'status', 'Device connected'))
    assert.equal(seenIn('d', connects(100_000), earlierOf([], 60_000), 60_000).evidence[0]?.what, 'reboots')
    assert.deepEqual(seenIn('d', connects(100_000), earlierOf(connects(50_000), 60_000), 60_000).evidence, [])
  })

  test('does not call a device a loop that started as often in a longer time', () => {
    const hourly = Array.from({ length: 30 }, (_, hour) =>
      entry((hour + 1) * 3_600_000, 'status', 'Device connected'),
    )
    const earlier = earlierOf([entry(0, 'status', 'Device connected')], 60_000)
    assert.deepEqual(seenIn('d', hourly, earlier, 60_000).evidence, [])
    const often = hourly.map(({ type, msg }, i) => entry(3_600_000 + i * 1000, type, msg))
    assert.equal(seenIn('d', often, earlier, 60_000).evidence[0]?.what, 'reboots')
  })
})
