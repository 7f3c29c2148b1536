import type { FoldingRange } from 'vscode-languageserver-protocol'
import type { Token, TokenKind } from '../../language/syntax/parse.ts'
import type { Span } from '../../language/syntax/source.ts'
import type { OpenDocument } from '../documents.ts'
import { createFolds } from '../folds.ts'
import type { SemanticToken, TokenType } from '../semantic-tokens.ts'

/** What can be folded: blocks over several lines, and runs of comments. */
export function foldsOfScript(
  { text }: OpenDocument,
  blocks: readonly Span[],
  tokens: readonly Token[],
): FoldingRange[] {
  const { folds, add, addComments } = createFolds()
  for (const { start, end } of blocks) add(text.positionAt(start).line, text.positionAt(end).line - 1)
  addComments(tokens.filter(({ kind }) => kind === 'comment').map(({ start }) => text.positionAt(start).line))
  return folds
}

const TYPES: Readonly<Partial<Record<TokenKind, TokenType>>> = {
  comment: 'comment',
  keyword: 'keyword',
  command: 'function',
  external: 'function',
  option: 'property',
  text: 'string',
  variable: 'variable',
  name: 'variable',
  number: 'number',
  constant: 'keyword',
}

/** The coloured pieces of a script; a text over several lines is one piece a line. */
export function tokensOfScript(
  text: string,
  tokens: readonly Token[],
  from: number,
  to: number,
): SemanticToken[] {
  return tokens
    .filter(({ start, end }) => end >= from && start <= to)
    .flatMap(({ kind, start, end }) => {
      const type = TYPES[kind]
      if (type === undefined) return []
      const pieces: SemanticToken[] = []
      for (let at = start; at < end;) {
        const line = text.indexOf('\n', at)
        const stop = line < 0 || line > end ? end : line
        if (stop > at) pieces.push({ start: at, end: stop, type, declares: kind === 'name' })
        at = stop + 1
      }
      return pieces
    })
}
