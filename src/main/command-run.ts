import type { Context, Questions } from '../commands/context.ts'
import { dispatch } from '../commands/dispatch.ts'
import { present, type Mode } from '../commands/present.ts'
import type { Invocation } from '../commands/row.ts'
import { ImptError } from '../output/error.ts'
import { FAILS, SUCCEEDS } from '../output/messages.ts'
import type { Progress } from '../output/progress.ts'
import type { Result } from '../output/result.ts'
import { visible } from '../output/visible.ts'
import type { Writer } from '../output/writer.ts'
import type { Memory } from '../entities/finder.ts'
import type { Defaults, Session } from '../session/session.ts'
import { asImptError, renderFailure } from './failure.ts'
import { trafficObserver } from './traffic.ts'

/** Where a command runs and where its output goes. */
export interface Surface {
  readonly version: string
  readonly session: Session
  readonly writer: Writer
  readonly progress?: Progress
  readonly colour: boolean
  /** Columns of the terminal; undefined where stdout is none. */
  readonly width?: number
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

/** Runs one command and prints what it says and gives, as the documented one-shot does. Resolves with the exit code. */
export async function runCommand(
  invocation: Invocation,
  surface: Surface,
  seen: (invocation: Invocation, result: Result) => Result = (_, result) => result,
): Promise<number> {
  const mode = modeOf(invocation)
  const { writer, progress } = surface
  const talks = mode === 'default' || mode === 'debug'
  try {
    const result = seen(invocation, await dispatch(invocation, contextOf(invocation, surface)))
    await showResult(result, mode, surface)
    progress?.stop()
    const failed = result.kind === 'record' && result.failed === true
    const silent = result.kind === 'done' && result.silent === true
    if (failed && result.told)
      return await showFailure(new ImptError('TESTS_FAILED', 'Testing failed'), mode, writer)
    if (talks && !failed && !silent) await writer.out(`${SUCCEEDS}\n`)
    return failed ? 1 : 0
  } catch (error) {
    progress?.stop()
    return showFailure(error, mode, writer)
  }
}

/** Prints why a command failed, as its output mode shows it (output.md 5). Resolves with the exit code. */
export async function showFailure(error: unknown, mode: Mode, writer: Writer): Promise<number> {
  const text = renderFailure(error, mode)
  // A table or CSV is data for a program: the reason must not be taken for a row.
  if (mode === 'table' || mode === 'csv') writer.err(text)
  else await writer.out(text + (mode === 'default' || mode === 'debug' ? `${FAILS}\n` : ''))
  return asImptError(error).exit
}

/** The world as one command sees it. */
export function contextOf(invocation: Invocation, surface: Surface): Context {
  const mode = modeOf(invocation)
  const { session, writer, directory, signal, progress } = surface
  const debug = mode === 'debug'
  const talks = debug || mode === 'default'
  const ask = surface.questions(mode)
  const tell = (text: string) => void writer.out(text)
  const observer = trafficObserver(progress, debug ? tell : undefined)
  return {
    session,
    directory,
    signal,
    ask,
    debug,
    quiet: mode === 'json' || mode === 'csv' || mode === 'table',
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
    colour: surface.colour,
    info: (text) => {
      if (talks) tell(`${visible(text, true)}\n`)
    },
    warn: (text) => writer.err(`Warning: ${visible(text, true)}\n`),
    line: (text) => {
      if (talks || mode === 'minimal') tell(text)
    },
  }
}

async function showResult(
  result: Result,
  mode: Mode,
  { writer, colour, width, signal }: Surface,
): Promise<void> {
  try {
    for await (const piece of present(result, { mode, colour, ...(width === undefined ? {} : { width }) })) {
      await writer.out(piece)
      if (writer.closed) return
    }
  } catch (error) {
    // Ctrl-C is how a live log is meant to end (log.md 2).
    if (result.kind === 'logs' && result.live && signal.aborted) return
    throw error instanceof ImptError ? error : asImptError(error)
  }
}
