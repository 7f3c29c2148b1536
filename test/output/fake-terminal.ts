import { PassThrough, type Writable } from 'node:stream'
import { createTerminal, derived, type OpenTerminal, type Question } from '../../src/output/terminal.ts'

/** A terminal of a test: results and errors go to two streams; `answer` gives what a person would type, null for nobody. */
export function fakeTerminal(
  out: Writable,
  err: Writable,
  { interactive = false, answer }: FakeKeyboard = {},
): OpenTerminal {
  const terminal = createTerminal({
    stdin: new PassThrough() as unknown as NodeJS.ReadStream,
    stdout: out as NodeJS.WriteStream,
    stderr: err as NodeJS.WriteStream,
    colour: false,
  })
  return derived(terminal, {
    interactive,
    ask: async ({ prompt }: Question) => {
      terminal.err(prompt)
      return answer?.() ?? null
    },
  })
}

interface FakeKeyboard {
  readonly interactive?: boolean
  readonly answer?: () => string | undefined
}
