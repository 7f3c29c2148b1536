import { resolve } from 'node:path'
import { type Debuggee, isDebuggee } from '../../debugging/debuggee.ts'
import { debugRun } from '../../debugging/run.ts'
import type { Launch } from '../../debugging/dap/arguments.ts'
import { type Terminal, createTerminal } from '../../debugging/terminal.ts'
import { canceled, ImptError } from '../../output/error.ts'
import { counted } from '../../output/messages.ts'
import type { Result } from '../../output/result.ts'
import type { RunResult } from '../../squirrel/run-file.ts'
import type { Context } from '../context.ts'
import { flagOf, given, listOf, numberOf } from '../options.ts'
import type { OptionValues } from '../row.ts'
import { paintSquirrel } from './input.ts'
import { type Files, refuseSecond, runError, runOf, throwErrors } from './group.ts'
import { nextLine } from './next-line.ts'

const PROMPT = '(debug) '

/** `impt squirrel debug`: runs a file under a debugger, in the terminal or for an editor. */
export async function debug(
  context: Context,
  options: OptionValues,
  [name]: readonly string[],
): Promise<Result> {
  const port = numberOf(options, 'port')
  if (flagOf(options, 'dap') || port !== undefined) {
    const launch = (asked: Launch) => launched(context, options, asked, name)
    const attach = () =>
      Promise.reject(new Error('"attach" is for devices: impt sandbox device debug; here "launch" is meant'))
    return serveEditor(context, port, { launch, attach })
  }
  if (name === undefined)
    throw new ImptError('USAGE', 'squirrel debug needs a FILE.', {
      hint: 'Without one it speaks to an editor: --dap or --port',
    })
  if (name === '-')
    throw new ImptError('USAGE', 'The debugger reads its commands from standard input.', {
      hint: 'Name a file',
    })
  refuseSecond(options)
  const { run, files } = await runOf(context, options, name)
  const make = async () => {
    const made = await debugRun(run, context.directory, flagOf(options, 'stop-on-entry'))
    if (isDebuggee(made)) return made
    context.signal.throwIfAborted()
    throwEnding(made, files)
    throw canceled()
  }
  return inTerminal(context, options, await make(), make, (ending) => throwEnding(ending, files))
}

/** Speaks the Debug Adapter Protocol until the client goes. */
export async function serveEditor(
  context: Context,
  port: number | undefined,
  programs: {
    launch: (asked: Launch) => Promise<Debuggee>
    attach: (device: string | undefined) => Promise<Debuggee>
  },
): Promise<Result> {
  const { servePort, serveStream } = await import('../../debugging/dap/serve.ts')
  if (port === undefined && context.ask.interactive)
    throw new ImptError('USAGE', '--dap speaks to an editor on stdin and stdout, not to a terminal.')
  const code =
    port === undefined
      ? await serveStream(process.stdin, (text) => context.out(text), programs, context.signal)
      : await servePort(port, programs, context.signal, (taken, token) =>
          context.out(`${JSON.stringify({ ready: true, port: taken, token })}\n`),
        ).catch((error: unknown) => {
          throw new ImptError('CONFLICT', `The port cannot be used: ${(error as Error).message}.`, {
            hint: '--port 0 takes any free one',
            cause: error,
          })
        })
  // Nothing but the protocol is written: how the program ended is in its exit code.
  return { kind: 'done', touched: null, silent: true, exit: code }
}

