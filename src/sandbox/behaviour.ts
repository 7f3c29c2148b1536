/**
 * What a virtual device does with the code it is given. The platform (platform.ts) decides which deployment runs where
 * and when, by the rules of impcentral-api.md 10; a behaviour only runs it. Whoever brings real Squirrel writes a
 * `BehaviourFactory` and passes it to `startSandbox`.
 */
import type { DebugListener } from '../squirrel/debug/protocol.ts'
import type { DebuggedDevice } from '../squirrel/fleet-interface.ts'
import type { AgentRequest, AgentResponse } from '../squirrel/http-exchange.ts'
import type { Count } from '../squirrel/measure/counted.ts'
import type { DeviceFacts, Program } from '../squirrel/program.ts'

export type { AgentRequest, AgentResponse, DeviceFacts, Program }

/** Why code starts: new place, explicit restart, new connection after absence, or moved minimum deployment. */
export type StartCause = 'assign' | 'restart' | 'reconnect' | 'minimum'

/** What a device runs at this moment; device and agent differ while the device is away. */
export type Running = {
  device: DeviceFacts
  deviceProgram?: Program
  agentProgram?: Program
  linked: boolean
}

/** What a behaviour may ask of the sandbox. Device ids that are gone are ignored. */
export type BehaviourHost = {
  /** Milliseconds since 1970. */
  now(): number
  /** Adds a log entry, stored and streamed; `type` as in impcentral-api.md 7. `ts`: the device's own clock, ms since 1970. */
  log(deviceId: string, type: string, msg: string, ts?: number): void
  /** What the device should be running, for a behaviour that begins anew over an old store. */
  running(deviceId: string): Running | undefined
  /** Ids of all devices that have code. */
  deviceIds(): Iterable<string>
  /** Keeps a value under a key of the behaviour's choice, for `server.save()` and `imp.nv`; durable. */
  save(key: string, value: string): void
  load(key: string): string | undefined
  /** Measured values that the API shows. */
  report(deviceId: string, values: { freeMemory?: number; rssi?: number }): void
  agentRunning(deviceId: string, running: boolean): void
  /** Nothing more will happen on a device whose time runs ahead; told to its log streams. */
  idle(deviceId: string): void
  /** The device lost or regained its link by its own doing (`server.disconnect()`, `server.connect()`). */
  link(deviceId: string, up: boolean): void
  /** The device is ready to take new code, after `shutdown` returned true (`server.restart()`). */
  reload(deviceId: string): void
  /** Blesses the device from a fixture (`server.bless()`); false if it is not in a DUT group with a target. */
  bless(deviceId: string): boolean
}

export type DeviceBehaviour = {
  /** Runs the program on the device and its agent, replacing what ran. The device is linked. */
  start(device: DeviceFacts, program: Program, cause: StartCause): void
  /** Runs the program on the agent alone: the device is away. */
  startAgent(device: DeviceFacts, program: Program, cause: StartCause): void
  /** Ends device and agent code: unassigned, deleted, or in a group without code. */
  stop(deviceId: string): void
  /** Offers SHUTDOWN_NEWSQUIRREL; true if the code has a handler and will ask for `reload` itself. */
  shutdown(deviceId: string): boolean
  /** The link came up; `changed` says that `start` with other code follows at once. */
  connected(device: DeviceFacts, changed: boolean): void
  disconnected(deviceId: string): void
  /** Power was cut (false) or came (true). Code on the device ends and begins with it. */
  power(deviceId: string, on: boolean): void
  /** A request to the agent's URL. */
  agentRequest(agentId: string, deviceId: string, request: AgentRequest): Promise<AgentResponse>
  /** Code was uploaded that a device which is there may soon run. */
  prepare?(): void
  /** A request to the sandbox came or was answered. */
  requested?(): void
  /** Somebody reads the log of the device now. */
  watched?(deviceId: string): void
  /** Nobody does any more. */
  unwatched?(deviceId: string): void
  /** Whether virtual time follows the clock or runs ahead when nothing else is due; behaviours without code have no time. */
  setTime?(mode: 'real' | 'fast', deviceId?: string): void
  /** Milliseconds that a message between a device and its agent takes. */
  setLatency?(deviceId: string, milliseconds: number): void
  /** What plays the pins and buses of a device. Throws for a script that is none. */
  setScript?(deviceId: string, script: unknown, impType: string): void
  /** Code of the device that begins from now on counts what it reaches, for a test run, or does not. */
  setCoverage?(deviceId: string, on: boolean): void
  /** What was counted on the device since then. */
  coverage?(deviceId: string): readonly Count[]
  /** Attaches a debugger; `wait`: when the code next begins. Rejects with an Error for people. */
  debug?(
    deviceId: string,
    listener: DebugListener,
    wait: boolean,
    signal: AbortSignal,
  ): Promise<DebuggedDevice>
  close(): Promise<void>
}

/** Called once, before the server listens; the host is not to be used before it returns. */
export type BehaviourFactory = (host: BehaviourHost) => DeviceBehaviour
