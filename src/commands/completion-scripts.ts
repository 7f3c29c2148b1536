// Three shells say the same things in one file: longer than usual, so that what one learns is not forgotten in the others.
import { GUIDES } from '../help/guides.ts'
import type { NamedHere } from '../session/names-here.ts'
import type { CommandRow, OptionRow, WordRow } from './row.ts'
import { type GroupRow, globalOptions, groups, topLevelWords } from './table/index.ts'

/** The shells that `impt completion` knows. */
type Shell = 'bash' | 'zsh' | 'fish'

/**
 * The completion script of a shell: groups, commands, options, choices and file names, all from the option table. While
 * completing it calls only `impt completion targets` and `logins`, where such a name may stand. Ends with a newline.
 */
export function completionScript(shell: Shell): string {
  const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript }
  return `${scripts[shell]()}\n`
}

/** What the first word may be. Groups with one nameless command, and the words that are no commands, take options at once. */
const firstWords: readonly GroupRow[] = [
  ...groups,
  ...topLevelWords.map((row) => ({ name: row.group, summary: row.summary, commands: [row] })),
]

const named = (group: GroupRow) => group.commands.filter((command) => command.name !== '')

const groupsWithCommands = groups
  .map((group) => [group.name, named(group).map(({ name }) => name)] as const)
  .filter(([, list]) => list.length > 0)

const spellings = (option: OptionRow): readonly string[] => [
  option.name.length === 1 ? `-${option.name}` : `--${option.name}`,
  ...(option.letter === undefined ? [] : [`-${option.letter}`]),
]

const choicesOf = (option: OptionRow): readonly string[] =>
  option.kind === 'boolean' ? ['true', 'false'] : (option.choices ?? option.begins ?? [])

/** What stands where a group does: the groups, and for `help` also its guides. */
const groupWords = (word: WordRow): readonly string[] => [
  ...groups.map(({ name }) => name),
  ...(word.command === 'or guide' ? [...Object.keys(GUIDES), 'imp'] : []),
]

const needsValue = (option: OptionRow): boolean => option.kind === 'text' || option.kind === 'integer'

// bash

function bashScript(): string {
  return `# Completion of impt for bash: source <(impt completion bash)
_impt() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} group= name= i word
  # bash splits --option=value at the sign.
  if [[ $cur == = ]]; then cur=; elif [[ $prev == = ]]; then prev=\${COMP_WORDS[COMP_CWORD-2]}; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ $word == --at ]]; then ((i++)); fi
    [[ $word == -* ]] && continue
    if [[ -z $group ]]; then group=$word; elif [[ -z $name ]]; then name=$word; fi
  done
  local words= options= value=
  case $group in
    '') words='${firstWords.map((group) => group.name).join(' ')}' options='${optionWords([...globalOptions])} --help --version'
      case $prev in --at) value=@target ;; esac ;;
${firstWords.map(bashGroup).join('\n')}
  esac
  if [[ -z $value ]]; then
    if [[ $cur == -* ]]; then value=$options; else value=$words; fi
  fi
  COMPREPLY=()
  case $value in
    @file) _impt_paths default -f ;;
    @directory) _impt_paths dirnames -d ;;
    @target|@login) COMPREPLY=($(compgen -W "$(impt completion "\${value#@}s" 2>/dev/null)" -- "$cur")) ;;
    @text) ;;
    *) COMPREPLY=($(compgen -W "$value" -- "$cur")) ;;
  esac
}
# bash itself completes names of files, and quotes them. Before version 4 a function cannot ask for that.
_impt_paths() {
  compopt -o "$1" 2>/dev/null && return
  while IFS= read -r word; do COMPREPLY+=("$(printf %q "$word")"); done < <(compgen "$2" -- "$cur")
}
complete -F _impt impt`
}

function bashGroup(group: GroupRow): string {
  const commands = named(group)
  const single = group.commands.find((command) => command.name === '')
  const cases = commands.map((command) => `        ${command.name}) ${bashCommand(command, '          ')} ;;`)
  const fallback = `        *) words='${commands.map((command) => command.name).join(' ')}'${single === undefined ? " options='--help -h'" : `; ${bashCommand(single, '          ')}`} ;;`
  if (commands.length === 0 && single !== undefined)
    return `    ${group.name}) ${bashCommand(single, '      ')} ;;`
  return `    ${group.name}) case $name in\n${[...cases, fallback].join('\n')}\n      esac ;;`
}

function bashCommand(command: CommandRow, indent: string): string {
  // The first place that has words to offer: where the next one begins depends on the options between.
  const [own = ''] = (command.words ?? []).map(bashWord).filter((text) => text !== '')
  const values = new Map<string, string[]>()
  for (const option of command.options) {
    const value = bashValue(option)
    if (value !== '') values.set(value, [...(values.get(value) ?? []), ...spellings(option)])
  }
  const cases = [...values].map(([value, names]) => `${names.join('|')}) value='${value}' ;;`)
  return [own, `options='${optionWords(command.options)}'`, `case $prev in ${cases.join(' ')} esac`]
    .filter((text) => text !== '')
    .join(`\n${indent}`)
}

