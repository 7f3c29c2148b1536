// The thread in which worlds run. Longer than other files: messages, worlds and debuggers share the turns of this one thread.
import {
  MessageChannel,
  type MessagePort,
  parentPort,
  receiveMessageOnPort,
  workerData,
} from 'node:worker_threads'
import { Debugger, type DebugHost } from './debug/debugger.ts'
import type { DebugCall } from './debug/protocol.ts'
import { thread } from './language/run/state.ts'
import { evaluate } from './evaluate.ts'
import { type OutboundRequest, type OutboundResult, curlCodes } from './http-exchange.ts'
import { libraryIn } from './library-folder.ts'
import type { FromWorker, ToWorker, WorkerSetup, WorldAct, WorldEvent, WorldSetup } from './protocol.ts'
import { Profiler } from './measure/profiler.ts'
import { currentSide, entering } from './side.ts'
import { World } from './world.ts'
import type { WorldHost } from './world-host.ts'

const setup = workerData as WorkerSetup
const progress = new Int32Array(setup.progress)
/** Wall milliseconds for one world before the others and the messages get their turn. */
const slice = 8
const stateInterval = 1000
/** Milliseconds after which a busy thread tells what it has to tell. */
const postInterval = 5
/** Seconds that one request may block the thread. */
const longestBlock = 10
const longestTimer = 2 ** 31 - 1

class Entry {
  readonly number: number
  readonly world: World
  timer: NodeJS.Timeout | undefined
  stateTimer: NodeJS.Timeout | undefined
  toldIdle = false
  readonly debug: Debugger | null
  readonly profiler: Profiler | null
  readonly fetches = new Map<number, (result: OutboundResult) => void>()

  constructor(number: number, { state, ...rest }: WorldSetup, port: MessagePort | null) {
    this.number = number
    this.debug = port === null ? null : new Debugger(debugHost(this, port))
    this.profiler = rest.build.variant === 'profile' ? new Profiler() : null
    const watch = this.debug ?? this.profiler
    this.world = new World({
      ...rest,
      state,
      http: setup.http,
      wall: () => performance.now(),
      today: () => Date.now() + rest.offset,
      host: this.host(),
      ...(watch ? { watch } : {}),
    })
  }

  tell(event: WorldEvent): void {
    outgoing.push({ world: this.number, event })
    if (event.event === 'failed' || performance.now() - posted > postInterval) flush()
    else pump()
  }

  /**
   * Tells once after each thing from outside that who waits for this device need not wait on: nothing is left to do (`wait` undefined), or time
   * that runs ahead has come as far as it may.
   */
  tellIdle(wait: number | undefined): void {
    const { world } = this
    if (this.toldIdle || world.outbound > 0 || (wait !== undefined && !world.clock.isVirtual)) return
    this.toldIdle = true
    this.tell({ event: 'idle', now: world.clock.now })
  }

  sendState(): void {
    clearTimeout(this.stateTimer)
    this.stateTimer = undefined
    if (!this.world.stateChanged) return
    this.world.stateChanged = false
    this.tell({ event: 'state', state: this.world.state })
  }

  /** What is told at the end. */
  sendAll(): void {
    this.sendState()
    if (this.profiler) this.tell({ event: 'profile', profile: this.profiler.profile() })
  }

  private host(): WorldHost {
    return {
      log: (ts, type, text, place) =>
        this.tell({ event: 'log', ts, type, text, ...(place ? { place } : {}) }),
      link: (up) => this.tell({ event: 'link', up }),
      agentRunning: (on) => this.tell({ event: 'agentRunning', running: on }),
      report: (values) => this.tell({ event: 'report', values }),
      shutdownHandler: (present) => this.tell({ event: 'shutdownHandler', present }),
      started: () => this.tell({ event: 'started' }),
      failed: (failure) => this.tell({ event: 'failed', failure }),
      counted: (counted) => this.tell({ event: 'counted', counted }),
      reload: () => this.tell({ event: 'reload' }),
      bless: () => this.tell({ event: 'bless' }),
      fetch: (request, done) => {
        const call = ++calls
        this.fetches.set(call, done)
        this.tell({ event: 'fetch', call, request })
      },
      fetchNow,
      // Made anew for each program: folders change while a sandbox runs.
      library: ({ libraries = [] }) => libraryIn([...libraries, ...setup.libraries]),
    }
  }
}

const entries = new Map<number, Entry>()
const ready = new Set<Entry>()
let outgoing: { world: number; event: WorldEvent }[] = []
let pumping = false
let calls = 0
let posted = 0

// A sign of life, and what waits to be told: code that never ends is heard.
entering.tell = (side) => Atomics.store(progress, 2, side === 'agent' ? 1 : 0)
thread.slice = () => {
  Atomics.add(progress, 1, 1)
  if (Atomics.load(progress, 3) !== heard) hearDebuggers()
  flush()
}

/** The count of questions of debuggers when they were last looked for. */
let heard = 0
/** Reads the questions that wait. */
const debuggers = new Map<Entry, () => void>()

function hearDebuggers(): void {
  if ([...debuggers.keys()].some(({ debug }) => debug?.isEvaluating)) return
  heard = Atomics.load(progress, 3)
  for (const hear of debuggers.values()) hear()
}

