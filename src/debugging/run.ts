/** Debugs a program on a fresh virtual device and its agent. */
import { runFile, type RunOptions } from '../squirrel/run-file.ts'
import { type Debuggee, happenings, textOf } from './debuggee.ts'

/** Compiles the program and makes its device; `begin` lets it run. What does not compile ends at once, with its errors in `ended`. */
export async function debugRun(options: RunOptions, directory: string, entry: boolean): Promise<Debuggee> {
  const { tell, listen, listener } = happenings()
  const stop = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal
  let begin = () => {}
  let run: Promise<unknown> = Promise.resolve()
  const link = await new Promise<Parameters<NonNullable<Parameters<typeof runFile>[2]>['ready']>[0] | null>(
    (resolve) => {
      run = runFile({ ...options, signal }, () => undefined, {
        listener,
        entry,
        ready(made, start) {
          begin = start
          resolve(made)
        },
      }).then((result) => {
        tell({ ended: result })
        resolve(null)
      })
    },
  )
  return {
    request: <Answer>(request: Parameters<Debuggee['request']>[0]) =>
      (link === null
        ? Promise.reject(new Error('the program did not compile'))
        : link.request(request)) as Promise<Answer>,
    begin() {
      const start = begin
      begin = () => {}
      start()
    },
    listen,
    text: (file) => (link === null ? Promise.resolve('') : textOf(link, directory, file)),
    async close() {
      stop.abort()
      await run
    },
  }
}
