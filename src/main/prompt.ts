import { createProgress } from '../output/progress.ts'
import { createTerminal, derived, type OpenTerminal } from '../output/terminal.ts'
import { startRepl, type HostNeeds } from '../repl/repl.ts'
import { createHost } from './host.ts'
import type { Program } from './program.ts'

/** `impt` on a terminal: the prompt. Gives the exit code. */
export async function runPrompt(program: Program): Promise<number> {
  const { version, terminal, globals, signal } = program
  return startRepl({
    session: await program.session(),
    version,
    terminal: promptTerminal(terminal),
    plain: globals.plain || process.env.IMPT_PLAIN === '1',
    directory: process.cwd(),
    at: globals.at,
    stop: signal,
    makeHost: (needs) => promptHost(program, needs),
  })
}

/** At the prompt both streams are one screen: each text stands where it was written. */
function promptTerminal({ stdin, stdout, colour, keyboard }: OpenTerminal): OpenTerminal {
  return createTerminal({ stdin, stdout, stderr: stdout, colour, keyboard })
}

/** The host of a prompt: its questions and programs leave the editor aside, and its session is the one whose streams are shared. */
export function promptHost(program: Program, needs: HostNeeds): ReturnType<typeof createHost> {
  const { terminal: base, aside, memory, session, seen, directory, interrupts, lists } = needs
  const terminal: OpenTerminal = derived(base, {
    aside,
    ask: (question: Parameters<OpenTerminal['ask']>[0]) => aside(() => base.ask(question)),
    keyboard: derived(base.keyboard, {
      lend: <T>(use: () => Promise<T>) => aside(() => base.keyboard.lend(use)),
    }),
    // Where no input runs the prompt has its line for itself: what a job in the background waits for is not shown.
    progress: (text: string | null) =>
      base.progress(base.keyboard.isLent || interrupts() === undefined ? null : text),
  })
  const scope: Program = derived(program, {
    terminal,
    // Each writer clears its own line of progress only.
    progress: createProgress(terminal),
    session: () => Promise.resolve(session),
  })
  return createHost(scope, { mayRead: true, surface: { memory }, seen, directory, interrupts, lists })
}
