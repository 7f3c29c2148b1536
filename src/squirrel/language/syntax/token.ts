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

/** Operators by their first character, longest first. */
const OPERATORS = new Map<string, string[]>()
for (const text of (
  '>>> <=> ... == != <= >= << >> && || += -= *= /= %= ++ -- <- :: </ /> ' +
  '+ - * / % & | ^ ! ~ < > = ? : , ; . ( ) [ ] { } @'
).split(' ')) {
  const first = text.charAt(0)
  OPERATORS.set(first, [...(OPERATORS.get(first) ?? []), text])
}

/** The longest operator that stands at a place of a source; undefined for none. */
export function operatorAt(source: string, at: number): string | undefined {
  return OPERATORS.get(source.charAt(at))?.find((text) => text.length === 1 || source.startsWith(text, at))
}

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
