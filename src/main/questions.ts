import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import type { Questions } from '../commands/context.ts'
import { ImptError } from '../output/error.ts'
import { SURE } from '../output/messages.ts'
import { visible } from '../output/visible.ts'

export interface QuestionOptions {
  readonly input: NodeJS.ReadStream
  /** Where questions are written: never among data that a program reads. */
  readonly output: Writable
  readonly signal: AbortSignal
  /** False where stdin is the script itself: then there is no one to ask. */
  readonly mayRead: boolean
  /** Added to a question, such as `(nightly.imptsh:12)`. */
  readonly where?: string
}

/** Shows a prompt and gives the line that comes back; null at the end of input. */
export type ReadLine = (prompt: string, hidden: boolean) => Promise<string | null>

/**
 * Questions over standard input (output.md 10). On a terminal they are typed; a pipe answers them line by line; at its end, or where there
 * is none, the question fails at once instead of waiting for an answer that cannot come.
 */
export function createQuestions({ input, output, signal, mayRead, where }: QuestionOptions): Questions {
  const interactive = mayRead && input.isTTY
  let piped: AsyncIterator<string> | undefined
  const read: ReadLine = async (prompt, hidden) => {
    if (!mayRead) return null
    if (interactive) return typed(prompt, { input, output, signal, hidden })
    output.write(prompt)
    piped ??= createInterface({ input, crlfDelay: Infinity, signal })[Symbol.asyncIterator]()
    const { value, done } = await piped.next()
    signal.throwIfAborted()
    if (prompt !== '') output.write('\n')
    return done ? null : value
  }
  return askingBy(read, interactive, where)
}

/** The questions of commands over any way to read a line; `where` is added to each, such as `nightly.imptsh:12`. */
export function askingBy(read: ReadLine, interactive: boolean, where?: string): Questions {
  const place = where ? ` (${where})` : ''
  const answerTo = async (prompt: string, hidden: boolean, refusal: () => ImptError): Promise<string> => {
    const answer = await read(prompt, hidden)
    if (answer === null) throw refusal()
    return answer
  }
  return {
    interactive,
    async confirm(text) {
      const question = "Enter 'y' (yes) or 'n' (no): "
      const refusal = () =>
        new ImptError('CONFIRM', 'The command needs a confirmation and there is no one to ask', {
          hint: `add --confirmed (-q) if you are sure${place}`,
        })
      for (let before = `${visible(text, true)}\n${SURE}${place}\n`; ; before = 'Invalid value!\n') {
        const word = (await answerTo(before + question, false, refusal)).trim().toLowerCase()
        if (word === 'y' || word === 'yes') return
        if (word === 'n' || word === 'no') throw new ImptError('CANCELLED', 'Operation is canceled.')
      }
    },
    text: (what, hidden) =>
      answerTo(`Enter ${what}${place}: `, hidden, () =>
        nobody(
          `The command needs the ${what} and there is no one to ask`,
          'give it as an option or through the environment',
        ),
      ),
    line: (prompt, hidden) =>
      answerTo(prompt, hidden, () =>
        nobody(
          `${prompt.trim()} There is no one to ask`,
          'run the script in a terminal, or give the value as an argument',
        ),
      ),
    async choice(question, answers) {
      const list = answers.map((answer, index) => `  (${index + 1}) ${visible(answer)}\n`).join('')
      const prompt = `Enter ${answers.map((_, index) => index + 1).join(' or ')}: `
      const refusal = () =>
        nobody(`${question.replace(/:$/, '')}: there is no one to ask`, 'give the choice as an option')
      for (let before = `${question}\n${list}\n`; ; before = 'Invalid value!\n') {
        const answer = (await answerTo(before + prompt, false, refusal)).trim()
        const index = answers.findIndex((_, position) => String(position + 1) === answer)
        if (index >= 0) return index
      }
    },
    enter: async (text) => interactive && (await read(text && `${text}\n`, false)) !== null,
  }
}

function nobody(message: string, hint: string): ImptError {
  return new ImptError('NO_TTY', message, { hint })
}

interface Typing {
  readonly input: NodeJS.ReadStream
  readonly output: Writable
  readonly signal: AbortSignal
  readonly hidden: boolean
}

/** Reads one line from the terminal; null at Ctrl-D. Throws CANCELLED on Ctrl-C. */
function typed(prompt: string, { input, output, signal, hidden }: Typing): Promise<string | null> {
  let muted = false
  const echo = new Writable({
    write(chunk, encoding, done) {
      if (!muted) output.write(chunk, encoding)
      done()
    },
  })
  // Only the last line of the prompt is redrawn while the answer is typed.
  const last = prompt.lastIndexOf('\n') + 1
  output.write(prompt.slice(0, last))
  const reader = createInterface({
    input,
    output: echo,
    terminal: true,
    historySize: 0,
    prompt: prompt.slice(last),
  })
  reader.prompt()
  muted = hidden
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void) => {
      signal.removeEventListener('abort', cancel)
      reader.removeAllListeners()
      reader.close()
      settle()
    }
    const cancel = () => {
      output.write('^C\n')
      finish(() => reject(new ImptError('CANCELLED', 'Operation is canceled.', { exit: 130 })))
    }
    reader.on('line', (text) => {
      if (hidden) output.write('\n')
      finish(() => resolve(text))
    })
    reader.on('SIGINT', cancel)
    reader.on('close', () => finish(() => resolve(null)))
    signal.addEventListener('abort', cancel, { once: true })
  })
}
