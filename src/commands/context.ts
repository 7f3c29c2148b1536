import type { Memory } from '../entities/finder.ts'
import type { Client } from '../impcentral/client.ts'
import type { Observer } from '../impcentral/observer.ts'
import type { Result } from '../output/result.ts'
import type { Defaults, Session } from '../session/session.ts'
import type { Target } from '../session/targets.ts'
import type { OptionValues } from './row.ts'

/**
 * What a running command may use of the world. Commands never print, prompt or exit by themselves: they tell, ask and return.
 */
export interface Context {
  readonly session: Session
  /** The working directory of this command; Project, test and local auth files are looked for here only (files.md). */
  readonly directory: string
  /** The directory whose login counts: the working directory, that of `with auth`, or the folder of the target's login. */
  readonly authDirectory: string
  /** The target in effect (fleet.md 5). */
  readonly target?: Target | undefined
  readonly signal: AbortSignal
  /** Fills options marked "Yes/[Project]" before the Project file does; empty outside the prompt and `with`. */
  readonly defaults: Defaults
  /** What earlier answers said about entities; only sessions that last have one. */
  readonly memory?: Memory | undefined
  /** Sees the traffic with the server: spinner and debug output. */
  readonly observer?: Observer
  /**
   * The authenticated API client; logs in on first use by the rules of the Command Execution Context. `before` is waited for before each
   * change, which is not sent when it throws.
   */
  client(before?: () => Promise<void>): Promise<Client>
  /** Asks for what production asks twice, where these production groups are about to be changed; the dispatcher provides it. */
  twice(groups: readonly string[]): Promise<void>
  /** Version of the program. */
  readonly version: string
  /** Writes a text that is itself the output, whatever the mode. */
  out(text: string): void
  /** Tells what was done, as it happens: shown in default and debug mode only. */
  info(text: string): void
  /** Tells where something went, or what else a person would ask; shown on stderr in the modes for people. */
  note(this: void, text: string): void
  /** Tells what may be wrong; shown on stderr, in every mode. */
  warn(text: string): void
  /** A line of the command's own output that is part of the result in text modes (`test run`). */
  line(text: string): void
  readonly ask: Questions
  /** All of standard input, once. Throws USAGE where it is not for the command: at a prompt, in a protocol, or read already. */
  standardInput(): Promise<Uint8Array>
  /** True where `--output json`, `csv` or a pipe of a script takes the result: text for people is left out. */
  readonly quiet: boolean
  readonly debug: boolean
  /** Whether text for people is coloured. */
  readonly colour: boolean
  /** Columns of the terminal that text for people goes to; undefined where there is none. */
  readonly width: number | undefined
}

/** Questions to the person at the terminal. Each throws ImptError CANCELLED on refusal or Ctrl-C, CONFIRM or NO_TTY where no one can answer. */
export interface Questions {
  /** Shows the text, then asks `Are you sure you want to continue?`. */
  confirm(text: string): Promise<void>
  /** Asks for one line: `Enter <what>: `; hidden answers are not echoed and never enter history. */
  text(what: string, hidden: boolean): Promise<string>
  /** Asks for one line with exactly this prompt. */
  line(prompt: string, hidden: boolean): Promise<string>
  /** Asks for one of numbered answers; gives the index from 0. */
  choice(question: string, answers: readonly string[], hint?: string): Promise<number>
  /** Waits for Enter: true, or false at the end of input. Only where there is a terminal. */
  enter(text: string): Promise<boolean>
  /** Whether there is someone to ask. */
  readonly interactive: boolean
  /** Reads lines with the editor of the prompt while `use` runs; absent where the terminal has none. */
  readonly editing?: <T>(look: EditorLook, use: (editor: Editor) => Promise<T>) => Promise<T>
}

/** What can be put at a place of a text. */
export interface Completion {
  readonly start: number
  readonly end: number
  readonly items: readonly { readonly insert: string; readonly detail?: string }[]
}

/** Parts of a text one behind the other, from its beginning, and how each looks. */
export type Paint = readonly {
  readonly end: number
  readonly style: 'plain' | 'command' | 'text' | 'number' | 'keyword' | 'comment' | 'operator'
}[]

/** What an editor shows and knows. */
export interface EditorLook {
  readonly prompt: () => string
  /** Earlier inputs, oldest first; read anew at each key. */
  readonly history: () => readonly string[]
  /** Whether Enter ends the input. */
  readonly isComplete: (text: string) => boolean
  readonly complete: (text: string, cursor: number) => Promise<Completion>
  readonly paint: (text: string) => Paint
  /** Ctrl-C while no input is read. */
  readonly interrupted: () => void
  /** How to leave, for who presses Ctrl-C at an empty input. */
  readonly leaving?: string
}

export interface Editor {
  /** One input; null at the end of input. `draft` is put into it first. */
  readonly read: (draft?: string) => Promise<string | null>
  /** Writes whole lines above the input. */
  readonly print: (text: string) => void
}

/** The code of one command. */
export type Run = (context: Context, options: OptionValues, words: readonly string[]) => Promise<Result>

/** The commands of a group by their names. */
export type Group = Readonly<Record<string, Run>>
