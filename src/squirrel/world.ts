/**
 * A virtual device with its agent: two virtual machines, one clock, one queue of events. One file of over 300 lines, because the steps of its life
 * (start, crash, restart, power, connection) share this state and are read together.
 */
import { installApi } from './api/install.ts'
import { Channel } from './channel.ts'
import { type ProgramCompilation, compileProgram } from './compile-program.ts'
import { Connection } from './connection.ts'
import type { DeviceScript } from './device-script.ts'
import { Models } from './models/attached.ts'
import { constant } from './api/table/rows.ts'
import { impTypeOf } from './api/table/types.ts'
import { rssiOf } from './api/imp.ts'
import { freeMemory } from './api/memory.ts'
import { breakConnection } from './api/mqtt/client.ts'
import { MqttHub } from './api/mqtt/hub.ts'
import { keepNv } from './api/nv.ts'
import type { DeviceState, WakeReason } from './device-state.ts'
import { type Event, EventQueue } from './event-queue.ts'
import type {
  AgentRequest,
  AgentResponse,
  HttpReach,
  OutboundRequest,
  OutboundResult,
} from './http-exchange.ts'
import { Inbound } from './inbound.ts'
import type { SqValue } from './language/values/values.ts'
import type { LogType } from '../output/log-line.ts'
import { downloadText, errorEntries, texts } from './platform-texts.ts'
import type { Build } from './protocol.ts'
import { Counters } from './measure/counters.ts'
import type { DeviceFacts, Program } from './program.ts'
import type { LogPlace } from './protocol.ts'
import { randomSource } from './random.ts'
import type { Failure } from './failure.ts'
import { Side, type SideKind, currentSide } from './side.ts'
import { type TimeMode, VirtualClock } from './virtual-clock.ts'
import type { Watch, WorldHost, WorldOptions } from './world-host.ts'

/** Virtual milliseconds that a device needs to begin with its code. */
const bootTime = 1
/** After a run-time error: milliseconds to the next start, doubled while errors come soon after each other. */
const restartDelays = { first: 1000, longest: 60_000 }

export class World {
  readonly facts: DeviceFacts
  readonly host: WorldHost
  readonly state: DeviceState
  readonly clock: VirtualClock
  readonly queue = new EventQueue()
  readonly random: () => number
  readonly connection: Connection
  readonly channel: Channel
  readonly inbound: Inbound
  readonly http: HttpReach
  /** Ticks that one callback may take. */
  readonly ticks: number
  build: Build
  private readonly counters = new Counters()
  /** Who watches the code; null for nobody. */
  readonly watch: Watch | null
  private readonly onFailure: 'restart' | 'end'
  private readonly loadTime: number
  script: DeviceScript
  /** What hangs on the buses, by the script. */
  models: Models
  /** The MQTT broker of the agent. */
  readonly mqtt = new MqttHub(this)
  /** Virtual time at which the script was given to code that ran; its times count from there, for later code from the start of that. */
  private scriptSince = 0
  latency: number
  /** The device's handler of `server.onshutdown`. */
  onShutdown: SqValue = null
  /** The handler was called, and new code waits. */
  shutdownPending = false
  agent: Side | null = null
  device: Side | null = null
  /** Why the device's code began. */
  wakeReason: WakeReason = 'WAKEREASON_POWER_ON'
  /** Whether the cloud, and so the agent, takes the device for connected. */
  linked = false
  /** Requests to other hosts that have no answer yet: time that runs ahead waits for them. */
  outbound = 0
  /** `state` changed since it was last handed out. */
  stateChanged = false
  /** What is told at a later moment. */
  private readonly untold = new Set<Event>()
  private programs: { device: Program | null; agent: Program | null } = { device: null, agent: null }
  private powered = true
  /** Code that begins when the network is there: a device connects before it runs code. */
  private waitingStart: WakeReason | null = null
  private generation = 0
  private readonly nextDelays = { agent: restartDelays.first, device: restartDelays.first }

