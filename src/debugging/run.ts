/** Debugs a program on a fresh virtual device and its agent. */
import type { DebugRequest } from '../squirrel/debug/protocol.ts'
import { runFile, type RunOptions, type RunResult } from '../squirrel/run-file.ts'
import { type Debuggee, happenings, textOf } from './debuggee.ts'

/** Compiles the program and makes its device; `begin` lets it run. For a program that does not compile its result, with the errors. */
export async function debugRun(
  options: RunOptions,
  directory: string,
  entry: boolean,
): Promise<Debuggee | RunResult> {
  const { tell, listen, listener } = happenings()
  const stop = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal
  return new Promise((resolve, reject) => {
    const run = runFile({ ...options, signal }, () => undefined, {
      listener,
      entry,
      ready(link, start) {
        let began = false
        resolve({
          directory,
          request: <Answer>(request: DebugRequest) => link.request(request) as Promise<Answer>,
          begin() {
            if (!began) start()
            began = true
          },
          listen,
          text: (file) => textOf(link, directory, file),
          async close() {
            stop.abort()
            await run
          },
        })
      },
    })
    run.then((result) => {
      tell({ ended: result })
      resolve(result)
    }, reject)
  })
}
