import type {
  DeviceRow,
  GroupRow,
  LogLine,
  Reading,
  ReleaseView,
  TestRunView,
} from '../../src/dashboard/protocol.ts'
import type { LogEvent, Source } from '../../src/dashboard/source.ts'

/** A made-up account that a test moves by hand. */
export interface FakeFleet {
  readonly source: Source
  reading: () => Reading
  /** Replaces rows; `undefined` takes a device away. */
  set: (index: number, change: Partial<Device> | undefined) => void
  /** What the next readings throw; undefined: they succeed. */
  failure: Error | undefined
  readonly lines: (lines: readonly LogLine[]) => void
  readonly logEvent: (event: LogEvent) => void
  readonly followed: string[][]
  releases: readonly ReleaseView[]
  tests: readonly TestRunView[]
  readonly orders: string[]
  /** Why there is nothing to roll back. */
  nothing: Error | undefined
}

interface Device {
  id: string
  name: string
  group: string | null
  online: boolean | null
  since: number | null
  agent: boolean | null
  rssi: number | null
}

/** Devices of an account: nine in ten online, a few weak, some offline for long. The same for the same number. */
export function fakeFleet(count: number, { groups = 6, readOnly = false, sandbox = false } = {}): FakeFleet {
  const now = Date.now()
  const groupRows: GroupRow[] = Array.from({ length: count === 0 ? 0 : groups }, (_, i) => [
    `group-${i}`,
    ['Field Europe', 'Field America', 'Factory Line', 'Laboratory', 'Canary', 'Returned'][i] ?? `Group ${i}`,
    i < 2 ? 'production' : 'development',
    `product-${i % 2}`,
  ])
  const devices: (Device | undefined)[] = Array.from({ length: count }, (_, i) => {
    const dice = diceOf(i)
    const online = dice >= 70
    return {
      id: (0x2300000000000000n + BigInt(i) * 7919n).toString(16),
      name: `${['Thermostat', 'Pump', 'Gateway', 'Meter'][i % 4]} ${String(i + 1).padStart(5, '0')}`,
      group: `group-${i % groups < 4 ? (i % 13 === 0 ? 1 : 0) : i % groups}`,
      online,
      since: now - (online || dice >= 35 ? diceOf(i + 7) * 60_000 : dice * 3_600_000 + 90_000_000),
      agent: dice >= 90 || dice < 70,
      rssi: online ? (dice > 960 ? -86 : -50 - (dice % 25)) : null,
    }
  })
  const queue: LogEvent[] = []
  let wake: () => void = () => undefined
  const fake: FakeFleet = {
    failure: undefined,
    nothing: undefined,
    releases: [],
    tests: [],
    orders: [],
    followed: [],
    reading: () => ({
      at: Date.now(),
      groups: groupRows,
      products: [
        ['product-0', 'Heating'],
        ['product-1', 'Water'],
      ],
      devices: devices.flatMap((one) => (one === undefined ? [] : [rowOf(one, groupRows)])),
    }),
    set(index, change) {
      const before = devices[index]
      devices[index] = change === undefined || before === undefined ? undefined : { ...before, ...change }
    },
    lines: (lines) => {
      queue.push(...lines.map((line): LogEvent => ({ kind: 'line', line })))
      wake()
    },
    logEvent: (event) => {
      queue.push(event)
      wake()
    },
    source: {
      about: {
        account: 'acme',
        endpoint: 'api.electricimp.com',
        sandbox,
        version: '0.0.0',
        readOnly,
        silentMs: 86_400_000,
        weakDbm: -80,
      },
      read: () => (fake.failure ? Promise.reject(fake.failure) : Promise.resolve(fake.reading())),
      diagnose: (device) =>
        Promise.resolve({
          sentence: 'It reconnects about every 4 min: 31 times since yesterday, most of them after an error.',
          also: ['Its signal is weak (-87 dBm).'],
          try: `impt log get -d ${device} --since 24h`,
          facts: [
            ['online', 'yes, since 2026-11-27T08:00:00.000Z'],
            ['signal', '-87 dBm'],
            ['agent', 'runs'],
            ['OS', 'release-44.2'],
            ['enrolled', '2026-03-02T10:14:00.000Z'],
            ['build of group', 'v1.4, deployed 2026-11-26T16:02:00.000Z'],
            ['last log entry', '2026-11-27T08:41:12.310Z'],
          ],
        }),
      async *follow(ids, signal) {
        fake.followed.push([...ids])
        yield { kind: 'open' }
        while (!signal.aborted) {
          const event = queue.shift()
          if (event !== undefined) yield event
          else
            await new Promise<void>((resolve) => {
              wake = resolve
              signal.addEventListener('abort', () => resolve(), { once: true })
            })
        }
      },
      tests: () => Promise.resolve(fake.tests),
      releases: () => Promise.resolve(fake.releases),
      outlook: (release) =>
        fake.nothing === undefined
          ? Promise.resolve([
              `Rollback of release ${release}: 4,072 devices in 1 wave`,
              '  stage 1: Field Europe gets build v1.3 (sha 3f1a9c2e) of Field Europe',
              '  ! the variables of Field Europe changed since: they do not go back',
            ])
          : Promise.reject(fake.nothing),
      order: (release, order, retyped) => {
        fake.orders.push(`${order} ${release} ${retyped ?? '-'}`)
        return Promise.resolve()
      },
    },
  }
  return fake
}

/** A number below 1000 that looks thrown. */
function diceOf(i: number): number {
  let mixed = Math.imul(i + 1, 0x9e3779b1)
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b)
  return ((mixed ^ (mixed >>> 13)) >>> 0) % 1000
}

function rowOf(
  { id, name, group, online, since, agent, rssi }: Device,
  groups: readonly GroupRow[],
): DeviceRow {
  const product = groups.find(([groupId]) => groupId === group)?.[3] ?? null
  return [
    id,
    name,
    `0c:2a:69:${id.slice(-6, -4)}:${id.slice(-4, -2)}:${id.slice(-2)}`,
    group,
    product,
    online,
    since,
    agent,
    rssi,
    'release-44.2',
    'imp006',
  ]
}
