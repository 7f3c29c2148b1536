/** What a fleet offers, needs and tells. */
import type { DebugLink, DebugListener } from './debug/protocol.ts'
import type { DeviceScript } from './device-script.ts'
import type { DeviceState, WakeReason } from './device-state.ts'
import type { AgentRequest, AgentResponse, HttpReach } from './http-exchange.ts'
import type { LogType } from '../output/log-line.ts'
import type { DeviceFacts, Program } from './program.ts'
import type { Evaluation, WorldSetup, WorldSituation } from './protocol.ts'
import type { Failure } from './failure.ts'
import type { Count } from './measure/counted.ts'
import type { Profile } from './measure/profiler.ts'
import type { TimeMode } from './virtual-clock.ts'
import type { ThreadLimits } from './worker-thread.ts'

export type FleetOptions = {
  /** Wall clock at which new worlds begin, milliseconds since 1970. */
  now?: () => number
  time?: TimeMode
  /** Decides all random numbers together with the device's id. */
  seed?: number
  /** Milliseconds that a message takes between device and agent. */
  latency?: number
  http?: Partial<HttpReach>
  /** Folders of libraries for `#require`. */
  libraries?: string[]
  worldsPerThread?: number
  /** Virtual milliseconds in which a device loads new code, while its agent runs already; 1 if absent. */
  loadTime?: number
  /** After a failure devices begin anew, as real ones do (the default), or all their code ends. */
  onFailure?: 'restart' | 'end'
  /** Ticks that one callback may take. */
  ticks?: number
  /** Measures what functions cost. */
  profile?: boolean
  limits?: Partial<ThreadLimits>
}

/** What happens in the fleet. Texts are JavaScript strings. */
export type FleetEvents = {
  /** `ts`: virtual milliseconds since 1970. */
  log(deviceId: string, ts: number, type: LogType, text: string): void
  /** The device connected or disconnected by its own doing. */
  link?(deviceId: string, up: boolean): void
  agentRunning?(deviceId: string, running: boolean): void
  report?(deviceId: string, values: { freeMemory?: number; rssi?: number }): void
  /** The main code of the device, or of an agent that was started alone, has run. */
  started?(deviceId: string): void
  /** Code ended with an error or at a limit, which is in the log. Texts are JavaScript strings. */
  failed?(deviceId: string, failure: Failure): void
  /** The code asked for the new code that it was offered. */
  reload?(deviceId: string): void
  bless?(deviceId: string): void
  /** What the device keeps changed: to be stored and given back to `boot`. */
  state?(deviceId: string, state: DeviceState): void
  /** Nothing will happen on the device by itself, or time has run ahead as far as it may. */
  idle?(deviceId: string, now: number): void
  /** The virtual machine failed. */
  defect?(defect: Defect): void
}

/** A failure of ours: `reproduction` makes the same world again. */
export type Defect = {
  deviceId: string
  message: string
  stack: string
  reproduction: { setup: WorldSetup; situation: WorldSituation }
}

/** A device with a debugger. */
export type DebuggedDevice = DebugLink & {
  /** Lets its code begin anew, built to be stopped; does nothing the second time. */
  begin(): void
  /** Removes all breakpoints and goes on; code that begins later is plain again. */
  detach(): void
}

export type Fleet = {
  /** Loads what devices run in while something else is done; the first one finds it there. */
  prepare(): void
  /** Runs a program on a device and its agent, replacing what ran; the device is linked. `state` counts for a device not seen before. */
  boot(device: DeviceFacts, program: Program, reason?: WakeReason, state?: DeviceState): void
  /** Runs a program on the agent alone: the device is away. */
  bootAgent(device: DeviceFacts, program: Program, state?: DeviceState): void
  /** Takes up devices that ran before this process began, without a download. */
  resume(device: DeviceFacts, situation: WorldSituation, state?: DeviceState): void
  /**
   * Makes a device in a thread of its own whose code can be stopped, and lets it know the program that `boot` will run. `entry`: the code stops at its
   * first statement.
   */
  debug(device: DeviceFacts, program: Program, listener: DebugListener, entry: boolean): DebugLink
  /**
   * Attaches a debugger to a device that runs: moves it into a thread of its own. `wait`: when its code next begins, unless the signal comes before.
   * Rejects with the reason for a device that has a debugger, or no code.
   */
  attach(
    deviceId: string,
    listener: DebugListener,
    wait: boolean,
    signal: AbortSignal,
  ): Promise<DebuggedDevice>
  /** Ends the code of device and agent. */
  stop(deviceId: string): void
  /** Ends the code and forgets the device. */
  remove(deviceId: string): void
  /** Offers SHUTDOWN_NEWSQUIRREL; false when the code has no handler. */
  shutdown(deviceId: string): boolean
  connect(deviceId: string): void
  disconnect(deviceId: string): void
  power(deviceId: string, on: boolean): void
  /** Throws with a reason when the script is malformed: it may come from a file. */
  script(deviceId: string, script: DeviceScript): void
  setLatency(deviceId: string, milliseconds: number): void
  /** Sets how time passes, for one device that runs or for all and those to come. */
  setTime(mode: TimeMode, deviceId?: string): void
  /**
   * Code of the device that begins from now on is built to count what it reaches, up to the first log entry that holds `until`. What was counted
   * before is forgotten.
   */
  count(deviceId: string, until?: string): void
  /** Code that begins from now on is built plain; what was counted can still be read. */
  countNoMore(deviceId: string): void
  /** What the functions of the device cost; null before the fleet is closed. */
  profile(deviceId: string): Profile | null
  /** What the programs counted that began on the device since then. */
  counted(deviceId: string): readonly Count[]
  /** A request to the agent of a device; answers 404 for unknown ones and those without a handler. */
  http(deviceId: string, request: AgentRequest): Promise<AgentResponse>
  /** Runs a line of a prompt on one side of a device. */
  evaluate(deviceId: string, side: 'agent' | 'device', source: string): Promise<Evaluation>
  /** What the device keeps, as far as it was told. */
  state(deviceId: string): DeviceState
  close(): Promise<void>
}
