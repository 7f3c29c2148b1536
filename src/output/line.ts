import { EventEmitter } from 'node:events'
import { Writable } from 'node:stream'
import { canceled, INTERRUPTED } from './error.ts'
import { keystrokes, type Keyboard } from './keyboard.ts'

/** A question for one line. */
interface LineQuestion {
  /** Shown before the answer; only its last line is drawn again while the answer is typed. */
  readonly prompt: string
  /** Nothing of the answer is shown. */
  readonly hidden: boolean
  readonly output: Writable & { readonly columns?: number }
  readonly signal: AbortSignal
}

/** What waiting for an answer is measured with. */
export interface Patience {
  /** Calls back after so many milliseconds, unless the function that it gives is called before. */
  readonly after: (ms: number, done: () => void) => () => void
}

/** How long an open pipe may be silent before it counts as one without an answer, in ms: programs are started with such pipes. */
const SILENCE_MS = 5000

/** Esc alone must be quick; the rest of an escape sequence comes at once. */
const ESCAPE_MS = 50

const realPatience: Patience = {
  after(ms, done) {
    const timer = setTimeout(done, ms)
    return () => clearTimeout(timer)
  },
}

/**
 * Asks for one line and gives the keyboard back. On a terminal it is typed; a pipe answers line by line. Null at the end of input, and
 * where a pipe says nothing for 5 s. Throws CANCELLED on Ctrl-C, and what `signal` was aborted with.
 */
export async function askLine(
  keyboard: Keyboard,
  question: LineQuestion,
  patience: Patience = realPatience,
): Promise<string | null> {
  question.signal.throwIfAborted()
  return keyboard.isTerminal ? typedLine(keyboard, question) : pipedLine(keyboard, question, patience)
}

async function pipedLine(
  keyboard: Keyboard,
  { prompt, output, signal }: LineQuestion,
  { after }: Patience,
): Promise<string | null> {
  output.write(prompt)
  const answer = await new Promise<string | null>((resolve, reject) => {
    const stop = () => leave(() => reject(signal.reason as Error))
    const hold = keyboard.hold({
      raw: false,
      typed(text) {
        calm()
        const end = text.indexOf('\n')
        if (end < 0) return text
        leave(() => resolve(text.slice(0, end).replace(/\r$/, '')))
        return text.slice(end + 1)
      },
      ended: (rest) => leave(() => resolve(rest === '' ? null : rest)),
    })
    const calm = after(SILENCE_MS, () => leave(() => resolve(null)))
    signal.addEventListener('abort', stop, { once: true })
    function leave(settle: () => void): void {
      calm()
      signal.removeEventListener('abort', stop)
      hold.release()
      settle()
    }
  })
  // A pipe echoes nothing, so the line of the question is ended here.
  if (prompt !== '') output.write('\n')
  return answer
}

async function typedLine(
  keyboard: Keyboard,
  { prompt, hidden, output, signal }: LineQuestion,
): Promise<string | null> {
  const { createInterface } = await import('node:readline')
  const keys = Object.assign(new EventEmitter(), { resume: () => keys, pause: () => keys })
  const last = prompt.lastIndexOf('\n') + 1
  // What has no output cannot show a secret, whatever is typed.
  const echo = hidden
    ? {}
    : {
        output: Object.assign(
          new Writable({
            write(chunk, encoding, done) {
              output.write(chunk, encoding)
              done()
            },
          }),
          { columns: output.columns },
        ),
      }
  return new Promise((resolve, reject) => {
    const reader = createInterface({
      input: keys as unknown as NodeJS.ReadStream,
      ...echo,
      terminal: true,
      historySize: 0,
      prompt: prompt.slice(last),
      escapeCodeTimeout: ESCAPE_MS,
    })
    let isDone = false
    const finish = (settle: () => void) => {
      if (isDone) return
      isDone = true
      signal.removeEventListener('abort', cancel)
      // Closing takes its listeners away: the next question has the keys for itself.
      reader.close()
      hold.release()
      settle()
    }
    const cancel = () => {
      output.write('^C\n')
      finish(() => reject(canceled(INTERRUPTED)))
    }
    const hold = keyboard.hold({
      raw: true,
      typed(text) {
        const strokes = keystrokes(text)
        let at = 0
        while (at < strokes.length && !isDone) keys.emit('data', strokes[at++])
        if (isDone && strokes[at - 1] === '\r' && strokes[at] === '\n') at += 1
        return strokes.slice(at).join('')
      },
      ended: () => finish(() => resolve(null)),
    })
    reader.on('line', (answer) => {
      if (hidden) output.write('\n')
      finish(() => resolve(answer))
    })
    reader.on('SIGINT', cancel)
    reader.on('close', () => {
      if (!isDone) output.write('\n')
      finish(() => resolve(null))
    })
    signal.addEventListener('abort', cancel, { once: true })
    // Only now does the terminal echo nothing: who types as soon as the question is there must not be shown.
    output.write(hidden ? prompt : prompt.slice(0, last))
    if (!hidden) reader.prompt()
  })
}
