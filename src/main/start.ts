// The room `main`: what puts the rooms together: argv, the session, signals, the exit code.
// Enters: the words of the command line and the environment.
// Leaves: an exit code. Only here the process ends.
// Not known here: nothing is hidden from it, so it holds no rules: what could be of use elsewhere belongs into a room.
import { parseLine } from '../commands/argv.ts'
import { namedBy } from '../commands/named.ts'
import type { CommandRow, Invocation } from '../commands/row.ts'
import { sandboxFolder } from '../commands/sandbox/folder.ts'
import { createTerminal } from '../output/terminal.ts'
import { modeOfWords } from './command-run.ts'
import { finish, finishWord } from './finish.ts'
import { takeGlobals } from './globals.ts'
import { openProgram, type Program } from './program.ts'
import { isScript, isScriptFile } from './script-word.ts'
import { mayHaveTarget } from '../session/target-choice.ts'
import { foldersOf } from '../session/paths.ts'

/** Runs one bound word of the shell. Gives the exit code. */
type WordRun = (program: Program, invocation: Invocation) => Promise<number>

/** The words that are more than a command: they run scripts, show guides or share the session. */
const WORDS: Readonly<Record<string, () => Promise<WordRun>>> = {
  run: async () => (await import('./script.ts')).runCommandLine,
  check: async () => (await import('./check.ts')).check,
  help: async () => (await import('./guide.ts')).help,
  serve: async () => (await import('./shared-session.ts')).serveSession,
  fmt: async () => (await import('./format.ts')).formatScripts,
  lsp: async () => (await import('./lsp.ts')).languageServer,
  attach: async () => (await import('./shared-session.ts')).attachSession,
  mcp: async () => (await import('./mcp.ts')).mcp,
}

/** Takes a command line to what it asks for (language.md 2.2): a command, a script, help, or the prompt. Gives the exit code. */
export async function start(argv: readonly string[], version: string): Promise<number> {
  let program: Program | undefined
  let words = argv
  try {
    const { globals, rest } = takeGlobals(argv)
    words = rest
    program = openProgram(globals, version)
    const code = await route(program, rest)
    // What was written last may be told to have failed only after this.
    await program.terminal.flush()
    return code === 0 && program.terminal.failed ? 1 : code
  } catch (thrown) {
    const { stdin, stdout, stderr } = process
    const terminal = program?.terminal ?? createTerminal({ stdin, stdout, stderr, colour: false })
    const mode = modeOfWords(words)
    return await (isCommand(words)
      ? finish({ thrown }, mode, terminal, namedBy(words))
      : finishWord(thrown, mode, terminal))
  } finally {
    await program?.close()
  }
}

/** Whether a line is one of the documented tool, whose failures are told on stdout with a status line (output.md 5). */
function isCommand([first]: readonly string[]): boolean {
  return first !== undefined && !isScript(first) && !Object.hasOwn(WORDS, first)
}

async function route(program: Program, words: readonly string[]): Promise<number> {
  const [first, ...rest] = words
  if (first === undefined && program.terminal.interactive && program.terminal.width !== undefined)
    return (await import('./prompt.ts')).runPrompt(program)
  if (first === undefined || first === '-')
    return (await import('./script.ts')).runStandardInput(program, rest, first === undefined)
  if (first === '-c') return (await import('./script.ts')).runText(program, rest)
  if (isScriptFile(first)) return (await import('./script.ts')).runFile(program, first, rest)

  const line = parseLine(words)
  switch (line.kind) {
    case 'version':
      await program.terminal.out(`${program.version}\n`)
      return 0
    case 'help':
      return (await import('./oneshot.ts')).showHelp(program, line.topic)
    case 'incomplete':
      await (await import('./oneshot.ts')).showHelp(program, line.topic)
      throw line.error
    case 'invocation':
      return runInvocation(program, words, line.invocation)
    default:
      return line satisfies never
  }
}

async function runInvocation(
  program: Program,
  words: readonly string[],
  invocation: Invocation,
): Promise<number> {
  const { command } = invocation
  const word = command.name === '' ? WORDS[command.group] : undefined
  if (word) return (await word())(program, invocation)
  if (!program.globals.noSession && isShared(command) && !mayHaveOwnTarget(program, invocation)) {
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
  return (await import('./oneshot.ts')).runOneShot(program, invocation)
}

/** A session that is open elsewhere has a login of its own. */
function mayHaveOwnTarget({ globals }: Program, { options }: Invocation): boolean {
  const { env } = process
  return (
    globals.at !== undefined || options.at !== undefined || mayHaveTarget({ env, folders: foldersOf(env) })
  )
}

/** Commands that are about this process, this machine's files or the login itself are never run through a session elsewhere. */
function isShared({ own, effect, group, name }: CommandRow): boolean {
  return own !== true && effect !== 'auth' && !(group === 'test' && name === 'run')
}
