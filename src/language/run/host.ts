import type { BuiltIn } from '../builtins/builtin.ts'
import type { Readable, Writable } from 'node:stream'
import type { Invocation } from '../../commands/row.ts'
import type { Kind } from '../../entities/kinds.ts'
import type { Result } from '../../output/result.ts'
import type { Choice } from '../../session/session.ts'

/** What `with` changes for a block (language.md 2.8). */
export interface Settings {
  /** Absolute path of the working directory: of commands, programs and files. */
  readonly directory: string
  /** Commands that are no reads are shown, not run; the HTTP client must refuse them too. */
  readonly dryRun: boolean
  /** Documented questions are answered with yes. */
  readonly confirmed: boolean
  /** Fills `--product` and `--dg` where a Project file would (repl.md 3.7). */
  readonly product?: Choice | undefined
  readonly dg?: Choice | undefined
  /** The directory whose auth file is used. */
  readonly auth?: string | undefined
  /** The target of `with target`. */
  readonly target?: string | undefined
  /** The target of `use target` at the prompt. */
  readonly used?: string | undefined
  /** The output mode of commands that do not say one. */
  readonly output?: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** How one impt command is run. */
export interface CommandCall {
  readonly settings: Settings
  /** Aborts requests: Ctrl-C, `with timeout`, a stopped pipe. */
  readonly signal: AbortSignal
  /** `file:line`, added to questions. */
  readonly where: string
  /** False inside `each --parallel`: a command that would ask fails with CONFIRM. */
  readonly mayAsk: boolean
  /**
   * Set where the command stands alone: it prints through this function exactly what the one-shot prints, and its result is not used.
   * Without it nothing is printed but warnings and questions, and the result flows on.
   */
  readonly show?: (text: string) => void | Promise<void>
  /** The prompt keeps what was shown as `$_`: the items of the result must be readable again (an array) after they were shown. */
  readonly keep?: true
}

/** A program to start, without a shell. */
export interface ProgramCall {
  readonly program: string
  readonly args: readonly string[]
  readonly directory: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: 'inherit' | 'pipe' | 'ignore'
  readonly stdout: 'inherit' | 'pipe'
  readonly signal: AbortSignal
}

/** A running program. */
export interface Program {
  readonly stdin: Writable | null
  readonly stdout: Readable | null
  /** Resolves when the program has ended and its output is read; rejects if it could not be started. */
  readonly ended: Promise<{ code: number | null; signal: string | null; stderr: string }>
  kill(signal?: 'SIGPIPE'): void
}

/** Everything that a script needs from outside. The evaluator never touches the process, the terminal or the cloud by itself. */
export interface Host {
  /**
   * Runs a bound impt command. Throws ImptError; never prints an error. With `--output` of its own or a `--help` option the host shows
   * what the one-shot shows.
   */
  run(invocation: Invocation, call: CommandCall): Promise<Result>
  /**
   * Looks up what `use`, `with` and the parameters of scripts name, and asks the server nothing twice. The function that it gives throws as
   * commands do for what is not there, or is ambiguous.
   */
  chooser(call: Omit<CommandCall, 'show' | 'keep'>): Promise<(kind: Kind, text: string) => Promise<Choice>>
  /** Throws what `with target` of this name would meet at its first command, such as NOT_FOUND; nothing where there is such a target. */
  assertTarget?(name: string, settings: CommandCall['settings']): Promise<void>
  /** Writes results. Resolves when the reader can take more. */
  out(text: string): void | Promise<void>
  /** Writes progress, questions, warnings and errors. */
  err(text: string): void
  /** Asks for one line; throws NO_TTY where no one can answer, CANCELLED on Ctrl-C. */
  ask(question: string, hidden: boolean): Promise<string>
  /**
   * Lets people choose one of these in a menu and gives its position; undefined where there is no terminal to draw one. Throws CANCELLED on
   * Ctrl-C and Esc.
   */
  readonly pick?: (names: readonly string[], question: string, first: number) => Promise<number>
  /** Shows one line that the next one replaces, or clears it (null); undefined where nobody would see it. */
  readonly progress?: (text: string | null) => void
  /** The standard input of the script; undefined where it is the script itself, or the keyboard of the prompt. */
  readonly stdin?: () => Readable
  /** Starts a program without a shell. It starts once the terminal is free for it, where it gets the terminal. */
  spawn(call: ProgramCall): Program | Promise<Program>
  /** What `impt --version` prints. */
  readonly version?: string
  /** Text of `help TOPIC` inside a script or at the prompt. */
  help(topic: readonly string[]): Promise<string>
  readonly terminal: {
    /** Columns; undefined where stdout is no terminal. */
    readonly width?: number
    /** Columns of the terminal that errors go to; undefined where it is none. */
    readonly errWidth?: number | undefined
    /** Tables are read aloud: they are shown as lines of a name and a value. */
    readonly plain?: boolean
    readonly colour: boolean
    /** Whether there is someone to ask. */
    readonly interactive: boolean
  }
  /** The environment and the directory that the run starts with. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly directory: string
  /** Aborted when the reader of stdout has gone (`impt ... | head -1`): the run then ends quietly. */
  readonly closed?: AbortSignal
}

/** The prompt as the language sees it. */
export interface Prompt {
  /** Its words, beside the built-ins. */
  readonly words: readonly BuiltIn[]
  /** What those words are about; the language only passes it on. */
  readonly owner: () => unknown
}