function bashWord(word: WordRow): string {
  if (word.command !== undefined) return bashCommands(word)
  const offered = offeredAt(word)
  return offered === '' ? '' : `words='${offered}'`
}

/** Groups, then the commands of the one that stands there. */
function bashCommands(word: WordRow): string {
  const cases = groupsWithCommands.map(([name, list]) => `${name}) words='${list.join(' ')}' ;;`)
  return `case $name in '') words='${groupWords(word).join(' ')}' ;; ${cases.join(' ')} esac`
}

/** What stands at a place: `@` and the name of what is looked up, or the words themselves; empty where only the person knows. */
function offeredAt({ names, path, choices = [] }: WordRow): string {
  const kind = names ?? path
  return kind === undefined ? choices.join(' ') : `@${kind}`
}

/** A value that is optional is offered only where it has choices: the next word may as well be an option. */
function bashValue(option: OptionRow): string {
  const choices = option.choices ?? option.begins
  if (choices !== undefined) return choices.join(' ')
  if (!needsValue(option)) return ''
  return `@${option.names ?? option.path ?? 'text'}`
}

function optionWords(options: readonly OptionRow[]): string {
  return options.flatMap(spellings).join(' ')
}

// zsh

function zshScript(): string {
  return `#compdef impt
# Completion of impt for zsh: source <(impt completion zsh)
_impt() {
  local -a commands
  while (( CURRENT > 2 )) && [[ $words[2] == -* ]]; do
    if [[ $words[2] == --at ]]; then
      if (( CURRENT == 3 )); then compadd -- \${(f)"$(impt completion targets 2>/dev/null)"}; return; fi
      words[2]=(); (( CURRENT-- ))
    fi
    words[2]=(); (( CURRENT-- ))
  done
  if (( CURRENT == 2 )); then
    if [[ $words[2] == -* ]]; then
      _arguments ${[...globalOptions.map(zshOption), "'(-h --help)'{-h,--help}'[Displays a description of the command]'", "'(-v --version)'{-v,--version}'[Displays the version of impt]'"].join(' ')}
      return
    fi
    commands=(${firstWords.map((group) => zshDescribed(group.name, group.summary)).join(' ')})
    _describe command commands
    return
  fi
  case $words[2] in
${firstWords.map(zshGroup).join('\n')}
  esac
}
if [[ $funcstack[1] == _impt ]]; then _impt "$@"; else compdef _impt impt; fi`
}

function zshGroup(group: GroupRow): string {
  const commands = named(group)
  const single = group.commands.find((command) => command.name === '')
  if (commands.length === 0 && single !== undefined) return `    ${group.name}) ${zshCommand(single, 1)} ;;`
  const list = commands.map((command) => zshDescribed(command.name, command.summary)).join(' ')
  return `    ${group.name})
      if (( CURRENT == 3 )); then commands=(${list}); _describe command commands; return; fi
      case $words[3] in
${commands.map((command) => `        ${command.name}) ${zshCommand(command, 2)} ;;`).join('\n')}
      esac ;;`
}

/** Drops the words before the options, because _arguments takes the first word for the name of the command. */
function zshCommand(command: CommandRow, drop: number): string {
  const plain = (command.words ?? []).map((word, i) =>
    word.command === undefined
      ? quote(`${word.many ? '*' : i + 1}:${word.name}:${zshWord(word)}`)
      : zshCommands(word),
  )
  return `shift ${drop} words; (( CURRENT -= ${drop} )); _arguments ${[...command.options.map(zshOption), ...plain].join(' ')}`
}

function zshWord({ names, path, choices = [] }: WordRow): string {
  if (names !== undefined) return zshNames(names)
  return path === undefined ? `(${choices.join(' ')})` : zshPaths(path)
}

const zshPaths = (path: 'file' | 'directory') => (path === 'directory' ? '_files -/' : '_files')

/** Groups, then the commands of the one that stands there. */
function zshCommands(word: WordRow): string {
  const { name } = word
  const cases = groupsWithCommands.map(([group, list]) => `${group}) compadd -- ${list.join(' ')} ;;`)
  return `${quote(`1:${name}:(${groupWords(word).join(' ')})`)} ${quote(`2:${name}:{case $words[CURRENT-1] in ${cases.join(' ')} esac}`)}`
}

