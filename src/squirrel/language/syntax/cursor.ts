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
  private readonly errors: CompileError[] | undefined

  /** With `errors`, what is wrong is told there and passed over; else the first error is thrown. */
  constructor(tokens: readonly Token[], errors?: CompileError[]) {
    this.tokens = tokens
    this.errors = errors
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

  /** Makes an object that was just written a node, from a token up to the one passed last. */
  node<T extends object>(first: Token, node: T): T & { readonly span: Span } {
    // Put into the object itself: each node is made once, and there are many.
    const made = node as T & { span: Span }
    made.span = { first, last: this.previous }
    return made
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

  /** Parses one of many parts. Where errors are collected, a part that cannot be read is left for the place where the next one may begin. */
  part(parse: () => void): void {
    if (this.errors === undefined) return parse()
    const { at, depth, scope } = this
    const { breakable, continuable } = scope
    try {
      parse()
    } catch (error) {
      if (!(error instanceof CompileError)) throw error
      this.errors.push(error)
      this.depth = depth
      this.scope = scope
      Object.assign(scope, { breakable, continuable })
      this.skip(at)
    }
  }

  /** True where no further part comes: at the bracket, and, where errors are collected, at the end of the text. */
  atClose(kind: string): boolean {
    return this.kind === kind || (this.errors !== undefined && this.kind === 'end')
  }

  /** Passes the bracket behind parts; where errors are collected, the parts are kept without it. */
  close(kind: string): void {
    if (this.kind === kind || this.errors === undefined) this.expect(kind)
    else this.errors.push(this.error(`expected '${kind}'`))
  }

  /** Goes on to a line, a `;` or a `}` outside of the brackets that open on the way; past the token where the part began. */
  private skip(from: number): void {
    let open = 0
    for (; this.kind !== 'end'; this.at++) {
      const isBehind = this.at > from
      if (isBehind && open === 0 && (this.token.newLine || this.kind === '}')) return
      if (isBehind && open === 0 && this.kind === ';') {
        this.at++
        return
      }
      if ('{(['.includes(this.kind)) open++
      else if ('})]'.includes(this.kind)) open = Math.max(0, open - 1)
    }
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
