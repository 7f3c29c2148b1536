import { setImmediate as turn } from 'node:timers/promises'
import type { TestContext } from 'node:test'
import { factsOf, planFor } from '../../../src/fleet/release/check.ts'
import { course, type Outcome } from '../../../src/fleet/release/course.ts'
import { DEFAULT_RULES, parseRules } from '../../../src/fleet/release/judge.ts'
import { sourceOf } from '../../../src/fleet/release/last-good.ts'
import { newReleaseId, releasesOf, type ReleaseStore } from '../../../src/fleet/release/store.ts'
import type { ReleaseEvent, ReleasePlan, ReleaseSettings } from '../../../src/fleet/release/types.ts'
import { parseWaves } from '../../../src/fleet/release/waves.ts'
import type { Client } from '../../../src/impcentral/client.ts'
import type { BehaviourFactory } from '../../../src/sandbox/behaviour.ts'
import { seedFleet } from '../../../src/sandbox/fleet.ts'
import { lifecycleBehaviour } from '../../../src/sandbox/lifecycle.ts'
import { groupRef } from '../../../src/sandbox/model.ts'
import { newFolder, openCloud, type Cloud } from '../world.ts'

export const MINUTE = 60_000

/** Time that passes only when the release waits; what is due happens on the way. */
export interface VirtualTime {
  now(): number
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  random(): number
  /** Does something so many ms from now. */
  in(ms: number, act: () => unknown): void
}

function virtualTime(): VirtualTime {
  let time = Date.parse('2026-01-01T00:00:00Z')
  let due: { at: number; act: () => unknown }[] = []
  return {
    // No two looks at the clock agree, as entries of a log do not.
    now: () => (time += 1),
    random: () => 0,
    in(ms, act) {
      due.push({ at: time + ms, act })
    },
    async sleep(ms, signal) {
      const until = time + ms
      for (;;) {
        signal?.throwIfAborted()
        const next = due.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0]
        if (next === undefined) break
        due = due.filter((one) => one !== next)
        time = Math.max(time, next.at)
        await next.act()
      }
      await turn()
      signal?.throwIfAborted()
      time = Math.max(time, until)
    },
  }
}

/** What devices do with code of each of these words, beside logging that they loaded it. */
const DEEDS: Readonly<Record<string, (host: Parameters<BehaviourFactory>[0], id: string) => void>> = {
  crash: (host, id) => host.log(id, 'server.error', "ERROR: the index 'pump' does not exist"),
  agent: (host, id) => host.log(id, 'agent.error', 'ERROR: bad response 500'),
  memory: (host, id) => host.log(id, 'lastexitcode', 'out of memory'),
  loop(host, id) {
    for (let i = 0; i < 6; i++) {
      host.log(id, 'status', 'Device disconnected')
      host.log(id, 'status', 'Device connected')
    }
  },
  silent: (host, id) => host.link(id, false),
  down: (host, id) => host.agentRunning(id, false),
  noise: (host, id) =>
    host.log(id, 'server.error', `ERROR: sensor 0x${host.now().toString(16)} at ${host.now()}`),
}

/** The behaviour without code that counts starts, and does what a word in the code says. */
function wordBehaviour(starts: Map<string, string[]>): BehaviourFactory {
  return (host) => {
    const plain = lifecycleBehaviour(host)
    return {
      ...plain,
      start(device, program, cause) {
        // As of a device whose code does not allow the restart that was asked for: nothing happens.
        if (program.deviceCode.includes('asleep')) return
        starts.set(device.id, [...(starts.get(device.id) ?? []), program.deviceCode])
        plain.start(device, program, cause)
        for (const [word, deed] of Object.entries(DEEDS))
          if (program.deviceCode.includes(word)) deed(host, device.id)
      },
    }
  }
}

export interface ReleaseWorld extends Cloud {
  readonly time: VirtualTime
  readonly folder: string
  /** The code of each start, by device: what the devices themselves know. */
  readonly starts: ReadonlyMap<string, readonly string[]>
  /** Ids of two groups with devices, and of one that holds builds only. */
  readonly canary: string
  readonly field: string
  readonly bench: string
  /** Adds a build to a group; gives its id. */
  deploy(
    group: string,
    device: string,
    more?: { readonly flagged?: boolean; readonly tags?: readonly string[] },
  ): Promise<string>
}

