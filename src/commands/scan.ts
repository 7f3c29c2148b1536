import type { OptionRow, Signature, Word } from './row.ts'

/** An option of the command as it stands on the line. */
export interface OptionPart {
  readonly kind: 'option'
  readonly index: number
  readonly option: OptionRow
  /** As typed: `--name`, `-n`, `--no-flagged`. */
  readonly spelling: string
  /** Typed as `--no-x`, which means false. */
  readonly negated: boolean
  /** Absent if there is none. */
  readonly value?: string
  /** The word that holds the value: this one for `--name=x`, the next one for `--name x`. */
  readonly valueIndex?: number
}

/** A word that looks like an option and is none of the command. */
export interface UnknownPart {
  readonly kind: 'unknown'
  readonly index: number
  readonly spelling: string
  /** The option whose letter a value was glued to, as in `-pabc`. */
  readonly glued?: OptionRow
  /** The next word, which can only be meant as its value. */
  readonly valueIndex?: number
}

/** A word that is no option and no value of one. */
export interface WordPart {
  readonly kind: 'word'
  readonly index: number
  readonly text: string
}

/** `--` and, for commands without words of their own, everything after it (commands.md 2: ignored). */
export interface EndPart {
  readonly kind: 'end'
  readonly index: number
}

export type Part = OptionPart | UnknownPart | WordPart | EndPart

/** Whether a word stands where an option may stand and looks like one: a dash and no digit after it (language.md 2.4 rule 10). */
export function looksLikeOption(word: Word): boolean {
  return word.literal !== true && /^-[^\d]/s.test(word.text)
}

/** The option that a word spells, `=value` left out; undefined for quoted words and everything else. */
export function optionSpelled(signature: Signature, word: Word): OptionRow | undefined {
  return looksLikeOption(word) ? spellingsOf(signature).get(split(word.text).spelling) : undefined
}

/**
 * Whether the rules of the Commands Manual hold (commands.md 2): a flag may be followed by `true` or `false`, `--no-x` says no, a value
 * may look like an unknown option, and what follows `--` is ignored unless the command has words.
 */
export function isManual(signature: Signature): boolean {
  return 'group' in signature
}

/**
 * Says what each word of a call is, by the rules of commands.md 2 and language.md 2.4 rules 10 and 11. Never fails: an unfinished line
 * gives the parts that are there. Depends on what is written only: a value from a variable is never taken for an option.
 */
export function scan(signature: Signature, words: readonly Word[]): readonly Part[] {
  const rows = signature.words ?? []
  const last = rows.at(-1)
  const parts: Part[] = []
  let plain = 0
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as Word
    const row = rows[plain] ?? (last?.many === true ? last : undefined)
    // An option before the first word is the callable's own: `bg --help`.
    const isRaw = row?.dashes === 'all' && plain > 0
    if (isRaw || (!isEnd(word) && !looksLikeOption(word))) {
      parts.push({ kind: 'word', index, text: word.text })
      plain += 1
      continue
    }
    if (isEnd(word)) {
      parts.push(...afterEnd(signature, words, index))
      break
    }
    const part = readOption(signature, words, index)
    if (part.kind === 'unknown' && last?.dashes === 'unknown') {
      parts.push({ kind: 'word', index, text: word.text })
      plain += 1
      continue
    }
    parts.push(part)
    if (part.valueIndex !== undefined) index = part.valueIndex
  }
  return parts
}

function readOption(signature: Signature, words: readonly Word[], index: number): OptionPart | UnknownPart {
  const { text } = words[index] as Word
  const { spelling, value } = split(text)
  const option = spellingsOf(signature).get(spelling)
  const next = words[index + 1]
  if (option === undefined) {
    const glued = text.startsWith('--') ? undefined : spellingsOf(signature).get(text.slice(0, 2))
    const meant =
      value === undefined && isManual(signature) && signature.words === undefined && next !== undefined
    const valueIndex = meant && !looksLikeOption(next) && !isEnd(next) ? { valueIndex: index + 1 } : {}
    return { kind: 'unknown', index, spelling, ...(glued && { glued }), ...valueIndex }
  }
  const part = {
    kind: 'option',
    index,
    option,
    spelling,
    negated: spelling === `--no-${option.name}`,
  } as const
  if (value !== undefined) return { ...part, value, valueIndex: index }
  if (next === undefined || part.negated || !takes(signature, option, next)) return part
  return { ...part, value: next.text, valueIndex: index + 1 }
}

/** Whether an option takes the next word as its value. */
function takes(signature: Signature, option: OptionRow, next: Word): boolean {
  const manual = isManual(signature)
  if (option.kind === 'flag' || option.kind === 'boolean')
    return manual && (next.text === 'true' || next.text === 'false')
  if (isEnd(next)) return false
  if (option.begins !== undefined)
    return option.begins.some((word) => next.text === word || next.text.startsWith(`${word}=`))
  if (option.kind === 'optional-text' || !manual) return !looksLikeOption(next)
  return optionSpelled(signature, next) === undefined
}

function afterEnd(signature: Signature, words: readonly Word[], end: number): readonly Part[] {
  return words.slice(end).map((word, i): Part => {
    const index = end + i
    if (i === 0 || (isManual(signature) && signature.words === undefined)) return { kind: 'end', index }
    return { kind: 'word', index, text: word.text }
  })
}

function isEnd(word: Word): boolean {
  return word.literal !== true && word.text === '--'
}

function split(text: string): { spelling: string; value?: string } {
  const at = text.indexOf('=')
  return at < 0 ? { spelling: text } : { spelling: text.slice(0, at), value: text.slice(at + 1) }
}

const spellings = new WeakMap<Signature, ReadonlyMap<string, OptionRow>>()

function spellingsOf(signature: Signature): ReadonlyMap<string, OptionRow> {
  const known = spellings.get(signature)
  if (known !== undefined) return known
  const made = new Map<string, OptionRow>()
  const negates = isManual(signature)
  for (const option of signature.options ?? []) {
    made.set(`--${option.name}`, option)
    if (option.letter !== undefined) made.set(`-${option.letter}`, option)
    if (negates && (option.kind === 'flag' || option.kind === 'boolean'))
      made.set(`--no-${option.name}`, option)
  }
  spellings.set(signature, made)
  return made
}
