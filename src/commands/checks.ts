import type { CommandRow, OptionRow, Signature, Word, WordRow } from './row.ts'
import { isManual, type OptionPart, type Part, type WordPart } from './scan.ts'
import { specificChecks } from './specific-checks.ts'
import { type Problem, type ProblemKind, type Voice, voiceOf, whatOf } from './voice.ts'

/**
 * Everything that is wrong with the shape of a call, whatever its values are, in the order in which it is reported: the first is what a
 * one-shot says. The order is that of commands.md 2.
 */
export function shapeProblems(
  signature: Signature,
  words: readonly Word[],
  parts: readonly Part[],
): readonly Problem[] {
  const voice = voiceOf(signature)
  const { uses, usesOf, plain } = sorted(parts)
  const unknown = parts.filter((part) => part.kind === 'unknown')
  const extra = extraOf(signature, plain)
  return [
    ...uses.filter(lacksValue).map((use) => problem('value', voice, voice.value(use), use.index)),
    ...missingProblems(signature, voice, usesOf, plain),
    ...unknown
      .slice(0, 1)
      .map(({ index }) => problem('unknown-option', voice, voice.unknown(unknown), index)),
    ...(isManual(signature)
      ? specificChecks(signature as CommandRow, usesOf).map(({ message, hint, word }) =>
          problem('conflict', voice, { message, hint }, word),
        )
      : []),
    ...extra
      .slice(0, 1)
      .map(({ index }) => problem('extra', voice, voice.extra(extra, words[index]?.block === true), index)),
  ]
}

/** What is wrong with the values of a call, as far as they are known. */
export function valueProblems(
  signature: Signature,
  words: readonly Word[],
  parts: readonly Part[],
): readonly Problem[] {
  const voice = voiceOf(signature)
  const { usesOf, plain } = sorted(parts)
  const known = (index: number | undefined): boolean => index === undefined || words[index]?.unknown !== true
  const problems: Problem[] = []
  for (const option of signature.options ?? []) {
    const uses = (usesOf.get(option.name) ?? []).filter((use) => known(use.valueIndex))
    if (uses.length > 0) problems.push(...optionProblems(signature, voice, option, uses, words))
  }
  for (const option of signature.options ?? []) {
    const uses = (usesOf.get(option.name) ?? []).filter((use) => known(use.valueIndex))
    problems.push(...choiceProblems(voice, option, uses))
  }
  plain.forEach((part, position) => {
    const row = rowAt(signature, position)
    if (row === undefined || !known(part.index)) return
    problems.push(...wordProblems(signature, voice, row, part, words))
  })
  return problems
}

/** Blocks, NUL characters and secrets, which an impt command takes nowhere. */
export function textProblems(
  signature: Signature,
  words: readonly Word[],
  parts: readonly Part[],
): readonly Problem[] {
  if (!isManual(signature)) return []
  const voice = voiceOf(signature)
  const blocks = words.flatMap((word, index) =>
    word.block === true ? [problem('extra', { code: 'BUG_ARGS' }, voice.extra([], true), index)] : [],
  )
  return [...blocks, ...nulProblems(words), ...secretProblems(words, parts)]
}

/** The row of a plain word by its position; undefined for one too many. */
export function rowAt({ words: rows = [] }: Signature, position: number): WordRow | undefined {
  const last = rows.at(-1)
  return rows[position] ?? (last?.many === true ? last : undefined)
}

function sorted(parts: readonly Part[]): {
  uses: readonly OptionPart[]
  usesOf: ReadonlyMap<string, readonly OptionPart[]>
  plain: readonly WordPart[]
} {
  const uses = parts.filter((part) => part.kind === 'option')
  const usesOf = new Map<string, OptionPart[]>()
  for (const use of uses) {
    const others = usesOf.get(use.option.name)
    if (others === undefined) usesOf.set(use.option.name, [use])
    else others.push(use)
  }
  return { uses, usesOf, plain: parts.filter((part) => part.kind === 'word') }
}

function problem(
  kind: ProblemKind,
  { code }: Pick<Voice, 'code'>,
  said: { readonly message: string; readonly hint: string | undefined },
  word?: number,
): Problem {
  return { kind, code, message: said.message, hint: said.hint, ...(word !== undefined && { word }) }
}

