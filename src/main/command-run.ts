import type { Context, Questions } from '../commands/context.ts'
import type { Interrupts } from '../commands/interrupts.ts'
import { dispatch } from '../commands/dispatch.ts'
import type { Look } from '../commands/present/look.ts'
import { MODES, type Mode } from '../commands/present/modes.ts'
import type { Invocation } from '../commands/row.ts'
import { scan } from '../commands/scan.ts'
import { output } from '../commands/table/shared.ts'
import type { ChangeGate } from '../impcentral/transport.ts'
import { ImptError } from '../output/error.ts'
import type { Progress } from '../output/progress.ts'
import type { Result } from '../output/result.ts'
import { visible } from '../output/visible.ts'
import { derived, tell, type Terminal } from '../output/terminal.ts'
import type { Memory } from '../entities/finder.ts'
import type { Defaults, Session } from '../session/session.ts'
import type { Target } from '../session/targets.ts'
import { finish, type End } from './finish.ts'
import { atTarget } from './target.ts'
import { trafficObserver } from './traffic.ts'

/** Where a command runs and where its output goes. */
export interface Surface {
  readonly version: string
  readonly session: Session
  readonly terminal: Terminal
  readonly progress?: Progress
  readonly directory: string
  readonly signal: AbortSignal
  /** The directory whose auth file counts instead of the working directory's (`with auth`, a target). */
  readonly authDirectory?: string
  /** The target that is named for more than this command: before it, or by `with target`. */
  readonly at?: string | undefined
  /** The target of `use`. */
  readonly used?: string | undefined
  readonly target?: Target
  /** Whether it is told that a target comes from `target use`; the prompt shows it by itself. */
  readonly tellsTarget?: boolean
  /** What `use` or `with` fills in. */
  readonly defaults?: Defaults
  /** What this session remembers of entities. */
  readonly memory?: Memory | undefined
  /** What Ctrl-C has to know of this command. */
  readonly interrupts?: Interrupts
  readonly gate?: ChangeGate
  /** A dry run: every request that is not a read is refused. */
  readonly readOnly?: boolean
  /** Reads all of standard input, where it is for the command. */
  readonly input?: () => Promise<Uint8Array>
  /** Makes the asker of a command; questions go to stderr where stdout carries data for a program. */
  questions(mode: Mode): Questions
}

/** The output mode that an invocation asks for; `otherwise` where it asks for none. */
export function modeOf({ options }: Invocation, otherwise: Mode = 'default'): Mode {
  return (options.output ?? (options.wide === true ? 'people' : otherwise)) as Mode
}

/** The terminal as lists are laid out for it. */
export function laidOut<T extends Terminal>(
  terminal: T,
  { options }: Invocation,
  look: Pick<Look, 'blocks' | 'nameOf'> = {},
): T & Look {
  return derived(terminal, { ...look, wide: options.wide === true }) as unknown as T & Look
}

/** The output mode that the words of a line ask for, whatever else is wrong with them: one for programs counts there too. */
export function modeOfWords(words: readonly string[]): Mode {
  const asked = scan(
    { name: '', options: [output] },
    words.map((text) => ({ text })),
  )
    .flatMap((part) => (part.kind === 'option' && part.value !== undefined ? [part.value] : []))
    .at(-1)
  return asked !== undefined && Object.hasOwn(MODES, asked) ? (asked as Mode) : 'default'
}

/** Runs one command and prints what it says and gives, as the documented one-shot does. Resolves with the exit code. */
export async function runCommand(
  invocation: Invocation,
  surface: Surface,
  seen: (invocation: Invocation, result: Result) => Result = (_, result) => result,
): Promise<number> {
  const { terminal, progress, signal } = surface
  const underWay = surface.interrupts?.begin(invocation.command, invocation.options)
  let end: End
  try {
    const placed = await atTarget(invocation, surface)
    const context = contextOf(invocation, { ...placed, ...(underWay && { gate: underWay.gate }) })
    end = { result: seen(invocation, await dispatch(invocation, context)) }
  } catch (thrown) {
    end = { thrown }
  }
  const code = await finish(end, modeOf(invocation), laidOut(terminal, invocation), invocation, signal)
  underWay?.end(code === 0)
  progress?.stop()
  return code
}

/** At a prompt and in a protocol the input is for others. */
async function noInput(): Promise<never> {
  throw new ImptError('USAGE', 'There is no standard input here.', { hint: 'Name a file' })
}

/** The world as one command sees it. */
export function contextOf(invocation: Invocation, surface: Surface): Context {
  const mode = modeOf(invocation)
  const { session, terminal, directory, signal, progress } = surface
  const debug = mode === 'debug'
  const { talks, lines, isData } = MODES[mode]
  const ask = surface.questions(mode)
  const authDirectory = surface.authDirectory ?? directory
  const out = (text: string) => void terminal.out(text)
  const observer = trafficObserver(progress, debug ? out : undefined)
  return {
    session,
    directory,
    authDirectory,
    target: surface.target,
    signal,
    ask,
    standardInput: surface.input ?? noInput,
    debug,
    quiet: isData,
    defaults: surface.defaults ?? {},
    memory: surface.memory,
    observer,
    client: (before) =>
      session.client(authDirectory, {
        signal,
        observer,
        askSecret: (what) => ask.text(what, true),
        readOnly: surface.readOnly ?? false,
        gate: surface.gate,
        before,
        libraries: async () => (await import('../session/library-folders.ts')).projectLibraries(directory),
      }),
    twice: () => Promise.resolve(),
    version: surface.version,
    out,
    colour: terminal.colour,
    width: terminal.width,
    info: (text) => {
      if (talks) out(`${visible(text, true)}\n`)
    },
    note: (text) => {
      if (talks) tell(terminal, `${visible(text, true)}\n`)
    },
    warn: (text) => tell(terminal, `Warning: ${visible(text, true)}\n`),
    line: (text) => {
      if (lines) out(text)
    },
  }
}
