import type { CommandRow, OptionValues } from '../commands/row.ts'
import type { Look } from '../commands/present/look.ts'
import { MODES, type Mode, type ModeRow } from '../commands/present/modes.ts'
import { defectExit, defectMessage, renderDefect } from '../output/defect.ts'
import { canceled, exitOf, ImptError, TERMINATED } from '../output/error.ts'
import { FAILS, SUCCEEDS } from '../output/messages.ts'
import type { Result } from '../output/result.ts'
import { tell, type Terminal } from '../output/terminal.ts'
import { filled } from '../output/wrap.ts'

/** How something ended that was asked for: with a result, or with what was thrown. */
export type End = { readonly result: Result } | { readonly thrown: unknown }

/** What was asked for, as far as it is known: words that are wrong may name a command all the same. */
type Asked = { readonly command?: CommandRow; readonly options?: OptionValues }

/** The one way out for a command: shows its result or its failure as the mode does and gives the exit code. `stop` may end a live log. */
export async function finish(
  end: End,
  mode: Mode,
  terminal: Terminal,
  asked: Asked | undefined,
  stop?: AbortSignal,
): Promise<number> {
  const isOwn = asked?.command?.own === true
  if ('thrown' in end)
    return fail(end.thrown, MODES[mode], terminal, { isLines: await writesLines(asked, mode), isOwn })
  try {
    const { result } = end
    await show(result, mode, terminal, stop)
    // What goes on until it is stopped ends well with Ctrl-C; a signal to the process is no such end. The data that came is whole.
    if (isTerminated(result, stop))
      return MODES[mode].isData
        ? TERMINATED
        : fail(canceled(TERMINATED), MODES[mode], terminal, { isLines: false, isOwn })
    if (result.kind === 'record' && result.failed === true) return 1
    return result.kind === 'record' || result.kind === 'done' ? (result.exit ?? 0) : 0
  } catch (thrown) {
    return fail(thrown, MODES[mode], terminal, { isLines: isLive(end.result), isOwn })
  }
}

/**
 * Shows a result and says whether it succeeded (output.md 2). Throws TESTS_FAILED for a failure that has been told as it came about, and
 * what reading a list or a log throws.
 */
export async function show(
  result: Result,
  mode: Mode,
  terminal: Pick<Terminal, 'out' | 'closed'> & Look,
  stop?: AbortSignal,
): Promise<void> {
  const row = MODES[mode]
  try {
    for await (const piece of row.present(result, terminal)) {
      await terminal.out(piece)
      if (terminal.closed) return
    }
  } catch (error) {
    // Ctrl-C is how a live log is meant to end (log.md 2).
    if (!(result.kind === 'logs' && result.live && !result.ends && stop?.aborted === true)) throw error
  }
  const failed = result.kind === 'record' && result.failed === true
  if (failed && result.told) throw result.failure ?? new ImptError('TESTS_FAILED', 'Testing failed')
  const silent = result.kind === 'done' && result.silent === true
  if (row.status && !failed && !silent && !isTerminated(result, stop)) await terminal.out(`${SUCCEEDS}\n`)
}

/** Whether JSON shows the result as a document a line. */
function isLive(result: Result): boolean {
  return result.kind === 'events' || (result.kind === 'logs' && result.live)
}

/** Whether the JSON of a command is a document a line, also where it fails before its first one. */
async function writesLines({ command, options = {} }: Asked = {}, mode: Mode): Promise<boolean> {
  if (mode !== 'json' || command === undefined) return false
  const { resultOf } = await import('../commands/schema/result.ts')
  const { form } = await resultOf(command)
  return form === 'lines' || (form === 'both' && (options['log'] === true || options['follow'] === true))
}

/** Whether a log that goes on until it is stopped was ended by SIGTERM. */
function isTerminated(result: Result, stop: AbortSignal | undefined): boolean {
  return result.kind === 'logs' && result.live && exitOf(stop?.reason, 0) === TERMINATED
}

/** The way out for the words of the shell and for scripts, whose output is their own: a failure is told on stderr, or as data where data was asked for. */
export async function finishWord(thrown: unknown, mode: Mode, terminal: Terminal): Promise<number> {
  const { isData, failsBeside } = MODES[mode]
  return fail(thrown, { ...MODES[mode], failsBeside: failsBeside || !isData }, terminal, {
    isLines: false,
    isOwn: false,
  })
}

/** Prints why something failed (output.md 5) and gives the exit code. A defect of ours is told in full, on stderr. */
async function fail(
  thrown: unknown,
  row: ModeRow,
  terminal: Terminal,
  how: Parameters<ModeRow['fail']>[1],
): Promise<number> {
  const isKnown = thrown instanceof ImptError
  const error = isKnown
    ? thrown
    : new ImptError('SERVER', defectMessage(thrown), { exit: defectExit(thrown) })
  if (!isKnown) terminal.err(renderDefect(thrown))
  const text = isKnown || row.isData ? row.fail(error, how) : ''
  if (row.failsBeside) tell(terminal, isKnown ? text : '')
  else
    await terminal.out((row.talks ? filled(text, terminal.width) : text) + (row.status ? `${FAILS}\n` : ''))
  return error.exit
}
