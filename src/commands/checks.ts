import { closest } from './closest.ts'
import type { CommandRow, OptionRow, Word } from './row.ts'
import { SECRET } from './roles.ts'
import type { OptionPart, Part, UnknownPart, WordPart } from './scan.ts'
import { specificChecks } from './specific-checks.ts'
import { commandLine } from './table/index.ts'

/** Something wrong with a line. `word` is the index of the word to point at; absent if something is missing. */
export interface Problem {
  readonly code: 'USAGE' | 'BUG_TYPE'
  readonly message: string
  readonly hint: string
  readonly word?: number
}

/**
 * Everything that is wrong with a line, in the order in which it is reported: the first is what a one-shot says. The order and the
 * texts are those of commands.md 2 and messages.md 2.
 */
export function problemsOf(
  command: CommandRow,
  words: readonly Word[],
  parts: readonly Part[],
): readonly Problem[] {
  const uses = parts.filter((part) => part.kind === 'option')
  const usesOf = new Map<string, OptionPart[]>()
  for (const use of uses) usesOf.set(use.option.name, [...(usesOf.get(use.option.name) ?? []), use])
  const plain = parts.filter((part) => part.kind === 'word')
  return [
    ...nulProblems(words),
    ...secretProblems(words, parts),
    ...uses.filter(lacksValue).map(valueProblem),
    ...missingProblems(command, usesOf, plain),
    ...unknownProblems(
      command,
      parts.filter((part) => part.kind === 'unknown'),
    ),
    ...specificChecks(command, usesOf).map((problem) => ({ ...problem, code: 'USAGE' as const })),
    ...extraProblems(command, plain),
    ...command.options.flatMap((option) => optionProblems(option, usesOf.get(option.name) ?? [])),
    ...command.options.flatMap((option) => choiceProblems(option, usesOf.get(option.name) ?? [])),
    ...wordChoiceProblems(command, plain),
  ]
}

function nulProblems(words: readonly Word[]): readonly Problem[] {
  return words.flatMap((word, index): readonly Problem[] =>
    word.text.includes('\0')
      ? [
          {
            ...usage('An argument must not contain the NUL character.', 'take the character out'),
            word: index,
          },
        ]
      : [],
  )
}

/** A value of type secret goes to an option for credentials only (language.md 2.13). */
function secretProblems(words: readonly Word[], parts: readonly Part[]): readonly Problem[] {
  const taken = new Map<number, string>()
  for (const part of parts) {
    if (part.kind !== 'option' || part.valueIndex === undefined) continue
    taken.set(part.valueIndex, part.option.secret === true ? '' : `--${part.option.name}`)
  }
  return words.flatMap((word, index): readonly Problem[] => {
    const place = taken.get(index) ?? 'an argument'
    if (word.secret !== true || place === '') return []
    const message = `A secret cannot be given to ${place}.`
    return [{ code: 'BUG_TYPE', message, hint: 'use "reveal" if the text may be seen', word: index }]
  })
}

function lacksValue(use: OptionPart): boolean {
  return use.value === undefined && (use.option.kind === 'text' || use.option.kind === 'integer')
}

function valueProblem(use: OptionPart): Problem {
  const { name, value = 'value' } = use.option
  const message = `Not enough arguments following: ${use.spelling.replace(/^-+/, '')}`
  return {
    ...usage(message, `write --${name} <${value}>, or --${name}=VALUE if the value is one of the options`),
    word: use.index,
  }
}

function missingProblems(
  command: CommandRow,
  usesOf: ReadonlyMap<string, readonly OptionPart[]>,
  plain: readonly WordPart[],
): readonly Problem[] {
  const missing = command.options.filter((option) => option.required === true && !usesOf.has(option.name))
  const names = missing.map((option) => option.name)
  if (command.words !== undefined && plain.length < command.words.min) names.push(command.words.value)
  if (names.length === 0) return []
  return [usage(`Missing required argument${plural(names)}: ${names.join(', ')}`, helpHint(command))]
}

function unknownProblems(command: CommandRow, unknown: readonly UnknownPart[]): readonly Problem[] {
  const [first] = unknown
  if (first === undefined) return []
  const names = unknown.map((part) => {
    const typed = part.spelling.replace(/^-+/, '')
    return part.glued?.secret === true ? typed.slice(0, 1) + SECRET : typed
  })
  const message = `Unknown argument${plural(names)}: ${names.join(', ')}`
  return [{ ...usage(message, unknownHint(command, first)), word: first.index }]
}

