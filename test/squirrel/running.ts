/** Runs programs on a virtual device in this thread and writes down what happens. */
import type { DeviceScript } from '../../src/squirrel/device-script.ts'
import type { DeviceState } from '../../src/squirrel/device-state.ts'
import type {
  AgentRequest,
  AgentResponse,
  HttpMock,
  OutboundRequest,
  OutboundResult,
} from '../../src/squirrel/http-exchange.ts'
import { libraryIn } from '../../src/squirrel/library-folder.ts'
import type { DeviceFacts, Program } from '../../src/squirrel/program.ts'
import type { TimeMode } from '../../src/squirrel/virtual-clock.ts'
import type { Watch } from '../../src/squirrel/world-host.ts'
import { World } from '../../src/squirrel/world.ts'

export const start = Date.UTC(2026, 0, 1)

export const facts: DeviceFacts = {
  id: '5000d8c46a56cfca',
  agentId: 'szPc0sLfAqlu',
  agentUrl: 'https://agent.electricimp.com/szPc0sLfAqlu',
  mac: '0c:2a:69:05:0d:62',
  impType: 'imp001',
  swversion: '1ae4c87 - release-36.13',
  name: 'Lamp',
}

type Situation = {
  device?: string
  agent?: string
  state?: DeviceState
  script?: DeviceScript
  mocks?: HttpMock[]
  allow?: string[]
  /** Virtual seconds to run for. */
  seconds?: number
  seed?: number
  /** Ticks that one callback may take. */
  ticks?: number
  time?: TimeMode
  libraries?: string[]
  impType?: string
  onFailure?: 'restart' | 'end'
  envVars?: Record<string, string | number>
  /** A debugger. */
  watch?: Watch
  fetch?: (request: OutboundRequest, done: (result: OutboundResult) => void) => void
}

export function programOf({ device = '', agent = '', envVars = {} }: Situation): Program {
  return {
    deploymentId: 'dep-1',
    sha: 'ab12',
    deviceCode: device,
    agentCode: agent,
    createdAt: '2026-01-01T00:00:00.000Z',
    product: { id: 'product-1', name: 'Product' },
    group: { id: 'group-1', name: 'Group', type: 'development_devicegroup' },
    envVars,
  }
}

/** A world with a transcript: `log` has one `[seconds type] text` a log entry, `events` what else was told. */
export class Bench {
  readonly log: string[] = []
  readonly events: string[] = []
  readonly world: World
  readonly seconds: number

  constructor(situation: Situation) {
    this.seconds = situation.seconds ?? 60
    const note = (name: string) => (value?: boolean | object) =>
      void this.events.push(typeof value === 'boolean' ? `${name} ${String(value)}` : name)
    this.world = new World({
      facts: { ...facts, impType: situation.impType ?? facts.impType },
      state: situation.state ?? {},
      script: situation.script ?? {},
      http: { mocks: situation.mocks ?? [], allow: situation.allow ?? [] },
      time: situation.time ?? { kind: 'fast' },
      start,
      seed: situation.seed ?? 1,
      latency: 10,
      onFailure: situation.onFailure ?? 'restart',
      ticks: situation.ticks ?? 50_000_000,
      build: { variant: situation.watch ? 'debug' : 'plain', until: '' },
      ...(situation.watch ? { watch: situation.watch } : {}),
      wall: () => 0,
      host: {
        log: (ts, type, text) => {
          const shown = Buffer.from(text, 'latin1').toString('utf8')
          this.log.push(`[${((ts - start) / 1000).toFixed(2)} ${type}] ${shown}`)
        },
        link: note('link'),
        agentRunning: note('agentRunning'),
        report: note('report'),
        shutdownHandler: note('shutdownHandler'),
        started: () => undefined,
        counted: () => undefined,
        reload: note('reload'),
        bless: note('bless'),
        failed: ({ side, reason }) => void this.events.push(`failed ${side} ${reason}`),
        fetch: situation.fetch ?? (() => undefined),
        fetchNow: () => ({ status: 204, headers: {}, body: '' }),
        library: () => libraryIn(situation.libraries ?? []),
      },
    })
    this.world.start(programOf(situation), 'WAKEREASON_NEW_SQUIRREL')
    this.run()
  }

  /** Lets virtual time pass until nothing is left to do. */
  run(seconds = this.seconds): void {
    const { world } = this
    const end = world.clock.now + seconds * 1000
    for (;;) {
      const next = world.queue.peek()
      if (next === undefined || next.due > end) return
      world.queue.pop()
      world.clock.advance(next.due)
      if (next.owner === null || next.owner.admits(next)) next.act?.()
      if (world.outbound > 0 && (world.queue.peek()?.due ?? 0) > world.clock.now) return
    }
  }

  request(request: Partial<AgentRequest>): AgentResponse | undefined {
    let answer: AgentResponse | undefined
    const whole = { method: 'GET', path: '/', query: {}, headers: {}, body: '', ...request }
    this.world.request(whole, (response) => {
      answer = response
    })
    this.run()
    return answer
  }

  /** Texts of entries of a type, without times. */
  texts(type: string): string[] {
    return this.log
      .filter((line) => line.includes(` ${type}] `))
      .map((line) => line.slice(line.indexOf('] ') + 2))
  }
}

/** What a device program logs. */
export function deviceLog(device: string, situation: Situation = {}): string[] {
  const bench = new Bench({ device, ...situation })
  return bench.log.filter((line) => !line.includes(' status] ')).map(withoutTime)
}

/** What an agent program logs. */
export function agentLog(agent: string, situation: Situation = {}): string[] {
  const bench = new Bench({ agent, ...situation })
  return bench.log.filter((line) => !line.includes(' status] ')).map(withoutTime)
}

function withoutTime(line: string): string {
  return line.replace(/^\[[\d.]+ (?:server|agent)\.log\] /, '').replace(/^\[[\d.]+ /, '[')
}
