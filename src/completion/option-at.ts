import { wordRoles } from '../commands/bind.ts'
import type { CommandRow, OptionRow } from '../commands/row.ts'
import { commandLine, findCommand, findGroup } from '../commands/table/index.ts'
import { findBuiltIn } from '../language/builtins/index.ts'
import { meaningOf, placeAt, type Parse } from './place.ts'

/** The option that the cursor is at, for the line of help under the input. */
export function optionAt(
  text: string,
  cursor: number,
  parse: Parse,
): { readonly command: CommandRow; readonly option?: OptionRow } | undefined {
  const { words, typed } = placeAt(text, wordEnd(text, cursor), parse)
  const texts = words.map((word) => word.text)
  const [group = '', ...rest] = texts[0] === 'impt' || texts[0] === 'bg' ? texts.slice(1) : texts
  const named = findCommand(group, rest[0] ?? typed.text)
  const command = named ?? findCommand(group, '')
  if (command === undefined) return undefined
  const all = [
    ...(named ? rest.slice(1) : rest),
    ...(rest[0] === undefined && named ? [] : [typed.text]),
  ].map((one) => ({ text: meaningOf(one) }))
  const roles = wordRoles(command, all)
  const last = roles.findLast(({ index, option }) => option !== undefined && index >= all.length - 2)
  return { command, ...(last?.option ? { option: last.option } : {}) }
}

/** How F1 names what stands at the cursor: the words for `help`. */
export function topicAt(text: string, cursor: number, parse: Parse): readonly string[] {
  const found = optionAt(text, cursor, parse)
  if (found) return commandLine(found.command).split(' ')
  const { words, typed } = placeAt(text, wordEnd(text, cursor), parse)
  const head = words[0]?.text ?? typed.text
  return findGroup(head) || findBuiltIn(head) ? [head] : []
}

/** The cursor may stand in the middle of a word: all of it counts. */
function wordEnd(text: string, cursor: number): number {
  return cursor + (/^[\w-]*/.exec(text.slice(cursor))?.[0].length ?? 0)
}
