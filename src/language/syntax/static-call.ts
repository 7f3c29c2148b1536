import type { CommandRow, Word as CommandWord } from '../../commands/row.ts'
import { findCommand, findGroup } from '../../commands/table/index.ts'
import { Block } from '../values/value.ts'
import { staticText } from './static-text.ts'
import type { Argument, Command } from './tree.ts'

/** An impt command as far as it can be known before the run. */
interface ImptCommand {
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

/** The words of a call as far as they are known before the run, for the binder. */
export interface StaticWords {
  readonly words: readonly CommandWord[]
  /** The argument that each word comes from. */
  readonly from: readonly Argument[]
  /** Whether these are all: false where `...$list` gives more. */
  readonly complete: boolean
}

/** Reads the words of a call before the run. What holds a variable or a command is `unknown`. */
export function staticWords(args: readonly Argument[]): StaticWords {
  const from = args.filter((argument) => argument.kind !== 'spread')
  return { words: from.map(staticWord), from, complete: from.length === args.length }
}

function staticWord(argument: Exclude<Argument, { kind: 'spread' }>): CommandWord {
  switch (argument.kind) {
    case 'block':
    case 'condition':
      return { text: '', literal: true, block: true, value: SOME_BLOCK }
    case 'option': {
      const { text, value } = argument
      if (value === undefined) return { text }
      const known = staticText(value)
      return known === undefined ? { text: `${text}=`, unknown: true } : { text: `${text}=${known}` }
    }
    default: {
      const text = staticText(argument)
      if (text === undefined) return { text: '', literal: true, unknown: true }
      return argument.parts.every((part) => part.kind === 'bare') ? { text } : { text, literal: true }
    }
  }
}

/** Stands for every block before the run: whether there is one is all that matters then. */
const SOME_BLOCK = new Block(() => null, [])
