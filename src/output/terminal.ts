// The room `output`: what a person or a program gets to see, and what is asked of them.
// Enters: results and entities as plain records, errors as `ImptError`, texts of `messages.ts`, keys from the keyboard.
// Leaves: text on stdout and stderr through the one writer, answers to questions, exit codes of errors.
// Not known here: any other room. Every room may use this one, so nothing in it knows impCentral, a command or a script.
import { isTerminal } from './is-terminal.ts'
import { createKeyboard, type Keyboard } from './keyboard.ts'
import { askLine, type Patience } from './line.ts'
import { filled } from './wrap.ts'
import { createWriter, type Writer } from './writer.ts'

/** One question for one line. */
export interface Question {
  readonly prompt: string
  /** Nothing of the answer is shown, ever. */
  readonly hidden: boolean
  /** Asked on stderr, because stdout carries data for a program. */
  readonly beside?: boolean
  readonly signal: AbortSignal
}

/** Where results go and answers come from: the streams of the process, or of another one at the end of a connection. */
export interface Terminal extends Writer {
  /** Columns; undefined where stdout is no terminal, so that nothing is shortened. */
  readonly width: number | undefined
  /** Columns of stderr; undefined where it is no terminal, or where somebody else takes what goes there. */
  readonly errWidth?: number | undefined
  readonly colour: boolean
  /** Whether there is someone at a keyboard. */
  readonly interactive: boolean
  /** One line; null where nobody answers. Throws CANCELLED on Ctrl-C. */
  readonly ask: (question: Question) => Promise<string | null>
}

/** The terminal of a process, or one that another process has sent here as streams. */
export interface OpenTerminal extends Terminal {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  readonly keyboard: Keyboard
  /** Where an editor reads already: it makes way while the task runs. */
  readonly aside?: <T>(task: () => Promise<T>) => Promise<T>
  /** It is the terminal of this process: programs may have it. */
  readonly isOwn: boolean
}

interface TerminalOptions {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  readonly colour: boolean
  readonly keyboard?: Keyboard
  readonly patience?: Patience
}

/** Makes the terminal over three streams. */
export function createTerminal(options: TerminalOptions): OpenTerminal {
  const { stdin, stdout, stderr, colour, patience, keyboard = createKeyboard(stdin) } = options
  const writer = createWriter(stdout, stderr)
  let questions = 0
  return derived(writer, {
    stdin,
    stdout,
    stderr,
    keyboard,
    isOwn: stdin === process.stdin,
    colour,
    interactive: keyboard.isTerminal,
    get width() {
      return isTerminal(stdout) ? stdout.columns : undefined
    },
    get errWidth() {
      return isTerminal(stderr) ? stderr.columns : undefined
    },
    // A question has its line for itself: what clears or draws the line of progress later would take the question with it.
    progress: (text: string | null) => writer.progress(questions > 0 ? null : text),
    async ask({ prompt, hidden, beside, signal }: Question) {
      writer.progress(null)
      questions += 1
      try {
        const output = beside === true ? stderr : stdout
        // Its lines break between words, as those of all that people are told.
        const shown = filled(prompt, isTerminal(output) ? output.columns : undefined)
        return await askLine(keyboard, { prompt: shown, hidden, signal, output }, patience)
      } finally {
        questions -= 1
      }
    },
  })
}

/** Tells people something on stderr: at a terminal its lines break between words. */
export function tell(terminal: Pick<Terminal, 'err' | 'errWidth'>, text: string): void {
  terminal.err(filled(text, terminal.errWidth))
}

/** The same object with other parts. What changes in the base, such as its width, changes here too. */
export function derived<Base extends object, Parts extends object>(
  base: Base,
  parts: Parts,
): Omit<Base, keyof Parts> & Parts {
  return Object.create(base, Object.getOwnPropertyDescriptors(parts)) as Omit<Base, keyof Parts> & Parts
}
