import type { Context, Questions } from '../commands/context.ts'
import { dispatch } from '../commands/dispatch.ts'
import { present, type Mode } from '../commands/present.ts'
import type { Invocation } from '../commands/row.ts'
import { ImptError } from '../output/error.ts'
import { FAILS, SUCCEEDS } from '../output/messages.ts'
import type { Progress } from '../output/progress.ts'
import type { Result } from '../output/result.ts'
import { visible } from '../output/visible.ts'
import type { Terminal } from '../output/terminal.ts'
import type { Memory } from '../entities/finder.ts'
import type { Defaults, Session } from '../session/session.ts'
import { asImptError, renderFailure } from './failure.ts'
import { trafficObserver } from './traffic.ts'

/** Where a command runs and where its output goes. */
export interface Surface {
  readonly version: string
  readonly session: Session
  readonly terminal: Terminal
  readonly progress?: Progress
  readonly directory: string
  readonly signal: AbortSignal
  /** The directory whose auth file counts instead of the working directory's (`with auth`). */
  readonly authDirectory?: string
  /** What `use` or `with` fills in. */
  readonly defaults?: Defaults
  /** What this session remembers of entities. */
  readonly memory?: Memory | undefined
  /** A dry run: every request that is not a read is refused. */
  readonly readOnly?: boolean
  /** Makes the asker of a command; questions go to stderr where stdout carries data for a program. */
  questions(mode: Mode): Questions
}

/** The output mode that an invocation asks for. */
export function modeOf(invocation: Invocation): Mode {
  return (invocation.options.output ?? 'default') as Mode
}

/** Whether stdout carries data for a program, which questions must not be part of. */
export function isData(mode: Mode): boolean {
  return mode === 'json' || mode === 'csv' || mode === 'table'
}

/** Runs one command and prints what it says and gives, as the documented one-shot does. Resolves with the exit code. */
export async function runCommand(
  invocation: Invocation,
  surface: Surface,
  seen: (invocation: Invocation, result: Result) => Result = (_, result) => result,
): Promise<number> {
  const mode = modeOf(invocation)
  const { terminal, progress } = surface
  const talks = mode === 'default' || mode === 'debug'
  try {
    const result = seen(invocation, await dispatch(invocation, contextOf(invocation, surface)))
    await showResult(result, mode, surface)
    progress?.stop()
    const failed = result.kind === 'record' && result.failed === true
    const silent = result.kind === 'done' && result.silent === true
    if (failed && result.told)
      return await showFailure(
        result.failure ?? new ImptError('TESTS_FAILED', 'Testing failed'),
        mode,
        terminal,
      )
    if (talks && !failed && !silent) await terminal.out(`${SUCCEEDS}\n`)
    const exit = result.kind === 'record' ? result.exit : undefined
    return failed ? 1 : (exit ?? 0)
  } catch (error) {
    progress?.stop()
    return showFailure(error, mode, terminal)
  }
}

/** Prints why a command failed, as its output mode shows it (output.md 5). Resolves with the exit code. */
export async function showFailure(
  error: unknown,
  mode: Mode,
  terminal: Pick<Terminal, 'out' | 'err'>,
): Promise<number> {
  const text = renderFailure(error, mode)
  // A table or CSV is data for a program: the reason must not be taken for a row.
  if (mode === 'table' || mode === 'csv') terminal.err(text)
  else await terminal.out(text + (mode === 'default' || mode === 'debug' ? `${FAILS}\n` : ''))
  return asImptError(error).exit
}

/** The world as one command sees it. */
export function contextOf(invocation: Invocation, surface: Surface): Context {
  const mode = modeOf(invocation)
  const { session, terminal, directory, signal, progress } = surface
  const debug = mode === 'debug'
  const talks = debug || mode === 'default'
  const ask = surface.questions(mode)
  const tell = (text: string) => void terminal.out(text)
  const observer = trafficObserver(progress, debug ? tell : undefined)
  return {
    session,
    directory,
    signal,
    ask,
    debug,
    quiet: isData(mode),
    defaults: surface.defaults ?? {},
    memory: surface.memory,
    observer,
    client: () =>
      session.client(surface.authDirectory ?? directory, {
        signal,
        observer,
        askSecret: (what) => ask.text(what, true),
        readOnly: surface.readOnly ?? false,
      }),
    version: surface.version,
    out: tell,
    colour: terminal.colour,
    info: (text) => {
      if (talks) tell(`${visible(text, true)}\n`)
    },
    warn: (text) => terminal.err(`Warning: ${visible(text, true)}\n`),
    line: (text) => {
      if (talks || mode === 'minimal') tell(text)
    },
  }
}

async function showResult(result: Result, mode: Mode, { terminal, signal }: Surface): Promise<void> {
  try {
    for await (const piece of present(result, { mode, ...looks(terminal) })) {
      await terminal.out(piece)
      if (terminal.closed) return
    }
  } catch (error) {
    // Ctrl-C is how a live log is meant to end (log.md 2).
    if (result.kind === 'logs' && result.live && signal.aborted) return
    throw error instanceof ImptError ? error : asImptError(error)
  }
}

/** How text is laid out for a terminal. */
export function looks({ colour, width }: Pick<Terminal, 'colour' | 'width'>): {
  readonly colour: boolean
  readonly width?: number
} {
  return { colour, ...(width === undefined ? {} : { width }) }
}
