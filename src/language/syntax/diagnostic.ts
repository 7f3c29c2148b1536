import type { Span } from './source.ts'

/**
 * What the parser or the checker found. `UNCLOSED` means that the text ends too early: at the prompt it asks for another row
 * (language.md 4). Every other code is a stable name for one kind of mistake.
 */
export type DiagnosticCode =
  | 'SYNTAX'
  | 'UNCLOSED'
  | 'BASH'
  | 'UNKNOWN_COMMAND'
  | 'UNKNOWN_OPTION'
  | 'USAGE'
  | 'UNKNOWN_VARIABLE'
  | 'UNKNOWN_FIELD'
  | 'DUPLICATE'
  | 'ARGUMENTS'
  | 'PARALLEL_SET'
  | 'NESTED_IT'
  | 'UNUSED'
  | 'UNREACHABLE'
  | 'HIDES'
  | 'DESTRUCTIVE'
  | 'SECRET_LITERAL'
  | 'REVEAL'
  | 'NO_EFFECT'
  | 'NOT_FOUND'
  | 'IMPORT'

export type Severity = 'error' | 'warning' | 'note'

export interface Diagnostic extends Span {
  readonly code: DiagnosticCode
  readonly severity: Severity
  /** One line: what is wrong. */
  readonly message: string
  /** One line: what to write instead. */
  readonly hint?: string
}
