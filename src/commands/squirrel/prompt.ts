import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { ImptError } from '../../output/error.ts'
import type { LogEntry, Result } from '../../output/result.ts'
import { visible } from '../../output/visible.ts'
import { appendHistory, readHistory } from '../../session/history.ts'
import { ensureFolder } from '../../session/paths.ts'
import { apiHelp } from '../../squirrel/api/help.ts'
import { createPrompt } from '../../squirrel/prompt.ts'
import type { Evaluation } from '../../squirrel/protocol.ts'
import type { Context, Editor } from '../context.ts'
import { flagOf, textOf } from '../options.ts'
import type { OptionValues } from '../row.ts'
import { completeSquirrel, isCompleteSquirrel, paintSquirrel } from './input.ts'
import { asTheyCome } from './as-they-come.ts'
import { nextLine } from './next-line.ts'
import { readSquirrel } from './source.ts'
import { typeOf } from './type.ts'
import type { Side } from '../source-file.ts'

const HISTORY_SIZE = 1000
/** An endless loop ends by itself at its limit of work, well within this time; what waits longer is given up. */
const STOPPING_MS = 1500

/** What is no entry of a log has no type before it. */
const OF_THE_PROMPT = new Set(['value', 'error', 'prompt'])

const HELP = `An expression shows its value; statements run. Names declared at the left margin stay.
  :agent, :device   go to the other side of the pair (agent.send and device.on reach it)
  :type TYPE        begin anew on another imp, such as imp001
  :load FILE        run a file here
  :help NAME        what the imp API says about a name, such as imp.wakeup
  :reset            begin anew
  :quit             leave, as Ctrl-D does
Tab completes, the arrows recall what was typed, Ctrl-C ends what runs.
`

/** `impt squirrel`: a prompt that runs Squirrel on a fresh virtual device and its agent, until Ctrl-D. */
export async function squirrelPrompt(context: Context, options: OptionValues): Promise<Result> {
  const session = createSession(context, options)
  if (context.quiet) return { kind: 'logs', live: true, ends: true, items: entriesOf(context, session) }
  try {
    const { editing } = context.ask
    if (editing) await edited(context, session, editing)
    else await typed(context, session)
  } finally {
    await session.close()
  }
  return { kind: 'done', touched: null, silent: true }
}

/** What the lines of a pipe come to, for programs, which get everything as entries of one log. */
async function* entriesOf(context: Context, session: SquirrelSession): AsyncGenerator<LogEntry> {
  try {
    yield* asTheyCome<LogEntry>((give) => {
      session.say = (type, lines, ts = Date.now()) =>
        give({ ts: new Date(ts).toISOString(), type, msg: lines.join('\n') })
      return typed(context, session)
    })
  } finally {
    await session.close()
  }
}

async function edited(
  context: Context,
  session: SquirrelSession,
  editing: NonNullable<Context['ask']['editing']>,
): Promise<void> {
  const { state } = context.session.folders
  const file = join(state, 'squirrel-history')
  const history = (await readHistory(file, HISTORY_SIZE)).map(({ text }) => text)
  await ensureFolder(state)
  const look = {
    prompt: () => `${session.side}› `,
    history: () => history,
    isComplete: isCompleteSquirrel,
    complete: (text: string, cursor: number) => completeSquirrel(text, cursor, session),
    paint: paintSquirrel,
    interrupted: () => session.interrupt(),
  }
  await editing(look, async (editor: Editor) => {
    session.print = editor.print
    editor.print('Squirrel on a virtual imp. :help tells more, Ctrl-D leaves.\n')
    for (let draft: string | undefined; !context.signal.aborted;) {
      const text = await editor.read(draft)
      draft = undefined
      if (text === null) return
      if (text.trim() === '') continue
      if (history.at(-1) !== text) {
        history.push(text)
        await appendHistory(file, { text, at: Date.now() }).catch(() => undefined)
      }
      const outcome = await session.take(text)
      if (outcome === 'quit') return
      if (outcome === 'more') draft = `${text}\n`
    }
  })
}

/**
 * Without an editor: from a pipe, or at a plain terminal. A pipe ends at its first error, as what follows was written for what failed, and at a
 * statement that its end cuts off: throws EXTERNAL with the line. What it left to do, such as timers, is done before it ends.
 */
async function typed(context: Context, session: SquirrelSession): Promise<void> {
  const isPerson = context.ask.interactive
  let text = ''
  let first = 1
  for (let row = 1; ; row++) {
    const line = await nextLine(context, text === '' ? 'squirrel> ' : '       .. ')
    context.signal.throwIfAborted()
    if (line === null) break
    if (session.hasFailed && !isPerson)
      throw new ImptError('EXTERNAL', `The input ends before line ${row}: a callback failed.`)
    if (text === '') first = row
    text = text === '' ? line : `${text}\n${line}`
    const outcome = text.trim() === '' ? 'done' : await session.take(text)
    if (outcome === 'quit') return
    if (outcome === 'wrong' && !isPerson)
      throw new ImptError(
        'EXTERNAL',
        `The input ends here: ${first === row ? `line ${row}` : `lines ${first} to ${row}`} failed.`,
        /^\s*else\b/.test(text)
          ? {
              hint: 'A statement runs when its line completes it: put "else" behind the "}", or use "impt squirrel run FILE"',
            }
          : {},
      )
    // An empty line lets a person go back; in a file it is one of the statement.
    if (outcome === 'more' && !(isPerson && line.trim() === '')) continue
    if (outcome === 'more') session.say('prompt', ['The input is not complete.'])
    text = ''
  }
  if (text !== '' && !isPerson)
    throw new ImptError('EXTERNAL', `The statement that begins in line ${first} is not complete.`, {
      hint: 'The input ended before it: a bracket, a comment or a text is open',
    })
  if (isPerson) return
  await session.settle()
  if (session.hasFailed) throw new ImptError('EXTERNAL', 'A callback failed after the end of the input.')
}

