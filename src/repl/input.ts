import { ScriptError } from '../language/values/fault.ts'
import { isKeyword } from '../language/syntax/keywords.ts'
import type { Interrupts } from '../commands/interrupts.ts'
import { optionSpelled } from '../commands/scan.ts'
import type { Left } from '../language/run/frame.ts'
import type { Command } from '../language/syntax/tree.ts'
import type { Parsed } from '../language/syntax/parse.ts'
import { defectExit, renderDefect } from '../output/defect.ts'
import { visible } from '../output/visible.ts'
import { aborted } from '../program/aborted.ts'
import type { Shell } from './shell.ts'
import { commandsIn, imptCommand } from './syntax.ts'

/** How an input ended. */
export interface Done {
  readonly exit: number
  /** `exit` was said. */
  readonly ended: boolean
  /** How far a loop came that Ctrl-C has stopped. */
  readonly left?: Left | undefined
}

/** Runs one input and prints its errors. */
export async function runInput(
  shell: Shell,
  text: string,
  parsed: Parsed,
  interrupts: Interrupts,
): Promise<Done> {
  try {
    const { exit, error, ended, left } = await shell.language.run(text, interrupts.soft, parsed)
    if (error instanceof ScriptError) await Promise.race([explain(shell, error), aborted(interrupts.hard)])
    return { exit, ended, left }
  } catch (error) {
    shell.print(renderDefect(error))
    return { exit: defectExit(error), ended: false }
  }
}

/** Whether an input goes on by itself, so that Ctrl-C stops it between two items first. */
export function repeats({ tree, tokens }: Parsed, text: string): boolean {
  const isLoop = tokens.some(
    ({ kind, start, end }) => kind === 'keyword' && /^(?:for|while)$/.test(text.slice(start, end)),
  )
  return isLoop || commandsIn(tree).some(({ head }) => head.text === 'each')
}

async function explain(shell: Shell, error: ScriptError): Promise<void> {
  if (error.code !== 'NOT_FOUND') return
  const more = await shell.names.explain(error).catch(() => undefined)
  if (more !== undefined) shell.print(`${visible(more)}\n`)
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
  return commandsIn(parsed.tree).every((node) => !RUNS_ON.has(node.head.text) && !streams(node))
}

/** Words that ask, wait, or show lines as they come. */
const RUNS_ON: ReadonlySet<string> = new Set(
  'sh sys ask confirm choose run watch bg fg refresh tee retry wait-until sleep progress'.split(' '),
)

/** An impt command whose lines come as they happen: a log, a deployment with its log, a test run. */
function streams(node: Command): boolean {
  const found = imptCommand(node)
  if (found === undefined) return false
  const { command, words } = found
  const { group, name, result } = command
  return (
    result === 'stream' ||
    group === 'log' ||
    (group === 'test' && name === 'run') ||
    words.some((word) => optionSpelled(command, word)?.name === 'log')
  )
}
