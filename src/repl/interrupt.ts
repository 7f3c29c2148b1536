import type { Invocation } from '../commands/row.ts'
import type { CommandCall, Host } from '../language/run/host.ts'
import { ImptError } from '../output/error.ts'

/** What Ctrl-C does to one running input (the table of repl.md 3.6). */
export interface Interrupts {
  /** Stops the evaluator between two steps. */
  readonly signal: AbortSignal
  /** Commands that have ended well. */
  readonly done: number
  /** Ctrl-C was pressed. */
  readonly press: () => void
  /** Runs a command so that Ctrl-C can tell what it interrupts. */
  readonly run: (host: Host, invocation: Invocation, call: CommandCall) => ReturnType<Host['run']>
}

const STOPPED = 'Operation is canceled.'

/** `repeats`: the input has a loop, which stops between two items first. `tell` writes a line. */
export function createInterrupts(repeats: boolean, tell: (text: string) => void): Interrupts {
  const soft = new AbortController()
  const hard = new AbortController()
  const reason = new ImptError('CANCELLED', STOPPED, { exit: 130 })
  const running = new Set<Invocation>()
  const isWriting = () => [...running].some(({ command }) => command.effect === 'write')
  const isLive = () =>
    [...running].some(({ command, options }) => command.result === 'stream' || options['log'] === true)
  let presses = 0
  let done = 0

  return {
    signal: soft.signal,
    get done() {
      return done
    },
    press() {
      presses += 1
      if (presses === 1) {
        const waits = repeats && running.size > 0 && !isLive()
        const writes = isWriting() && !isLive()
        if (waits) tell('stopping before the next item; Ctrl-C again to abort what is running')
        else if (writes) tell('waiting for the answer so that the result is known; Ctrl-C again to give up')
        else hard.abort(reason)
        return soft.abort(reason)
      }
      if (hard.signal.aborted) return
      if (isWriting()) tell('given up; the server may have done it')
      hard.abort(reason)
    },
    async run(host, invocation, call) {
      const control = new AbortController()
      const stop = () => control.abort(hard.signal.aborted ? reason : call.signal.reason)
      // The evaluator's own stop does not reach a command that is allowed to finish; a time limit or a stopped pipe does.
      const outer = () => {
        if (call.signal.reason !== reason) stop()
      }
      if (hard.signal.aborted) stop()
      hard.signal.addEventListener('abort', stop, { once: true })
      call.signal.addEventListener('abort', outer, { once: true })
      running.add(invocation)
      try {
        const result = await host.run(invocation, { ...call, signal: control.signal })
        done += 1
        return result
      } finally {
        running.delete(invocation)
        // A stream goes on after the command has given it, so its listeners stay until the input ends.
        if (invocation.command.result !== 'stream') {
          hard.signal.removeEventListener('abort', stop)
          call.signal.removeEventListener('abort', outer)
        }
      }
    },
  }
}
