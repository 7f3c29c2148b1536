import { ScriptError } from '../language/values/fault.ts'
import { Time, type Value } from '../language/values/value.ts'
import { isKeyword } from '../language/syntax/keywords.ts'
import { parse, type Parsed } from '../language/syntax/parse.ts'
import type { Command } from '../language/syntax/tree.ts'
import { ImptError } from '../output/error.ts'
import { visible } from '../output/visible.ts'
import { jobEntries, runWord } from './words/run.ts'
import { findReplWord } from './words/table.ts'
import type { Interrupts } from './interrupt.ts'
import type { Shell } from './shell.ts'
import { columnsOf } from './editor/graphemes.ts'
import { commandsIn, loneCommand, typedWords } from './syntax.ts'

/** How an input ended. */
export interface Done {
  readonly exit: number
  /** `exit` was said. */
  readonly ended: boolean
}

/** Where `watch` has its output collected. */
export interface Capture {
  /** Collects what the task writes. */
  readonly collect: (task: () => Promise<unknown>) => Promise<string>
  /** Writes straight to the screen. */
  readonly draw: (text: string) => void
}

/** Runs one input: a command of the prompt, or a text of the language. Prints its errors. */
export async function runInput(
  shell: Shell,
  text: string,
  interrupts: Interrupts,
  capture: Capture,
): Promise<Done> {
  const parsed = parse(text, { mode: 'prompt' })
  try {
    const word = replWord(shell, parsed)
    if (word?.head.text === 'watch') return await watch(shell, word, text, interrupts, capture)
    if (word) {
      await runWord(shell, word, text, interrupts.signal)
      return { exit: 0, ended: false }
    }
    const { exit, error, ended } = await shell.language.run(
      withJobEntries(shell, text, parsed),
      interrupts.signal,
    )
    if (error instanceof ScriptError) await explain(shell, error)
    else if (error !== undefined) reportDefect(shell, error)
    return { exit, ended }
  } catch (error) {
    if (!(error instanceof ImptError)) reportDefect(shell, error)
    else shell.print(`Error: ${visible(error.message)}\n${error.hint ? `${visible(error.hint)}\n` : ''}`)
    return { exit: error instanceof ImptError ? error.exit : 1, ended: false }
  }
}

/** Whether an input goes on by itself, so that Ctrl-C stops it between two items first. */
export function repeats({ tree, tokens }: Parsed, text: string): boolean {
  const isLoop = tokens.some(
    ({ kind, start, end }) => kind === 'keyword' && /^(?:for|while)$/.test(text.slice(start, end)),
  )
  return isLoop || commandsIn(tree).some(({ head }) => head.text === 'each')
}

/** The command of the prompt that an input is; a function of the session with the same name comes first. */
function replWord(shell: Shell, parsed: Parsed): Command | undefined {
  const node = loneCommand(parsed)
  if (!node || !findReplWord(node.head.text) || shell.language.functions().includes(node.head.text))
    return undefined
  return node
}

/** `jobs show 1 | where ...`: the entries take the place of the first stage. */
function withJobEntries(shell: Shell, text: string, { tree }: Parsed): string {
  const [statement] = tree.body
  if (tree.body.length !== 1 || statement?.kind !== 'chain' || statement.first.stages.length === 0)
    return text
  const { first } = statement.first
  if (first.kind !== 'command' || first.head.text !== 'jobs') return text
  const [what, number = '1'] = typedWords(first.args).map((word) => word.text)
  if (what !== 'show') return text
  const entries = jobEntries(shell, Number(number))
  shell.language.set(
    'jobs_shown',
    entries.map((entry): Value => ({
      ts: new Time(Date.parse(entry.ts), entry.ts),
      device_id: entry.device_id ?? null,
      type: entry.type,
      msg: entry.msg,
    })),
  )
  return `${text.slice(0, first.start)}$jobs_shown${text.slice(first.end)}`
}

async function explain(shell: Shell, error: ScriptError): Promise<void> {
  if (error.code !== 'NOT_FOUND') return
  const more = await shell.names.explain(error).catch(() => undefined)
  if (more !== undefined) shell.print(`${visible(more)}\n`)
}

function reportDefect(shell: Shell, error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  shell.print(
    `Internal error: this is a defect of impt, please report it with the lines below.\n${visible(text, true)}\n`,
  )
}

/** `watch 5s { ... }`: runs the block, and draws its output in place of the last one, until Ctrl-C. */
async function watch(
  shell: Shell,
  node: Command,
  text: string,
  interrupts: Interrupts,
  { collect, draw }: Capture,
): Promise<Done> {
  const [time, block] = node.args
  if (time?.kind !== 'word' || block?.kind !== 'block') {
    throw new ImptError('USAGE', 'Wrong use of "watch".', { hint: 'For example: watch 5s { device list }' })
  }
  const every = durationOf(text.slice(time.start, time.end))
  const body = text.slice(block.start + 1, block.end - 1)
  let shownRows = 0
  for (;;) {
    let done: Done = { exit: 0, ended: false }
    const output = await collect(async () => {
      done = await shell.language.run(body, interrupts.signal)
    })
    const lines = output.split('\n').slice(0, Math.max(1, shell.terminal.rows - 2))
    const back = shownRows > 0 && !shell.terminal.plain ? `\x1b[${shownRows}A\r\x1b[J` : ''
    const shown = [
      ...lines.filter((line, index) => index < lines.length - 1 || line !== ''),
      `every ${text.slice(time.start, time.end)}, ${new Date().toTimeString().slice(0, 8)}, Ctrl-C ends it`,
    ]
    draw(`${back}${shown.join('\n')}\n`)
    shownRows = shown.reduce(
      (sum, line) =>
        sum + Math.max(1, Math.ceil(columnsOf(line.replace(/\x1b\[[\d;]*m/g, '')) / shell.terminal.columns)),
      0,
    )
    if (done.ended || interrupts.signal.aborted) return done
    await pause(every, interrupts.signal)
    if (interrupts.signal.aborted) return { exit: 0, ended: false }
  }
}

function durationOf(text: string): number {
  const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? []
  const ms = Number(number) * (units[unit] ?? Number.NaN)
  if (!Number.isFinite(ms))
    throw new ImptError('USAGE', `"${text}" is no duration.`, { hint: 'For example: 5s, 2m' })
  return Math.max(100, ms)
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    if (signal.aborted) done()
    else signal.addEventListener('abort', done, { once: true })
  })
}

/** Whether the output of an input may go through the pager: one list or record, no stream, nothing that runs on (repl.md 3.9). */
export function mayPage(parsed: Parsed, text: string): boolean {
  if (
    repeats(parsed, text) ||
    parsed.tokens.some(
      ({ kind, start, end }) =>
        kind === 'external' || (kind === 'keyword' && isKeyword(text.slice(start, end))),
    )
  )
    return false
  return commandsIn(parsed.tree).every(({ head, args }) => {
    const words = typedWords(args).map((word) => word.text)
    return (
      ![
        'sh',
        'sys',
        'ask',
        'confirm',
        'run',
        'watch',
        'bg',
        'fg',
        'refresh',
        'tee',
        'retry',
        'wait-until',
        'sleep',
      ].includes(head.text) && !(head.text === 'log' || words.includes('log') || words.includes('--log'))
    )
  })
}
