import { type Inner, indented, type Piece } from '../output/indent.ts'
import { withoutDirectives } from './analysis/builder.ts'
import type { Expression, Statement } from './language/syntax/ast.ts'
import { type ReadSource, readTolerantly } from './language/syntax/tolerant.ts'
import type { Token } from './language/syntax/token.ts'

/** Tokens that stand between two others. */
const BETWEEN =
  '. + - * / % == != < > <= >= <=> && || & | ^ << >> >>> ? = <- += -= *= /= %= in instanceof'.split(' ')
/** Tokens that go on with the line before where they begin a line. */
const JOINS: ReadonlySet<string> = new Set([...BETWEEN, ':', 'extends'])
/** Tokens after which a statement goes on in the next line. */
const LEADS: ReadonlySet<string> = new Set([...BETWEEN, 'return'])

/**
 * Squirrel with its lines indented by brackets, and without blanks at the ends of lines. Lines stay lines and every token stays as it is, so that what
 * is compiled is the same, its line numbers included; lines of the preprocessor are left alone. Null for a text that cannot be read, also where it
 * can only be read after the preprocessor.
 */
export function formatSquirrel(text: string, unit: string): string | null {
  const isWindows = text.includes('\r\n') && !/(?<!\r)\n/.test(text)
  const lines = isWindows ? text.replaceAll('\r\n', '\n') : text
  const source = readTolerantly(withoutDirectives(lines), '')
  if (source.errors.length > 0) return null
  const made =
    indented(
      lines,
      piecesOf(source),
      unit,
      innerOf(source.statements),
      (line) => /^\s*[@#]/.test(line) && !/^\s*@["({]/.test(line),
    ).replace(/\n+$/, '') + '\n'
  // A program without code begins where its text ends.
  const result = source.tokens.length < 2 ? lines : made
  const same = meaningOf(source) === meaningOf(readTolerantly(withoutDirectives(result), ''))
  if (!same) return text
  return isWindows ? result.replaceAll('\n', '\r\n') : result
}

/** The first error of a text that is not formatted for it: line and column from 1. */
export function squirrelError(text: string): { line: number; column: number; text: string } | undefined {
  const [error] = readTolerantly(withoutDirectives(text.replaceAll('\r\n', '\n')), '').errors
  return error && { line: error.row, column: error.column, text: error.message }
}

/** All that a change of blanks must keep: the tokens with their rows, and the comments. */
function meaningOf({ tokens, comments }: ReadSource): string {
  return JSON.stringify([
    tokens
      .filter(({ kind }) => kind !== 'end')
      .map(({ kind, text, row, newLine }) => [kind, text, row, newLine]),
    comments.map(({ text, row }) => [text.replace(/[ \t\r]+$/, ''), row]),
  ])
}

function piecesOf({ tokens, comments }: ReadSource): Piece[] {
  const own = tokens
    .filter(({ kind }) => kind !== 'end')
    .map((token, index, all): Piece => ({
      start: token.start,
      end: token.end,
      role: roleOf(token, all[index + 1]),
    }))
  const notes = comments.map(({ start, text }): Piece => ({
    start,
    end: start + text.replace(/[ \t\r]+$/, '').length,
    role: 'plain',
  }))
  return [...own, ...notes].toSorted((a, b) => a.start - b.start)
}

function roleOf({ kind, newLine }: Token, next: Token | undefined): Piece['role'] {
  if (kind === '{' || kind === '(' || kind === '[') return 'open'
  if (kind === '}' || kind === ')' || kind === ']') return 'close'
  if (newLine && (kind === 'case' || kind === 'default')) return 'label'
  if (newLine && JOINS.has(kind)) return 'joins'
  return next?.newLine === true && LEADS.has(kind) ? 'leads' : 'plain'
}

/** The bodies without braces that stand on lines of their own. */
function innerOf(statements: readonly Statement[]): Inner[] {
  const found: Inner[] = []
  const body = (token: Token, statement: Statement) => {
    if (statement.kind !== 'block' && statement.token.newLine && statement.token.row > token.row)
      found.push({ first: statement.token.row - 1, last: statement.end.row - 1 })
  }
  const visit = (node: unknown): void => {
    // Tokens have kinds too.
    if (typeof node !== 'object' || node === null || 'row' in node) return
    if (Array.isArray(node)) {
      for (const one of node) visit(one)
      return
    }
    const { kind } = node as { kind?: string }
    const statement = node as Statement
    if (kind === 'if') {
      const branch = statement as Extract<Statement, { kind: 'if' }>
      body(branch.token, branch.yes)
      if (branch.no !== null) body(branch.yes.end, branch.no)
    } else if (kind === 'while' || kind === 'for' || kind === 'foreach' || kind === 'do') {
      body(statement.token, (statement as Extract<Statement, { kind: 'while' }>).body)
    }
    for (const [key, value] of Object.entries(node as Expression))
      if (key !== 'span' && key !== 'token' && key !== 'end') visit(value)
  }
  visit(statements)
  return found
}
