import { Worker } from 'node:worker_threads'
import { threadProgram } from '../program/self.ts'
import type { AnalysisAnswer, AnalysisRequest } from './analysis-protocol.ts'

/** Analyses texts in a thread of its own, one at a time. */
export interface Analyser {
  /** What was found; null where it took more time or memory than a text may take. */
  analyse(request: Omit<AnalysisRequest, 'id'>): Promise<AnalysisAnswer | null>
  close(): void
}

/** Starts the thread. `patience` is in milliseconds. */
export function startAnalyser(patience = 2000): Analyser {
  let thread: Worker | undefined
  let id = 0
  let settle: ((answer: AnalysisAnswer | null) => void) | undefined

  const start = (): Worker => {
    const { program, isText } = threadProgram('analysis-worker')
    const worker = new Worker(program, {
      eval: isText,
      env: {
        IMPT_LIBRARIES: process.env['IMPT_LIBRARIES'],
        IMPT_INCLUDE_MIRROR: process.env['IMPT_INCLUDE_MIRROR'],
      },
      stdin: false,
      resourceLimits: { maxOldGenerationSizeMb: 256, stackSizeMb: 8 },
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
      const answer = await new Promise<AnalysisAnswer | null>((resolve) => {
        settle = resolve
        timer = setTimeout(() => resolve(null), patience)
        // eslint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
        worker.postMessage({ ...request, id } satisfies AnalysisRequest)
      })
      clearTimeout(timer)
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
