/** Words reserved at the start of a statement (language.md 2.3). */
export const KEYWORDS = [
  'let',
  'set',
  'if',
  'else',
  'for',
  'while',
  'break',
  'continue',
  'return',
  'throw',
  'try',
  'catch',
  'finally',
  'fn',
  'with',
  'exit',
  'assert',
  'source',
  'param',
  'imptsh',
  'match',
  'import',
  'export',
] as const

const KEYWORD_SET: ReadonlySet<string> = new Set(KEYWORDS)

export function isKeyword(text: string): boolean {
  return KEYWORD_SET.has(text)
}

/** Words reserved in expressions. */
export const CONSTANTS = ['true', 'false', 'null', 'now', 'today'] as const
export const WORD_OPERATORS = ['not', 'and', 'or', 'in'] as const

/** Built-ins whose last word is an expression over the item's fields (a word of type condition in their signature). */
export const CONDITION_FILTERS: ReadonlySet<string> = new Set([
  'where',
  'any',
  'all',
  'until',
  'find',
  'take-while',
  'skip-while',
  'partition',
  'add',
  'update',
])

/** Those of them that read `NAME =` before it. */
export const ASSIGNING_FILTERS: ReadonlySet<string> = new Set(['add', 'update'])
