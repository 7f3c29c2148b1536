// Longer than other files: it is the list of all nodes, and a list is read best in one place.
import type { Span } from './source.ts'

/** The abstract syntax tree of language.md 2.3. Every node has `start` and `end` offsets; nothing in it is resolved against names. */
export interface Script extends Span {
  readonly kind: 'script'
  readonly body: readonly Statement[]
  /** The `##` lines at the top of the file. */
  readonly help: readonly string[]
}

export type Statement =
  | Version
  | Param
  | Let
  | SetVariable
  | If
  | For
  | While
  | Try
  | FunctionDefinition
  | With
  | Jump
  | Return
  | Throw
  | Exit
  | Assert
  | SourceFile
  | Match
  | Import
  | TestBlock
  | Chain

export interface Name extends Span {
  readonly text: string
}

export interface Version extends Span {
  readonly kind: 'version'
  readonly number: number
}

export const TYPES = [
  'text',
  'number',
  'bool',
  'flag',
  'duration',
  'time',
  'secret',
  'file',
  'dir',
  'product',
  'dg',
  'device',
  'build',
  'account',
  'list',
  'record',
  'block',
  'value',
  'choice',
] as const
export type TypeName = (typeof TYPES)[number]

/** A parameter of a script or of a function: `name`, `--option` or `...rest`. */
export interface Parameter extends Span {
  readonly name: Name
  readonly style: 'positional' | 'option' | 'rest'
  readonly letter?: string
  readonly type?: TypeName
  /** What `choice(...)` allows. */
  readonly choices?: readonly string[]
  readonly fallback?: Expression
}

export interface Param extends Span {
  readonly kind: 'param'
  readonly parameter: Parameter
  /** The comment at the end of the line, shown by the generated help. */
  readonly comment?: string
}

/** `{id, name: n, rssi?}`: takes fields out of a record. */
export interface RecordPattern extends Span {
  readonly kind: 'record-pattern'
  readonly fields: readonly { readonly field: string; readonly target: Name; readonly optional: boolean }[]
}

/** `[a, b, ...rest]`: takes items out of a list. */
export interface ListPattern extends Span {
  readonly kind: 'list-pattern'
  readonly items: readonly Name[]
  readonly rest?: Name
}

/** What a value is put into: a variable, or several that are taken out of it. */
export type Target = Name | RecordPattern | ListPattern

export interface Let extends Span {
  readonly kind: 'let'
  readonly target: Target
  readonly value: RightSide
  /** `export let` in a module. */
  readonly exported?: true
}

/** `set x = ...`, `set x += ...`, `set r.a[0] = ...`, `set env.NAME = ...`. */
export interface SetVariable extends Span {
  readonly kind: 'set'
  readonly name: Name
  readonly env: boolean
  /** The way from the variable to what is changed. */
  readonly path: readonly PathStep[]
  /** Of `+=` and its like. */
  readonly operator?: '+' | '-' | '*' | '/'
  readonly value: RightSide
}

export type PathStep =
  | { readonly kind: 'field'; readonly name: string; readonly start: number; readonly end: number }
  | { readonly kind: 'index'; readonly index: Expression; readonly start: number; readonly end: number }

/** What may stand to the right of `=`, and in every bracket that holds a value. */
export type RightSide = If | Try | With | Match | Chain

export interface If extends Span {
  readonly kind: 'if'
  readonly condition: Expression
  readonly body: Block
  readonly otherwise?: If | Block
}

export interface For extends Span {
  readonly kind: 'for'
  readonly target: Target
  readonly list: Expression
  readonly body: Block
}

export interface While extends Span {
  readonly kind: 'while'
  readonly condition: Expression
  readonly body: Block
}

export interface Catch extends Span {
  readonly codes: readonly Name[]
  readonly name?: Name
  readonly body: Block
}

export interface Try extends Span {
  readonly kind: 'try'
  readonly body: Block
  readonly catches: readonly Catch[]
  readonly finally?: Block
}

/** `match EXPR { "a", "b" => ..., < 3 => ..., {type: "dg"} => ..., else => ... }`. */
export interface Match extends Span {
  readonly kind: 'match'
  readonly subject: Expression
  readonly arms: readonly MatchArm[]
}

export interface MatchArm extends Span {
  readonly patterns: readonly MatchPattern[]
  readonly body: Block | RightSide
}

export type MatchPattern = Span &
  (
    | { readonly kind: 'else' }
    | { readonly kind: 'compare'; readonly operator: ComparisonOperator; readonly value: Expression }
    | {
        readonly kind: 'fields'
        readonly fields: readonly { readonly name: string; readonly pattern: MatchPattern }[]
      }
  )

export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | '=~' | '!~' | 'in'

/** `import a, b from "x.imptsh"` or `import "x.imptsh" as lib`. */
export interface Import extends Span {
  readonly kind: 'import'
  readonly path: TextLiteral
  readonly names: readonly Name[]
  readonly alias?: Name
}

/** `test "name" { ... }`: run by `impt check --test` only. */
export interface TestBlock extends Span {
  readonly kind: 'test'
  readonly name: TextLiteral
  readonly body: Block
}

export interface FunctionDefinition extends Span {
  readonly kind: 'fn'
  /** `export fn` in a module. */
  readonly exported?: true
  readonly name: Name
  readonly parameters: readonly Parameter[]
  readonly body: Block
}

export const SETTINGS = ['dir', 'product', 'dg', 'auth', 'target', 'timeout', 'output'] as const
export type SettingName = (typeof SETTINGS)[number]

