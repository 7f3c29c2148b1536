// The room `squirrel`: virtual devices and their agents, by the hundred, which run real Squirrel in worker threads.
// Enters: source code, a type of device, a clock, requests to agents, hands on pins and power.
// Leaves: log lines, failures with their places, answers of agents; the checks of the compiler for those who only read code.
// Not known here: impCentral, accounts, deployments, files of a project. Code that runs here is untrusted: it reaches nothing but the imp
// API.
// Longer than other files: threads, devices and their lives are one state that every method reads.
import { impTypeOf } from './api/table/types.ts'
import { checkedScript } from './checked-script.ts'
import { Link } from './debug/link.ts'
import type { DeviceState } from './device-state.ts'
import { FleetDevice } from './fleet-device.ts'
import { lostFailure } from './failure.ts'
import type { DebugListener } from './debug/protocol.ts'
import type { DebuggedDevice, Defect, Fleet, FleetEvents, FleetOptions } from './fleet-interface.ts'
import { sendOutbound } from './outbound.ts'
import { texts } from './platform-texts.ts'
import type { DeviceFacts, Program } from './program.ts'
import { countOf } from './measure/counted.ts'
import type { Build, WorldEvent, WorldSetup } from './protocol.ts'
import { utf8Decode } from './utf8.ts'
import { decodeTexts } from './texts.ts'
import type { SideKind } from './side.ts'
import type { TimeMode } from './virtual-clock.ts'
import { type LossReason, type ThreadLimits, type WorkerThread, startThread } from './worker-thread.ts'
import { whenAborted } from '../program/aborted.ts'

export type { Defect, Fleet, FleetOptions }

const defaultLimits: ThreadLimits = { stuck: 60, stackMb: 16, heapMb: 1024, keepAlive: false }
/** Ticks that one callback may take (workbench 1.2). Here, since who only makes a fleet needs no virtual machine. */
const callTicks = 50_000_000
const defaultLatency = 10
/** Milliseconds that the end waits for the last states of busy threads. */
const closePatience = 1000
const defaultWorldsPerThread = 512

const plainBuild: Build = { variant: 'plain', until: '' }

/** `alone`: for one device only, since its code may stand still. */
type Thread = { thread: WorkerThread; devices: Map<number, FleetDevice>; alone: boolean }

/** How far a clock is ahead of the wall, in milliseconds. A pause between two readings is no difference. */
export function offsetOf(now: () => number, wall: () => number = Date.now): number {
  const before = wall()
  const at = now()
  return Math.max(at - wall(), 0) + Math.min(at - before, 0)
}

