import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { judge, type DeviceFacts } from '../../../src/fleet/seeing/judge.ts'

const NOW = Date.parse('2026-03-10T12:00:00.000Z')
const DAY = 86_400_000
const at = (minutesAgo: number) => new Date(NOW - minutesAgo * 60_000).toISOString()
const entry = (minutesAgo: number, type: string, msg: string) => ({ ts: at(minutesAgo), type, msg })

const HEALTHY: DeviceFacts = {
  id: 'd1',
  online: true,
  stateSince: at(600),
  agentRunning: true,
  enrolledAt: at(60_000),
  rssi: -50,
  group: { name: 'Field', hasBuild: true },
  otherOwner: null,
  build: { label: 'v1.4', deployedAt: at(120) },
  logs: [entry(5000, 'server.log', 'hello'), entry(100, 'server.log', 'hello')],
}
const OFFLINE = { ...HEALTHY, online: false, stateSince: at(60), logs: [entry(90, 'server.log', 'hello')] }
const fault = (minutesAgo: number, msg = 'ERROR: the index does not exist') =>
  entry(minutesAgo, 'agent.error', msg)
const connects = (count: number, every: number) =>
  Array.from({ length: count }, (_, i) => entry(every * (count - i), 'status', 'Device connected'))

/** The facts, what is found (the verdict first), and what the verdict says. */
const TABLE: readonly (readonly [string, DeviceFacts, readonly string[], RegExp])[] = [
  ['a healthy device', HEALTHY, ['nothing'], /Nothing is wrong .* ten minutes/],
  [
    'a device of which nothing is told',
    { ...HEALTHY, online: null, stateSince: null, agentRunning: null, rssi: null, build: null, logs: [] },
    ['nothing'],
    /Nothing/,
  ],
  [
    'offline, with newer entries',
    { ...OFFLINE, logs: [entry(30, 'server.log', 'hello')] },
    ['talks'],
    /talks although the flag says offline/,
  ],
  [
    'offline, with newer entries of its agent alone',
    { ...OFFLINE, logs: [entry(30, 'agent.log', 'hello')] },
    ['offline'],
    /since .* \(60 min\), and nothing/,
  ],
  [
    'offline, and told so a second later',
    { ...OFFLINE, logs: [entry(59.9, 'status', 'Device disconnected')] },
    ['offline'],
    /offline/,
  ],
  [
    'offline after server.sleep',
    { ...OFFLINE, logs: [entry(61, 'server.sleep', 'sleeping')] },
    ['sleeps'],
    /sleeps or lost power at 2026-03-10T10:59/,
  ],
  [
    'offline after powerstate, and the agent talks on',
    { ...OFFLINE, logs: [entry(61, 'powerstate', 'off'), entry(1, 'agent.log', 'x')] },
    ['sleeps'],
    /lost power/,
  ],
  [
    'offline, woken after a sleep',
    { ...OFFLINE, logs: [entry(90, 'server.sleep', 's'), entry(80, 'server.log', 'x')] },
    ['offline'],
    /offline/,
  ],
  ['offline with a weak last signal', { ...OFFLINE, rssi: -87 }, ['weak'], /weak signal \(-87 dBm\) since/],
  ['online with a weak signal', { ...HEALTHY, rssi: -87 }, ['nothing'], /Nothing/],
  [
    '12 reconnects in 48 minutes',
    { ...HEALTHY, logs: connects(12, 4) },
    ['reconnects'],
    /about every 4 min: 12 times/,
  ],
  ['4 reconnects', { ...HEALTHY, logs: connects(4, 4) }, ['nothing'], /Nothing/],
  ['reconnects of the day before', { ...HEALTHY, logs: connects(12, 2000) }, ['nothing'], /Nothing/],
  [
    'sleep and wake by design',
    { ...HEALTHY, logs: connects(8, 10).flatMap((one) => [one, { ...one, type: 'server.sleep', msg: 's' }]) },
    ['nothing'],
    /Nothing/,
  ],
  [
    'errors since the build, none before',
    { ...HEALTHY, logs: [...(HEALTHY.logs as []), fault(60), fault(50)] },
    ['fails'],
    /fails since v1\.4: ERROR: the index does not exist \(2 times/,
  ],
  [
    'errors since the build and before',
    { ...HEALTHY, logs: [fault(500), fault(50)] },
    ['fails'],
    /did before v1\.4.*once/,
  ],
  [
    'errors, and no entry from before the build',
    { ...HEALTHY, logs: [fault(50)] },
    ['fails'],
    /No logs from before v1\.4/,
  ],
  ['errors of the build before alone', { ...HEALTHY, logs: [fault(500)] }, ['nothing'], /Nothing/],
  [
    'out of memory',
    { ...HEALTHY, logs: [entry(9, 'lastexitcode', 'out of memory')] },
    ['memory'],
    /does not fit: out of memory/,
  ],
  [
    'out of space',
    { ...HEALTHY, logs: [entry(9, 'status', 'Out of space; 104% program storage used')] },
    ['memory'],
    /does not fit/,
  ],
  [
    'code that logs these words itself',
    { ...HEALTHY, logs: [entry(9, 'server.log', 'out of memory')] },
    ['nothing'],
    /Nothing/,
  ],
  [
    'agent down, 31 days away',
    { ...OFFLINE, agentRunning: false, stateSince: new Date(NOW - 31 * DAY).toISOString(), logs: [] },
    ['agent-stopped', 'offline'],
    /stopped for want of contact: the device went offline 31 d ago/,
  ],
  ['agent down, device there', { ...HEALTHY, agentRunning: false }, ['agent-down'], /agent does not run/],
  [
    'no group',
    { ...HEALTHY, group: null, build: null, agentRunning: false },
    ['no-group'],
    /no Device Group/,
  ],
  [
    'a group without a build',
    { ...HEALTHY, group: { name: 'Lab', hasBuild: false }, build: null, agentRunning: false },
    ['no-build'],
    /"Lab" has no build/,
  ],
  [
    'never enrolled',
    { ...OFFLINE, enrolledAt: null, logs: [], group: null, build: null },
    ['never-enrolled', 'no-group', 'offline'],
    /never enrolled/,
  ],
  ['another owner', { ...HEALTHY, otherOwner: 'partner' }, ['other-owner'], /account partner/],
  [
    '403 for logs and group',
    { ...HEALTHY, group: 'unread', build: null, logs: 'unread' },
    ['unread'],
    /may not read its Device Group and its logs/,
  ],
  [
    'several at once',
    { ...OFFLINE, rssi: -90, logs: [entry(5000, 'server.log', 'x'), fault(90)] },
    ['weak', 'fails'],
    /weak/,
  ],
]

describe('the verdict on', () => {
  for (const [name, facts, codes, sentence] of TABLE)
    test(name, () => {
      const found = judge(facts, { now: NOW, sinceMs: DAY })
      assert.deepEqual(
        found.map(({ code }) => code),
        codes,
      )
      assert.match(found[0].sentence, sentence)
      for (const one of found) assert.match(one.try, /^impt /)
    })
})
