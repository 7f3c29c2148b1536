import type { Look } from '../commands/present/look.ts'
import type { Interrupts } from '../commands/interrupts.ts'
import type { Memory } from '../entities/finder.ts'
import type { Invocation } from '../commands/row.ts'
import type { Host } from '../language/run/host.ts'
import type { Session as LanguageSession } from '../language/run/session.ts'
import type { Result } from '../output/result.ts'
import type { OpenTerminal } from '../output/terminal.ts'
import type { Session } from '../session/session.ts'
import type { Settings } from '../session/settings.ts'
import type { Target } from '../session/targets.ts'
import type { HistoryLog } from './history-log.ts'
import type { Jobs } from './jobs/jobs.ts'
import type { Names } from './names.ts'

/** What the host of the prompt's commands gets from the prompt. */
export interface HostNeeds {
  /** Questions are asked here, and results written here. */
  readonly terminal: OpenTerminal
  /** Every question runs inside: the editor lets go of the terminal meanwhile. */
  readonly aside: <T>(task: () => Promise<T>) => Promise<T>
  readonly memory: Memory
  /** In place of the program's own session: its log streams share the one that the server allows. */
  readonly session: Session
  /** How lists are shown: by the setting `output`, and with the names that are known. */
  readonly lists: () => Pick<Look, 'blocks' | 'nameOf'>
  /** What Ctrl-C means for the input that runs. */
  readonly interrupts: () => Interrupts | undefined
  /** Gets each result before it is shown, and gives the result to show. */
  readonly seen: (invocation: Invocation, result: Result) => Result
  readonly directory: string
}

/** What starts a prompt. Nothing here is taken from the process. */
export interface ReplOptions {
  readonly session: Session
  readonly version: string
  readonly terminal: OpenTerminal
  /** `--plain`, `IMPT_PLAIN=1`. */
  readonly plain: boolean
  readonly directory: string
  /** The target of `--at` before it, which stays. */
  readonly at?: string | undefined
  /** SIGTERM and the loss of the terminal; the reason may carry `exit`. */
  readonly stop: AbortSignal
  readonly makeHost: (needs: HostNeeds) => Promise<Host>
}

/** A running prompt: what its commands and its editor share. */
export interface Shell {
  readonly options: ReplOptions
  readonly session: Session
  readonly host: Host
  readonly language: LanguageSession
  readonly names: Names
  readonly jobs: Jobs
  readonly history: HistoryLog
  settings: Settings
  /** `private on`. */
  private: boolean
  /** The exit code of the last input. */
  status: number
  /** The target in effect. */
  target: Target | undefined
  /** The Device Group id of the Project file of the directory. */
  projectGroup: string | undefined
  readonly terminal: Surface
  /** Writes text of the prompt's own: above the input while one is typed. */
  readonly print: (text: string) => void
}

/** The screen as far as commands need it. */
export interface Surface {
  readonly columns: number
  readonly rows: number
  readonly plain: boolean
  readonly aside: <T>(task: () => Promise<T>) => Promise<T>
  /** Draws the prompt anew. */
  readonly redraw: () => void
}
