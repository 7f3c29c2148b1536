import { Worker } from 'node:worker_threads'
import { threadProgram } from '../program/self.ts'
import type { AnalysisAnswer, AnalysisRequest } from './analysis-protocol.ts'

/** Analyses texts in a thread of its own, one at a time. */
export interface Analyser {
  /** What was found; null where it took more time or memory than a text may take. */
  analyse(request: Omit<AnalysisRequest, 'id'>): Promise<AnalysisAnswer | null>
  close(): void
}

/**
 * How often a thread that has not answered is looked at before it is ended, once a second. All work is bounded by the size of the text and the steps
 * of the preprocessor: this ends only what hangs, also where the machine is busy with other things. A process that was suspended counts no look.
 */
const MOST_LOOKS = 20

/** Starts the thread. */
export function startAnalyser(): Analyser {
  let thread: Worker | undefined
  let id = 0
  let settle: ((answer: AnalysisAnswer | null) => void) | undefined

  const start = (): Worker => {
    const worker = new Worker(threadProgram('analysis-worker'), {
      eval: true,
      env: {
        IMPT_LIBRARIES: process.env['IMPT_LIBRARIES'],
        IMPT_INCLUDE_MIRROR: process.env['IMPT_INCLUDE_MIRROR'],
      },
      stdin: false,
      resourceLimits: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 96, stackSizeMb: 8 },
    })
    const ended = () => {
      if (thread !== worker) return
      thread = undefined
      settle?.(null)
    }
    worker.on('message', (answer: AnalysisAnswer) => {
      if (answer.id === id) settle?.(answer)
    })
    worker.on('error', ended)
    worker.on('exit', ended)
    worker.unref()
    return worker
  }

  thread = start()
  return {
    async analyse(request) {
      const worker = (thread ??= start())
      id += 1
      let timer: NodeJS.Timeout | undefined
      let looks = 0
      const answer = await new Promise<AnalysisAnswer | null>((resolve) => {
        settle = resolve
        timer = setInterval(() => {
          if (++looks >= MOST_LOOKS) resolve(null)
        }, 1000)
        // eslint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
        worker.postMessage({ ...request, id } satisfies AnalysisRequest)
      })
      clearInterval(timer)
      settle = undefined
      if (answer === null && thread === worker) {
        thread = undefined
        void worker.terminate()
      }
      return answer
    },
    close: () => void thread?.terminate(),
  }
}
