/** What a fleet knows of one device: enough to make its world anew, and the calls that wait for an answer. */
import type { Link } from './debug/link.ts'
import type { AgentRequest, AgentResponse, OutboundResult } from './http-exchange.ts'
import type { Build, Evaluation, WorldAct, WorldSetup, WorldSituation } from './protocol.ts'
import { utf8Encode } from './utf8.ts'
import { decodeTexts } from './texts.ts'
import { texts } from './platform-texts.ts'
import type { Counted } from './measure/counted.ts'
import type { Profile } from './measure/profiler.ts'
import type { WorkerThread } from './worker-thread.ts'

export class FleetDevice {
  readonly number: number
  readonly setup: WorldSetup
  situation: WorldSituation = { device: null, agent: null, network: true, powered: true }
  hasShutdownHandler = false
  /** Virtual time of the latest log entry. */
  latest: number
  /** How often this device's code ended its thread since the last start from outside. */
  crashes = 0
  /** What the programs count that began since counting was asked for. The counters outlive the thread. */
  counted: Counted[] = []
  /** What was measured on the device. */
  profile: Profile | null = null
  /** The debugger that is attached. */
  debug: Link | null = null
  private thread: WorkerThread | null = null
  private calls = 0
  private readonly requests = new Map<number, (response: AgentResponse) => void>()
  private readonly evaluations = new Map<number, (result: Evaluation) => void>()

  constructor(number: number, setup: WorldSetup) {
    this.number = number
    this.setup = setup
    this.latest = setup.start
  }

  create(thread: WorkerThread): void {
    this.thread = thread
    const port = this.debug?.open(() => thread.interrupt()) ?? null
    thread.post(
      { to: 'create', world: this.number, setup: this.setup, debug: port },
      port === null ? [] : [port],
    )
  }

  /** Makes the world again if it ended by a defect. */
  revive(place: () => void): void {
    if (this.thread === null) place()
  }

  resume(): void {
    this.perform({ act: 'resume', ...this.situation })
  }

  perform(act: WorldAct): void {
    this.thread?.post({ to: 'world', world: this.number, act })
  }

  /** How code is built that begins from now on. */
  build(build: Build): void {
    this.setup.build = build
    this.perform({ act: 'build', build })
  }

  setNetwork(up: boolean): void {
    this.situation = { ...this.situation, network: up }
    this.perform({ act: 'network', up })
  }

  setPower(on: boolean): void {
    this.situation = { ...this.situation, powered: on, network: on && this.situation.network }
    this.perform({ act: 'power', on })
  }

  fetched(call: number, result: OutboundResult): void {
    this.thread?.post({ to: 'fetched', world: this.number, call, result })
  }

  remove(): void {
    this.thread?.post({ to: 'remove', world: this.number })
    this.lost()
  }

  request(request: AgentRequest): Promise<AgentResponse> {
    if (this.thread === null) return Promise.resolve(noAgent)
    const call = ++this.calls
    return new Promise((resolve) => {
      this.requests.set(call, resolve)
      this.perform({ act: 'request', call, request })
    })
  }

  answered(call: number, response: AgentResponse): void {
    this.requests.get(call)?.(response)
    this.requests.delete(call)
  }

  evaluate(side: 'agent' | 'device', source: string): Promise<Evaluation> {
    if (this.thread === null) return Promise.resolve({ kind: 'error', lines: ['the device is not running'] })
    const call = ++this.calls
    return new Promise((resolve) => {
      this.evaluations.set(call, resolve)
      this.perform({ act: 'evaluate', call, side, source: utf8Encode(source) })
    })
  }

  evaluated(call: number, result: Evaluation): void {
    this.evaluations.get(call)?.(decodeTexts(result))
    this.evaluations.delete(call)
  }

  /** The world is gone: nobody will answer what waits. */
  lost(): void {
    this.thread = null
    this.hasShutdownHandler = false
    this.debug?.lost()
    for (const resolve of this.requests.values()) resolve(noAgent)
    for (const resolve of this.evaluations.values()) resolve({ kind: 'error', lines: ['the device crashed'] })
    this.requests.clear()
    this.evaluations.clear()
  }
}

const noAgent: AgentResponse = {
  status: 500,
  headers: { 'content-type': 'text/plain' },
  body: texts.agentError,
}
