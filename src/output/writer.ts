import type { Writable } from 'node:stream'
import { isTerminal } from './is-terminal.ts'

/** The one owner of stdout and stderr. Text that does not end a line is completed before a line of the other stream. */
export interface Writer {
  /** Results and what belongs to them. Resolves when the pipe can take more, so that a slow reader slows the producer. */
  out(text: string): Promise<void>
  /** Progress, questions, warnings and errors. */
  err(text: string): void
  /** Shows or clears (null) the one line of progress at the bottom of stderr; nothing where stderr is no terminal. */
  progress(text: string | null): void
  /** Resolves when everything is written. */
  flush(): Promise<void>
  /** True once the reader of stdout has gone: there is no use in producing more. */
  readonly closed: boolean
  /** True where stdout could not be written, as on a full disk; stderr has been told. */
  readonly failed?: boolean
  /** Calls back when the reader of stdout goes. */
  onClosed(listener: () => void): void
}

/** What stderr is told where stdout could not be written; undefined where its reader has gone, which is no error. */
export function lostText({ code, message }: NodeJS.ErrnoException): string | undefined {
  if (code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED') return undefined
  return `Error: File error: standard output: ${message}.\n`
}

/** Makes the writer over two streams. A closed pipe is no error: the program then ends quietly (language.md, `impt ... | head -1`). */
export function createWriter(
  stdout: Writable & { isTTY?: boolean },
  stderr: Writable & { isTTY?: boolean },
): Writer {
  let closed = false
  let shown = false
  const listeners: (() => void)[] = []
  let failed = false
  /** Until the pipe can take more: one for all that wait. */
  let waiting: Promise<void> | undefined
  const stop = (error: NodeJS.ErrnoException) => {
    if (closed) return
    closed = true
    const text = lostText(error)
    if (text !== undefined) {
      failed = true
      stderr.write(text)
    }
    for (const listener of listeners) listener()
  }
  stdout.on('error', stop)
  stderr.on('error', () => undefined)
  const clear = () => {
    if (!shown) return
    stderr.write('\x1b[2K\r')
    shown = false
  }
  return {
    async out(text) {
      if (closed || text === '') return
      clear()
      try {
        if (stdout.write(text)) return
      } catch (error) {
        // A file is written at once, so a full disk shows here.
        return stop(error as NodeJS.ErrnoException)
      }
      await (waiting ??= new Promise<void>((resolve) => {
        const done = () => {
          stdout.off('drain', done).off('close', done).off('error', done)
          waiting = undefined
          resolve()
        }
        stdout.on('drain', done).on('close', done).on('error', done)
      }))
    },
    err(text) {
      clear()
      stderr.write(text)
    },
    progress(text) {
      if (!isTerminal(stderr)) return
      clear()
      if (text === null) return
      stderr.write(text)
      shown = true
    },
    flush() {
      return new Promise((resolve) => (closed ? resolve() : stdout.write('', () => resolve())))
    },
    get closed() {
      return closed
    },
    get failed() {
      return failed
    },
    onClosed(listener) {
      listeners.push(listener)
    },
  }
}
