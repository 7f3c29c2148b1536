import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { ImptError } from '../../output/error.ts'

/** Answers the questions of a command that runs in another process. */
export interface Asker {
  /** One line; null at the end of input. Throws CANCELLED on Ctrl-C. */
  readonly line: (prompt: string, hidden: boolean) => Promise<string | null>
  readonly close: () => void
}

export function createAsker(input: NodeJS.ReadStream, output: Writable, signal: AbortSignal): Asker {
  let piped: ReturnType<typeof createInterface> | undefined
  let lines: AsyncIterator<string> | undefined
  return {
    async line(prompt, hidden) {
      if (input.isTTY) return typedLine(prompt, { input, output, hidden, signal })
      output.write(prompt)
      piped ??= createInterface({ input, crlfDelay: Infinity })
      lines ??= piped[Symbol.asyncIterator]()
      const { value, done } = await lines.next()
      return done ? null : value
    },
    close: () => piped?.close(),
  }
}

function typedLine(
  prompt: string,
  {
    input,
    output,
    hidden,
    signal,
  }: { input: NodeJS.ReadStream; output: Writable; hidden: boolean; signal: AbortSignal },
): Promise<string | null> {
  let isMuted = false
  const echo = new Writable({
    write(chunk, encoding, done) {
      if (!isMuted) output.write(chunk, encoding)
      done()
    },
  })
  const reader = createInterface({ input, output: echo, terminal: true, historySize: 0, prompt })
  reader.prompt()
  isMuted = hidden
  return new Promise((resolve, reject) => {
    let answer: string | null = null
    const cancel = () => {
      output.write('^C\n')
      reject(new ImptError('CANCELLED', 'Operation is canceled.', { exit: 130 }))
      reader.close()
    }
    reader.once('line', (text) => {
      if (hidden) output.write('\n')
      answer = text
      reader.close()
    })
    reader.once('SIGINT', cancel)
    signal.addEventListener('abort', cancel, { once: true })
    reader.once('close', () => {
      signal.removeEventListener('abort', cancel)
      resolve(answer)
    })
  })
}
