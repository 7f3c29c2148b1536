import type { Token } from './token.ts'

export type Scalar = boolean | number | string | { readonly float: number }

/** The first and the last token of a node: they know its offsets, its row and column, and its place in the file that a person wrote. */
export interface Span {
  readonly first: Token
  readonly last: Token
}

export type Expression = { readonly span: Span } & (
  | { readonly kind: 'null' | 'this' | 'base' | 'root' }
  | { readonly kind: 'literal'; readonly value: Scalar }
  | { readonly kind: 'name'; readonly name: string; readonly token: Token }
  | { readonly kind: 'member'; readonly object: Expression; readonly key: Expression }
  | { readonly kind: 'call'; readonly callee: Expression; readonly args: readonly Expression[] }
  | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Expression }
  | {
      readonly kind: 'binary'
      readonly operator: string
      readonly left: Expression
      readonly right: Expression
    }
  | {
      readonly kind: 'logical'
      readonly operator: '&&' | '||'
      readonly left: Expression
      readonly right: Expression
    }
  | {
      readonly kind: 'conditional'
      readonly test: Expression
      readonly yes: Expression
      readonly no: Expression
    }
  | {
      readonly kind: 'assign'
      readonly operator: string
      readonly target: Target
      readonly value: Expression
    }
  | { readonly kind: 'step'; readonly by: 1 | -1; readonly prefix: boolean; readonly target: Target }
  | { readonly kind: 'delete'; readonly target: Extract<Expression, { kind: 'member' | 'name' }> }
  | { readonly kind: 'comma'; readonly items: readonly Expression[] }
  | { readonly kind: 'array'; readonly items: readonly Expression[] }
  | { readonly kind: 'table'; readonly slots: readonly Member[] }
  | { readonly kind: 'class'; readonly definition: ClassDefinition }
  | { readonly kind: 'function'; readonly definition: FunctionDefinition }
)

export type UnaryOperator = '-' | '!' | '~' | 'typeof' | 'resume' | 'clone'

export type Target = Extract<Expression, { kind: 'member' | 'name' }>

/** A slot of a table or a member of a class. */
export interface Member {
  readonly key: Expression
  readonly value: Expression
  readonly isStatic: boolean
  readonly attributes: readonly Member[] | null
}

export interface ClassDefinition {
  readonly base: Expression | null
  readonly attributes: readonly Member[] | null
  readonly members: readonly Member[]
}

export interface Parameter {
  readonly name: string
  readonly token: Token
  readonly initial: Expression | null
}

export interface FunctionDefinition {
  readonly name: string | null
  readonly parameters: readonly Parameter[]
  readonly variadic: boolean
  readonly body: Statement
  /** Where the function begins: its place in traces. */
  readonly token: Token
  /** The name, where it has one. */
  readonly nameToken: Token | null
  readonly isGenerator: boolean
}

/** A name that a statement declares. */
export interface Declared {
  readonly name: string
  readonly token: Token
}

/** A statement with the token it starts at and its last one. */
export type Statement = { readonly token: Token; readonly end: Token } & (
  | { readonly kind: 'empty' }
  | { readonly kind: 'expression'; readonly expression: Expression }
  | { readonly kind: 'block'; readonly body: readonly Statement[] }
  | { readonly kind: 'if'; readonly test: Expression; readonly yes: Statement; readonly no: Statement | null }
  | { readonly kind: 'while'; readonly test: Expression; readonly body: Statement }
  | { readonly kind: 'do'; readonly body: Statement; readonly test: Expression; readonly testToken: Token }
  | {
      readonly kind: 'for'
      readonly initial: Statement | null
      readonly test: Expression | null
      readonly step: Expression | null
      readonly body: Statement
    }
  | {
      readonly kind: 'foreach'
      readonly key: Declared | null
      readonly value: Declared
      readonly subject: Expression
      readonly body: Statement
    }
  | {
      readonly kind: 'switch'
      readonly subject: Expression
      readonly cases: readonly { readonly test: Expression; readonly body: readonly Statement[] }[]
      readonly otherwise: readonly Statement[] | null
    }
  | {
      readonly kind: 'local'
      readonly variables: readonly (Declared & { readonly initial: Expression | null })[]
    }
  | { readonly kind: 'return' | 'yield'; readonly value: Expression | null }
  | { readonly kind: 'throw'; readonly value: Expression }
  | { readonly kind: 'break' | 'continue' }
  | { readonly kind: 'try'; readonly body: Statement; readonly name: Declared; readonly handler: Statement }
  | { readonly kind: 'newslot'; readonly target: Target; readonly value: Expression }
  | { readonly kind: 'const'; readonly name: Declared; readonly value: Scalar }
  | {
      readonly kind: 'enum'
      readonly name: Declared
      readonly values: readonly (Declared & { readonly value: Scalar })[]
    }
)
