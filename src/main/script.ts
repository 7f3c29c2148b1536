import { parseLine } from '../commands/argv.ts'
import { stoppedText } from '../commands/interrupts.ts'
import { textOf } from '../commands/options.ts'
import type { Invocation } from '../commands/row.ts'
import { runScript, type RunOptions } from '../language/run/script.ts'
import { durationOf } from '../language/syntax/literal.ts'
import { bytesOf } from '../language/run/memory.ts'
import { decodeScript, readScript } from '../language/run/script-file.ts'
import { ImptError } from '../output/error.ts'
import { tell } from '../output/terminal.ts'
import { openEntityCache } from '../entities/cache.ts'
import { readOnce, wholeInput } from '../program/whole-input.ts'
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
export async function runCommandLine(program: Program, { options, words }: Invocation): Promise<number> {
  const [name = '', ...args] = words
  const timeout = textOf(options, 'timeout')
  const memory = textOf(options, 'memory')
  const run: RunOptions = {
    dryRun: options['dry-run'] === true,
    confirmed: options.confirmed === true || options.yes === true,
    trace: options.trace === true,
    ...(options['skip-lookup'] === true && { lookup: false }),
    ...(timeout === undefined ? {} : { timeout: millisecondsOf(timeout) }),
    ...(memory === undefined ? {} : { memory: memoryOf(memory) }),
    ...(options.output === undefined ? {} : { output: String(options.output) }),
  }
  if (name === '-') return runStandardInput(program, args, false, run)
  return runFile(program, name, args, run)
}

/** `impt -c TEXT args`. Throws USAGE without a text. */
export function runText(program: Program, [text, ...args]: readonly string[]): Promise<number> {
  if (text === undefined) {
    throw new ImptError('USAGE', 'Option -c needs the text of a script.', {
      hint: `For example: impt -c 'device list | count'`,
    })
  }
  return execute(program, text, '<command>', args, true, {})
}

/** `... | impt` and `impt -`: read and parsed as a whole. An empty input where nothing was asked for is a line without a command. */
export async function runStandardInput(
  program: Program,
  args: readonly string[],
  isUnasked = false,
  options: RunOptions = {},
): Promise<number> {
  const text = decodeScript(await wholeInput(process.stdin, program.signal), '<stdin>')
  if (isUnasked && text === '') {
    const line = parseLine([])
    if (line.kind !== 'incomplete') throw new Error('an empty line is incomplete')
    await showHelp(program, line.topic)
    throw line.error
  }
  return execute(program, text, '<stdin>', args, false, options)
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
  const host = await createHost(program, {
    mayRead,
    surface: {
      memory: openEntityCache(undefined),
      ...(mayRead && { input: readOnce(() => process.stdin, program.signal) }),
    },
  })
  const { interrupts, signal: stop, terminal } = program
  // A word is enough: a script is not read twice for the case that somebody stops it.
  interrupts.repeats = /\b(?:for|while|each)\b/.test(text)
  const signal = AbortSignal.any([interrupts.soft, stop])
  const { exit, left } = await runScript(text, { name, args, host, signal, options })
  if (interrupts.soft.aborted && (left || interrupts.done > 0))
    tell(terminal, `${stoppedText(interrupts.done, left)}\n`)
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

function memoryOf(text: string): number {
  const bytes = bytesOf(text)
  if (bytes !== undefined && bytes > 0) return bytes
  throw new ImptError('USAGE', `Option "--memory" has incorrect value "${text}".`, {
    hint: 'a size such as 500MB or 2GB',
  })
}
