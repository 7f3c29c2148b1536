import { existsSync } from 'node:fs'
import { sandboxFolder } from '../commands/sandbox/folder.ts'
import { ImptError } from '../output/error.ts'
import { asImptError, renderFailure } from './failure.ts'
import { takeGlobals } from './globals.ts'
import { openProgram, type Program } from './program.ts'

/** Takes a command line to what it asks for (language.md 2.2): a command, a script, help, or the prompt. Gives the exit code. */
export async function start(argv: readonly string[], version: string): Promise<number> {
  let program: Program | undefined
  try {
    const { globals, rest } = takeGlobals(argv)
    program = openProgram(globals, version)
    const code = await route(program, rest)
    return code === 0 && program.terminal.failed ? 1 : code
  } catch (error) {
    process.stderr.write(renderFailure(error, 'default'))
    return asImptError(error).exit
  } finally {
    await program?.close()
  }
}

async function route(program: Program, words: readonly string[]): Promise<number> {
  const [first, ...rest] = words
  if (first === undefined) {
    const { stdin, stdout } = process
    return stdin.isTTY && stdout.isTTY
      ? (await import('./prompt.ts')).runPrompt(program)
      : (await import('./script.ts')).runStandardInput(program, [])
  }
  switch (first) {
    case '-':
      return (await import('./script.ts')).runStandardInput(program, rest)
    case '-c': {
      const [text, ...args] = rest
      if (text === undefined)
        throw new ImptError('USAGE', 'Option -c needs the text of a script.', {
          hint: `For example: impt -c 'device list | count'`,
        })
      return (await import('./script.ts')).runText(program, text, args)
    }
    case 'run':
      return (await import('./script.ts')).runCommandLine(program, rest)
    case 'check':
      return (await import('./check.ts')).check(program, rest)
    case 'help':
      return (await import('./guide.ts')).help(program, rest)
    case 'serve':
    case 'attach':
      return (await import('./shared-session.ts')).shareSession(program, first, rest)
  }
  if (isScriptFile(first)) return (await import('./script.ts')).runFile(program, first, rest)
  if (!program.globals.noSession) {
    const { tryRunThroughSession } = await import('../repl/serve/client.ts')
    const { version, terminal, signal, globals } = program
    const shared = await tryRunThroughSession(words, {
      env: process.env,
      directory: process.cwd(),
      version,
      terminal,
      signal,
      ...(globals.sandbox ? { sandbox: sandboxFolder(process.env, process.cwd()) } : {}),
    })
    if (shared.ran) return shared.code
  }
  return (await import('./oneshot.ts')).runOneShot(program, words)
}

/** A path to an existing file, or a name that ends in `.imptsh`: no group of commands looks like that (toolchain.md 9). */
function isScriptFile(word: string): boolean {
  return word.endsWith('.imptsh') || (word.includes('/') && existsSync(word))
}
