import type { ClassDefinition, Expression, FunctionDefinition, Scalar } from '../language/syntax/ast.ts'
import type { Token } from '../language/syntax/token.ts'

/** What a name stands for. `slot`: of the root table or of `this`; `member`: of a class or a table. */
export type SymbolKind =
  | 'local'
  | 'parameter'
  | 'slot'
  | 'function'
  | 'class'
  | 'const'
  | 'enum'
  | 'member'
  | 'method'

/** One declared name of a program. */
export interface ProgramSymbol {
  readonly name: string
  readonly kind: SymbolKind
  /** Where it is declared. */
  readonly token: Token
  /** Offsets of the whole declaration. */
  readonly start: number
  readonly end: number
  /** Where a local can be seen, as offsets; undefined for what the whole program sees. */
  readonly seen: { readonly start: number; readonly end: number } | undefined
  /** What it was given where it was declared. */
  readonly value: Expression | undefined
  readonly definition: FunctionDefinition | undefined
  readonly constant: Scalar | undefined
  /** What stands inside it: members of a class, a table or an enum, locals of a function. */
  readonly inner: ProgramSymbol[]
  readonly owner: ProgramSymbol | undefined
  /** The comment above it. */
  readonly doc: string
  /** Whether something is assigned to it later, so that `value` is not all that it may hold. */
  changed: boolean
}

/** One use of a name: of a variable, or of a member of an object. */
export interface Use {
  readonly token: Token
  readonly name: string
  /** The local, constant or slot of this text that it means; undefined where only the program or the platform may know. */
  readonly symbol: ProgramSymbol | undefined
  /** The object of a member; undefined for a variable. */
  readonly object: Expression | undefined
  /** The class or table in which it stands, for `this` and `base`. */
  readonly self: ProgramSymbol | undefined
  readonly writes: boolean
  /** The expression of `name <- value` or a declaration. */
  readonly declares: boolean
}

/** The names of one text. */
export interface Names {
  /** Slots, functions, classes, constants and enums that all texts of the program see. */
  readonly roots: readonly ProgramSymbol[]
  /** All symbols, outer ones first. */
  readonly all: readonly ProgramSymbol[]
  readonly uses: readonly Use[]
  /** Calls: for arguments. */
  readonly calls: readonly Call[]
  /** Texts that stand in the program, which may be keys. */
  readonly texts: ReadonlySet<string>
  /** Where blocks, functions, classes, tables and arrays stand. */
  readonly blocks: readonly { readonly first: Token; readonly last: Token }[]
}

/** One call of a function. */
export interface Call {
  readonly callee: Expression
  readonly args: readonly Expression[]
  readonly self: ProgramSymbol | undefined
}

/** The class that a symbol declares. */
export function classOf(symbol: ProgramSymbol): ClassDefinition | undefined {
  return symbol.value?.kind === 'class' ? symbol.value.definition : undefined
}

/** The token of the key of `object.key`; undefined for `object[key]`. */
export function keyToken({ key }: Extract<Expression, { kind: 'member' }>): Token | undefined {
  const { first } = key.span
  return first === key.span.last &&
    (first.kind === 'identifier' || first.kind === 'constructor') &&
    key.kind === 'literal'
    ? first
    : undefined
}
