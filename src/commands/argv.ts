// The door for words of the shell: what they name (named.ts) is bound (bind.ts). What enters is argv without the program's own options; what
// leaves is an invocation, or help, the version, what is missing.
import { ImptError } from '../output/error.ts'
import { invocationOf } from './bind.ts'
import { closest } from './closest.ts'
import { FIRST, namedBy, topicOf, type HelpTopic, type Named } from './named.ts'
import type { CommandRow, Invocation } from './row.ts'
import { optionSpelled, scan } from './scan.ts'

export { topicIn, type HelpTopic } from './named.ts'

/** What a command line asks for. */
type Line =
  | { readonly kind: 'invocation'; readonly invocation: Invocation }
  | { readonly kind: 'help'; readonly topic: HelpTopic }
  | { readonly kind: 'version' }
  /** A group without a command, or nothing at all: its help is shown, and then what is missing (more-facts.md 10). */
  | { readonly kind: 'incomplete'; readonly topic: HelpTopic; readonly error: ImptError }

/**
 * Reads the arguments of a one-shot, without those that the program itself takes. Options may stand before the group and the command.
 * Throws ImptError USAGE.
 */
export function parseLine(argv: readonly string[]): Line {
  const named = namedBy(argv)
  if (named.command !== undefined) {
    const invocation = invocationOf(
      named.command,
      unglued(named.command, named.rest).map((text) => ({ text })),
    )
    if (invocation.options['help'] !== true) return { kind: 'invocation', invocation }
    return { kind: 'help', topic: topicOf(named) }
  }
  if (named.help) return { kind: 'help', topic: topicOf(named) }
  if (named.group === undefined && named.version) return { kind: 'version' }
  return refused(named)
}

/**
 * `-lk KEY` as `-l -k KEY`, and `-device ID`, which can be no letters, as `--device ID` (more-facts.md 13). Letters of which another one
 * than the last takes a value are left to be refused.
 */
function unglued(command: CommandRow, words: readonly string[]): readonly string[] {
  const unknown = new Set(
    scan(
      command,
      words.map((text) => ({ text })),
    ).flatMap((part) => (part.kind === 'unknown' ? [part.index] : [])),
  )
  return words.flatMap((word, index) => {
    const [, letters, value = ''] = /^-([a-z][a-z-]+)(=.*)?$/is.exec(word) ?? []
    if (!unknown.has(index) || letters === undefined) return [word]
    const rows = letters.split('').map((letter) => optionSpelled(command, { text: `-${letter}` }))
    const isCluster = rows
      .map((row, at) => row && (at === rows.length - 1 || row.kind === 'flag' || row.kind === 'boolean'))
      .every(Boolean)
    if (isCluster)
      return letters.split('').map((letter, at) => `-${letter}${at === rows.length - 1 ? value : ''}`)
    return [optionSpelled(command, { text: `--${letters}` }) ? `-${word}` : word]
  })
}

function refused({ group, unknown }: Named): Line {
  const where = group === undefined ? 'impt' : `impt ${group.name}`
  const see = `see "${where} --help"`
  const [typed] = unknown
  if (typed === undefined) {
    const topic: HelpTopic = group === undefined ? { kind: 'root' } : { kind: 'group', group: group.name }
    const error = new ImptError('USAGE', 'Please specify a valid command.', { hint: see })
    return { kind: 'incomplete', topic, error }
  }
  const candidates = (group?.commands ?? FIRST).map(({ name }) => name).filter((name) => name !== '')
  const near = closest(typed, candidates)
  throw new ImptError('USAGE', `Unknown argument${unknown.length === 1 ? '' : 's'}: ${unknown.join(', ')}`, {
    hint: near === undefined ? see : `did you mean "${where} ${near}"?`,
  })
}
