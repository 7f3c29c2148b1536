import { SECRET } from '../commands/bind.ts'
import type { CommandRow, Word } from '../commands/row.ts'
import { findCommand, findGroup } from '../commands/table/index.ts'
import { parse, type Parsed } from '../language/syntax/parse.ts'
import type { Argument, Command, Part } from '../language/syntax/tree.ts'

/** Inputs with more lines than this are only parsed on Enter (language.md 4). */
const MOST_LINES = 2000

/**
 * Parses what stands in the editor; the last text is kept, because every key asks several times. `read` is the session's, which
 * knows the functions of earlier inputs.
 */
export function createParser(
  read = (text: string): Parsed => parse(text, { mode: 'prompt' }),
): (text: string) => Parsed {
  let last: { text: string; parsed: Parsed } | undefined
  return (text) => {
    if (last?.text === text) return last.parsed
    const parsed = isHuge(text) ? UNPARSED : read(text)
    last = { text, parsed }
    return parsed
  }
}

function isHuge(text: string): boolean {
  let lines = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1))
    if (++lines >= MOST_LINES) return true
  return false
}

const UNPARSED: Parsed = {
  tree: { kind: 'script', body: [], help: [], start: 0, end: 0 },
  tokens: [],
  diagnostics: [],
  open: [],
}

/** Every command in a tree, outer ones first. */
export function commandsIn(node: unknown): readonly Command[] {
  if (typeof node !== 'object' || node === null) return []
  if (Array.isArray(node)) return node.flatMap(commandsIn)
  const inner = Object.values(node).flatMap((value) => (typeof value === 'object' ? commandsIn(value) : []))
  return (node as { kind?: string }).kind === 'command' ? [node as Command, ...inner] : inner
}

/** The only command of an input that is nothing else than one command. */
export function loneCommand({ tree }: Parsed): Command | undefined {
  const [statement] = tree.body
  if (tree.body.length !== 1 || statement?.kind !== 'chain' || statement.rest.length > 0) return undefined
  const { first, stages, redirect } = statement.first
  return first.kind === 'command' && stages.length === 0 && redirect === undefined ? first : undefined
}

/** One argument with its exact text, and where it stands. A value from a variable has no text of its own. */
interface TypedWord extends Word {
  readonly start: number
  readonly end: number
  readonly computed: boolean
}

/** The arguments of a command as the binder wants them. */
export function typedWords(args: readonly Argument[]): readonly TypedWord[] {
  return args.flatMap((argument): TypedWord[] => {
    const { start, end } = argument
    switch (argument.kind) {
      case 'option': {
        const value = argument.value === undefined ? '' : `=${partsText(argument.value.parts)}`
        return [
          {
            text: argument.text + value,
            start,
            end,
            computed: argument.value !== undefined && isComputed(argument.value.parts),
          },
        ]
      }
      case 'word': {
        const literal =
          argument.parts.length === 1 && argument.parts[0]?.kind === 'bare'
            ? {}
            : ({ literal: true } as const)
        return [
          { text: partsText(argument.parts), start, end, computed: isComputed(argument.parts), ...literal },
        ]
      }
      default:
        return []
    }
  })
}

/** The impt command that a command of the tree stands for, and its words after group and name. */
export function imptCommand(
  node: Command,
): { readonly command: CommandRow; readonly words: readonly TypedWord[] } | undefined {
  const all = typedWords(node.args)
  const [first] = all
  const [group, rest] = node.head.text === 'impt' ? [first?.text ?? '', all.slice(1)] : [node.head.text, all]
  if (findGroup(group) === undefined) return undefined
  const named = findCommand(group, rest[0]?.text ?? '')
  if (named !== undefined && named.name !== '') return { command: named, words: rest.slice(1) }
  const single = findCommand(group, '')
  return single === undefined ? undefined : { command: single, words: rest }
}

/** Whether an input is a recalled one whose secrets have to be typed again. */
export function hasHiddenSecret(text: string): boolean {
  return text.includes(SECRET)
}

function partsText(parts: readonly Part[]): string {
  return parts
    .map((part) =>
      part.kind === 'bare' || part.kind === 'text'
        ? part.text
        : part.kind === 'template'
          ? part.pieces.filter((piece) => typeof piece === 'string').join('')
          : '',
    )
    .join('')
}

function isComputed(parts: readonly Part[]): boolean {
  return parts.length > 0 && parts.every((part) => part.kind === 'value')
}