/** Connects the debugger of a world with its port: questions are heard while nothing runs, at each slice, and while the code stands still. */
function debugHost(entry: Entry, port: MessagePort): DebugHost {
  const take = ({ call, request }: DebugCall) => {
    const { debug, world } = entry
    if (debug === null) return
    try {
      entry.tell({ event: 'debug', message: { call, result: debug.handle(request, world) } })
    } catch (error) {
      entry.tell({ event: 'debug', message: { call, refused: (error as Error).message } })
    }
  }
  port.on('message', take)
  debuggers.set(entry, () => {
    for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port))
      take(next.message as DebugCall)
  })
  thread.thrown = (error) => currentSide().world.watch?.thrown?.(error)
  return {
    tell: (event) => entry.tell({ event: 'debug', message: event }),
    wall: () => performance.now(),
    wait(over) {
      // Nobody takes a thread for stuck in which code was stopped.
      const running = Atomics.exchange(progress, 0, 0)
      for (;;) {
        hearDebuggers()
        flush()
        if (over()) break
        Atomics.wait(progress, 3, heard)
      }
      Atomics.store(progress, 0, running)
    },
  }
}

parentPort?.on('message', (message: ToWorker) => {
  if (message.to === 'flush') {
    for (const entry of entries.values()) entry.sendAll()
    flush()
    return post({ from: 'flushed' })
  }
  if (message.to === 'create') {
    entries.set(message.world, new Entry(message.world, message.setup, message.debug))
    return
  }
  const entry = entries.get(message.world)
  if (entry === undefined) return
  switch (message.to) {
    case 'remove':
      return remove(entry)
    case 'fetched':
      guarded(entry, () => entry.fetches.get(message.call)?.(message.result))
      entry.fetches.delete(message.call)
      entry.toldIdle = false
      return wake(entry)
    case 'world':
      entry.toldIdle = false
      guarded(entry, () => perform(entry, message.act))
      return wake(entry)
  }
})

post({ from: 'ready' })

function perform(entry: Entry, act: WorldAct): void {
  const { world } = entry
  switch (act.act) {
    case 'start':
      return world.start(act.program, act.reason)
    case 'startAgent':
      return world.startAgent(act.program)
    case 'prepare':
      entry.debug?.prepare(world, act.program)
      if (act.entry) entry.debug?.stopOnEntry()
      return
    case 'resume':
      return world.resume(act, act.network, act.powered)
    case 'stop':
      return world.stop()
    case 'network':
      return world.setNetwork(act.up)
    case 'power':
      return world.setPower(act.on)
    case 'shutdown':
      return world.shutdown()
    case 'script':
      return world.play(act.script)
    case 'latency':
      world.latency = act.latency
      return
    case 'time':
      return world.setTime(act.time)
    case 'build':
      world.build = act.build
      return
    case 'request':
      return world.request(act.request, (response) =>
        entry.tell({ event: 'response', call: act.call, response }),
      )
    case 'evaluate':
      return entry.tell({ event: 'evaluated', call: act.call, result: evaluate(world, act.side, act.source) })
  }
}

function remove(entry: Entry): void {
  guarded(entry, () => entry.world.stop())
  entry.sendState()
  clearTimeout(entry.timer)
  entries.delete(entry.number)
  debuggers.delete(entry)
  ready.delete(entry)
}

function wake(entry: Entry): void {
  clearTimeout(entry.timer)
  ready.add(entry)
  pump()
}

function pump(): void {
  if (pumping) return
  pumping = true
  setImmediate(() => {
    pumping = false
    // Worlds that have more to do go on in the next round, after the messages.
    const turns = Array.from(ready)
    for (const entry of turns) turn(entry)
    flush()
    if (ready.size > 0) pump()
  })
}

/** Lets a world do what is due. */
function turn(entry: Entry): void {
  ready.delete(entry)
  if (!entries.has(entry.number)) return
  let wait: number | undefined
  guarded(entry, () => {
    wait = entry.world.run(performance.now() + slice, () => performance.now())
  })
  if (wait === 0) ready.add(entry)
  else if (wait !== undefined)
    entry.timer = setTimeout(() => wake(entry), Math.min(Math.ceil(wait), longestTimer))
  if (wait !== 0) entry.tellIdle(wait)
  if (entry.world.stateChanged) entry.stateTimer ??= setTimeout(() => entry.sendState(), stateInterval)
}

/** Runs code of a world; what escapes from it is a defect of ours and ends that world only. */
function guarded(entry: Entry, act: () => void): void {
  Atomics.store(progress, 0, entry.number)
  try {
    act()
  } catch (error) {
    entries.delete(entry.number)
    ready.delete(entry)
    clearTimeout(entry.timer)
    const { message, stack } = error instanceof Error ? error : new Error(String(error))
    entry.tell({ event: 'defect', message, stack: stack ?? '' })
  } finally {
    Atomics.store(progress, 0, 0)
  }
}

function flush(): void {
  posted = performance.now()
  if (outgoing.length === 0) return
  const events = outgoing
  outgoing = []
  post({ from: 'events', events })
}

/** Blocks the thread until the answer is there, for no longer than its watch allows. */
function fetchNow(request: OutboundRequest): OutboundResult {
  flush()
  const patience = Math.min(request.timeout, longestBlock)
  const { port1, port2 } = new MessageChannel()
  const done = new SharedArrayBuffer(4)
  post({ from: 'fetchNow', request: { ...request, timeout: patience }, port: port2, done }, [port2])
  Atomics.wait(new Int32Array(done), 0, 0, patience * 1000 + 500)
  const answer = receiveMessageOnPort(port1)
  port1.close()
  return (
    (answer?.message as OutboundResult | undefined) ?? { status: curlCodes.timedOut, headers: {}, body: '' }
  )
}

function post(message: FromWorker, transfer: MessagePort[] = []): void {
  // eslint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  setup.port.postMessage(message, transfer)
}
