import type { CommandRow, OptionRow, Word } from './row.ts'

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
export function optionSpelled(command: CommandRow, word: Word): OptionRow | undefined {
  return looksLikeOption(word) ? spellingsOf(command).get(split(word.text).spelling) : undefined
}

/**
 * Reads the words after group and command by the rules of commands.md 2 and language.md 2.4 rules 10 and 11. Never fails: an unfinished
 * line gives the parts that are there. A value that an option needs may start with a dash, unless the word is one of the command's own
 * options.
 */
export function scan(command: CommandRow, words: readonly Word[]): readonly Part[] {
  const parts: Part[] = []
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as Word
    if (isEnd(word)) {
      parts.push(...afterEnd(command, words, index))
      break
    }
    if (!looksLikeOption(word)) {
      parts.push({ kind: 'word', index, text: word.text })
      continue
    }
    const part = readOption(command, words, index)
    parts.push(part)
    if (part.valueIndex !== undefined) index = part.valueIndex
  }
  return parts
}

function readOption(command: CommandRow, words: readonly Word[], index: number): OptionPart | UnknownPart {
  const { text } = words[index] as Word
  const { spelling, value } = split(text)
  const option = spellingsOf(command).get(spelling)
  const next = words[index + 1]
  if (option === undefined) {
    const glued = text.startsWith('--') ? undefined : spellingsOf(command).get(text.slice(0, 2))
    const meant = value === undefined && command.words === undefined && next !== undefined
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
  if (next === undefined || part.negated || !takes(command, option, next)) return part
  return { ...part, value: next.text, valueIndex: index + 1 }
}

/** Whether an option takes the next word as its value. */
function takes(command: CommandRow, option: OptionRow, next: Word): boolean {
  if (option.kind === 'flag' || option.kind === 'boolean')
    return next.text === 'true' || next.text === 'false'
  if (isEnd(next)) return false
  return option.kind === 'optional-text' ? !looksLikeOption(next) : optionSpelled(command, next) === undefined
}

function afterEnd(command: CommandRow, words: readonly Word[], end: number): readonly Part[] {
  return words.slice(end).map((word, i): Part => {
    const index = end + i
    if (i === 0 || command.words === undefined) return { kind: 'end', index }
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

const spellings = new WeakMap<CommandRow, ReadonlyMap<string, OptionRow>>()

function spellingsOf(command: CommandRow): ReadonlyMap<string, OptionRow> {
  const known = spellings.get(command)
  if (known !== undefined) return known
  const made = new Map<string, OptionRow>()
  for (const option of command.options) {
    made.set(`--${option.name}`, option)
    if (option.letter !== undefined) made.set(`-${option.letter}`, option)
    if (option.kind === 'flag' || option.kind === 'boolean') made.set(`--no-${option.name}`, option)
  }
  spellings.set(command, made)
  return made
}
