import { isPlainHeader } from '../impcentral/redact.ts'
import type { CommandRow, OptionRow, Word } from './row.ts'
import { type OptionPart, type Part, scan, type UnknownPart } from './scan.ts'

/** What stands in place of a credential in history, traces and errors (repl.md 3.5). */
export const SECRET = '‹secret›'

/** What a word of a command line is. `option` is absent for unknown options and their values. */
interface WordRole {
  readonly index: number
  readonly role: 'option' | 'value' | 'word'
  readonly option?: OptionRow
  /** Where the value starts in a word such as `--name=value`. */
  readonly valueAt?: number
}

/** What is shown of the value of a secret option: `mask`, and of a header its name, or all of it where the name says that it is no credential. */
export function maskedValue({ header }: OptionRow, text: string, mask = SECRET): string {
  const name = header && /^([^\s:]+)\s*:/.exec(text)?.[1]
  if (!name) return mask
  return isPlainHeader(name) ? text : `${name}: ${mask}`
}

/** The role of every word after group and command. The line may be unfinished or wrong. */
export function wordRoles(command: CommandRow, words: readonly Word[]): readonly WordRole[] {
  return scan(command, words).flatMap(rolesOf)
}

/**
 * Copies the words with every credential replaced: values of secret options, values of unknown
 * options that may be misspelled ones of those, and secret words.
 */
export function redact(command: CommandRow, words: readonly Word[]): readonly Word[] {
  const copies = words.map((word) => (word.secret === true ? { ...word, text: SECRET } : word))
  const hide = (index: number, keep: string, option?: OptionRow) => {
    const word = words[index]
    if (word === undefined) return
    // A value that is more than a text may be a secret by itself.
    const isText = word.secret !== true && typeof (word.value ?? '') === 'string'
    const by = option && isText ? maskedValue(option, word.text.slice(keep.length)) : SECRET
    copies[index] = { ...word, text: keep + by }
  }
  for (const part of scan(command, words)) {
    if (part.kind !== 'option' && part.kind !== 'unknown') continue
    if (part.kind === 'unknown' && part.glued?.secret === true) hide(part.index, part.spelling.slice(0, 2))
    if (!meansSecret(command, part)) continue
    const option = part.kind === 'option' ? part.option : undefined
    if (part.valueIndex !== undefined && part.valueIndex !== part.index) hide(part.valueIndex, '', option)
    else if (words[part.index]?.text.includes('=') === true) hide(part.index, `${part.spelling}=`, option)
    // Where a command takes words too, what follows may be its value all the same.
    else if (part.kind === 'unknown' && words[part.index + 1]?.text.startsWith('-') === false)
      hide(part.index + 1, '')
  }
  return copies
}

/** An unknown option of a command that takes credentials may be a misspelled one of those. */
function meansSecret(command: CommandRow, part: OptionPart | UnknownPart): boolean {
  if (part.kind === 'option') return part.option.secret === true
  return command.options.some((option) => option.secret === true)
}

function rolesOf(part: Part): readonly WordRole[] {
  const { index } = part
  if (part.kind === 'word' || part.kind === 'end') return [{ index, role: 'word' }]
  const option = part.kind === 'option' ? { option: part.option } : {}
  if (part.valueIndex === undefined) return [{ index, role: 'option', ...option }]
  if (part.valueIndex === index)
    return [{ index, role: 'option', ...option, valueAt: part.spelling.length + 1 }]
  return [
    { index, role: 'option', ...option },
    { index: part.valueIndex, role: 'value', ...option },
  ]
}
