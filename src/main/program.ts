import { sandboxFolder } from '../commands/sandbox/folder.ts'
import { createInterrupts, type Interrupts } from '../commands/interrupts.ts'
import { wantsColour } from '../output/colour.ts'
import { isTerminal } from '../output/is-terminal.ts'
import { canceled, INTERRUPTED, TERMINATED } from '../output/error.ts'
import { createProgress, type Progress } from '../output/progress.ts'
import { createTerminal, tell, type OpenTerminal } from '../output/terminal.ts'
import { SHAPES } from '../entities/kinds.ts'
import { createSession, type Session } from '../session/session.ts'
import type { Globals } from './globals.ts'

/** The running program: terminal, signals, session. Made once, by `start`. */
export interface Program {
  readonly version: string
  readonly globals: Globals
  readonly terminal: OpenTerminal
  readonly progress: Progress
  /** Aborted when everything is to end: by SIGTERM, and by Ctrl-C where nothing has to be waited for. */
  readonly signal: AbortSignal
  /** What Ctrl-C means for what runs. */
  readonly interrupts: Interrupts
  /** The session; with `--sandbox` the embedded impCentral is opened by the first call. */
  session(): Promise<Session>
  /** Ends what was opened and waits until all output is written. */
  close(): Promise<void>
}

export function openProgram(globals: Globals, version: string): Program {
  const { env, stdin, stdout, stderr } = process
  const terminal = createTerminal({
    stdin,
    stdout,
    stderr,
    colour: wantsColour({
      env,
      isTerminal: isTerminal(stdout),
      ...(globals.color === undefined ? {} : { option: globals.color }),
    }),
  })
  const progress = createProgress(terminal)
  const stop = new AbortController()
  const interrupts = createInterrupts((line) => tell(terminal, `${line}\n`))
  stopOnSignals(stop, interrupts)
  const closers: (() => Promise<void>)[] = []
  let session: Promise<Session> | undefined

  return {
    version,
    globals,
    terminal,
    progress,
    signal: stop.signal,
    interrupts,
    session() {
      session ??= openSession(globals, version, closers)
      return session
    },
    async close() {
      progress.stop()
      for (const closer of closers) await closer()
      await terminal.flush()
    },
  }
}

async function openSession(
  globals: Globals,
  version: string,
  closers: (() => Promise<void>)[],
): Promise<Session> {
  const { env } = process
  if (!globals.sandbox) return createSession({ env, shapes: SHAPES })
  const { openSandbox } = await import('./sandbox.ts')
  const { login, close } = await openSandbox(sandboxFolder(env, process.cwd()), version)
  closers.push(close)
  return createSession({ env, shapes: SHAPES, sandbox: login })
}

/** SIGTERM ends what runs in an orderly way, and so does Ctrl-C by its own table; one more of them ends it at once. */
function stopOnSignals(stop: AbortController, interrupts: Interrupts): void {
  interrupts.hard.addEventListener('abort', () => stop.abort(interrupts.hard.reason), { once: true })
  process.on('SIGINT', () => {
    if (stop.signal.aborted) process.exit(INTERRUPTED)
    interrupts.press()
  })
  process.on('SIGTERM', () => {
    if (stop.signal.aborted) process.exit(TERMINATED)
    stop.abort(canceled(TERMINATED))
  })
}
