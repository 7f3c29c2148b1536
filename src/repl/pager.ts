import { spawn, type ChildProcess } from 'node:child_process'
import { columnsOf } from './editor/graphemes.ts'

/** Where the output of one input goes: the terminal, or a pager once it is longer than the screen (repl.md 3.9). */
export interface Pages {
  readonly write: (text: string) => void | Promise<void>
  /** Shows what is left and waits until the reader has left the pager. True if a pager was used. */
  readonly end: () => Promise<boolean>
}

interface PagerOptions {
  readonly columns: number
  readonly rows: number
  readonly env: Readonly<Record<string, string | undefined>>
  readonly write: (text: string) => void
  /** Gives the terminal away while the pager has it. */
  readonly lend: <T>(task: () => Promise<T>) => Promise<T>
}

export function createPages({ columns, rows, env, write, lend }: PagerOptions): Pages {
  let held = ''
  let heldRows = 0
  let isFailed = false
  let isComplete = false
  let child: ChildProcess | undefined
  let paging: Promise<void> | undefined

  function page(): Promise<void> {
    const [program = 'less', ...args] = env['PAGER']?.trim()
      ? env['PAGER'].trim().split(/\s+/)
      : ['less', '-FRX']
    return new Promise((resolve) => {
      const started = spawn(program, args, { stdio: ['pipe', 'inherit', 'inherit'], env })
      started.once('error', () => {
        isFailed = true
        resolve()
      })
      started.once('close', () => resolve())
      // Whoever leaves the pager early has seen enough.
      started.stdin?.on('error', () => undefined)
      started.once('spawn', () => {
        child = started
        started.stdin?.write(held)
        held = ''
        if (isComplete) started.stdin?.end()
      })
    })
  }

  return {
    async write(text) {
      if (isFailed) return write(text)
      if (child) {
        if (child.stdin?.writable === true && !child.stdin.write(text)) await drained(child)
        return
      }
      held += text
      heldRows += rowsOf(text, columns)
      if (heldRows >= rows) paging ??= lend(page).finally(release)
    },
    async end() {
      isComplete = true
      child?.stdin?.end()
      await paging
      release()
      return paging !== undefined && !isFailed
    },
  }

  /** Without a pager the terminal scrolls. */
  function release(): void {
    const text = held
    held = ''
    if (child === undefined && text !== '') write(text)
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