function nulProblems(words: readonly Word[]): readonly Problem[] {
  const said = {
    message: 'An argument must not contain the NUL character.',
    hint: 'take the character out',
  }
  return words.flatMap((word, index) =>
    word.text.includes('\0') ? [problem('nul', { code: 'USAGE' }, said, index)] : [],
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
    return [
      problem(
        'secret',
        { code: 'BUG_TYPE' },
        { message, hint: 'use "reveal" if the text may be seen' },
        index,
      ),
    ]
  })
}

function lacksValue(use: OptionPart): boolean {
  return use.value === undefined && (use.option.kind === 'text' || use.option.kind === 'integer')
}

function missingProblems(
  { words = [], options = [] }: Signature,
  voice: Voice,
  usesOf: ReadonlyMap<string, readonly OptionPart[]>,
  plain: readonly WordPart[],
): readonly Problem[] {
  const names = [
    ...options
      .filter(
        (option) =>
          option.required === true && !usesOf.has(option.name) && !usesOf.has(option.unless ?? option.name),
      )
      .map(({ name }) => name),
    ...words
      .slice(plain.length)
      .filter((row) => row.optional !== true)
      .map(({ name }) => name),
  ]
  return names.length === 0 ? [] : [problem('missing', voice, voice.missing(names))]
}

function extraOf(signature: Signature, plain: readonly WordPart[]): readonly WordPart[] {
  return plain.filter((_part, position) => rowAt(signature, position) === undefined)
}

function optionProblems(
  signature: Signature,
  voice: Voice,
  option: OptionRow,
  uses: readonly OptionPart[],
  words: readonly Word[],
): readonly Problem[] {
  const [first] = uses
  if (first === undefined) return []
  const problems: Problem[] = []
  const refuse = (what: string, hint: string, use: OptionPart) =>
    problems.push(problem('option', voice, voice.option(option, what, hint), use.valueIndex ?? use.index))
  const values = uses.filter((use) => use.value !== undefined)
  if (option.type !== undefined) {
    for (const use of values) {
      const word = words[use.valueIndex ?? -1]
      if (word !== undefined)
        problems.push(
          ...typeProblems(signature, option, 'value' in word ? word.value : use.value, use.valueIndex),
        )
    }
    return problems
  }
  if (!isManual(signature)) return []
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
  // Of switches the last one counts, as it always did.
  return use !== first && option.list === undefined && option.kind !== 'flag' && option.kind !== 'boolean'
}

function isSwitchValue(option: OptionRow, use: OptionPart): boolean {
  if (use.negated) return option.kind === 'boolean' && use.value === undefined
  return (
    use.value === undefined || use.value === 'true' || (option.kind === 'boolean' && use.value === 'false')
  )
}

function typeProblems(
  signature: Signature,
  row: OptionRow | WordRow,
  value: unknown,
  word: number | undefined,
): readonly Problem[] {
  const { type } = row
  if (type === undefined || type.read(value) !== undefined) return []
  const message = `${whatOf(signature, row)} must be ${type.a}, not ${type.given(value)}`
  return [problem('type', { code: 'BUG_ARGS' }, { message, hint: type.hint?.(value) }, word)]
}

function choiceProblems(voice: Voice, option: OptionRow, uses: readonly OptionPart[]): readonly Problem[] {
  const { choices } = option
  if (choices === undefined) return []
  const wrong = uses.filter((use) => use.value !== undefined && !choices.includes(use.value))
  return wrong.slice(0, 1).map((use) => {
    const given = wrong.map((other) => other.value ?? '')
    return problem('choice', voice, voice.choice(option, given, choices), use.valueIndex ?? use.index)
  })
}

function wordProblems(
  signature: Signature,
  voice: Voice,
  row: WordRow,
  part: WordPart,
  words: readonly Word[],
): readonly Problem[] {
  const word = words[part.index]
  const value = word !== undefined && 'value' in word ? word.value : part.text
  const wrong = typeProblems(signature, row, value, part.index)
  const { choices } = row
  if (wrong.length > 0 || choices === undefined || choices.includes(String(value))) return wrong
  return [problem('choice', voice, voice.choice(row, [String(value)], choices), part.index)]
}
