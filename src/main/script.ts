import { buffer } from 'node:stream/consumers'
import { invocationOf } from '../commands/bind.ts'
import { textOf } from '../commands/options.ts'
import { topLevelWords } from '../commands/table/index.ts'
import { runScript, type RunOptions } from '../language/run/script.ts'
import { durationOf } from '../language/syntax/literal.ts'
import { decodeScript, readScript } from '../language/run/script-file.ts'
import { ImptError } from '../output/error.ts'
import { openEntityCache } from '../entities/cache.ts'
import { createHost } from './host.ts'
import { showHelp } from './oneshot.ts'
import type { Program } from './program.ts'

/** `impt FILE.imptsh args`. Gives the exit code. */
export async function runFile(
  program: Program,
  file: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<number> {
  return execute(program, await readScript(file), file, args, true, options)
}

/** `impt run [options] FILE args`: the options before FILE are the run's, those after it the script's. */
export async function runCommandLine(program: Program, words: readonly string[]): Promise<number> {
  const command = topLevelWords.find(({ group }) => group === 'run')
  if (!command) throw new Error('the table has no row for run')
  let file = 0
  for (; file < words.length; file++) {
    const word = words[file] ?? ''
    if (!word.startsWith('-') || word === '-') break
    const row = command.options.find(({ name, letter }) => word === `--${name}` || word === `-${letter}`)
    if (row?.kind === 'text') file++
  }
  const { options } = invocationOf(
    command,
    words.slice(0, file + 1).map((text) => ({ text })),
  )
  if (options.help) return showHelp(program, { kind: 'command', command })
  const name = words[file] ?? ''
  const timeout = textOf(options, 'timeout')
  const run: RunOptions = {
    dryRun: options['dry-run'] === true,
    confirmed: options.confirmed === true || options.yes === true,
    trace: options.trace === true,
    ...(timeout === undefined ? {} : { timeout: millisecondsOf(timeout) }),
    ...(options.output === undefined ? {} : { output: String(options.output) }),
  }
  const args = words.slice(file + 1)
  if (name === '-') return runStandardInput(program, args, run)
  return runFile(program, name, args, run)
}

/** `impt -c TEXT args`. */
export function runText(program: Program, text: string, args: readonly string[]): Promise<number> {
  return execute(program, text, '<command>', args, true, {})
}

/** `... | impt` and `impt -`: read and parsed as a whole. */
export async function runStandardInput(
  program: Program,
  args: readonly string[],
  options: RunOptions = {},
): Promise<number> {
  return execute(
    program,
    decodeScript(await buffer(process.stdin), '<stdin>'),
    '<stdin>',
    args,
    false,
    options,
  )
}

async function execute(
  program: Program,
  text: string,
  name: string,
  args: readonly string[],
  mayRead: boolean,
  options: RunOptions,
): Promise<number> {
  // What a run has seen of names makes each further look-up one request.
  const host = await createHost(program, { mayRead, surface: { memory: openEntityCache(undefined) } })
  const { exit, error } = await runScript(text, { name, args, host, signal: program.signal, options })
  if (error instanceof Error && process.env.IMPT_DEBUG)
    program.terminal.err(`${error.stack ?? error.message}\n`)
  return exit
}

function millisecondsOf(text: string): number {
  const milliseconds = durationOf(text)
  if (milliseconds === undefined) {
    throw new ImptError('USAGE', `Option "--timeout" has incorrect value "${text}".`, {
      hint: 'a duration such as 90s or 10m',
    })
  }
  return milliseconds
}