  constructor(options: WorldOptions) {
    this.facts = options.facts
    this.host = options.host
    this.state = options.state
    this.script = options.script
    this.http = options.http
    this.ticks = options.ticks
    this.build = options.build
    this.watch = options.watch ?? null
    this.onFailure = options.onFailure
    this.loadTime = options.loadTime ?? bootTime
    this.latency = options.latency
    this.clock = new VirtualClock(options.start, options.time, options.wall, options.today)
    this.random = randomSource(options.seed)
    this.connection = new Connection(this)
    this.channel = new Channel(this)
    this.inbound = new Inbound(this)
    this.models = new Models(this, this.script)
  }

  /** Virtual time now: that of the device where it runs or slept ahead. */
  moment(): number {
    return this.device?.now() ?? this.clock.read()
  }

  /** Runs a program on both sides: the agent at once, the device when it has downloaded it. */
  start(program: Program, reason: WakeReason): void {
    this.clock.touch()
    this.connection.network = true
    this.linked = true
    this.beginAgent(program)
    this.powered = true
    this.programs.device = program
    const used = this.storageUsed(program)
    this.log(this.clock.read(), 'status', downloadText(used))
    this.endDevice()
    if (used <= 100) this.bootLater(this.loadTime, reason)
    else this.host.started()
  }

  /** Begins again what ran before, in a new thread: without a download, in the state that is known. */
  resume(
    programs: { device: Program | null; agent: Program | null },
    network: boolean,
    powered: boolean,
  ): void {
    this.clock.touch()
    this.connection.network = network
    this.powered = powered
    this.linked = network && powered
    if (programs.agent !== null) this.beginAgent(programs.agent)
    this.programs.device = programs.device
    if (programs.device !== null && this.storageUsed(programs.device) <= 100)
      this.bootLater(bootTime, 'WAKEREASON_SW_RESET')
  }

  /** Runs a program on the agent alone. */
  startAgent(program: Program): void {
    this.clock.touch()
    this.beginAgent(program)
    this.host.started()
  }

  /** Ends all code. */
  stop(): void {
    this.clock.touch()
    this.programs = { device: null, agent: null }
    this.endDevice()
    this.endAgent()
    this.host.agentRunning(false)
  }

  /** The network of the device came (true) or went. */
  setNetwork(up: boolean): void {
    this.clock.touch()
    const { connection } = this
    if (this.device !== null || connection.network === up) return connection.setNetwork(up, this.device)
    connection.network = up
    if (up && this.waitingStart !== null) return this.bootLater(bootTime, this.waitingStart)
    if (!up || this.programs.device === null || !this.powered) this.cloudLink(up, false)
  }

  /** Sets how time passes. Code and messages keep their distance in time when the clock returns to the wall. */
  setTime(mode: TimeMode): void {
    const shift = this.clock.setMode(mode)
    if (shift === 0) return
    this.queue.shift(shift)
    this.channel.shift(shift)
    this.agent?.shift(shift)
    this.device?.shift(shift)
    if (this.scriptSince > 0) this.scriptSince += shift
  }

  /** A new script plays from now on, also to code that runs. */
  play(script: DeviceScript): void {
    this.clock.touch()
    const players = [...(this.device?.players.values() ?? [])]
    const before = players.map((player) => player.level())
    this.script = script
    this.scriptSince = this.clock.read()
    this.attachModels()
    players.forEach((player, i) => player.play(before[i] ?? null))
  }

  /** Models begin anew: with a script, and when the power that they share with the device comes back. */
  private attachModels(): void {
    this.models.remove()
    this.models = new Models(this, this.script)
  }

  /** A model failed: its error is in the log. Code goes on, unless a failure ends it. */
  modelFailed(failure: Failure): void {
    const now = this.moment()
    for (const line of errorEntries(failure)) this.log(now, 'server.error', line)
    if (this.onFailure !== 'end') return
    this.tell(now, () => this.host.failed(failure))
    // Not inside the call of the code that asked the model.
    this.queue.add(now, () => this.stop())
  }

  /** Virtual time from which the times of the script count for what hangs on the device. */
  scriptStart(): number {
    if (this.device !== null) return this.scriptBegin(this.device)
    return this.scriptSince > 0 ? this.scriptSince : this.clock.read()
  }

