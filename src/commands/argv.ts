// What the words of the shell name. cac decides it: the groups and commands of the one table are registered with it, and it says which
// word is the group, which the command, what asks for help or the version, and what it does not know. The values of options are none of
// its business: bind reads them exactly as typed. What enters is argv without the program's own options; what leaves is an invocation.
import { cac, type CAC } from 'cac'
import { ImptError } from '../output/error.ts'
import { invocationOf } from './bind.ts'
import { closest } from './closest.ts'
import type { CommandRow, Invocation, OptionRow } from './row.ts'
import { looksLikeOption, optionSpelled, scan } from './scan.ts'
import { groups, topLevelWords, type GroupRow } from './table/index.ts'

/** What a command line asks for. */
export type Line =
  | { readonly kind: 'invocation'; readonly invocation: Invocation }
  | { readonly kind: 'help'; readonly topic: HelpTopic }
  | { readonly kind: 'version' }
  /** A group without a command, or nothing at all: its help is shown, and then what is missing (more-facts.md 10). */
  | { readonly kind: 'incomplete'; readonly topic: HelpTopic; readonly error: ImptError }

/** What help is asked about: the program, a group or a command. */
export type HelpTopic =
  | { readonly kind: 'root' }
  | { readonly kind: 'group'; readonly group: string }
  | { readonly kind: 'command'; readonly command: CommandRow }

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

/** The most that a line names: where help is shown from when something is wrong with the line. */
export function topicIn(argv: readonly string[]): HelpTopic {
  return topicOf(namedBy(argv))
}

function topicOf({ group, command }: Named): HelpTopic {
  if (group === undefined) return { kind: 'root' }
  if (command === undefined) return { kind: 'group', group: group.name }
  // A group that is a command too, such as squirrel, is shown with its other commands.
  return command.name === '' && group.commands.length > 1
    ? { kind: 'group', group: group.name }
    : { kind: 'command', command }
}

interface Named {
  readonly group?: GroupRow
  readonly command?: CommandRow
  /** The words without group and command. */
  readonly rest: readonly string[]
  /** Words that are no options and no values of options, of what is not known. */
  readonly unknown: readonly string[]
  readonly help: boolean
  readonly version: boolean
}

/** The words that stand first on a command line: the groups, and those that the program handles before any command. */
const FIRST: readonly GroupRow[] = [
  ...groups,
  ...topLevelWords.map((row) => ({ name: row.group, summary: row.summary, commands: [row] })),
]

function namedBy(argv: readonly string[]): Named {
  const first = match(root(), argv)
  const group = FIRST.find(({ name }) => name === first.name)
  if (group === undefined) return { ...first, rest: argv }
  const after = without(argv, first.index)
  const alone = group.commands.find(({ name }) => name === '')
  if (alone !== undefined && group.commands.length === 1)
    return { ...first, group, command: alone, rest: after }
  const second = match(within(group), after)
  const command = group.commands.find(({ name }) => name !== '' && name === second.name)
  if (command !== undefined) return { ...second, group, command, rest: without(after, second.index) }
  return { ...second, group, rest: after, ...(alone === undefined ? {} : { command: alone }) }
}

function without<T>(items: readonly T[], index: number): readonly T[] {
  return [...items.slice(0, index), ...items.slice(index + 1)]
}

/** cac turns words that look like numbers into numbers; with NUL in front, which no argument holds, each word stays what it is. */
const GUARD = '\0'

interface Match {
  /** Where the first word stands that is no option and no value of one. */
  readonly index: number
  /** That word, if it is a registered one. */
  readonly name?: string
  readonly unknown: readonly string[]
  readonly help: boolean
  readonly version: boolean
}

/** Lets cac read the line from its start, a word more each time, until it has found the word that names something. */
function match(cli: CAC, argv: readonly string[]): Match {
  const guarded = argv.map((word) => (looksLikeOption({ text: word }) ? optionOnly(word) : GUARD + word))
  const read = (count: number) => {
    cli.unsetMatchedCommand()
    return cli.parse(['', cli.name, ...guarded.slice(0, count)], { run: false })
  }
  const { options } = read(guarded.length)
  const flags = { help: options['help'] === true, version: options['version'] === true }
  for (let count = 1; count <= guarded.length; count++) {
    const { args } = read(count)
    const index = count - 1
    if (cli.matchedCommandName !== undefined)
      return { index, name: cli.matchedCommandName.slice(GUARD.length), unknown: [], ...flags }
    if (args.length > 0)
      return { index, unknown: read(guarded.length).args.map((word) => word.slice(GUARD.length)), ...flags }
  }
  return { index: argv.length, unknown: [], ...flags }
}

/** cac makes objects of names with dots; no option of ours has one, nor anything else than letters, digits and hyphens. */
function optionOnly(word: string): string {
  const [, name = '--unknown', value] = /^(--[a-z][\w-]*|-[a-z]+)(=.*)?$/is.exec(word) ?? []
  return value === undefined ? name : `${name}=${GUARD}`
}

const known = new Map<string, CAC>()

function root(): CAC {
  return registered(
    'impt',
    FIRST.map(({ name, commands }) => ({ name, options: commands.flatMap(optionsOf) })),
  )
}

function within({ name, commands }: GroupRow): CAC {
  return registered(
    `impt ${name}`,
    commands.map((command) => ({ name: command.name, options: command.options })),
  )
}

function optionsOf({ options }: CommandRow): readonly OptionRow[] {
  return options
}

function registered(
  name: string,
  entries: readonly { readonly name: string; readonly options: readonly OptionRow[] }[],
): CAC {
  const before = known.get(name)
  if (before) return before
  const cli = cac(name)
  // It would print by itself.
  cli.showHelpOnExit = false
  cli.showVersionOnExit = false
  cli.option('-h, --help', '').option('-v, --version', '')
  for (const entry of entries.filter((one) => one.name !== '')) {
    const command = cli.command(GUARD + entry.name)
    for (const flag of flagsOf(entry.options)) command.option(flag, '')
  }
  known.set(name, cli)
  return cli
}

/** The spellings after which no value stands: cac takes the next word for the value of any other option. */
function flagsOf(options: readonly OptionRow[]): readonly string[] {
  const valued = new Set(
    options
      .filter(({ kind }) => kind !== 'flag' && kind !== 'boolean')
      .flatMap(({ name, letter }) => [name, letter]),
  )
  const flags = options.filter(({ kind }) => kind === 'flag' || kind === 'boolean')
  return [...new Set(flags.flatMap(({ name, letter }) => [name, letter]))].flatMap((spelling) =>
    spelling === undefined || valued.has(spelling)
      ? []
      : [`${spelling.length === 1 ? '-' : '--'}${spelling}`],
  )
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
