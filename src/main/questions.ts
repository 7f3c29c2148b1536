import type { Questions } from '../commands/context.ts'
import type { Host } from '../language/run/host.ts'
import { canceled, ImptError } from '../output/error.ts'
import { isTerminal } from '../output/is-terminal.ts'
import { SURE } from '../output/messages.ts'
import type { OpenTerminal, Terminal } from '../output/terminal.ts'
import { visible } from '../output/visible.ts'

interface QuestionOptions {
  readonly signal: AbortSignal
  /** Asked on stderr: stdout carries data for a program. */
  readonly beside: boolean
  /** False where standard input is the script itself: then there is no one to ask. */
  readonly mayRead?: boolean
  /** Reads lines with an editor, where the terminal can. */
  readonly editing?: NonNullable<Questions['editing']> | undefined
  /** Added to a question, such as `nightly.imptsh:12`. */
  readonly where?: string | undefined
}

/**
 * The questions of commands at a terminal (output.md 10). Where nobody answers, they fail at once instead of waiting for an answer that
 * cannot come.
 */
export function questionsAt(
  terminal: Pick<Terminal, 'ask' | 'interactive'>,
  { signal, beside, mayRead = true, where, editing }: QuestionOptions,
): Questions {
  const interactive = mayRead && terminal.interactive
  const read = (prompt: string, hidden: boolean) =>
    mayRead ? terminal.ask({ prompt, hidden, beside, signal }) : Promise.resolve(null)
  const place = where ? ` (${where})` : ''
  const answerTo = async (prompt: string, hidden: boolean, refusal: () => ImptError): Promise<string> => {
    const answer = await read(prompt, hidden)
    // Ctrl-D is an answer of somebody who is there.
    if (answer === null) throw interactive ? canceled() : refusal()
    return answer
  }
  return {
    interactive,
    ...(interactive && editing ? { editing } : {}),
    async confirm(text) {
      const question = "Enter 'y' (yes) or 'n' (no): "
      const refusal = () =>
        new ImptError('CONFIRM', 'The command needs a confirmation and there is no one to ask', {
          hint: `add --confirmed (-q) if you are sure${place}`,
        })
      for (let before = `${visible(text, true)}\n${SURE}${place}\n`; ; before = 'Invalid value!\n') {
        const word = (await answerTo(before + question, false, refusal)).trim().toLowerCase()
        if (word === 'y' || word === 'yes') return
        if (word === 'n' || word === 'no') throw canceled()
      }
    },
    text: (what, hidden) =>
      answerTo(`Enter ${what}${place}: `, hidden, () =>
        nobody(
          `The command needs the ${what} and there is no one to ask`,
          what === 'password' ? 'give it with --pwd' : 'give it as an option',
        ),
      ),
    line: (prompt, hidden) =>
      answerTo(prompt, hidden, () =>
        nobody(
          `${prompt.trim()} There is no one to ask`,
          'run the script in a terminal, or give the value as an argument',
        ),
      ),
    async choice(question, answers, hint = 'give the choice as an option') {
      const list = answers.map((answer, index) => `  (${index + 1}) ${visible(answer)}\n`).join('')
      const prompt = `Enter ${answers.map((_, index) => index + 1).join(' or ')}: `
      const refusal = () => nobody(`${question.replace(/:$/, '')}: there is no one to ask`, hint)
      for (let before = `${question}\n${list}\n`; ; before = 'Invalid value!\n') {
        const answer = (await answerTo(before + prompt, false, refusal)).trim()
        const index = answers.findIndex((_, position) => String(position + 1) === answer)
        if (index >= 0) return index
      }
    },
    enter: async (text) => interactive && (await read(text && `${text}\n`, false)) !== null,
  }
}

/** The editor of the prompt at a terminal, loaded when something is edited; undefined for a plain terminal. */
export function editingAt(
  terminal: OpenTerminal,
  plain: boolean,
): NonNullable<Questions['editing']> | undefined {
  if (plain || !terminal.interactive || !isTerminal(terminal.stdout)) return undefined
  return async (look, use) => {
    const { withLineReader } = await import('../repl/line-reader.ts')
    const run = () => withLineReader(terminal, look, use)
    return terminal.aside === undefined ? run() : terminal.aside(run)
  }
}

/** A menu at a terminal, loaded when something is chosen; undefined for a plain terminal and where there is nothing to draw on. */
export function pickingAt(terminal: OpenTerminal, plain: boolean, signal: AbortSignal): Host['pick'] {
  if (plain || !terminal.interactive || !isTerminal(terminal.stderr)) return undefined
  return async (names, question, first) => {
    const { pick } = await import('../repl/pick.ts')
    const run = () => pick(terminal, { names, question, first, signal })
    return terminal.aside === undefined ? run() : terminal.aside(run)
  }
}

function nobody(message: string, hint: string): ImptError {
  return new ImptError('NO_TTY', message, { hint })
}