function zshOption(option: OptionRow): string {
  const names = spellings(option).map((name) =>
    needsValue(option) && name.startsWith('--') ? `${name}=` : name,
  )
  const [long = ''] = names
  const set = names.length > 1 ? `'(${spellings(option).join(' ')})'{${names.join(',')}}` : quote(long)
  const repeated = names.length > 1 ? `'*'{${names.join(',')}}` : quote(`*${long}`)
  const text = `[${option.summary.replace(/[[\]\\]/g, '\\$&')}]`
  return `${option.list !== undefined ? repeated : set}${quote(text + zshValue(option))}`
}

function zshValue(option: OptionRow): string {
  if (option.kind === 'flag') return ''
  const choices = choicesOf(option)
  const action =
    option.names !== undefined
      ? zshNames(option.names)
      : choices.length > 0
        ? `(${choices.join(' ')})`
        : option.path === undefined
          ? ' '
          : zshPaths(option.path)
  return `${needsValue(option) ? ':' : '::'}${(option.value ?? 'value').replaceAll(':', '\\:')}:${action}`
}

/** An action that computes its words while completing. */
function zshNames(names: NamedHere): string {
  return `{compadd -- \${(f)"$(impt completion ${names}s 2>/dev/null)"}}`
}

function zshDescribed(name: string, summary: string): string {
  return quote(`${name}:${summary.replaceAll(':', '\\:')}`)
}

/** One word of a POSIX shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

// fish

/** fish asks each of some hundred conditions at a Tab: the line is read once for all of them. */
function fishScript(): string {
  const lines = firstWords.flatMap((group) => [
    `complete -c impt -n __impt_at -a ${group.name} -d ${fishQuote(group.summary)}`,
    ...named(group).map(
      (command) =>
        `complete -c impt -n '__impt_at ${group.name}' -a ${command.name} -d ${fishQuote(command.summary)}`,
    ),
    ...group.commands.flatMap(fishCommand),
  ])
  return `# Completion of impt for fish: impt completion fish | source
function __impt_read
    set -l tokens (commandline -opc)
    test "$tokens" = "$__impt_line"; and return
    set -g __impt_line "$tokens"
    set -g __impt_said
    set -l before
    for word in $tokens[2..-1]
        string match -q -- '-*' $word; or test "$before" = --at; or set -a __impt_said $word
        set before $word
    end
end
function __impt_at
    __impt_read
    test "$__impt_said" = "$argv"
end
function __impt_in
    __impt_read
    test -z "$argv"; or string match -q -- "$argv *" "$__impt_said "
end
complete -c impt -f
${globalOptions.map((option) => fishOption('__impt_at', option)).join('\n')}
${lines.join('\n')}`
}

function fishCommand(command: CommandRow): readonly string[] {
  const place = `'__impt_in ${command.group}${command.name === '' ? '' : ` ${command.name}`}'`
  const options = command.options.map((option) => fishOption(place, option))
  for (const word of command.words ?? []) {
    const { path, names, choices } = word
    if (word.command !== undefined) options.push(...fishCommands(command.group, word))
    if (names !== undefined) options.push(`complete -c impt -n ${place} -a ${fishNames(names)}`)
    if (path !== undefined) options.push(`complete -c impt -n ${place}${fishPaths(path)}`)
    if (choices !== undefined) options.push(`complete -c impt -n ${place} -a ${fishQuote(choices.join(' '))}`)
  }
  return options
}

/** Groups, then the commands of the one that stands there. */
function fishCommands(command: string, word: WordRow): readonly string[] {
  return [
    `complete -c impt -n '__impt_at ${command}' -a '${groupWords(word).join(' ')}'`,
    ...groupsWithCommands.map(
      ([group, list]) => `complete -c impt -n '__impt_at ${command} ${group}' -a '${list.join(' ')}'`,
    ),
  ]
}

function fishOption(place: string, option: OptionRow): string {
  const name = option.name.length === 1 ? `-s ${option.name}` : `-l ${option.name}`
  const letter = option.letter === undefined ? '' : ` -s ${option.letter}`
  const choices = choicesOf(option)
  const offered =
    option.names !== undefined
      ? ` -a ${fishNames(option.names)}`
      : choices.length > 0
        ? ` -a ${fishQuote(choices.join(' '))}`
        : ''
  const files = option.path === undefined ? '' : fishPaths(option.path)
  const value = needsValue(option) ? ` -r${option.path === 'file' ? '' : ' -f'}` : ''
  return `complete -c impt -n ${place} ${name}${letter}${value}${offered}${option.kind === 'flag' ? '' : files} -d ${fishQuote(option.summary)}`
}

const fishPaths = (path: 'file' | 'directory') =>
  path === 'directory' ? " -a '(__fish_complete_directories)'" : ' -F'

/** Words that fish computes while completing. */
function fishNames(names: NamedHere): string {
  return `'(impt completion ${names}s 2>/dev/null)'`
}

function fishQuote(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}
