import type { ErrorCode } from '../output/error.ts'
import { closest } from './closest.ts'
import { SECRET } from './roles.ts'
import type { CommandRow, OptionRow, Signature, WordRow } from './row.ts'
import { isManual, type OptionPart, type UnknownPart, type WordPart } from './scan.ts'
import { commandLine, commandsOf } from './table/index.ts'

export type ProblemKind =
  | 'nul'
  | 'secret'
  | 'value'
  | 'missing'
  | 'unknown-option'
  | 'conflict'
  | 'extra'
  | 'option'
  | 'choice'
  | 'type'

/** Something wrong with a call. `word` is the index of the word to point at; absent if something is missing. */
export interface Problem {
  readonly kind: ProblemKind
  readonly code: ErrorCode
  readonly message: string
  readonly hint: string | undefined
  readonly word?: number
}

type Said = Pick<Problem, 'message' | 'hint'>

/** How a surface says what is wrong. What is wrong is decided in one place for all of them. */
export interface Voice {
  readonly code: ErrorCode
  readonly value: (use: OptionPart) => Said
  readonly missing: (names: readonly string[]) => Said
  readonly unknown: (parts: readonly UnknownPart[]) => Said
  readonly extra: (parts: readonly WordPart[], isBlock: boolean) => Said
  readonly option: (option: OptionRow, what: string, hint: string) => Said
  readonly choice: (row: OptionRow | WordRow, given: readonly string[], choices: readonly string[]) => Said
}

const voices = new WeakMap<Signature, Voice>()

/** The voice of a callable: documented texts for impt commands (messages.md 2), short ones for everything of the language. */
export function voiceOf(signature: Signature): Voice {
  const known = voices.get(signature)
  if (known !== undefined) return known
  const made = isManual(signature) ? manual(signature as CommandRow) : own(signature)
  voices.set(signature, made)
  return made
}

function manual(command: CommandRow): Voice {
  const help = `see "impt ${commandLine(command)} --help"`
  return {
    code: 'USAGE',
    value: ({ option: { name, value = 'value' }, spelling }) => ({
      message: `Not enough arguments following: ${spelling.replace(/^-+/, '')}`,
      hint: `write --${name} <${value}>, or --${name}=VALUE if the value is one of the options`,
    }),
    missing: (names) => ({
      message: `Missing required argument${plural(names)}: ${names.join(', ')}`,
      hint: help,
    }),
    unknown(parts) {
      const names = parts.map((part) => {
        const typed = part.spelling.replace(/^-+/, '')
        return part.glued?.secret === true ? typed.slice(0, 1) + SECRET : typed
      })
      const message = `Unknown argument${plural(names)}: ${names.join(', ')}`
      return { message, hint: unknownHint(command, parts[0]) ?? help }
    },
    extra: (parts, isBlock) =>
      isBlock
        ? {
            message: `"${commandLine(command)}" takes no block`,
            hint: 'a record or a text with braces needs quotes',
          }
        : {
            message: `Unknown arguments: ${parts.map((part) => part.text).join(', ')}.`,
            hint: commandHint(command, parts[0]?.text) ?? help,
          },
    option: ({ name }, what, hint) => ({ message: `Option "--${name}" ${what}`, hint }),
    choice(row, given, choices) {
      const quoted = (texts: readonly string[]) => texts.map((text) => `"${text}"`).join(', ')
      const near = closest(given[0] ?? '', choices)
      const hint = near === undefined ? onlyOr(choices, 'write one of') : `did you mean "${near}"?`
      const message = `Invalid values:\n  Argument: ${row.name}, Given: ${quoted(given)}, Choices: ${quoted(choices)}`
      return { message, hint }
    },
  }
}

