import type { Statement } from './ast.ts'
import type { CompileError } from './compile-error.ts'
import { tokenizeAll } from './lexer.ts'
import { parse } from './statements.ts'
import type { Comment, Token } from './token.ts'

/** What could be read of a text that may be wrong in many places. */
export interface ReadSource {
  readonly statements: readonly Statement[]
  /** Whether the main function yields. */
  readonly yields: boolean
  readonly tokens: readonly Token[]
  readonly comments: readonly Comment[]
  /** In the order of the text, one a row at most. */
  readonly errors: readonly CompileError[]
}

/** More errors than this are not told: they come from one that is told. */
const MOST_ERRORS = 50

/**
 * Reads a text for an editor: tokens and statements that are right are kept beside those that are not. `source` is a byte string or a text;
 * all offsets and columns count its characters. Throws nothing but RangeError, for a chain of operators that exhausts the stack.
 */
export function readTolerantly(source: string, file: string): ReadSource {
  const found: CompileError[] = []
  const { tokens, comments } = tokenizeAll(source, file, found)
  const { statements, yields } = parse(tokens, found)
  const rows = new Set<number>()
  const errors = found
    .toSorted((a, b) => a.row - b.row || a.column - b.column)
    .filter(({ row }) => !rows.has(row) && rows.add(row))
  return { statements, yields, tokens, comments, errors: errors.slice(0, MOST_ERRORS) }
}