/** The run that an editor asks for: what it does not say, the command line does. */
async function launched(
  context: Context,
  options: OptionValues,
  asked: Launch,
  name: string | undefined,
): Promise<Debuggee> {
  const program = asked.program ?? name
  if (program === undefined) throw new Error('"program" is missing: the file to debug')
  const directory = resolve(context.directory, asked.cwd ?? '.')
  const pairs = (values: Record<string, string | number>) =>
    Object.entries(values).map(([key, value]) => `${key}=${value}`)
  const chosen: Record<string, OptionValues[string]> = given({
    agent: asked.side === 'agent' || undefined,
    'device-file': asked.deviceFile,
    'agent-file': asked.agentFile,
    type: asked.type,
    script: asked.script,
    seed: asked.seed,
    start: asked.start,
    'max-ticks': asked.maxTicks,
    preprocess: asked.preprocess,
  })
  const lists = {
    libraries: [...listOf(options, 'libraries'), ...asked.libraries],
    var: [...listOf(options, 'var'), ...pairs(asked.vars)],
    define: [...listOf(options, 'define'), ...pairs(asked.define)],
  }
  const merged = {
    ...options,
    ...chosen,
    ...Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)),
  }
  try {
    const { run, files } = await runOf({ ...context, directory }, merged, program)
    const timed = asked.time === 'real' ? { ...run, time: { kind: 'real' } as const } : run
    const made = await debugRun(timed, directory, asked.stopOnEntry && !asked.noDebug)
    if (isDebuggee(made)) return made
    throwEnding(made, files)
    throw new Error('the program ended before it began')
  } catch (error) {
    if (!(error instanceof ImptError)) throw error
    throw new Error([error.message, ...error.notes, ...(error.hint ? [error.hint] : [])].join('\n'), {
      cause: error,
    })
  }
}

/**
 * Takes commands until the session is over; `again` makes the program anew, where that can be; `tell` throws how it ended that did not end by itself.
 */
export async function inTerminal(
  context: Context,
  options: OptionValues,
  first: Debuggee,
  again: (() => Promise<Debuggee>) | null,
  tell: (ending: RunResult) => void,
): Promise<Result> {
  let debuggee = first
  let ending: RunResult | undefined
  const heard = (made: Debuggee): Debuggee => {
    debuggee = made
    ending = undefined
    return {
      ...made,
      listen: (hear) =>
        made.listen((happening) => {
          if ('ended' in happening && debuggee === made) ending = happening.ended
          hear(happening)
        }),
    }
  }
  const sink = { print: (text: string) => context.out(text) }
  const terminal = createTerminal(
    heard(first),
    (text) => sink.print(text),
    again === null ? null : async () => heard(await again()),
  )
  try {
    await converse(context, terminal, sink, listOf(options, 'command'), () => ending !== undefined)
    // SIGTERM is no end of the program.
    context.signal.throwIfAborted()
    if (ending !== undefined) tell(ending)
    if (terminal.wrong > 0 && !context.ask.interactive)
      throw new ImptError(
        'USAGE',
        `${counted(terminal.wrong, 'command')} ${terminal.wrong === 1 ? 'was' : 'were'} wrong.`,
      )
  } finally {
    terminal.mute()
    await debuggee.close()
  }
  return { kind: 'done', touched: null, silent: true }
}

/** Throws what kept a program from running, or how it failed. */
function throwEnding(ending: RunResult, files: Files): void {
  throwErrors(ending, files)
  if (ending.failure) throw runError(ending.failure, files)
}

/** Takes the commands of the options, then those of the terminal or the pipe. */
async function converse(
  context: Context,
  terminal: Terminal,
  sink: { print: (text: string) => void },
  commands: readonly string[],
  over: () => boolean,
): Promise<void> {
  for (const command of commands) {
    if (over() || context.signal.aborted) return
    if ((await terminal.take(command)) === 'over') return
  }
  const talk = async (next: () => Promise<string | null>, kept: (line: string) => void) => {
    while (!over() && !context.signal.aborted) {
      const line = await next()
      if (line === null) return
      kept(line)
      if ((await terminal.take(line)) === 'over') return
    }
  }
  const { editing } = context.ask
  if (!editing)
    return talk(
      () => nextLine(context, PROMPT),
      () => undefined,
    )
  const history: string[] = []
  const look = {
    prompt: () => PROMPT,
    history: () => history,
    isComplete: () => true,
    complete: (text: string, cursor: number) => terminal.complete(text, cursor),
    paint: paintSquirrel,
    interrupted: () => terminal.pause(),
    leaving: 'Ctrl-D or "quit" to leave',
  }
  await editing(look, async (editor) => {
    sink.print = editor.print
    if (commands.length === 0) editor.print('"run" begins the program; "help" lists the commands.\n')
    await talk(
      () => editor.read(),
      (line) => {
        if (line.trim() !== '' && history.at(-1) !== line) history.push(line)
      },
    )
    sink.print = (text) => context.out(text)
  })
}