  /** Virtual time from which the times of the script count for a side. */
  scriptBegin(side: Side): number {
    return Math.max(side.started, this.scriptSince)
  }

  /** Power came (true) or was cut. */
  setPower(on: boolean): void {
    this.clock.touch()
    if (this.powered === on) return
    this.powered = on
    if (on) {
      this.attachModels()
      return this.bootLater(bootTime, 'WAKEREASON_POWER_ON')
    }
    this.endDevice()
    delete this.state.nv
    this.stateChanged = true
    this.connection.network = false
    this.cloudLink(false, false)
  }

  /** New code is there: asks the handler of `server.onshutdown`, which calls `server.restart()` when it is ready. */
  shutdown(): void {
    this.clock.touch()
    const { device, onShutdown } = this
    if (device === null || onShutdown === null) return this.host.reload()
    this.shutdownPending = true
    device.after(this.latency, () =>
      device.call('server.onshutdown', onShutdown, constant('SHUTDOWN_NEWSQUIRREL')),
    )
  }

  /** Begins the device's code anew: after an error, deep sleep, `imp.reset()`. */
  rebootDevice(delay: number, reason: WakeReason, keepsLink: boolean): void {
    this.endDevice()
    if (!keepsLink) this.cloudLink(false, true)
    this.bootLater(delay, reason)
  }

  /** A call from outside ended with an error, which is in the log already. */
  failed(side: Side, failure: Failure): void {
    const { reason } = failure
    const exit = reason === 'memory' ? texts.outOfMemory : texts.watchdog
    if (side === this.device && reason !== 'error') this.log(side.now(), 'lastexitcode', exit)
    this.tell(side.now(), () => this.host.failed(failure))
    if (this.onFailure === 'end') return this.stop()
    if (side === this.device) {
      this.rebootDevice(this.nextDelay(side), 'WAKEREASON_SQUIRREL_ERROR', true)
    } else if (side === this.agent && reason !== 'error') {
      this.rebootAgent(this.nextDelay(side), `Agent restarted: ${exit}.`)
    }
  }

  /** Begins the agent's code anew after so many milliseconds: after a failure, `server.restart()`. */
  rebootAgent(delay: number, text: string): void {
    this.endAgent()
    const { agent } = this.programs
    this.queue.add(this.clock.read() + delay, () => {
      if (agent !== null && agent === this.programs.agent && this.agent === null) this.restartAgent(text)
    })
  }

  /** The server sees the device come or go; `own`: by the device's own doing. */
  cloudLink(up: boolean, own: boolean): void {
    if (this.linked === up) return
    this.linked = up
    this.log(this.device?.now() ?? this.clock.read(), 'status', up ? texts.connected : texts.disconnected)
    if (own) this.host.link(up)
    this.channel.linkChanged(up, own)
  }

  /** Writes a log entry. */
  log(ts: number, type: LogType, text: string, place?: LogPlace): void {
    const { until } = this.build
    if (until !== '' && text.includes(until)) this.counters.settle()
    this.tell(ts, () => this.host.log(ts, type, text, place))
  }

  /** A request to the agent's URL. */
  request(request: AgentRequest, reply: (response: AgentResponse) => void): void {
    this.clock.touch()
    this.inbound.accept(request, reply)
  }

  /**
   * Lets happen what is due, until `deadline` on the wall clock at the latest. Returns wall milliseconds until there is more to do, undefined
   * when nothing will happen by itself.
   */
  run(deadline: number, wall: () => number): number | undefined {
    for (let count = 1; ; count++) {
      const next = this.queue.peek()
      if (next === undefined) return undefined
      if (this.outbound > 0 && this.clock.isVirtual && next.due > this.clock.now) return undefined
      const wait = this.clock.wait(next.due)
      if (wait > 0) return wait
      if (count % 16 === 0 && wall() >= deadline) return 0
      this.queue.pop()
      this.clock.advance(next.due)
      if (next.owner === null || next.owner.admits(next)) next.act?.()
    }
  }

