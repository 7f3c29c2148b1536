// The one binder. What can be called has a Signature (row.ts): impt commands, built-ins, functions and parameters of scripts, words of the
// prompt. `bind(signature, words)` gives the values by the names of words and options, and everything that is wrong, each problem with its
// kind and the word to point at; it never throws. `check` calls it with `unknown` words for what only the run knows and reports the
// problems; the run calls it with all values and throws the first. What a word is (option, value, plain word) depends on what is written
// only, so `arrange` can be done once per call in the text and `read` once per run. `invocationOf` is bind for impt commands, which throws;
// a whole argv is read in argv.ts. May not know the language: types of values come as `Type` objects in the signature.
import { ImptError } from '../output/error.ts'
import { rowAt, shapeProblems, textProblems, valueProblems } from './checks.ts'
import type { CommandRow, Invocation, OptionRow, OptionValue, Signature, Word } from './row.ts'
import { isManual, type OptionPart, type Part, scan } from './scan.ts'
import type { Problem } from './voice.ts'

export { maskedValue, redact, SECRET, wordRoles } from './roles.ts'
export { type Problem, usageOf } from './voice.ts'

/** What each word of a call is, and what is wrong with its shape. Holds for all runs of the call. */
export interface Arrangement {
  readonly parts: readonly Part[]
  readonly problems: readonly Problem[]
  /** `--help` stands there and wins over everything. */
  readonly help: boolean
}

/** All that binding finds out. Values are complete only if nothing is wrong. */
export interface Bound {
  readonly values: { readonly [name: string]: unknown }
  readonly problems: readonly Problem[]
  readonly help: boolean
}

/** The value of a word that only the run knows. */
const UNKNOWN: unique symbol = Symbol('unknown')

/** Binds the words of a call to the words and options of a signature. Never throws. */
export function bind(signature: Signature, words: readonly Word[]): Bound {
  return read(signature, arrange(signature, words), words)
}

/** Says what each word is; `read` fills in the values. */
export function arrange(signature: Signature, words: readonly Word[]): Arrangement {
  const parts = scan(signature, words)
  const help = parts.some((part) => isHelp(signature, part))
  return { parts, help, problems: help ? [] : shapeProblems(signature, words, parts) }
}

function isHelp(signature: Signature, part: Part): boolean {
  if (part.kind === 'option') return isManual(signature) && part.option.name === 'help'
  return part.kind === 'unknown' && (part.spelling === '--help' || part.spelling === '-h')
}

/** The values of arranged words. */
export function read(
  signature: Signature,
  { parts, problems, help }: Arrangement,
  words: readonly Word[],
): Bound {
  if (help) return { values: {}, problems: [], help }
  const wrong = [
    ...textProblems(signature, words, parts),
    ...problems,
    ...valueProblems(signature, words, parts),
  ]
  return { values: wrong.length === 0 ? valuesOf(signature, parts, words) : {}, problems: wrong, help }
}

function valuesOf(
  signature: Signature,
  parts: readonly Part[],
  words: readonly Word[],
): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  let plain = 0
  for (const part of parts) {
    if (part.kind === 'option') {
      const { option } = part
      const value = optionValue(option, part, words)
      const before = values[option.name]
      if (option.list === undefined || (option.list === 'own' && before === undefined))
        values[option.name] = value
      else if (option.list === 'own') values[option.name] = [before, value].flat()
      else ((values[option.name] ??= []) as unknown[]).push(value)
    } else if (part.kind === 'word') {
      const row = rowAt(signature, plain)
      plain += 1
      if (row === undefined) continue
      const word = words[part.index] as Word
      const bare = word.literal === true ? undefined : row.type?.bare
      const given = 'value' in word ? word.value : bare === undefined ? part.text : bare(part.text)
      const value =
        row.whole === true
          ? word
          : word.unknown === true
            ? UNKNOWN
            : row.type === undefined
              ? given
              : row.type.read(given)
      if (row.many !== true) values[row.name] = value
      else ((values[row.name] ??= []) as unknown[]).push(value)
    }
  }
  const last = signature.words?.at(-1)
  if (last?.many === true) values[last.name] ??= []
  return values
}

function optionValue(option: OptionRow, part: OptionPart, words: readonly Word[]): unknown {
  const word = part.valueIndex === undefined ? undefined : words[part.valueIndex]
  if (word?.unknown === true) return UNKNOWN
  if (option.type !== undefined && word !== undefined)
    return option.type.read('value' in word ? word.value : part.value)
  switch (option.kind) {
    case 'flag':
      return true
    case 'boolean':
      return !part.negated && part.value !== 'false'
    case 'integer':
      return Number(part.value)
    default:
      return part.value ?? ''
  }
}

/**
 * Binds the words after group and command to the options of a command. Values are exactly the text given. `--help` wins over everything:
 * the options are then `{help: true}`. Throws ImptError USAGE with the first thing that is wrong, or BUG_TYPE for a secret in the wrong
 * place.
 */
export function invocationOf(command: CommandRow, words: readonly Word[]): Invocation {
  const bound = bind(command, words)
  const [first] = bound.problems
  if (first !== undefined)
    throw new ImptError(first.code, first.message, first.hint === undefined ? {} : { hint: first.hint })
  return invoked(command, bound)
}

/** The invocation of a command that was bound without a problem. */
export function invoked(command: CommandRow, { values, help }: Bound): Invocation {
  if (help) return { command, options: { help: true }, words: [] }
  const options: Record<string, OptionValue> = {}
  for (const { name } of command.options)
    if (values[name] !== undefined) options[name] = values[name] as OptionValue
  const words = (command.words ?? []).flatMap(({ name }) => (values[name] ?? []) as string | string[])
  return { command, options, words }
}