export interface SquirrelSession {
  readonly side: Side
  print: (text: string) => void
  /** Shows lines of a type: `value`, `error`, `prompt` for what the prompt itself says, or that of a log entry, which has a time: milliseconds since 1970. */
  say: (type: string, lines: readonly string[], ts?: number) => void
  /** Runs an input and shows what comes of it; `more`: it is not complete, `wrong`: it failed, which was shown. */
  take(text: string): Promise<'done' | 'wrong' | 'more' | 'quit'>
  evaluate(text: string): Promise<Evaluation>
  /** Whether a callback failed, which was shown. */
  readonly hasFailed: boolean
  /** Waits for what is left to do: time runs ahead. Throws what the command was aborted with. */
  settle(): Promise<void>
  /** Ends what runs. */
  interrupt(): void
  close(): Promise<void>
}

function createSession(context: Context, options: OptionValues): SquirrelSession {
  let type = textOf(options, 'type') ?? 'imp006'
  let interrupt = (): void => undefined
  let squirrel = begin()

  function begin() {
    type = typeOf(type)
    return createPrompt({
      type,
      onLog: ({ ts, type: kind, text }) => session.say(kind, [text], ts),
    })
  }

  function anew(): void {
    void squirrel.close()
    squirrel = begin()
  }

  async function run(text: string): Promise<'done' | 'wrong' | 'more'> {
    const stopped = new Promise<'stopped'>((resolve) => (interrupt = () => resolve('stopped')))
    const evaluating = squirrel.evaluate(text, session.side)
    let result = await Promise.race([evaluating, stopped])
    if (result === 'stopped')
      result = await Promise.race([evaluating, delay(STOPPING_MS, 'stopped' as const, { ref: false })])
    if (result === 'stopped') {
      anew()
      session.say('prompt', ['Stopped. The device begins anew: what was declared is gone.'])
      return 'done'
    }
    if (result.kind === 'incomplete') return 'more'
    if (result.kind === 'value') {
      session.say('value', result.text.split('\n'))
      return 'done'
    }
    session.say(
      'error',
      result.lines.flatMap((line) => pointed(text, line)),
    )
    return 'wrong'
  }

  async function command(name: string, argument: string): Promise<'done' | 'wrong' | 'quit'> {
    switch (name) {
      case 'quit':
      case 'exit':
        return 'quit'
      case 'agent':
      case 'device':
        side = name
        return 'done'
      case 'reset':
        anew()
        return 'done'
      case 'type':
        if (argument === '') session.say('prompt', [type])
        else {
          type = typeOf(argument)
          anew()
        }
        return 'done'
      case 'load': {
        if (argument === '') throw new ImptError('USAGE', ':load needs the name of a file.')
        const { text } = await readSquirrel(context, {}, session.side, argument)
        const outcome = await run(text)
        if (outcome === 'more')
          throw new ImptError('COMPILE', `${argument}: the last statement is not complete.`)
        return outcome
      }
      case 'help':
        session.say(
          'prompt',
          (argument === '' ? HELP : (apiHelp(argument) ?? `The imp API has no "${argument}".`))
            .trimEnd()
            .split('\n'),
        )
        return 'done'
      default:
        throw new ImptError('USAGE', `There is no :${visible(name)}.`, { hint: ':help lists what there is' })
    }
  }

  let side: Side = flagOf(options, 'agent') ? 'agent' : 'device'
  const session: SquirrelSession = {
    get side() {
      return side
    },
    print: (text) => context.out(text),
    say(type, lines) {
      const head = OF_THE_PROMPT.has(type) ? '' : `[${type}] `
      session.print(lines.map((line) => `${head}${visible(line)}\n`).join(''))
    },
    async take(text) {
      const [, name, argument = ''] = /^\s*:(\w+)\s*([^]*?)\s*$/.exec(text) ?? []
      try {
        return name === undefined ? await run(text) : await command(name, argument)
      } catch (error) {
        if (!(error instanceof ImptError)) throw error
        session.say('error', [`Error: ${error.message}`, ...error.notes, ...(error.hint ? [error.hint] : [])])
        return 'wrong'
      }
    },
    evaluate: (text) => squirrel.evaluate(text, session.side),
    get hasFailed() {
      return squirrel.failure !== undefined
    },
    async settle() {
      await squirrel.settle(context.signal)
      context.signal.throwIfAborted()
    },
    interrupt: () => interrupt(),
    close: () => squirrel.close(),
  }
  return session
}

/** A line of an error; under one that names a row and column, the row with a caret. */
function pointed(source: string, line: string): readonly string[] {
  const [, text, row, column] = /^(.*) \((\d+):(\d+)\)$/s.exec(line) ?? []
  const shown = source.split('\n')[Number(row) - 1]
  if (text === undefined || shown === undefined) return [line]
  const space = shown.slice(0, Math.max(0, Number(column) - 1)).replace(/[^\t]/g, ' ')
  return [text, `  ${shown}`, `  ${space}^`]
}
