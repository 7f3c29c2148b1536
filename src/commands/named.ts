// What the words of the shell name. cac decides it: the groups and commands of the one table are registered with it, and it says which
// word is the group, which the command, what asks for help or the version, and what it does not know. The values of options are none of
// its business: bind reads them exactly as typed. Loads the table and cac only, because `--help` is answered from here.
import { cac, type CAC } from 'cac'
import type { CommandRow, OptionRow } from './row.ts'
import { looksLikeOption } from './scan.ts'
import { groups, topLevelWords, type GroupRow } from './table/index.ts'

/** What help is asked about: the program, a group or a command. */
export type HelpTopic =
  | { readonly kind: 'root' }
  | { readonly kind: 'group'; readonly group: string }
  | { readonly kind: 'command'; readonly command: CommandRow }

/** The most that a line names: where help is shown from when something is wrong with the line. */
export function topicIn(argv: readonly string[]): HelpTopic {
  return topicOf(namedBy(argv))
}

/** What help is about, of what a line names. */
export function topicOf({ group, command }: Named): HelpTopic {
  if (group === undefined) return { kind: 'root' }
  if (command === undefined) return { kind: 'group', group: group.name }
  // A group that is a command too, such as squirrel, is shown with its other commands.
  return command.name === '' && group.commands.length > 1
    ? { kind: 'group', group: group.name }
    : { kind: 'command', command }
}

/** What a line names. */
export interface Named {
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
export const FIRST: readonly GroupRow[] = [
  ...groups,
  ...topLevelWords.map((row) => ({ name: row.group, summary: row.summary, commands: [row] })),
]

/** The group and the command that a line names, and its other words. */
export function namedBy(argv: readonly string[]): Named {
  const first = match(root(argv), argv)
  const group = FIRST.find(({ name }) => name === first.name)
  if (group === undefined) return { ...first, rest: argv }
  const after = without(argv, first.index)
  const alone = group.commands.find(({ name }) => name === '')
  if (alone !== undefined && group.commands.length === 1)
    return { ...first, group, command: alone, rest: after }
  const second = match(within(group, after), after)
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

function root(argv: readonly string[]): CAC {
  return registered('impt', FIRST, argv, ({ commands }) => commands.flatMap(({ options }) => options))
}

function within({ name, commands }: GroupRow, argv: readonly string[]): CAC {
  return registered(`impt ${name}`, commands, argv, ({ options }) => options)
}

/** Registers what the line can be about: cac reads the whole line anew for each command, and what the line does not hold cannot match. */
function registered<Entry extends { readonly name: string }>(
  name: string,
  entries: readonly Entry[],
  argv: readonly string[],
  optionsOf: (entry: Entry) => readonly OptionRow[],
): CAC {
  const cli = cac(name)
  // It would print by itself.
  cli.showHelpOnExit = false
  cli.showVersionOnExit = false
  cli.option('-h, --help', '').option('-v, --version', '')
  const spelled = argv.filter((word) => word.startsWith('-')).join(' ')
  for (const entry of entries) {
    if (entry.name === '' || !argv.includes(entry.name)) continue
    const command = cli.command(GUARD + entry.name)
    if (spelled === '') continue
    for (const flag of flagsOf(optionsOf(entry))) {
      const letters = flag.replace(/^-+/, '')
      if (spelled.includes(letters)) command.option(flag, '')
    }
  }
  return cli
}

/** The spellings after which no value stands: cac takes the next word for the value of any other option. */
function flagsOf(options: readonly OptionRow[]): ReadonlySet<string> {
  const flags = new Set<string>()
  const valued = new Set<string>()
  for (const { name, letter, kind } of options) {
    const into = kind === 'flag' || kind === 'boolean' ? flags : valued
    into.add(`--${name}`)
    if (letter !== undefined) into.add(`-${letter}`)
  }
  for (const spelling of valued) flags.delete(spelling)
  return flags
}