function own(signature: Signature): Voice {
  const { name } = signature
  const usage = (): string => `usage: ${usageOf(signature)}`
  return {
    code: 'BUG_ARGS',
    value: ({ spelling }) => ({ message: `${spelling} needs a value`, hint: usage() }),
    missing: ([first = '']) => {
      const row = signature.words?.find((word) => word.name === first)
      return { message: `"${name}" needs ${row === undefined ? first : wordShown(row)}`, hint: usage() }
    },
    unknown: ([part]) => ({
      message: `"${name}" has no option ${part?.spelling ?? ''}`,
      hint: unknownHint(signature, part) ?? usage(),
    }),
    extra: (_parts, isBlock) => ({
      message: isBlock ? `"${name}" takes no block` : `too many arguments for "${name}"`,
      hint: usage(),
    }),
    option: (option, what, hint) => ({ message: `--${option.name} ${what}`, hint }),
    choice(row, [given = ''], choices) {
      const near = closest(given, choices)
      const hint = near === undefined ? onlyOr(choices, 'it is one of') : `did you mean "${near}"?`
      return { message: `${whatOf(signature, row)} cannot be "${given}"`, hint }
    },
  }
}

/** A parameter as messages name it: `--on`, `the n of "first"`. */
export function whatOf({ name }: Signature, row: OptionRow | WordRow): string {
  if ('kind' in row) return `--${row.name}`
  return row.type?.name === 'block' ? `the block of "${name}"` : `the ${row.name} of "${name}"`
}

function wordShown({ name, type }: WordRow): string {
  return type?.name === 'block' ? 'a block' : type?.name === 'condition' ? 'a condition' : name
}

function unknownHint(signature: Signature, part: UnknownPart | undefined): string | undefined {
  if (part === undefined) return undefined
  const typed = part.spelling.replace(/^-+/, '')
  if (part.glued !== undefined) {
    if (part.glued.kind === 'flag') return 'write each letter with its own dash'
    const value = part.glued.secret === true ? 'VALUE' : typed.slice(1)
    return `write -${typed.charAt(0)} ${value}: values are not glued to letters`
  }
  const near = closest(
    typed,
    (signature.options ?? []).map((option) => option.name),
  )
  return near === undefined ? undefined : `did you mean "--${near}"?`
}

/** The command of the group that was meant by a word after the group's own name: `rum` of `squirrel rum`, as `squirrel` alone is a command. */
function commandHint({ group, name }: CommandRow, word: string | undefined): string | undefined {
  if (name !== '' || word === undefined) return undefined
  const near = closest(
    word,
    commandsOf(group).flatMap((command) => (command.name === '' ? [] : [command.name])),
  )
  return near === undefined ? undefined : `did you mean "impt ${group} ${near}"?`
}

/** How a callable of the language is written: `sort-by FIELD... [--desc]`. */
export function usageOf({ name, usage, words = [], options = [] }: Signature): string {
  if (usage !== undefined) return usage
  const shown = words.map(({ name: word, type, optional, many, choices }) => {
    const text = type?.name === 'block' ? '{ ... }' : (choices?.join('|') ?? word.toUpperCase())
    return (optional === true ? `[${text}]` : text) + (many === true ? '...' : '')
  })
  const blocks = shown.filter((_text, index) => words[index]?.type?.name === 'block')
  const others = shown.filter((_text, index) => words[index]?.type?.name !== 'block')
  const marks = options.map((option) => {
    const dashes = option.letter === undefined ? `--${option.name}` : `-${option.letter}, --${option.name}`
    const text =
      option.kind === 'flag'
        ? dashes
        : `${dashes} ${(option.value ?? option.type?.name ?? 'text').toUpperCase()}`
    return option.required === true ? text : `[${text}]`
  })
  return [name, ...others, ...marks, ...blocks].join(' ')
}

/** What could have been written: `write one of a, b`, and of a single one that it is the only one. */
function onlyOr(choices: readonly string[], before: string): string {
  return choices.length === 1 ? `${choices[0]} is the only one` : `${before} ${choices.join(', ')}`
}

function plural(names: readonly string[]): string {
  return names.length === 1 ? '' : 's'
}