export type Setting =
  | (Span & { readonly kind: 'word'; readonly name: SettingName; readonly value: Word })
  | (Span & { readonly kind: 'env'; readonly name: Name; readonly value: Expression })
  | (Span & { readonly kind: 'confirmed' })
  | (Span & { readonly kind: 'dry-run' })

export interface With extends Span {
  readonly kind: 'with'
  readonly settings: readonly Setting[]
  readonly body: Block
}

interface Jump extends Span {
  readonly kind: 'break' | 'continue'
}

export interface Return extends Span {
  readonly kind: 'return'
  readonly value?: RightSide
}

export interface Throw extends Span {
  readonly kind: 'throw'
  readonly value?: Expression
}

export interface Exit extends Span {
  readonly kind: 'exit'
  readonly value?: Expression
}

export interface Assert extends Span {
  readonly kind: 'assert'
  readonly condition: Expression
  readonly message?: Expression
}

export interface SourceFile extends Span {
  readonly kind: 'source'
  readonly path: Word
}

export interface Block extends Span {
  readonly kind: 'block'
  readonly parameters: readonly Target[]
  readonly body: readonly Statement[]
}

export interface Chain extends Span {
  readonly kind: 'chain'
  readonly first: Pipeline
  readonly rest: readonly { readonly operator: '&&' | '||'; readonly pipeline: Pipeline }[]
}

export interface Pipeline extends Span {
  readonly kind: 'pipeline'
  readonly first: Expression | Command | External
  readonly stages: readonly Stage[]
  readonly redirect?: { readonly append: boolean; readonly target: Word }
}

export type Stage = Command | External

/** An impt command, a built-in or a function: which one is decided by name, after parsing. */
export interface Command extends Span {
  readonly kind: 'command'
  readonly head: Name
  readonly args: readonly Argument[]
}

/** `!program args`. */
export interface External extends Span {
  readonly kind: 'external'
  readonly program: Word
  readonly args: readonly Argument[]
}

export type Argument = Option | Word | Block | Spread | Condition

/** The expression of `where EXPR` or `add NAME = EXPR`: its bare names are fields of the item. */
export interface Condition extends Span {
  readonly kind: 'condition'
  readonly body: Expression
}

export interface Option extends Span {
  readonly kind: 'option'
  /** As typed: `--name` or `-n`. */
  readonly text: string
  /** After `=`. */
  readonly value?: Word
}

/** `...$list`: each item is an argument of its own. */
export interface Spread extends Span {
  readonly kind: 'spread'
  readonly value: Expression
}

/** One argument: parts that touch. */
export interface Word extends Span {
  readonly kind: 'word'
  readonly parts: readonly Part[]
}

export type Part = BarePart | TextLiteral | Template | ValuePart

interface BarePart extends Span {
  readonly kind: 'bare'
  readonly text: string
}

/** `$x.y`, `${...}`, `$(...)` or `(...)` inside a word. */
interface ValuePart extends Span {
  readonly kind: 'value'
  readonly value: Expression
}

export type Expression =
  | TextLiteral
  | Template
  | NumberLiteral
  | DurationLiteral
  | TimeLiteral
  | Constant
  | Variable
  | FieldName
  | FieldAccess
  | IndexAccess
  | Binary
  | Unary
  | ListLiteral
  | RecordLiteral
  | Subshell
  | Block

export interface TextLiteral extends Span {
  readonly kind: 'text'
  readonly text: string
}

/** A double-quoted text; a single piece of plain text gives a TextLiteral instead. */
export interface Template extends Span {
  readonly kind: 'template'
  readonly pieces: readonly (string | Expression)[]
}

interface NumberLiteral extends Span {
  readonly kind: 'number'
  readonly value: number
}

interface DurationLiteral extends Span {
  readonly kind: 'duration'
  /** Milliseconds. */
  readonly value: number
}

interface TimeLiteral extends Span {
  readonly kind: 'time'
  readonly text: string
}

interface Constant extends Span {
  readonly kind: 'true' | 'false' | 'null' | 'now' | 'today'
}

export interface Variable extends Span {
  readonly kind: 'variable'
  readonly name: string
}

/** A bare name in a row expression: a field of the item. */
interface FieldName extends Span {
  readonly kind: 'field-name'
  readonly name: string
  readonly optional: boolean
}

interface FieldAccess extends Span {
  readonly kind: 'field'
  readonly object: Expression
  readonly name: string
  readonly optional: boolean
  /** Where the field's name stands. */
  readonly nameStart: number
}

interface IndexAccess extends Span {
  readonly kind: 'index'
  readonly object: Expression
  readonly index: Expression
  /** `?` after it: null where there is no such item. */
  readonly optional: boolean
}

export type BinaryOperator =
  | '??'
  | 'or'
  | 'and'
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '=~'
  | '!~'
  | 'in'
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '..'

export interface Binary extends Span {
  readonly kind: 'binary'
  readonly operator: BinaryOperator
  readonly operatorStart: number
  readonly left: Expression
  readonly right: Expression
}

interface Unary extends Span {
  readonly kind: 'not' | 'negate'
  readonly operand: Expression
}

export interface ListLiteral extends Span {
  readonly kind: 'list'
  readonly items: readonly { readonly spread: boolean; readonly value: Expression }[]
}

export type RecordField =
  | { readonly kind: 'field'; readonly name: string; readonly start: number; readonly value: Expression }
  | { readonly kind: 'computed'; readonly name: Expression; readonly value: Expression }
  | { readonly kind: 'spread'; readonly value: Expression }

export interface RecordLiteral extends Span {
  readonly kind: 'record'
  readonly fields: readonly RecordField[]
}

/** `( ... )`, `$( ... )`, `${ ... }`: whatever gives a value. */
export interface Subshell extends Span {
  readonly kind: 'paren'
  readonly body: RightSide
}
