import type { Declared, Expression, Scalar, Span } from './ast.ts'
import { CompileError } from './compile-error.ts'
import type { Token } from './token.ts'

const NAMED: Readonly<Record<string, string>> = {
  identifier: 'IDENTIFIER',
  string: 'STRING_LITERAL',
  integer: 'INTEGER',
  float: 'FLOAT',
}

/** Deepest nesting of expressions and statements: keeps hostile sources from exhausting the stack of the host. */
const DEEPEST = 400

/** What the parser knows about the function it is in. */
interface FunctionScope {
  /** Enclosing statements that `break` and `continue` may leave. */
  breakable: number
  continuable: number
  yields: boolean
}

/** A place in a list of tokens. */
export class Cursor {
  private readonly tokens: readonly Token[]
  private at = 0
  private depth = 0
  /** Expressions that stand in brackets of their own: nothing can be assigned to them. */
  readonly bracketed = new WeakSet<Expression>()
  scope: FunctionScope = newScope()

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens
    this.check()
  }

  get token(): Token {
    return this.tokens[this.at] as Token
  }

  get kind(): string {
    return this.token.kind
  }

  /** The token passed last. */
  get previous(): Token {
    return this.tokens[Math.max(0, this.at - 1)] as Token
  }

  /** Kind of the token before the current one. */
  get previousKind(): string {
    return this.tokens[this.at - 1]?.kind ?? ''
  }

  /** A node from a token up to the one passed last. */
  node<T extends object>(first: Token, node: T): T & { readonly span: Span } {
    return { ...node, span: { first, last: this.previous } }
  }

  /** A name, to be declared. */
  declared(): Declared {
    const token = this.expect('identifier')
    return { name: token.text, token }
  }

  /** Moves on and returns the token passed. */
  advance(): Token {
    const passed = this.token
    if (passed.kind !== 'end') this.at++
    this.check()
    return passed
  }

  /** Moves on if the current token is of a kind. */
  accept(kind: string): boolean {
    if (this.kind !== kind) return false
    this.advance()
    return true
  }

  /** Moves on past a token of a kind; anything else is an error. */
  expect(kind: string): Token {
    if (this.kind === kind || (kind === 'identifier' && this.kind === 'constructor')) return this.advance()
    throw this.error(`expected '${NAMED[kind] ?? kind}'`)
  }

  /** True where a statement may end. */
  atStatementEnd(): boolean {
    return this.token.newLine || this.kind === 'end' || this.kind === '}' || this.kind === ';'
  }

  /** Passes the end of a statement: `;`, a line break, or the `}` of a block that came just before. */
  endStatement(): void {
    if (this.accept(';') || this.previousKind === '}' || this.previousKind === ';') return
    if (!this.atStatementEnd()) throw this.error('end of statement expected (; or lf)')
  }

  /** A constant: integer, float, string or boolean, with an optional minus. */
  scalar(): Scalar {
    if (this.accept('-')) {
      const value = this.number()
      if (value === null) throw this.error('scalar expected : integer,float')
      return typeof value === 'number' ? -value | 0 : { float: -value.float }
    }
    const value = this.number()
    if (value !== null) return value
    if (this.kind === 'string') return this.advance().text
    if (this.accept('true')) return true
    if (this.accept('false')) return false
    throw this.error('scalar expected : integer,float or string')
  }

  /** Runs a parser function one level deeper. */
  nested<T>(parse: () => T): T {
    if (++this.depth > DEEPEST) throw this.error('internal compiler error: too many nested expressions')
    const result = parse()
    this.depth--
    return result
  }

  /** The error at the current token. */
  error(text: string): CompileError {
    return new CompileError(text, this.token.row, this.token.column)
  }

  // What the lexer could not read is reported when the parser gets there.
  private check(): void {
    if (this.kind === 'error') throw this.error(this.token.text)
  }

  private number(): number | { float: number } | null {
    if (this.kind === 'integer') return this.advance().number
    if (this.kind === 'float') return { float: this.advance().number }
    return null
  }
}

export function newScope(): FunctionScope {
  return { breakable: 0, continuable: 0, yields: false }
}
