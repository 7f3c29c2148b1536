/** One worker thread with worlds: started, watched, and ended by force when it does not answer. */
import { Worker } from 'node:worker_threads'
import { threadProgram } from '../program/self.ts'
import { sendOutbound } from './outbound.ts'
import type { FromWorker, ToWorker, WorkerSetup, WorldEvent } from './protocol.ts'

export type ThreadLimits = {
  /** Milliseconds without an answer after which a thread is ended. */
  hang: number
  stackMb: number
  heapMb: number
  /** Threads keep the process alive. */
  keepAlive: boolean
}

/** `broken`: the program of the thread did not even load. */
export type LossReason = 'hang' | 'memory' | 'crash' | 'broken'

export type ThreadHost = {
  events(events: readonly { world: number; event: WorldEvent }[]): void
  /** The thread is gone: `world` is the number of the one that ran at that moment, 0 if none did. */
  lost(world: number, reason: LossReason, detail: string): void
}

export type WorkerThread = {
  post(message: ToWorker): void
  /** Waits until the thread told all states, or until `patience` milliseconds are over. */
  flush(patience: number): Promise<void>
  close(): Promise<void>
}

/** Starts a thread. */
export function startThread(
  setup: Omit<WorkerSetup, 'running'>,
  limits: ThreadLimits,
  host: ThreadHost,
): WorkerThread {
  const running = new SharedArrayBuffer(4)
  const { program, isText } = threadProgram('world-worker')
  const worker = new Worker(program, {
    eval: isText,
    workerData: { ...setup, running } satisfies WorkerSetup,
    env: {},
    stdin: false,
    resourceLimits: { stackSizeMb: limits.stackMb, maxOldGenerationSizeMb: limits.heapMb },
  })
  let open = true
  let answered = 0
  let asked = 0
  let askedAt = 0
  let flushed = () => {}
  let loaded = false

  // eslint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  const post = (message: ToWorker) => worker.postMessage(message)
  const lose = (reason: LossReason, detail: string) => {
    if (!open) return
    open = false
    clearInterval(watch)
    const world = Atomics.load(new Int32Array(running), 0)
    void worker.terminate()
    host.lost(world, loaded ? reason : 'broken', detail)
  }
  const watch = setInterval(
    () => {
      if (asked > answered) {
        if (performance.now() - askedAt > limits.hang) lose('hang', `no answer for ${limits.hang} ms`)
        return
      }
      asked++
      askedAt = performance.now()
      post({ to: 'ping', count: asked })
    },
    Math.min(1000, limits.hang / 4),
  ).unref()

  worker.on('message', (message: FromWorker) => {
    if (message.from === 'pong') answered = message.count
    else if (message.from === 'flushed') flushed()
    else if (message.from === 'ready') loaded = true
    else if (message.from === 'fetchNow') void answerNow(message)
    else if (open) host.events(message.events)
  })
  worker.on('error', (error: NodeJS.ErrnoException) => {
    const memory = error.code === 'ERR_WORKER_OUT_OF_MEMORY'
    lose(memory ? 'memory' : 'crash', error.stack ?? error.message)
  })
  worker.on('exit', (code) => lose('crash', `the thread ended with code ${code}`))
  if (!limits.keepAlive) worker.unref()

  return {
    post,
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
    async close() {
      open = false
      clearInterval(watch)
      await worker.terminate()
    },
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
