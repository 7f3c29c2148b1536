import { debugRun } from '../../debugging/run.ts'
import { type Terminal, createTerminal } from '../../debugging/terminal.ts'
import { ImptError } from '../../output/error.ts'
import type { Result } from '../../output/result.ts'
import type { RunResult } from '../../squirrel/run-file.ts'
import type { Debuggee } from '../../debugging/debuggee.ts'
import type { Context } from '../context.ts'
import { flagOf, listOf } from '../options.ts'
import type { OptionValues } from '../row.ts'
import { type Files, runError, runOf, throwErrors } from './group.ts'

/** `impt squirrel debug`: runs a file under a debugger, in the terminal or for an editor. */
export async function debug(
  context: Context,
  options: OptionValues,
  [name = '']: readonly string[],
): Promise<Result> {
  const { run, files } = await runOf(context, options, name)
  const debuggee = await debugRun(run, context.directory, flagOf(options, 'stop-on-entry'))
  let ending: RunResult | null = null
  const heard: Debuggee = {
    ...debuggee,
    listen: (hear) =>
      debuggee.listen((happening) => {
        if ('ended' in happening) ending = happening.ended
        hear(happening)
      }),
  }
  try {
    const terminal = createTerminal(heard, (text) => context.out(text))
    await converse(context, terminal, listOf(options, 'command'), () => ending !== null)
    tellEnding(context, ending, files)
    if (terminal.wrong > 0 && !context.ask.interactive)
      throw new ImptError('USAGE', `${terminal.wrong} of the commands were wrong.`)
  } finally {
    await debuggee.close()
  }
  return { kind: 'done', touched: null, silent: true }
}

/** Throws how the program ended that did not end by itself. */
function tellEnding(context: Context, ending: RunResult | null, files: Files): void {
  if (ending === null) return
  throwErrors(ending, files)
  if (ending.failure && !context.signal.aborted) throw runError(ending.failure, files)
}

/** Takes the commands of the options, then those of the terminal or the pipe. */
async function converse(
  context: Context,
  terminal: Terminal,
  commands: readonly string[],
  over: () => boolean,
): Promise<void> {
  for (const command of commands) {
    if (over() || context.signal.aborted) return
    if ((await terminal.take(command)) === 'over') return
  }
  while (!over() && !context.signal.aborted) {
    const line = await nextLine(context)
    if (line === null) return
    if ((await terminal.take(line)) === 'over') return
  }
}

/** A line from the person or the pipe; null at its end and on Ctrl-C. */
async function nextLine(context: Context): Promise<string | null> {
  try {
    return await context.ask.line(context.ask.interactive ? '(debug) ' : '', false)
  } catch (error) {
    if (error instanceof ImptError && (error.code === 'NO_TTY' || error.code === 'CANCELLED')) return null
    throw error
  }
}
