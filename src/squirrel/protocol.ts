/** Messages between a fleet and the worker threads in which its worlds run. */
import type { MessagePort } from 'node:worker_threads'
import type { DebugMessage } from './debug/protocol.ts'
import type { DeviceScript } from './device-script.ts'
import type { DeviceState, WakeReason } from './device-state.ts'
import type {
  AgentRequest,
  AgentResponse,
  HttpReach,
  OutboundRequest,
  OutboundResult,
} from './http-exchange.ts'
import type { LogType } from '../output/log-line.ts'
import type { DeviceFacts, Program } from './program.ts'
import type { Failure } from './failure.ts'
import type { Variant } from './language/variants/variant.ts'
import type { Counted } from './measure/counted.ts'
import type { Profile } from './measure/profiler.ts'
import type { TimeMode } from './virtual-clock.ts'

/** Data that a worker starts with. */
export type WorkerSetup = {
  /** Folders in which `#require` looks first. */
  libraries: string[]
  http: HttpReach
  /**
   * Four Int32: the number of the world that runs at this moment, 0 for none; a count that moves with its work; 1 while the agent runs; a count that
   * moves when a debugger asks something.
   */
  progress: SharedArrayBuffer
  /** Where the thread tells what happens. Unlike the thread's own port it can be read when the thread was ended by force. */
  port: MessagePort
}

/** What makes a world anew. */
export type WorldSetup = {
  facts: DeviceFacts
  state: DeviceState
  script: DeviceScript
  time: TimeMode
  /** Virtual time at the beginning, milliseconds since 1970. */
  start: number
  /** Milliseconds by which the owner's clock is ahead of the machine's. */
  offset: number
  seed: number
  /** Milliseconds that a message takes between device and agent. */
  latency: number
  /** Virtual milliseconds in which a device loads new code. */
  loadTime: number
  /** After a failure the device begins anew, or all code ends. */
  onFailure: 'restart' | 'end'
  /** Ticks that one callback may take. */
  ticks: number
  build: Build
}

/** How code that begins is built; what it counts is settled by the first log entry that holds `until`, unless that is empty. */
export type Build = { variant: Variant; until: string }

/** Programs that run, and the surroundings of the device. */
export type WorldSituation = {
  device: Program | null
  agent: Program | null
  network: boolean
  powered: boolean
}

export type WorldAct =
  | { act: 'start'; program: Program; reason: WakeReason }
  | { act: 'startAgent'; program: Program }
  /** Compiles a program that will start, so that a debugger knows its places; `entry`: the code stops at its first statement. */
  | { act: 'prepare'; program: Program; entry: boolean }
  | ({ act: 'resume' } & WorldSituation)
  | { act: 'stop' }
  | { act: 'network'; up: boolean }
  | { act: 'power'; on: boolean }
  | { act: 'shutdown' }
  | { act: 'script'; script: DeviceScript }
  | { act: 'latency'; latency: number }
  | { act: 'time'; time: TimeMode }
  | { act: 'build'; build: Build }
  | { act: 'request'; call: number; request: AgentRequest }
  | { act: 'evaluate'; call: number; side: 'agent' | 'device'; source: string }

/** To a worker; `world` is the world's number in it. */
export type ToWorker =
  /** `debug`: where a debugger asks, for a world whose code is built to be stopped. */
  | { to: 'create'; world: number; setup: WorldSetup; debug: MessagePort | null }
  | { to: 'remove'; world: number }
  | { to: 'world'; world: number; act: WorldAct }
  | { to: 'fetched'; world: number; call: number; result: OutboundResult }
  /** Tell all states that changed; the answer is `flushed`. */
  | { to: 'flush' }

/** Where the code was that wrote an entry; known to debuggers only. */
export type LogPlace = { file: string; line: number }

/** What a world tells. */
export type WorldEvent =
  /** `text` is a byte string. */
  | { event: 'log'; ts: number; type: LogType; text: string; place?: LogPlace }
  | { event: 'debug'; message: DebugMessage }
  /** What was measured, at the end. */
  | { event: 'profile'; profile: Profile }
  | { event: 'link'; up: boolean }
  | { event: 'agentRunning'; running: boolean }
  | { event: 'report'; values: { freeMemory?: number; rssi?: number } }
  | { event: 'shutdownHandler'; present: boolean }
  | { event: 'reload' }
  | { event: 'bless' }
  /** Nothing will happen by itself, or time that runs ahead is at its limit; `now` is the virtual time. */
  | { event: 'idle'; now: number }
  | { event: 'state'; state: DeviceState }
  | { event: 'response'; call: number; response: AgentResponse }
  | { event: 'evaluated'; call: number; result: Evaluation }
  | { event: 'fetch'; call: number; request: OutboundRequest }
  /** A program begins whose counters can be read from now on. */
  | { event: 'counted'; counted: Counted }
  /** The main code of the device, or of an agent that was started alone, has run. */
  | { event: 'started' }
  /** Code ended with an error or at a limit, which is in the log. */
  | { event: 'failed'; failure: Failure }
  /** The virtual machine itself failed: our defect. */
  | { event: 'defect'; message: string; stack: string }

/** The answer to a line of the prompt; texts are byte strings. */
export type Evaluation =
  | { kind: 'value'; text: string }
  | { kind: 'error'; lines: string[] }
  /** The line is the beginning of something longer. */
  | { kind: 'incomplete' }

export type FromWorker =
  /** The thread's program is loaded. */
  | { from: 'ready' }
  | { from: 'events'; events: { world: number; event: WorldEvent }[] }
  | { from: 'flushed' }
  /** A request whose sender waits: the answer goes to `port`, then `done` becomes 1. */
  | { from: 'fetchNow'; request: OutboundRequest; port: MessagePort; done: SharedArrayBuffer }
