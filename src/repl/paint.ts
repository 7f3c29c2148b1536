import { findCommand, findGroup, groups } from '../commands/table/index.ts'
import { optionSpelled } from '../commands/scan.ts'
import type { CommandRow } from '../commands/row.ts'
import { BUILT_INS, findBuiltIn } from '../language/builtins/index.ts'
import type { Parsed, Token, TokenKind } from '../language/syntax/parse.ts'
import type { Style } from './screen/style.ts'
import { REPL_WORDS } from './words/index.ts'

/** The names that the session knows, besides those of the program. */
interface KnownNames {
  readonly isVariable: (name: string) => boolean
  readonly isFunction: (name: string) => boolean
}

type Paint = readonly { readonly end: number; readonly style: Style }[]

const STYLES: Readonly<Record<TokenKind, Style>> = {
  space: 'plain',
  newline: 'plain',
  comment: 'comment',
  keyword: 'keyword',
  command: 'command',
  external: 'keyword',
  option: 'option',
  word: 'plain',
  text: 'text',
  variable: 'variable',
  name: 'variable',
  number: 'number',
  constant: 'number',
  operator: 'operator',
  punctuation: 'operator',
  error: 'error',
}

/** How each part of a text looks, from the tokens of the parser (repl.md 3.4). A word at the cursor may still grow: it is not called unknown. */
export function paint(text: string, parsed: Parsed, cursor: number, known: KnownNames): Paint {
  const painter = createPainter(text, parsed, cursor, known)
  return parsed.tokens.map((token) => ({ end: token.end, style: painter(token) }))
}

function createPainter(
  text: string,
  { tokens, diagnostics }: Parsed,
  cursor: number,
  known: KnownNames,
): (token: Token) => Style {
  const local = new Set(
    tokens.filter((token) => token.kind === 'name').map((token) => text.slice(token.start, token.end)),
  )
  const error = diagnostics.find(
    (diagnostic) => diagnostic.severity === 'error' && diagnostic.code !== 'UNCLOSED',
  )
  let group: string | undefined
  let command: CommandRow | undefined

  return (token) => {
    const word = text.slice(token.start, token.end)
    const grows = cursor === token.end
    if (
      error !== undefined &&
      token.start < error.end &&
      token.end > error.start &&
      !grows &&
      token.kind !== 'space'
    )
      return 'error'
    switch (token.kind) {
      case 'command':
        group = findGroup(word) || word === 'impt' ? word : undefined
        command = findCommand(word, '')
        return isKnownHead(word, known) || (grows && beginsSomething(word)) ? 'command' : 'unknown'
      case 'word': {
        if (group === undefined) return 'plain'
        if (group === 'impt') {
          group = findGroup(word) ? word : undefined
          return group !== undefined || grows ? 'command' : 'unknown'
        }
        const found = findCommand(group, word)
        const alone = command !== undefined
        command = found ?? command
        const names = findGroup(group)?.commands ?? []
        group = undefined
        if (found !== undefined) return 'command'
        return alone || (grows && names.some(({ name }) => name.startsWith(word))) ? 'plain' : 'unknown'
      }
      case 'option':
        return command === undefined || optionSpelled(command, { text: word }) !== undefined || grows
          ? 'option'
          : 'unknown'
      case 'variable': {
        const name = word.replace(/^\$\{?/, '').replace(/\}$/, '')
        const isKnown = name === '' || grows || known.isVariable(name) || local.has(name) || local.has(word)
        return isKnown ? 'variable' : 'unknown-variable'
      }
      case 'newline':
      case 'operator':
      case 'punctuation':
        if (word !== '=') [group, command] = [undefined, undefined]
        return STYLES[token.kind]
      default:
        return STYLES[token.kind]
    }
  }
}

function isKnownHead(word: string, known: KnownNames): boolean {
  return (
    word === 'impt' ||
    findGroup(word) !== undefined ||
    findBuiltIn(word) !== undefined ||
    REPL_WORDS.some(({ name }) => name === word) ||
    known.isFunction(word)
  )
}

function beginsSomething(word: string): boolean {
  const begins = ({ name }: { readonly name: string }) => name.startsWith(word)
  return groups.some(begins) || BUILT_INS.some(begins) || REPL_WORDS.some(begins)
}
