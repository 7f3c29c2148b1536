import { spawn, type ChildProcess } from 'node:child_process'
import { columnsOf } from './editor/graphemes.ts'

/** Where the output of one input goes: the terminal, or a pager once it is longer than the screen (repl.md 3.9). */
export interface Pages {
  readonly write: (text: string) => void | Promise<void>
  /** Shows what is left and waits until the reader has left the pager. True if a pager was used. */
  readonly end: () => Promise<boolean>
}

export interface PagerOptions {
  readonly columns: number
  readonly rows: number
  readonly env: Readonly<Record<string, string | undefined>>
  readonly write: (text: string) => void
  /** Gives the terminal away while the pager has it. */
  readonly aside: <T>(task: () => Promise<T>) => Promise<T>
}

export function createPages({ columns, rows, env, write, aside }: PagerOptions): Pages {
  let held = ''
  let heldRows = 0
  let pager: { child: ChildProcess; done: Promise<void>; failed: boolean } | undefined

  function open(): void {
    const [program = 'less', ...args] = env['PAGER']?.trim()
      ? env['PAGER'].trim().split(/\s+/)
      : ['less', '-FRX']
    const child = spawn(program, args, { stdio: ['pipe', 'inherit', 'inherit'], env })
    const opened = { child, failed: false, done: Promise.resolve() }
    opened.done = aside(
      () =>
        new Promise<void>((resolve) => {
          child.once('error', () => {
            // No pager here: the terminal scrolls.
            opened.failed = true
            write(held)
            held = ''
            resolve()
          })
          child.once('close', () => resolve())
        }),
    )
    // Whoever leaves the pager early has seen enough.
    child.stdin?.on('error', () => undefined)
    pager = opened
    child.once('spawn', () => {
      child.stdin?.write(held)
      held = ''
    })
  }

  return {
    async write(text) {
      if (pager?.failed) return write(text)
      if (pager && held === '') {
        if (pager.child.stdin?.writable === true && !pager.child.stdin.write(text)) await drained(pager.child)
        return
      }
      held += text
      heldRows += rowsOf(text, columns)
      if (!pager && heldRows >= rows) open()
    },
    async end() {
      if (!pager) {
        write(held)
        return false
      }
      if (held !== '' && !pager.failed) await new Promise((resolve) => setImmediate(resolve))
      pager.child.stdin?.end(held)
      await pager.done
      return !pager.failed
    },
  }
}

function rowsOf(text: string, columns: number): number {
  const lines = text.replace(/\x1b\[[\d;]*m/g, '').split('\n')
  return lines.slice(0, -1).reduce((sum, line) => sum + Math.max(1, Math.ceil(columnsOf(line) / columns)), 0)
}

function drained({ stdin }: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    const done = () => resolve()
    stdin?.once('drain', done).once('close', done)
  })
}
