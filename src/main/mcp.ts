import { dispatch } from '../commands/dispatch.ts'
import { listOf } from '../commands/options.ts'
import type { Invocation } from '../commands/row.ts'
import { dryRun, nobody, questionsBy } from '../mcp/consent.ts'
import { assertInside } from '../mcp/paths.ts'
import { serveTools, type ToolCall } from '../mcp/server.ts'
import { ImptError } from '../output/error.ts'
import type { Result } from '../output/result.ts'
import { derived } from '../output/terminal.ts'
import { contextOf } from './command-run.ts'
import type { Program } from './program.ts'
import { atTarget } from './target.ts'

/** `impt mcp`: the commands as tools for an assistant, over the standard streams, until the client goes away. Gives the exit code. Throws what the program was aborted with. */
export async function mcp(program: Program, { options }: Invocation): Promise<number> {
  const { terminal, signal, version } = program
  if (terminal.interactive)
    throw new ImptError('USAGE', '"impt mcp" talks with a program, not with a person at a terminal.', {
      hint: 'Name it in the settings of an assistant: see "impt help programs"',
    })
  await serveTools({
    version,
    writes: listOf(options, 'allow').includes('write'),
    run: (call) => runTool(program, call),
    stdin: process.stdin,
    stdout: process.stdout,
    complain: (text) => terminal.err(`Warning: ${text}\n`),
    stop: signal,
  })
  signal.throwIfAborted()
  return 0
}

/** Runs one call: what reads cannot change anything, what changes something is shown and asked first. */
async function runTool(
  program: Program,
  { invocation, words, signal, elicit, warn }: ToolCall,
): Promise<Result> {
  const { command } = invocation
  const { terminal, globals, version } = program
  const directory = process.cwd()
  await assertInside(directory, invocation)
  const isRead = command.effect === 'read'
  if (!isRead && elicit === undefined) throw nobody()
  let isConfirmed = false
  let shown: Promise<string> | undefined
  const questions = questionsBy(
    elicit,
    async () => (isConfirmed || isRead ? '' : ((await shown) ?? '')),
    () => (isConfirmed = true),
  )
  const placed = await atTarget(invocation, {
    version,
    session: await program.session(),
    // The streams are the protocol's.
    terminal: derived(terminal, {
      out: async () => undefined,
      err: warn,
      errWidth: undefined,
      interactive: false,
      colour: false,
    }),
    directory,
    at: globals.at,
    signal,
    readOnly: isRead,
    questions: () => questions,
  })
  const context = contextOf(invocation, placed)
  if (isRead) return dispatch(invocation, context)
  // A look at it changes nothing.
  shown = dryRun(invocation, words, contextOf(invocation, { ...placed, readOnly: true }))
  await shown
  const ensure = async () => {
    if (!isConfirmed) await questions.confirm('')
  }
  // What asks by itself says better what it will do; whatever it asks, nothing is sent before somebody said yes.
  if (command.confirms !== true || command.effect !== 'write') await ensure()
  return dispatch(invocation, {
    ...context,
    client: (before) =>
      context.client(async () => {
        await ensure()
        await before?.()
      }),
  })
}
