import type { CommandRow, OptionRow } from './row.ts'
import { commandLine, commandsOf, findGroup, globalOptions, groups, topLevelWords } from './table/index.ts'
import type { HelpTopic } from './named.ts'

/**
 * The text of `--help` in the layout of commands.md 2: an empty line, usage, description and the tables of commands and options, with the
 * type tags at the right edge. `width` is that of the terminal in columns; more than 80 are not used. Ends with a newline.
 */
export function renderHelp(topic: HelpTopic, width: number): string {
  const columns = Math.max(40, Math.min(80, width))
  return `\n${sectionsOf(topic, columns).join('\n\n')}\n`
}

function sectionsOf(topic: HelpTopic, width: number): readonly string[] {
  if (topic.kind === 'root') return rootSections(width)
  return topic.kind === 'group' ? groupSections(topic.group, width) : commandSections(topic.command, width)
}

function rootSections(width: number): readonly string[] {
  const documented = groups.filter((group) => group.own !== true)
  const own = [
    ...topLevelWords.map((row) => ({ term: `impt ${usageWords(row)}`, text: row.summary })),
    ...groups
      .filter((group) => group.own === true)
      .map((group) => ({ term: `impt ${group.name}`, text: group.summary })),
  ]
  const options = [
    { term: '--version, -v', text: 'Displays the version of impt.', tag: '[boolean]' },
    { term: '--help, -h', text: 'Displays a description of the command.', tag: '[boolean]' },
    ...globalOptions.map(optionEntry),
  ]
  return [
    'Usage: impt <command> [options]',
    table(
      'Commands:',
      documented.map((group) => ({ term: `impt ${group.name}`, text: group.summary })),
      width,
    ),
    table('More commands:', own, width),
    table('Options:', options, width),
  ]
}

function groupSections(name: string, width: number): readonly string[] {
  const commands = commandsOf(name)
  const [only] = commands
  if (only !== undefined && only.name === '' && commands.length === 1) return commandSections(only, width)
  // A group whose name alone is a command is helped with that, too.
  const own = commands.find((command) => command.name === '')
  const options = own?.options ?? only?.options.filter((option) => option.name === 'help') ?? []
  return [
    `Usage: impt ${name} <command> [options]`,
    findGroup(name)?.summary ?? '',
    ...(own?.description ?? []).map((text) => wrap(text.split(' '), width, 0).join('\n')),
    table(
      'Commands:',
      commands.map((command) => ({ term: `impt ${commandLine(command)}`, text: command.summary })),
      width,
    ),
    table('Options:', options.map(optionEntry), width),
  ]
}

function commandSections(command: CommandRow, width: number): readonly string[] {
  const isHelp = (option: OptionRow) => option.name === 'help'
  const filters = command.options.filter((option) => option.filter === true)
  const others = command.options.filter((option) => option.filter !== true && !isHelp(option))
  const options = [...command.options.filter(isHelp), ...others]
  return [
    wrap(['Usage: impt', usageWords(command), ...usageOptions(command)], width, 4).join('\n'),
    ...command.description.map((text) => wrap(text.split(' '), width, 0).join('\n')),
    table('Options:', options.map(optionEntry), width),
    ...(filters.length === 0 ? [] : [table('Filter options:', filters.map(optionEntry), width)]),
  ]
}

/** `dg create`, `squirrel check <FILE>...`. */
function usageWords(command: CommandRow): string {
  const words = (command.words ?? []).map(({ name, choices, optional, many }) => {
    const shown = choices?.join('|') ?? name
    return `${optional === true ? `[${shown}]` : `<${shown}>`}${many === true ? '...' : ''}`
  })
  return [commandLine(command), ...words].join(' ')
}

/** Options that stand for each other or belong together are shown so, where the manual does. */
const grouped: { readonly [command: string]: { readonly [option: string]: string } | undefined } = {
  'auth login': { user: '[--user <user_id> [--pwd <password>] | --lk <login_key_id>]', pwd: '', lk: '' },
  'test github': { user: '[--user <github_username> [--pwd <github_password>]]', pwd: '' },
}

/** The options of a command as its usage line shows them, each unbroken. */
export function usageOptions(command: CommandRow): readonly string[] {
  const special = grouped[commandLine(command)]
  return command.options
    .map((option) => special?.[option.name] ?? usageOption(option))
    .filter((text) => text !== '')
}

function usageOption(option: OptionRow): string {
  const text = `${dashed(option.name)}${valueShape(option)}`
  return option.required === true ? text : `[${text}]`
}

function valueShape(option: OptionRow): string {
  if (option.kind === 'flag') return ''
  if (option.kind === 'boolean') return ' [true|false]'
  const value = `<${option.value ?? 'value'}>`
  return option.kind === 'optional-text' ? ` [${value}]` : ` ${value}`
}

function dashed(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`
}

interface Entry {
  readonly term: string
  readonly text: string
  readonly tag?: string
}

function optionEntry(option: OptionRow): Entry {
  const term = option.letter === undefined ? dashed(option.name) : `--${option.name}, -${option.letter}`
  const text =
    option.list !== undefined
      ? `${option.summary.replace(/\.$/, '')} (may be repeated several times)`
      : option.summary
  return { term, text, tag: tagOf(option) }
}

const typeNames = {
  flag: 'boolean',
  boolean: 'boolean',
  text: 'string',
  'optional-text': 'string',
  integer: 'number',
} as const

function tagOf(option: OptionRow): string {
  const tags = [`[${option.list !== undefined ? 'array' : typeNames[option.kind]}]`]
  if (option.required === true)
    tags.push(option.unless === undefined ? '[required]' : `[required unless --${option.unless}]`)
  if (option.choices) tags.push(`[choices: ${option.choices.map((choice) => `"${choice}"`).join(', ')}]`)
  if (option.default !== undefined) tags.push(`[default: ${JSON.stringify(option.default)}]`)
  return tags.join(' ')
}

/** Two columns under a title. The tag stands at the right edge: in the last line of the text if there is room, or below it. */
function table(title: string, entries: readonly Entry[], width: number): string {
  const longest = Math.max(...entries.map((entry) => entry.term.length))
  const column = Math.min(longest + 4, Math.floor(width / 2))
  return [title, ...entries.flatMap((entry) => entryLines(entry, column, width))].join('\n')
}

function entryLines(entry: Entry, column: number, width: number): readonly string[] {
  const text = wrap(entry.text.split(' '), width - column, 0)
  const term = `  ${entry.term}`
  const lines = text.map(
    (line, i) => `${(i === 0 && term.length + 1 < column ? term : '').padEnd(column)}${line}`,
  )
  if (term.length + 1 >= column) lines.unshift(term)
  if (entry.tag === undefined) return lines
  const last = lines.at(-1) ?? ''
  if (last.length + 2 + entry.tag.length <= width)
    return [...lines.slice(0, -1), last + entry.tag.padStart(width - last.length)]
  return [...lines, ...wrap(entry.tag.split(/(?<!:) /), width - 10, 0).map((line) => line.padStart(width))]
}

/** Fills lines with pieces that are not broken; lines after the first are indented. */
function wrap(pieces: readonly string[], width: number, indent: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const piece of pieces) {
    if (line !== '' && line.length + 1 + piece.length > width) {
      lines.push(line)
      line = ' '.repeat(indent) + piece
    } else line = line === '' ? piece : `${line} ${piece}`
  }
  return [...lines, line]
}