/** Makes an empty fleet; threads start with the first device. */
export function createFleet(events: FleetEvents, options: FleetOptions = {}): Fleet {
  const now = options.now ?? Date.now
  const http = { mocks: options.http?.mocks ?? [], allow: options.http?.allow ?? [] }
  const limits = { ...defaultLimits, ...options.limits }
  const devices = new Map<string, FleetDevice>()
  /** Devices whose code is counted, also those that have none yet, with the text that ends it. */
  const counting = new Map<string, string>()
  const threads: Thread[] = []
  /** Who waits for the next start of a device to debug it. */
  const attaching = new Map<string, { listener: DebugListener; resolve: (device: DebuggedDevice) => void }>()
  let time: TimeMode = options.time ?? { kind: 'real' }
  let numbers = 0
  let closed = false

  const deviceOf = (
    facts: DeviceFacts,
    state: DeviceState | undefined,
    debug: Link | null = null,
  ): FleetDevice => {
    const known = devices.get(facts.id)
    if (known) {
      known.setup.facts = facts
      return known
    }
    const watched = debug ? 'debug' : options.profile ? 'profile' : null
    const setup: WorldSetup = {
      facts,
      state: state ?? {},
      script: {},
      time,
      start: now(),
      offset: offsetOf(now),
      seed: hash(facts.id) ^ (options.seed ?? 0),
      latency: options.latency ?? defaultLatency,
      loadTime: options.loadTime ?? 1,
      onFailure: options.onFailure ?? 'restart',
      ticks: options.ticks ?? callTicks,
      build: watched
        ? { variant: watched, until: '' }
        : counting.has(facts.id)
          ? { variant: 'coverage', until: counting.get(facts.id) ?? '' }
          : plainBuild,
    }
    const device = new FleetDevice(++numbers, setup)
    device.debug = debug
    devices.set(facts.id, device)
    place(device)
    return device
  }

  const place = (device: FleetDevice) => {
    const room = options.worldsPerThread ?? defaultWorldsPerThread
    const alone = device.debug !== null
    const free = alone ? undefined : threads.find((one) => !one.alone && one.devices.size < room)
    const thread = free ?? newThread(alone)
    thread.devices.set(device.number, device)
    device.create(thread.thread)
  }

  /** Runs the code again that a device has, as if it had just been deployed. */
  const restart = (device: FleetDevice) => {
    const { device: program, agent, network, powered } = device.situation
    if (program === null || program !== agent || !network || !powered) return device.resume()
    device.perform({ act: 'start', program, reason: 'WAKEREASON_NEW_SQUIRREL' })
  }

  /** Moves a device into a thread of its own, where its code can be stopped. */
  const debugged = (
    device: FleetDevice,
    listener: DebugListener,
    program: Program,
    start: () => void,
  ): DebuggedDevice => {
    for (const thread of threads) thread.devices.delete(device.number)
    device.remove()
    const link = new Link(listener)
    device.debug = link
    device.setup.start = Math.max(now(), device.latest)
    device.setup.build = { variant: 'debug', until: '' }
    place(device)
    device.perform({ act: 'prepare', program, entry: false })
    let begun = false
    const begin = () => {
      if (!begun) start()
      begun = true
    }
    return {
      request: (request) => link.request(request),
      begin,
      detach() {
        if (device.debug !== link) return
        const gone = () => link.lost()
        void link.request({ request: 'end' }).then(gone, gone)
        device.debug = null
        device.build(plainBuild)
        begin()
      },
    }
  }

  const newThread = (alone: boolean): Thread => {
    const thread: Thread = {
      alone,
      devices: new Map(),
      thread: startThread({ libraries: options.libraries ?? [], http }, limits, {
        events(list) {
          if (closed) return
          for (const { world, event } of list) {
            const device = thread.devices.get(world)
            if (device) happened(device, event)
          }
        },
        lost: (running, reason, detail) => recover(thread, running, reason, detail),
      }),
    }
    threads.push(thread)
    return thread
  }

  /** Puts the worlds of a thread that is gone into another one; the one that ran comes back as after a crash. */
  const recover = (
    thread: Thread,
    running: { world: number; side: SideKind },
    reason: LossReason,
    detail: string,
  ) => {
    threads.splice(threads.indexOf(thread), 1)
    if (closed) return
    for (const device of thread.devices.values()) {
      device.lost()
      if (reason === 'broken') {
        // Another try would end the same way.
        tellDefect(device, detail.split('\n')[0] ?? '', detail)
        continue
      }
      const { id } = device.setup.facts
      const culprit = device.number === running.world
      device.setup.start = Math.max(now(), device.latest)
      if (culprit) {
        events.log(
          id,
          device.setup.start,
          'lastexitcode',
          reason === 'memory' ? texts.outOfMemory : texts.watchdog,
        )
        const why = reason === 'memory' ? 'memory' : 'stuck'
        events.failed?.(id, lostFailure(running.side, why, limits.stuck))
        if (reason === 'crash') tellDefect(device, detail.split('\n')[0] ?? '', detail)
      }
      if (culprit && (device.setup.onFailure === 'end' || device.crashes++ > 0)) {
        // Ended for good, or twice the same way: it waits for new code or a restart instead of taking the others down again.
        device.situation = { ...device.situation, device: null, agent: null }
        events.agentRunning?.(id, false)
      }
      place(device)
      device.resume()
    }
  }

  const log = (device: FleetDevice, { ts, type, text, place }: Extract<WorldEvent, { event: 'log' }>) => {
    const decodedText = utf8Decode(text)
    events.log(device.setup.facts.id, ts, type, decodedText)
    device.debug?.log({ ts, type, text: decodedText, place: place ?? null })
  }

  const happened = (device: FleetDevice, event: WorldEvent) => {
    const { id } = device.setup.facts
    switch (event.event) {
      case 'log':
        device.latest = event.ts
        return log(device, event)
      case 'profile':
        device.profile = decodeTexts(event.profile)
        return
      case 'debug':
        return device.debug?.hear(event.message)
      case 'link':
        return events.link?.(id, event.up)
      case 'agentRunning':
        return events.agentRunning?.(id, event.running)
      case 'report':
        return events.report?.(id, event.values)
      case 'shutdownHandler':
        device.hasShutdownHandler = event.present
        return
      case 'started':
        return events.started?.(id)
      case 'failed':
        return events.failed?.(id, decodeTexts(event.failure))
      case 'reload':
        return events.reload?.(id)
      case 'bless':
        return events.bless?.(id)
      case 'state':
        device.setup.state = event.state
        return events.state?.(id, event.state)
      case 'idle':
        return events.idle?.(id, event.now)
      case 'response':
        return device.answered(event.call, event.response)
      case 'evaluated':
        return device.evaluated(event.call, event.result)
      case 'fetch':
        void sendOutbound(event.request).then((result) => device.fetched(event.call, result))
        return
      case 'counted':
        device.counted.push(event.counted)
        return
      case 'defect':
        device.lost()
        return tellDefect(device, event.message, event.stack)
    }
  }

  const tellDefect = (device: FleetDevice, message: string, stack: string) => {
    const reproduction = { setup: device.setup, situation: device.situation }
    events.defect?.({ deviceId: device.setup.facts.id, message, stack, reproduction })
  }

  const withDevice = (id: string, act: (device: FleetDevice) => void) => {
    const device = devices.get(id)
    if (device) act(device)
  }

  return {
    prepare() {
      if (threads.length === 0) newThread(false)
    },
    boot(facts, program, reason = 'WAKEREASON_NEW_SQUIRREL', state) {
      const device = deviceOf(facts, state)
      device.situation = { device: program, agent: program, network: true, powered: true }
      device.crashes = 0
      const start = () => device.perform({ act: 'start', program, reason })
      const waiting = attaching.get(facts.id)
      if (waiting) {
        attaching.delete(facts.id)
        return waiting.resolve(debugged(device, waiting.listener, program, start))
      }
      device.revive(() => place(device))
      start()
    },
    bootAgent(facts, program, state) {
      const device = deviceOf(facts, state)
      device.situation = { ...device.situation, agent: program }
      device.revive(() => place(device))
      device.perform({ act: 'startAgent', program })
    },
    resume(facts, situation, state) {
      const device = deviceOf(facts, state)
      device.situation = situation
      device.resume()
    },
    attach(id, listener, wait, signal) {
      return new Promise((resolve, reject) => {
        const device = devices.get(id)
        if (device?.debug || attaching.has(id)) return reject(new Error('it is debugged already'))
        if (wait) {
          attaching.set(id, { listener, resolve })
          return void whenAborted(signal, () => attaching.delete(id))
        }
        const program = device?.situation.device ?? device?.situation.agent
        if (!device || !program) return reject(new Error('it runs no code'))
        const { thread } = threads.find(({ devices: own }) => own.has(device.number)) ?? {}
        // What it keeps comes with it.
        void (thread?.flush(closePatience) ?? Promise.resolve()).then(() => {
          if (device.debug) return reject(new Error('it is debugged already'))
          resolve(debugged(device, listener, program, () => restart(device)))
        })
      })
    },
    debug(facts, program, listener, entry) {
      const link = new Link(listener)
      deviceOf(facts, undefined, link).perform({ act: 'prepare', program, entry })
      return link
    },
    stop: (id) =>
      withDevice(id, (device) => {
        device.situation = { ...device.situation, device: null, agent: null }
        device.perform({ act: 'stop' })
      }),
    remove: (id) =>
      withDevice(id, (device) => {
        device.remove()
        devices.delete(id)
        for (const thread of threads) thread.devices.delete(device.number)
      }),
    shutdown(id) {
      const device = devices.get(id)
      if (!device?.hasShutdownHandler) return false
      device.perform({ act: 'shutdown' })
      return true
    },
    connect: (id) => withDevice(id, (device) => device.setNetwork(true)),
    disconnect: (id) => withDevice(id, (device) => device.setNetwork(false)),
    power: (id, on) => withDevice(id, (device) => device.setPower(on)),
    script: (id, script) =>
      withDevice(id, (device) => {
        device.setup.script = checkedScript(script, impTypeOf(device.setup.facts.impType))
        device.perform({ act: 'script', script: device.setup.script })
      }),
    setLatency: (id, latency) =>
      withDevice(id, (device) => {
        device.setup.latency = latency
        device.perform({ act: 'latency', latency })
      }),
    setTime(mode, deviceId) {
      if (deviceId === undefined) time = mode
      for (const device of devices.values()) {
        if (deviceId !== undefined && device.setup.facts.id !== deviceId) continue
        device.setup.time = mode
        device.perform({ act: 'time', time: mode })
      }
    },
    count(id, until = '') {
      counting.set(id, until)
      withDevice(id, (device) => {
        device.counted = []
        device.build({ variant: 'coverage', until })
      })
    },
    countNoMore(id) {
      if (counting.delete(id)) withDevice(id, (device) => device.build(plainBuild))
    },
    profile: (id) => devices.get(id)?.profile ?? null,
    counted: (id) => (devices.get(id)?.counted ?? []).map(countOf),
    async http(id, request) {
      const device = devices.get(id)
      if (!device)
        return { status: 404, headers: { 'content-type': 'text/plain' }, body: texts.noHttpHandler }
      return device.request(request)
    },
    async evaluate(id, side, source) {
      const device = devices.get(id)
      return device ? device.evaluate(side, source) : { kind: 'error', lines: [`there is no device ${id}`] }
    },
    state: (id) => devices.get(id)?.setup.state ?? {},
    async close() {
      // Code that stands still tells nothing, and neither does a thread in which nothing ran.
      const telling = threads.filter(({ alone, devices: own }) => !alone && own.size > 0)
      await Promise.all(telling.map(({ thread }) => thread.flush(closePatience)))
      closed = true
      for (const device of devices.values()) device.lost()
      await Promise.all(threads.map(({ thread }) => thread.close()))
    },
  }
}

function hash(text: string): number {
  let value = 0
  for (const char of text) value = (Math.imul(value, 31) + char.charCodeAt(0)) | 0
  return value
}