  /** Tells something to the host; what happens at a later moment (code that slept) waits for it. */
  private tell(ts: number, act: () => void): void {
    if (ts - this.clock.read() < 1) act()
    else {
      const event = this.queue.add(ts, () => {
        this.untold.delete(event)
        act()
      })
      this.untold.add(event)
    }
  }

  /** A request for which the code waits. What it logged is told before: the wait may be the last thing that the thread does. */
  fetchNow(request: OutboundRequest): OutboundResult {
    currentSide().mayWait()
    for (const event of this.untold) {
      event.act?.()
      event.act = null
    }
    return this.host.fetchNow(request)
  }

  /** A side of a program as it runs here. */
  compiled(program: Program, kind: SideKind): ProgramCompilation {
    return compileProgram(program, kind, this.host.library(program), this.build.variant)
  }

  /** Share of the program storage that the device's code takes, in percent. Code that does not compile is told when it begins. */
  private storageUsed(program: Program): number {
    const compiled = this.compiled(program, 'device')
    const room = (impTypeOf(this.facts.impType) ?? impTypeOf('imp006'))?.code ?? Infinity
    return compiled.ok ? (compiled.unit.size * 100) / room : 0
  }

  private bootLater(delay: number, reason: WakeReason): void {
    const generation = ++this.generation
    this.queue.add(this.clock.read() + delay, () => {
      if (generation === this.generation && this.powered) this.bootDevice(reason)
    })
  }

  private bootDevice(reason: WakeReason): void {
    const program = this.programs.device
    if (program === null) return
    if (!this.connection.network) {
      this.waitingStart = reason
      this.host.started()
      return
    }
    this.waitingStart = null
    this.wakeReason = reason
    this.connection.begin()
    this.channel.deviceBegins()
    this.cloudLink(this.connection.up, reason === 'WAKEREASON_TIMER')
    this.device = this.boot('device', program)
    const { device } = this
    this.host.report({
      ...(device === null ? {} : { freeMemory: freeMemory(device) }),
      rssi: rssiOf(this),
    })
    this.host.started()
  }

  private beginAgent(program: Program): void {
    this.programs.agent = program
    this.restartAgent(texts.agentRestarted)
  }

  private restartAgent(text: string): void {
    this.endAgent()
    this.channel.agentBegins()
    this.host.agentRunning(true)
    this.log(this.clock.read(), 'status', text)
    if (this.programs.agent !== null) this.boot('agent', this.programs.agent)
  }

  private boot(kind: SideKind, program: Program): Side | null {
    const compiled = this.compiled(program, kind)
    const points = compiled.ok ? compiled.points : []
    const side: Side = new Side(kind, this, (unit) =>
      this.watch !== null && this.watch.builds(unit)
        ? this.watch.instrument(side, unit)
        : this.counters.of(unit, program, kind, points, (counted) => this.host.counted(counted)),
    )
    this[kind] = side
    if (!compiled.ok) {
      for (const error of compiled.errors)
        side.log(
          kind === 'agent' ? 'agent.error' : 'server.error',
          `ERROR: ${error.text} ${error.file}:${error.row}`,
        )
      return side
    }
    side.run(() => installApi(side))
    side.load(compiled.unit)
    if (this[kind] === side) this.channel.sideReady(kind)
    return this[kind]
  }

  private endDevice(): void {
    this.generation++
    this.waitingStart = null
    this.connection.end()
    if (this.onShutdown !== null) this.host.shutdownHandler(false)
    this.onShutdown = null
    this.shutdownPending = false
    if (this.device === null) return
    keepNv(this.device)
    this.device.end()
    this.device = null
  }

  private endAgent(): void {
    this.agent?.end()
    if (this.agent !== null) breakConnection(this.agent)
    this.agent = null
    this.inbound.agentEnded()
  }

  private nextDelay(side: Side): number {
    const lived = side.now() - side.started
    const delay = lived > restartDelays.longest ? restartDelays.first : this.nextDelays[side.kind]
    this.nextDelays[side.kind] = Math.min(restartDelays.longest, delay * 2)
    return delay
  }
}
