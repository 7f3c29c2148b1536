import { invocationOf, parseLine } from '../commands/bind.ts'
import { sandboxFolder } from '../commands/sandbox/folder.ts'
import { numberOf } from '../commands/options.ts'
import { findCommand } from '../commands/table/index.ts'
import { FAILS } from '../output/messages.ts'
import { attach } from '../repl/serve/client.ts'
import { serve, type RemoteSurface } from '../repl/serve/serve.ts'
import { startRepl } from '../repl/repl.ts'
import { isData, runCommand } from './command-run.ts'
import { asImptError, renderFailure } from './failure.ts'
import { showHelp } from './oneshot.ts'
import { promptHost } from './prompt.ts'
import { questionsAt } from './questions.ts'
import type { Program } from './program.ts'

/** `impt serve` and `impt attach`: one session that several processes share. Gives the exit code. */
export async function shareSession(
  program: Program,
  word: 'serve' | 'attach',
  words: readonly string[],
): Promise<number> {
  const command = findCommand(word, '')
  if (!command) throw new Error(`the table has no row for ${word}`)
  const { options } = invocationOf(
    command,
    words.map((text) => ({ text })),
  )
  if (options.help) return showHelp(program, { kind: 'command', command })
  const { version, terminal, globals, signal } = program
  const session = await program.session()
  const common = { session, version, directory: process.cwd(), stop: signal }
  if (word === 'attach') return attach({ ...common, terminal, env: process.env })
  const port = numberOf(options, 'port')
  return serve({
    ...common,
    ...(port === undefined ? {} : { port }),
    ...(globals.sandbox ? { sandbox: sandboxFolder(process.env, process.cwd()) } : {}),
    tell: (text) => void terminal.out(text),
    run: (argv, surface) => runRemote(version, argv, surface),
    repl: (prompt) =>
      startRepl({ ...prompt, version, plain: false, makeHost: (needs) => promptHost(program, needs) }),
  })
}

/** Runs one command line of another process in this session, with that process's directory, terminal and answers. */
async function runRemote(version: string, argv: readonly string[], surface: RemoteSurface): Promise<number> {
  const { terminal, session, directory, signal, memory, seen } = surface
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
        memory,
        questions: (mode) => questionsAt(terminal, { signal, beside: isData(mode) }),
      },
      seen,
    )
  } catch (error) {
    await terminal.out(`${renderFailure(error, 'default')}${FAILS}\n`)
    return asImptError(error).exit
  }
}
