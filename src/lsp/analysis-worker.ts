/** The thread that analyses texts: one after the other, and ended from outside when a text takes too long. */
import { parentPort } from 'node:worker_threads'
import type { AnalysisRequest } from './analysis-protocol.ts'
import { analyse } from './analyse.ts'

parentPort?.on('message', (request: AnalysisRequest) => {
  analyse(request).then(
    // eslint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    (answer) => parentPort?.postMessage(answer),
    (error: unknown) => {
      throw error
    },
  )
})
