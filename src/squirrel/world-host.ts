/** What a world needs to be made, and what it asks of whoever runs it. */
import type { DeviceScript } from './device-script.ts'
import type { DeviceState } from './device-state.ts'
import type { HttpReach, OutboundRequest, OutboundResult } from './http-exchange.ts'
import type { LogType } from '../output/log-line.ts'
import type { CompiledUnit } from './language/compile.ts'
import type { DeviceFacts, Program } from './program.ts'
import type { Library } from './requires.ts'
import type { Failure } from './failure.ts'
import type { Counted } from './measure/counted.ts'
import type { Build, LogPlace } from './protocol.ts'
import type { Side, SideKind } from './side.ts'
import type { TimeMode } from './virtual-clock.ts'

/** What a world asks of whoever runs it. */
export type WorldHost = {
  /** `ts`: virtual milliseconds since 1970; `text` as a byte string. */
  log(ts: number, type: LogType, text: string, place?: LogPlace): void
  /** The device connected or disconnected by its own doing. */
  link(up: boolean): void
  agentRunning(running: boolean): void
  report(values: { freeMemory?: number; rssi?: number }): void
  /** Whether the code wants to be asked before new code comes (`server.onshutdown`). */
  shutdownHandler(present: boolean): void
  /** The main code of the device, or of an agent that was started alone, has run. */
  started(): void
  /** Code ended with an error or at a limit, which is in the log. */
  failed(failure: Failure): void
  /** A program begins whose counters can be read from now on. */
  counted(counted: Counted): void
  /** The code is ready for new code (`server.restart()`). */
  reload(): void
  bless(): void
  /** An HTTP request to another host; `done` is called once. */
  fetch(request: OutboundRequest, done: (result: OutboundResult) => void): void
  /** The same for code that waits: everything else in the thread waits with it. */
  fetchNow(request: OutboundRequest): OutboundResult
  /** Where the `#require` of a program finds libraries at this moment. */
  library(program: Pick<Program, 'libraries'>): Library
}

/** Somebody watches the code of a world: it is built for that. */
export type Watch = {
  /** Whether the code of a unit is built for it. */
  builds(unit: CompiledUnit): boolean
  /** How many times as much memory the sides may hold. */
  readonly memory: number
  /** Values for the names that the variant's code uses. */
  instrument(side: Side, unit: CompiledUnit): Readonly<Record<string, unknown>>
  /** An error is thrown; the code that did it is still there. */
  thrown?(error: Error): void
  /** Where the code of a side is, for its log. */
  place?(kind: SideKind): LogPlace | undefined
}

export type WorldOptions = {
  facts: DeviceFacts
  state: DeviceState
  script: DeviceScript
  http: HttpReach
  time: TimeMode
  /** Virtual time at the beginning, in milliseconds since 1970. */
  start: number
  seed: number
  /** Milliseconds that a message takes between device and agent. */
  latency: number
  /** After a failure the device begins anew, as a real one does, or all code ends. */
  onFailure: 'restart' | 'end'
  /** Ticks that one callback may take. */
  ticks: number
  build: Build
  wall: () => number
  /** Virtual milliseconds in which a device loads new code. */
  loadTime?: number
  /** Milliseconds since 1970 on the wall, for time that follows it. */
  today?: () => number
  host: WorldHost
  watch?: Watch
}
