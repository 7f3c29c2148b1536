import type { Questions } from '../commands/context.ts'
import { createProgress } from '../output/progress.ts'
import { createWriter } from '../output/writer.ts'
import { startRepl, type HostNeeds } from '../repl/repl.ts'
import { createHost } from './host.ts'
import type { Program } from './program.ts'
import { createQuestions } from './questions.ts'

/** `impt` on a terminal: the prompt. Gives the exit code. */
export async function runPrompt(program: Program): Promise<number> {
  const { version, colour, globals, signal } = program
  return startRepl({
    session: await program.session(),
    version,
    stdin: process.stdin,
    stdout: process.stdout,
    colour,
    plain: globals.plain || process.env.IMPT_PLAIN === '1',
    directory: process.cwd(),
    stop: signal,
    makeHost: (needs) => promptHost(program, needs),
  })
}

/** The host of a prompt: its questions leave the editor aside, and its session is the one whose streams are shared. */
export function promptHost(program: Program, needs: HostNeeds): ReturnType<typeof createHost> {
  const { stdin, stdout, aside, memory, session, seen, directory } = needs
  const writer = createWriter(stdout, stdout)
  const questions = (where?: string): Questions => {
    const asker = createQuestions({
      input: stdin,
      output: stdout,
      signal: program.signal,
      mayRead: true,
      ...(where === undefined ? {} : { where }),
    })
    return {
      interactive: asker.interactive,
      confirm: (text) => aside(() => asker.confirm(text)),
      text: (what, hidden) => aside(() => asker.text(what, hidden)),
      line: (prompt, hidden) => aside(() => asker.line(prompt, hidden)),
      choice: (question, answers) => aside(() => asker.choice(question, answers)),
      enter: (text) => aside(() => asker.enter(text)),
    }
  }
  // Each writer clears its own line of progress only.
  const scope: Program = {
    ...program,
    writer,
    progress: createProgress(writer),
    session: () => Promise.resolve(session),
    questions: (_mode, _mayRead, where) => questions(where),
    get width() {
      return stdout.columns
    },
  }
  return createHost(scope, { mayRead: true, surface: { memory }, seen, directory })
}
