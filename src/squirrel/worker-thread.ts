/** One worker thread with worlds: started, watched, and ended by force when it does not answer. */
import { MessageChannel, type MessagePort, Worker, receiveMessageOnPort } from 'node:worker_threads'
import { threadProgram } from '../program/self.ts'
import type { SideKind } from './side.ts'
import { sendOutbound } from './outbound.ts'
import type { FromWorker, ToWorker, WorkerSetup, WorldEvent } from './protocol.ts'

export type ThreadLimits = {
  /** Seconds without a sign of progress after which a busy thread is ended. */
  stuck: number
  stackMb: number
  heapMb: number
  /** Threads keep the process alive. */
  keepAlive: boolean
}

/** `broken`: the program of the thread did not even load. */
export type LossReason = 'stuck' | 'memory' | 'crash' | 'broken'

type ThreadHost = {
  events(events: readonly { world: number; event: WorldEvent }[]): void
  /** The thread is gone: `world` is the number of the one that ran at that moment, 0 if none did. */
  lost(running: { world: number; side: SideKind }, reason: LossReason, detail: string): void
}

export type WorkerThread = {
  post(message: ToWorker, transfer?: MessagePort[]): void
  /** A debugger asked something: the thread looks, also while its code runs or stands still. */
  interrupt(): void
  /** Waits until the thread told all states, or until `patience` milliseconds are over. */
  flush(patience: number): Promise<void>
  close(): Promise<void>
}

/** Looks at a thread in one wait for progress: a process that was suspended meanwhile counts no look. */
const looks = 20

/** Starts a thread. */
export function startThread(
  setup: Omit<WorkerSetup, 'progress' | 'port'>,
  limits: ThreadLimits,
  host: ThreadHost,
): WorkerThread {
  const shared = new SharedArrayBuffer(16)
  const progress = new Int32Array(shared)
  const { port1: events, port2: port } = new MessageChannel()
  const worker = new Worker(threadProgram('world-worker'), {
    eval: true,
    workerData: { ...setup, progress: shared, port } satisfies WorkerSetup,
    transferList: [port],
    env: {},
    stdin: false,
    resourceLimits: { stackSizeMb: limits.stackMb, maxOldGenerationSizeMb: limits.heapMb },
  })
  let open = true
  let flushed = () => {}
  let loaded = false

  // eslint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  const post = (message: ToWorker, transfer?: MessagePort[]) => worker.postMessage(message, transfer)
  const hear = (message: FromWorker) => {
    if (message.from === 'flushed') flushed()
    else if (message.from === 'ready') loaded = true
    else if (message.from === 'fetchNow') void answerNow(message)
    else host.events(message.events)
  }
  const end = async () => {
    open = false
    clearInterval(watch)
    await worker.terminate()
    // What the thread told before it ended is in the port still.
    for (let left = receiveMessageOnPort(events); left; left = receiveMessageOnPort(events))
      hear(left.message as FromWorker)
    events.close()
    flushed()
  }
  const lose = async (reason: LossReason, detail: string) => {
    if (!open) return
    const world = Atomics.load(progress, 0)
    const side = Atomics.load(progress, 2) === 1 ? 'agent' : 'device'
    await end()
    host.lost({ world, side }, loaded ? reason : 'broken', detail)
  }
  let seen = 0
  let idle = 0
  const watch = setInterval(
    () => {
      const now = Atomics.load(progress, 1)
      idle = Atomics.load(progress, 0) === 0 || now !== seen ? 0 : idle + 1
      seen = now
      if (idle >= looks) void lose('stuck', `no progress for ${limits.stuck} s`)
    },
    (limits.stuck * 1000) / looks,
  ).unref()

  events.on('message', hear)
  events.unref()
  worker.on('error', (error: NodeJS.ErrnoException) => {
    const memory = error.code === 'ERR_WORKER_OUT_OF_MEMORY'
    void lose(memory ? 'memory' : 'crash', error.stack ?? error.message)
  })
  worker.on('exit', (code) => void lose('crash', `the thread ended with code ${code}`))
  if (!limits.keepAlive) worker.unref()

  return {
    post,
    interrupt() {
      Atomics.add(progress, 3, 1)
      Atomics.notify(progress, 3)
    },
    flush: (patience) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, patience)
        flushed = () => {
          clearTimeout(timer)
          resolve()
        }
        if (open) post({ to: 'flush' })
        else flushed()
      }),
    close: end,
  }
}

/** Answers a request for which the thread waits. */
async function answerNow({ request, port, done }: Extract<FromWorker, { from: 'fetchNow' }>): Promise<void> {
  const result = await sendOutbound(request)
  // eslint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  port.postMessage(result)
  Atomics.store(new Int32Array(done), 0, 1)
  Atomics.notify(new Int32Array(done), 0)
}
