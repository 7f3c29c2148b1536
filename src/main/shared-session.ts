import { namedBy } from '../commands/named.ts'
import { parseLine } from '../commands/argv.ts'
import { MODES } from '../commands/present/modes.ts'
import type { Invocation } from '../commands/row.ts'
import { sandboxFolder } from '../commands/sandbox/folder.ts'
import { numberOf } from '../commands/options.ts'
import { attach } from '../repl/serve/client.ts'
import { serve, type RemoteSurface } from '../repl/serve/serve.ts'
import { ImptError } from '../output/error.ts'
import { startRepl } from '../repl/repl.ts'
import { modeOfWords, runCommand } from './command-run.ts'
import { finish } from './finish.ts'
import { promptHost } from './prompt.ts'
import { questionsAt } from './questions.ts'
import type { Program } from './program.ts'

/** `impt serve`: one session that several processes share. Gives the exit code. */
export async function serveSession(program: Program, { options }: Invocation): Promise<number> {
  refuseTarget(program, options)
  const { version, terminal, globals, signal } = program
  const port = numberOf(options, 'port')
  return serve({
    session: await program.session(),
    version,
    directory: process.cwd(),
    stop: signal,
    ...(port === undefined ? {} : { port }),
    ...(globals.sandbox ? { sandbox: sandboxFolder(process.env, process.cwd()) } : {}),
    tell: (text) => void terminal.out(text),
    run: (argv, surface) => runRemote(version, argv, surface),
    repl: (prompt) =>
      startRepl({ ...prompt, version, plain: false, makeHost: (needs) => promptHost(program, needs) }),
  })
}

/** `impt attach`: a prompt on that session. Gives the exit code. */
export async function attachSession(program: Program, { options }: Invocation): Promise<number> {
  refuseTarget(program, options)
  const { version, terminal, signal, session } = program
  return attach({
    session: await session(),
    version,
    terminal,
    directory: process.cwd(),
    env: process.env,
    stop: signal,
  })
}

/** Commands at a target never run in an open session, whose login is the documented one: it must not be that of a target unseen. */
function refuseTarget({ globals }: Program, options: Invocation['options']): void {
  const target = globals.at ?? options['at'] ?? process.env.IMPT_TARGET
  if (!target) return
  throw new ImptError('USAGE', `An open session stands at no target; this one names "${String(target)}".`, {
    hint: 'Leave out --at and IMPT_TARGET; commands at a target do without the session',
  })
}

/** Runs one command line of another process in this session, with that process's directory, terminal and answers. */
async function runRemote(version: string, argv: readonly string[], surface: RemoteSurface): Promise<number> {
  const { terminal, session, directory, signal, interrupts, memory, seen } = surface
  try {
    const line = parseLine(argv)
    if (line.kind !== 'invocation') throw new Error('only commands are run through a session')
    return await runCommand(
      line.invocation,
      {
        version,
        session,
        terminal,
        directory,
        signal,
        interrupts,
        memory,
        questions: (mode) => questionsAt(terminal, { signal, beside: MODES[mode].isData }),
      },
      seen,
    )
  } catch (error) {
    return finish({ thrown: error }, modeOfWords(argv), terminal, namedBy(argv))
  }
}
