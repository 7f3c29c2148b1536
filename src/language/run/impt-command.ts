import type { CommandRow, Word as CommandWord } from '../../commands/row.ts'
import { findCommand, findGroup } from '../../commands/table/index.ts'
import { staticText } from '../syntax/static-text.ts'
import type { Argument, Command } from '../syntax/tree.ts'

/** An impt command as far as it can be known before the run. */
export interface ImptCommand {
  readonly group: string
  readonly name: string
  readonly command: CommandRow | undefined
  /** The arguments after group and command. */
  readonly args: readonly Argument[]
}

/** Finds group and command of a command line in the tree. */
export function imptCommandOf(node: Command): ImptCommand | undefined {
  let args = node.args
  const take = (): string => {
    const [first] = args
    const text =
      first?.kind === 'word' && first.parts.every((part) => part.kind === 'bare')
        ? staticText(first)
        : undefined
    if (text === undefined) return ''
    args = args.slice(1)
    return text
  }
  const group = node.head.text === 'impt' ? take() : node.head.text
  if (group !== '' && findGroup(group) === undefined) return { group, name: '', command: undefined, args }
  const alone = findCommand(group, '')
  const [first] = args
  const next = first?.kind === 'word' ? staticText(first) : undefined
  const name =
    alone !== undefined && (next === undefined || findCommand(group, next) === undefined) ? '' : take()
  return { group, name, command: findCommand(group, name), args }
}

/** The words of a command for the binder; `from` says which argument each comes from, undefined where it is not known before the run. */
export function wordsOf(args: readonly Argument[]): {
  words: CommandWord[]
  from: (Argument | undefined)[]
  complete: boolean
} {
  const words: CommandWord[] = []
  const from: (Argument | undefined)[] = []
  let complete = true
  for (const argument of args) {
    if (argument.kind === 'spread' || argument.kind === 'block') {
      complete = false
      continue
    }
    const value = argument.kind === 'word' ? argument : argument.value
    const text = value === undefined ? undefined : staticText(value)
    const known = value === undefined || text !== undefined
    // Something that every kind of option takes stands for a value of the run.
    const shown = text ?? '1'
    if (argument.kind === 'option')
      words.push({ text: value === undefined ? argument.text : `${argument.text}=${shown}` })
    else
      words.push(
        argument.parts.every((part) => part.kind === 'bare')
          ? { text: shown }
          : { text: shown, literal: true },
      )
    from.push(known ? argument : undefined)
  }
  return { words, from, complete }
}
