import { type SemanticTokensLegend } from 'vscode-languageserver-protocol'
import type { TextDocument } from './documents.ts'

const TYPES = [
  'namespace',
  'class',
  'enum',
  'parameter',
  'variable',
  'property',
  'enumMember',
  'function',
  'method',
  'keyword',
  'string',
  'number',
  'comment',
  'operator',
] as const
export type TokenType = (typeof TYPES)[number]

/** One coloured piece of a text, by offsets; it lies on one line. */
export interface SemanticToken {
  readonly start: number
  readonly end: number
  readonly type: TokenType
  readonly declares?: boolean
  /** Belongs to the platform or to impt. */
  readonly isLibrary?: boolean
  readonly isOld?: boolean
}

export const LEGEND: SemanticTokensLegend = {
  tokenTypes: [...TYPES],
  tokenModifiers: ['declaration', 'defaultLibrary', 'deprecated'],
}

/** Tokens in the protocol's form: five numbers each, places relative to the token before. */
export function encoded(text: TextDocument, tokens: readonly SemanticToken[]): number[] {
  const data: number[] = []
  let line = 0
  let character = 0
  let last = -1
  for (const { start, end, type, declares, isLibrary, isOld } of tokens) {
    // A token that is named twice is told once.
    if (start <= last) continue
    last = start
    const from = text.positionAt(start)
    const modifiers = (declares ? 1 : 0) | (isLibrary ? 2 : 0) | (isOld ? 4 : 0)
    data.push(
      from.line - line,
      from.line === line ? from.character - character : from.character,
      end - start,
      TYPES.indexOf(type),
      modifiers,
    )
    line = from.line
    character = from.character
  }
  return data
}