/** An account with two groups of devices, on time that only passes while a release waits. */
export async function releaseWorld(t: TestContext, devices = 60): Promise<ReleaseWorld> {
  const time = virtualTime()
  const starts = new Map<string, string[]>()
  const cloud = await openCloud({ now: time.now, behaviour: wordBehaviour(starts) })
  t.after(() => cloud.close())
  const account = cloud.sandbox.store.accounts.find('demo')
  if (account === undefined) throw new Error('there is no demo account')
  seedFleet(cloud.sandbox.store, time.now(), account, { products: 1, groups: 3, devices: 0, seed: 1 })
  const { store } = cloud.sandbox
  const [canary, field, bench] = [...store.groups.all()].filter(({ owner }) => owner === account.id)
  if (!canary || !field || !bench) throw new Error('there are no groups')
  seedFleet(store, time.now(), account, { products: 0, groups: 0, devices, seed: 2 })
  let number = 0
  for (const device of [...store.devices.all()].filter(({ owner }) => owner === account.id)) {
    const group = number++ % 4 === 0 ? canary : field
    const now = group.currentDeployment
    store.devices.update(device, {
      group: groupRef(group),
      deviceDeployment: now,
      agentDeployment: now,
      agentRunning: true,
    })
  }
  return {
    ...cloud,
    time,
    folder: newFolder(t),
    starts,
    canary: canary.id,
    field: field.id,
    bench: bench.id,
    async deploy(group, device, more = {}) {
      const made = await cloud.client.deployments.create(
        { device_code: device, agent_code: `// of ${device}`, ...more },
        { type: 'development_devicegroup', id: group },
      )
      return made.id
    },
  }
}

const SETTINGS: ReleaseSettings = {
  watch: 10 * MINUTE,
  rules: parseRules(DEFAULT_RULES),
  stopMin: 5,
  onStop: 'pause',
  allowUnsure: false,
  hard: false,
  forceAgents: false,
  rate: 20,
  sample: 200,
  stream: false,
  tags: [],
}

interface Wish {
  readonly canary?: boolean
  readonly waves?: string
  readonly settings?: Partial<ReleaseSettings>
}

/** The plan of a release of a build to the field, as the command makes it. */
export async function planned(world: ReleaseWorld, build: string, wish: Wish = {}): Promise<ReleasePlan> {
  const { client, time, canary, field } = world
  const source = sourceOf(await client.deployments.get(build), 'Bench')
  const facts = async (id: string) => ({ ...(await factsOf(client, id)), source })
  const stages = [
    ...(wish.canary ? [{ groups: [await facts(canary)], shares: parseWaves('100%') }] : []),
    { groups: [await facts(field)], shares: parseWaves(wish.waves ?? '1,5%,25%,100%') },
  ]
  return planFor({
    id: newReleaseId(time.now()),
    kind: 'release',
    at: time.now(),
    by: 'demo',
    reason: 'test',
    settings: { ...SETTINGS, ...wish.settings },
    stages,
  }).plan
}

export function stored(world: ReleaseWorld, plan: ReleasePlan): Promise<ReleaseStore> {
  return releasesOf(world.folder, world.sandbox.url).create(plan, world.time.now)
}

export interface Run {
  readonly events: readonly ReleaseEvent[]
  readonly outcome: Outcome | undefined
  readonly error: unknown
  readonly warnings: readonly string[]
}

/** Works on a release until it rests; `seen` is told each event before the next thing happens. */
export async function ran(
  world: ReleaseWorld,
  store: ReleaseStore,
  seen: (event: ReleaseEvent, warnings: readonly string[]) => unknown = () => undefined,
  client: Client = world.client,
): Promise<Run> {
  const events: ReleaseEvent[] = []
  const warnings: string[] = []
  const { signal } = new AbortController()
  const items = course({ client, store, clock: world.time, signal, warn: (text) => warnings.push(text) })
  try {
    for (;;) {
      const { value, done } = await items.next()
      if (done) return { events, outcome: value, error: undefined, warnings }
      events.push(value)
      await seen(value, warnings)
    }
  } catch (error) {
    return { events, outcome: undefined, error, warnings }
  }
}

/** What a process that was killed does from then on: nothing. */
export class Killed extends Error {}

/**
 * The store, whose `number`-th line, counted from 0, is where something happens: `before` it is written, or `after`. A `meet` that throws
 * is the end of the process: nothing can be written any more.
 */
export function meeting(
  store: ReleaseStore,
  number: number,
  when: 'before' | 'after',
  meet: () => unknown,
): ReleaseStore & { readonly lines: () => number } {
  let lines = 0
  let isDead = false
  const at = async (moment: string) => {
    if (lines !== number || when !== moment) return
    try {
      await meet()
    } catch (error) {
      isDead = true
      throw error
    }
  }
  return {
    ...store,
    lines: () => lines,
    async append(entry) {
      if (isDead) throw new Killed()
      await at('before')
      await store.append(entry)
      await at('after')
      lines += 1
    },
  }
}
