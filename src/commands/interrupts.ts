// What Ctrl-C means for commands that are under way: one table (repl.md 3.6) for one-shots, scripts and the prompt. Who runs a command says so
// with `begin`; who hears Ctrl-C calls `press`. Knows no terminal, no process and no server: what is to be said goes to `tell`.
import type { ChangeGate } from '../impcentral/transport.ts'
import { canceled, INTERRUPTED } from '../output/error.ts'
import type { CommandRow, OptionValues } from './row.ts'

/** The state of one run: a one-shot, a script, or one input of the prompt. */
export interface Interrupts {
  /** What runs has a loop, which stops between two items first. */
  repeats: boolean
  /** Aborted by the first Ctrl-C: nothing new is begun between two steps. */
  readonly soft: AbortSignal
  /** Aborted when what is running is to end too. */
  readonly hard: AbortSignal
  /** Commands that have ended well. */
  readonly done: number
  /** Ctrl-C was pressed. */
  readonly press: () => void
  /** A command begins. What a `finally` block does after Ctrl-C is a clean-up: it may still change things. */
  readonly begin: (command: CommandRow, options: OptionValues, isCleanUp?: boolean) => UnderWay
}

/** A command as Ctrl-C sees it. */
export interface UnderWay {
  readonly gate: ChangeGate
  readonly end: (succeeded: boolean) => void
}

/** `tell` writes a line. */
export function createInterrupts(tell: (text: string) => void, repeats = false): Interrupts {
  const soft = new AbortController()
  const hard = new AbortController()
  const reason = canceled(INTERRUPTED)
  let running = 0
  let live = 0
  let changes = 0
  let isClosing = false
  let done = 0

  const gateOf = (isCleanUp: boolean): ChangeGate => ({
    begin() {
      if (isClosing && !isCleanUp) throw reason
      changes += 1
      return () => {
        changes -= 1
        // What goes on by itself, as a stream or a watch, has nothing more to wait for.
        if (isClosing && changes === 0 && live > 0) hard.abort(reason)
      }
    },
  })

  const interrupts: Interrupts = {
    repeats,
    soft: soft.signal,
    hard: hard.signal,
    get done() {
      return done
    },
    press() {
      if (!soft.signal.aborted) {
        if (changes > 0) {
          isClosing = true
          tell('waiting for the answer so that the result is known; Ctrl-C again to give up')
        } else if (interrupts.repeats && running > 0 && live === 0)
          tell('stopping before the next item; Ctrl-C again to abort what is running')
        else hard.abort(reason)
        return soft.abort(reason)
      }
      if (hard.signal.aborted) return
      if (changes > 0) tell('given up; the server may have done it')
      hard.abort(reason)
    },
    begin({ result, live: goesOn }, options, isCleanUp = false) {
      const isLive =
        goesOn === true || result === 'stream' || options['log'] === true || options['watch'] === true
      running += 1
      if (isLive) live += 1
      return {
        gate: gateOf(isCleanUp),
        end(succeeded) {
          running -= 1
          if (isLive) live -= 1
          if (succeeded) done += 1
        },
      }
    },
  }
  return interrupts
}

/** What is said after a run that Ctrl-C has stopped: how far it came. */
export function stoppedText(
  commands: number,
  items?: { readonly done: number; readonly broken: number; readonly left: number },
): string {
  if (items) {
    const broken = items.broken > 0 ? `${items.broken} interrupted, ` : ''
    return `stopped: ${items.done} done, ${broken}${items.left} not started`
  }
  return `stopped: ${commands} ${commands === 1 ? 'command was' : 'commands were'} done, the rest was not started`
}