function unknownHint(command: CommandRow, part: UnknownPart): string {
  const typed = part.spelling.replace(/^-+/, '')
  if (part.glued !== undefined) {
    if (part.glued.kind === 'flag') return 'write each letter with its own dash'
    const value = part.glued.secret === true ? 'VALUE' : typed.slice(1)
    return `write -${typed.charAt(0)} ${value}: values are not glued to letters`
  }
  const near = closest(
    typed,
    command.options.map((option) => option.name),
  )
  return near === undefined ? helpHint(command) : `did you mean "--${near}"?`
}

function extraProblems(command: CommandRow, plain: readonly WordPart[]): readonly Problem[] {
  const extra = plain.slice(command.words?.max ?? 0)
  const [first] = extra
  if (first === undefined) return []
  const message = `Unknown arguments: ${extra.map((part) => part.text).join(', ')}.`
  return [{ ...usage(message, helpHint(command)), word: first.index }]
}

function optionProblems(option: OptionRow, uses: readonly OptionPart[]): readonly Problem[] {
  const [first] = uses
  if (first === undefined) return []
  const problems: Problem[] = []
  const refuse = (what: string, hint: string, use: OptionPart) =>
    problems.push({ ...usage(`Option "--${option.name}" ${what}`, hint), word: use.valueIndex ?? use.index })
  const values = uses.filter((use) => use.value !== undefined)
  const shape = `write --${option.name} <${option.value ?? 'value'}>`

  if (option.kind === 'text' && option.empty !== true && option.list !== true) {
    for (const use of values) if (use.value === '') refuse('must not be empty.', shape, use)
  }
  const second = uses.find((use) => differs(option, first, use))
  if (second !== undefined) refuse('must not be specified multiple times.', 'leave one of them out', second)
  if (option.kind === 'flag' || option.kind === 'boolean') {
    for (const use of uses) {
      const text = use.negated ? 'false' : use.value
      if (isSwitchValue(option, use)) continue
      refuse(
        `has incorrect value "${text}".`,
        option.kind === 'flag' ? 'a flag takes no value' : 'write true or false',
        use,
      )
    }
  }
  if (option.kind === 'integer') {
    for (const use of values) {
      const number = use.value?.trim() === '' ? NaN : Number(use.value)
      if (!Number.isFinite(number)) refuse('must be a number.', shape, use)
      else if (!Number.isSafeInteger(number) || number < 0 || (number === 0 && option.zero !== true)) {
        refuse(`must have a ${option.zero === true ? 'non-negative' : 'positive'} integer value.`, shape, use)
      }
    }
  }
  return problems
}

/** A flag may be repeated, and so may a boolean that says the same again; no other single value may. */
function differs(option: OptionRow, first: OptionPart, use: OptionPart): boolean {
  if (use === first || option.list === true || option.kind === 'flag') return false
  return option.kind !== 'boolean' || truth(first) !== truth(use)
}

function isSwitchValue(option: OptionRow, use: OptionPart): boolean {
  if (use.negated) return option.kind === 'boolean' && use.value === undefined
  return (
    use.value === undefined || use.value === 'true' || (option.kind === 'boolean' && use.value === 'false')
  )
}

function truth(use: OptionPart): boolean {
  return !use.negated && use.value !== 'false'
}

function choiceProblems(option: OptionRow, uses: readonly OptionPart[]): readonly Problem[] {
  const { choices } = option
  if (choices === undefined) return []
  const wrong = uses.filter((use) => use.value !== undefined && !choices.includes(use.value))
  return wrong.slice(0, 1).map((use) => {
    const given = wrong.map((other) => other.value ?? '')
    return choiceProblem(option.name, given, choices, use.valueIndex ?? use.index)
  })
}

function wordChoiceProblems(command: CommandRow, plain: readonly WordPart[]): readonly Problem[] {
  const { choices, value = '' } = command.words ?? {}
  if (choices === undefined) return []
  return plain
    .filter((part) => !choices.includes(part.text))
    .map((part) => choiceProblem(value, [part.text], choices, part.index))
}

function choiceProblem(
  name: string,
  given: readonly string[],
  choices: readonly string[],
  word: number,
): Problem {
  const quoted = (texts: readonly string[]) => texts.map((text) => `"${text}"`).join(', ')
  const near = closest(given[0] ?? '', choices)
  const hint = near === undefined ? `write one of ${choices.join(', ')}` : `did you mean "${near}"?`
  const message = `Invalid values:\n  Argument: ${name}, Given: ${quoted(given)}, Choices: ${quoted(choices)}`
  return { ...usage(message, hint), word }
}

function usage(message: string, hint: string): Problem {
  return { code: 'USAGE', message, hint }
}

function helpHint(command: CommandRow): string {
  return `see "impt ${commandLine(command)} --help"`
}

function plural(names: readonly string[]): string {
  return names.length === 1 ? '' : 's'
}
