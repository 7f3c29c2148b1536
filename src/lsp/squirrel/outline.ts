import {
  type DocumentSymbol,
  type FoldingRange,
  FoldingRangeKind,
  type Range,
  type SymbolInformation,
  SymbolKind,
} from 'vscode-languageserver-protocol'
import type { Meaning } from '../../squirrel/analysis/program.ts'
import type { ProgramSymbol } from '../../squirrel/analysis/symbols.ts'
import { type OpenDocument, uriOf } from '../documents.ts'
import { createFolds } from '../folds.ts'
import { type SemanticToken, type TokenType } from '../semantic-tokens.ts'
import { rangeOf } from './navigation.ts'
import { fileOf, isLibrary, type Opened } from './workspace.ts'

const KINDS: Readonly<Record<ProgramSymbol['kind'], SymbolKind>> = {
  local: SymbolKind.Variable,
  parameter: SymbolKind.Variable,
  slot: SymbolKind.Variable,
  function: SymbolKind.Function,
  class: SymbolKind.Class,
  const: SymbolKind.Constant,
  enum: SymbolKind.Enum,
  member: SymbolKind.Field,
  method: SymbolKind.Method,
}

/** The functions, classes, constants and slots of a text, with what stands inside them. Locals are left out, but for functions. */
export function symbolsOf(document: OpenDocument, { part }: Opened): DocumentSymbol[] {
  const rangeOf = (start: number, end: number): Range => ({
    start: document.text.positionAt(start),
    end: document.text.positionAt(end),
  })
  const shown = (symbols: readonly ProgramSymbol[], depth: number): DocumentSymbol[] =>
    depth > 20
      ? []
      : symbols.filter(isShown).map((symbol) => ({
          name: symbol.name === '' ? '?' : symbol.name,
          kind: kindOf(symbol),
          range: rangeOf(Math.min(symbol.start, symbol.token.start), Math.max(symbol.end, symbol.token.end)),
          selectionRange: rangeOf(symbol.token.start, symbol.token.end),
          children: shown(symbol.inner, depth + 1),
        }))
  return shown(
    part.names.all.filter(({ owner }) => owner === undefined),
    0,
  )
}

/** What the texts of programs declare outside of functions, each text once. */
export function symbolsEverywhere(programs: readonly Opened[]): SymbolInformation[] {
  const seen = new Set<string>()
  return programs.flatMap(({ program }) =>
    program.parts.flatMap((part): SymbolInformation[] => {
      const file = fileOf(part)
      if (file === undefined || isLibrary(part) || seen.has(file)) return []
      seen.add(file)
      return part.names.all
        .filter((symbol) => isShown(symbol) && symbol.seen === undefined)
        .map((symbol) => ({
          name: symbol.name,
          kind: kindOf(symbol),
          location: { uri: uriOf(file), range: rangeOf(symbol.token) },
          ...(symbol.owner === undefined ? {} : { containerName: symbol.owner.name }),
        }))
    }),
  )
}

function isShown({ kind, value, seen, owner }: ProgramSymbol): boolean {
  if (kind === 'parameter') return false
  return seen === undefined || owner === undefined || value?.kind === 'function' || value?.kind === 'class'
}

function kindOf({ kind, name, owner, value }: ProgramSymbol): SymbolKind {
  if (owner?.kind === 'enum') return SymbolKind.EnumMember
  if (name === 'constructor') return SymbolKind.Constructor
  return value?.kind === 'class' ? SymbolKind.Class : KINDS[kind]
}

/** What can be folded: brackets over several lines, comments, and lines between directives. */
export function foldsOf({ text }: OpenDocument, { part }: Opened): FoldingRange[] {
  const { folds, add, addComments } = createFolds()
  // The line of the closing bracket stays.
  for (const { first, last } of part.names.blocks) add(first.row - 1, last.row - 2)
  const { comments } = part.source
  for (const { row, text: comment } of comments)
    if (comment.startsWith('/*'))
      add(row - 1, row - 1 + (comment.match(/\n/g)?.length ?? 0), FoldingRangeKind.Comment)
  addComments(comments.filter(({ text: comment }) => comment.startsWith('//')).map(({ row }) => row - 1))
  const open: number[] = []
  if (text.getText().includes('@'))
    for (const [line, one] of text.getText().split('\n').entries()) {
      const word = /^\s*@(if|while|repeat|macro|else|elseif|end\w*)\b/.exec(one)?.[1]
      if (word === undefined) continue
      if (word.startsWith('e')) add(open.pop() ?? line, line - 1, FoldingRangeKind.Region)
      if (!word.startsWith('end')) open.push(line)
    }
  return folds.slice(0, 10_000)
}

/** The names of a text, by what they mean. */
export function tokensOf(opened: Opened, from: number, to: number): SemanticToken[] {
  const { program, part } = opened
  return part.names.uses
    .filter(({ token }) => token.end >= from && token.start <= to && token.start < token.end)
    .toSorted((a, b) => a.token.start - b.token.start)
    .flatMap((use): SemanticToken[] => {
      const meaning = program.meaningOf(use, part)
      const { start, end } = use.token
      return [
        {
          start,
          end,
          type: meaning === undefined ? (use.object ? 'property' : 'variable') : typeOf(meaning),
          declares: use.declares,
          isLibrary: meaning?.kind === 'row',
          isOld: meaning?.kind === 'row' && meaning.row.deprecated !== undefined,
        },
      ]
    })
}

function typeOf(meaning: Meaning): TokenType {
  if (meaning.kind === 'row') {
    const { kind, path } = meaning.row
    if (kind === 'method') return path.includes('.') ? 'method' : 'function'
    return kind === 'constant'
      ? 'enumMember'
      : kind === 'class'
        ? 'class'
        : path.includes('.')
          ? 'property'
          : 'namespace'
  }
  const { symbol } = meaning
  switch (symbol.kind) {
    case 'parameter':
    case 'function':
    case 'class':
    case 'enum':
    case 'method':
      return symbol.kind
    case 'const':
      return 'enumMember'
    case 'member':
      return symbol.owner?.kind === 'enum' ? 'enumMember' : 'property'
    default:
      return symbol.definition ? 'function' : 'variable'
  }
}
