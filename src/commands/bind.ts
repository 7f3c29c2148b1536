import { ImptError } from '../output/error.ts'
import { type Problem, problemsOf } from './checks.ts'
import { closest } from './closest.ts'
import { collect } from './registry.ts'
import type { CommandRow, Invocation, Word } from './row.ts'
import { looksLikeOption, scan } from './scan.ts'
import { commandsOf, groups } from './table/index.ts'
import { findWords, type HelpTopic, nextWord, topicOf } from './topic.ts'

export type { Problem } from './checks.ts'
export { type HelpTopic, topicOf } from './topic.ts'
export { redact, SECRET, wordRoles, type WordRole } from './roles.ts'

/** What a command line asks for. */
export type Line =
  | { readonly kind: 'invocation'; readonly invocation: Invocation }
  | { readonly kind: 'help'; readonly topic: HelpTopic }
  | { readonly kind: 'version' }

/** All that binding finds out. `invocation` is there if nothing is wrong. */
export interface Binding {
  readonly invocation?: Invocation
  readonly errors: readonly Problem[]
}

/**
 * Binds the words after group and command to the options of a command. Values are exactly the text given. `--help` wins over everything:
 * the options are then `{help: true}`. Throws ImptError USAGE with the first thing that is wrong, or BUG_TYPE for a secret in the wrong
 * place.
 */
export function bind(command: CommandRow, words: readonly Word[]): Invocation {
  const { invocation, errors } = bindAll(command, words)
  if (invocation !== undefined) return invocation
  const [first] = errors as readonly [Problem]
  throw new ImptError(first.code, first.message, { hint: first.hint })
}

/** As bind, but gives everything that is wrong, in the order of the checks, each with the word to point at. */
export function bindAll(command: CommandRow, words: readonly Word[]): Binding {
  const parts = scan(command, words)
  if (parts.some((part) => part.kind === 'option' && part.option.name === 'help')) {
    return { invocation: { command, options: { help: true }, words: [] }, errors: [] }
  }
  const errors = problemsOf(command, words, parts)
  if (errors.length > 0) return { errors }
  return { invocation: { command, ...collect(command, parts) }, errors }
}

/**
 * Reads the arguments of a one-shot, without those that the program itself takes. Options may stand before the group and the command.
 * Throws ImptError USAGE.
 */
export function parseLine(argv: readonly string[]): Line {
  const words = argv.map((text): Word => ({ text }))
  const { command, group, rest } = findWords(words)
  if (command !== undefined) {
    const invocation = bind(command, rest)
    if (invocation.options['help'] === true) return { kind: 'help', topic: topicOf(argv) }
    return { kind: 'invocation', invocation }
  }
  const asked = rest.map((word) => word.text)
  const end = asked.indexOf('--')
  const before = end < 0 ? asked : asked.slice(0, end)
  if (before.includes('--help') || before.includes('-h')) {
    return { kind: 'help', topic: topicOf(argv) }
  }
  if (group === undefined && (before.includes('--version') || before.includes('-v')))
    return { kind: 'version' }
  throw unknownCommand(group, rest)
}

function unknownCommand(group: string | undefined, rest: readonly Word[]): ImptError {
  const where = group === undefined ? 'impt' : `impt ${group}`
  const first = nextWord(rest, 0, () => false)
  const typed = rest[first]?.text
  if (typed === undefined) {
    return new ImptError('USAGE', 'Please specify a valid command.', { hint: `see "${where} --help"` })
  }
  const names = rest.slice(first).flatMap((word) => (looksLikeOption(word) ? [] : [word.text]))
  const candidates =
    group === undefined ? groups.map((row) => row.name) : commandsOf(group).map((row) => row.name)
  const near = closest(typed, candidates)
  const hint = near === undefined ? `see "${where} --help"` : `did you mean "${where} ${near}"?`
  return new ImptError('USAGE', `Unknown argument${names.length === 1 ? '' : 's'}: ${names.join(', ')}`, {
    hint,
  })
}
