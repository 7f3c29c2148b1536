import type { CommandRow, Word } from './row.ts'
import { looksLikeOption } from './scan.ts'
import { findCommand, findGroup } from './table/index.ts'

/** What help is asked about: the program, a group or a command. */
export type HelpTopic =
  | { readonly kind: 'root' }
  | { readonly kind: 'group'; readonly group: string }
  | { readonly kind: 'command'; readonly command: CommandRow }

/** The most that a line names: where help is shown from when something is wrong with the line. */
export function topicOf(argv: readonly string[]): HelpTopic {
  const { command, group } = findWords(argv.map((text) => ({ text })))
  if (group === undefined) return { kind: 'root' }
  // A group that is a command too, such as squirrel, is shown with its other commands.
  if (command === undefined || command.name === '') return { kind: 'group', group }
  return { kind: 'command', command }
}

/** The group and the command that a line names, and its other words. */
export interface Found {
  readonly group?: string
  readonly command?: CommandRow
  readonly rest: readonly Word[]
}

/** Takes group and command out of a line. */
export function findWords(words: readonly Word[]): Found {
  const first = nextWord(words, 0, (text) => findGroup(text) !== undefined)
  const group = words[first]?.text
  if (group === undefined || findGroup(group) === undefined) return { rest: words }
  const after = [...words.slice(0, first), ...words.slice(first + 1)]
  const second = nextWord(after, first, (text) => text !== '' && findCommand(group, text) !== undefined)
  const named = findCommand(group, after[second]?.text ?? '')
  if (named !== undefined && named.name !== '') {
    return { group, command: named, rest: [...after.slice(0, second), ...after.slice(second + 1)] }
  }
  const single = findCommand(group, '')
  return single === undefined ? { group, rest: after } : { group, command: single, rest: after }
}

/**
 * The index of the next word that is no option. Before the command is known, a word after an option is its value, unless it is the word
 * that is looked for.
 */
export function nextWord(words: readonly Word[], from: number, wanted: (text: string) => boolean): number {
  for (let i = from; i < words.length; i++) {
    const word = words[i] as Word
    if (word.text === '--') break
    if (!looksLikeOption(word)) return i
    const next = words[i + 1]
    const takesNext = !/^(-h|--help|-v|--version|.*=.*)$/s.test(word.text)
    if (takesNext && next !== undefined && !looksLikeOption(next) && !wanted(next.text)) i++
  }
  return words.length
}
