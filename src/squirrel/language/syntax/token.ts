/** Kinds of token that carry a value; every other token's kind is its own text. */
export interface Token {
  /** 'identifier', 'string', 'integer', 'float', 'end', 'error', or the text of a keyword or operator. */
  readonly kind: string
  readonly text: string
  readonly number: number
  /** Offsets of its first character and of the one behind it in the text that is compiled. */
  readonly start: number
  readonly end: number
  /** Place in the text that is compiled, from 1. */
  readonly row: number
  readonly column: number
  /** Place after `#line` control. */
  readonly file: string
  readonly line: number
  /** True when the token before it is on an earlier row. */
  readonly newLine: boolean
}

export const KEYWORDS: ReadonlySet<string> = new Set(
  (
    'base break case catch class clone const constructor continue default delete else enum extends false for foreach ' +
    'function if in instanceof local null resume return static switch this throw true try typeof while do yield __file__ __line__'
  )
    .split(' ')
    .filter((word) => !word.startsWith('__')),
)

/** Operators, longest first. */
export const OPERATORS: readonly string[] = (
  '>>> <=> ... == != <= >= << >> && || += -= *= /= %= ++ -- <- :: </ /> ' +
  '+ - * / % & | ^ ! ~ < > = ? : , ; . ( ) [ ] { } @'
).split(' ')

/** What the parser passes over, for tools: a comment, or a line of control (`#line`, `#require`). */
export interface Comment {
  readonly text: string
  readonly start: number
  readonly end: number
  readonly row: number
  readonly column: number
  readonly file: string
  readonly line: number
}
