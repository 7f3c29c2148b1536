import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { spawn } from '@lydell/node-pty'
import xterm from '@xterm/headless'

/** The built program. */
export const PROGRAM =
  process.env['IMPT_STORY_PROGRAM'] ?? fileURLToPath(new URL('../../dist/impt.cjs', import.meta.url))
/** Bounds a hang, in ms. Nothing may depend on it: a busy machine takes its time, and a program that has ended is not waited for. */
const PATIENCE_MS = 180_000

/** A program in a pseudo-terminal, seen as a person sees it. */
export interface TerminalStory {
  readonly home: string
  readonly pid: number
  /** Types keys. */
  send(keys: string): void
  /** The rows of the screen, with trailing spaces taken off; `all` adds what has scrolled out. */
  screen(all?: boolean): string
  /** Waits until the screen matches. Throws with the screen when it does not in time. */
  until(pattern: RegExp | ((screen: string) => boolean), what?: string): Promise<string>
  cursor(): { readonly row: number; readonly column: number }
  resize(columns: number, rows: number): void
  /** Waits for the end of the program; gives its exit code. Throws with the screen when it does not end in time. */
  end(): Promise<number>
  kill(signal?: string): void
  /** The bytes that came so far. */
  raw(): string
}

export interface StoryOptions {
  readonly columns?: number
  readonly rows?: number
  readonly env?: Readonly<Record<string, string>>
  /** A home to go on with; else a new one is made, and removed at the end. */
  readonly home?: string
  readonly directory?: string
  /** Something else than impt, such as a shell. */
  readonly program?: string
}

/** Starts impt in a terminal, plays a story, and cleans up whatever happened. */
export async function play(
  argv: readonly string[],
  story: (terminal: TerminalStory) => Promise<void>,
  options: StoryOptions = {},
): Promise<void> {
  const home = options.home ?? (await mkdtemp(join(tmpdir(), 'impt-story-')))
  const terminal = open(argv, home, options)
  try {
    await story(terminal)
  } finally {
    terminal.kill('SIGKILL')
    await terminal.end()
    refuseLeaks(terminal.raw())
    if (options.home === undefined) await rm(home, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** A reader that was made for each question and never given back shows as this warning. */
export function refuseLeaks(written: string): void {
  if (written.includes('MaxListenersExceededWarning')) throw new Error(`listeners leak:\n${written}`)
}

function open(
  argv: readonly string[],
  home: string,
  { columns = 100, rows = 30, env = {}, directory, program }: StoryOptions,
): TerminalStory {
  const screen = new xterm.Terminal({ cols: columns, rows, scrollback: 20_000, allowProposedApi: true })
  const shell = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    TERM: 'xterm-256color',
    LANG: 'C.UTF-8',
    IMPT_SANDBOX_DIR: join(home, 'sandbox'),
  }
  const [file, args] = program === undefined ? [process.execPath, [PROGRAM, ...argv]] : [program, [...argv]]
  const child = spawn(file, args, {
    name: 'xterm-256color',
    cols: columns,
    rows,
    cwd: directory ?? home,
    env: { ...shell, ...env },
  })
  let bytes = ''
  let changed = () => {}
  let code: number | undefined
  child.onData((data) => {
    bytes += data
    screen.write(data, () => changed())
  })
  // The terminal answers what programs ask it.
  screen.onData((answer) => child.write(answer))
  child.onExit(({ exitCode }) => {
    // What it wrote last may not be on the screen yet.
    screen.write('', () => {
      code = exitCode
      changed()
    })
  })
  const text = (all = false) => {
    const { active } = screen.buffer
    const from = all ? 0 : active.baseY
    const lines: string[] = []
    for (let row = from; row < active.baseY + screen.rows; row++)
      lines.push(active.getLine(row)?.translateToString(true) ?? '')
    return lines.join('\n').trimEnd()
  }
  return {
    home,
    pid: child.pid,
    send: (keys) => child.write(keys),
    screen: text,
    raw: () => bytes,
    cursor: () => ({ row: screen.buffer.active.cursorY, column: screen.buffer.active.cursorX }),
    resize(newColumns, newRows) {
      screen.resize(newColumns, newRows)
      child.resize(newColumns, newRows)
    },
    kill(signal) {
      if (code === undefined) child.kill(signal)
    },
    async end() {
      await until(() => code !== undefined, 'the end of the program')
      return code ?? -1
    },
    until,
  }

  function until(pattern: RegExp | ((screen: string) => boolean), what = String(pattern)): Promise<string> {
    const matches = () => (typeof pattern === 'function' ? pattern(text()) : pattern.test(text()))
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer)
        changed = () => {}
      }
      const fail = (why: string) => {
        end()
        reject(new Error(`${why}: ${what}\n${text(true)}\nlast bytes: ${JSON.stringify(bytes.slice(-400))}`))
      }
      const timer = setTimeout(() => fail('never seen'), PATIENCE_MS)
      changed = () => {
        if (matches()) {
          end()
          resolve(text())
        } else if (code !== undefined) fail(`the program has ended with ${code}, without`)
      }
      changed()
    })
  }
}
