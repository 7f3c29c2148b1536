import { ImptError } from '../output/error.ts'
import { withoutFolder } from './lines.ts'

/** The stable codes of language.md 2.10 that preprocessing can end with. */
export type PreprocessCode =
  | 'DATA'
  | 'FILE'
  | 'NOT_FOUND'
  | 'AUTH'
  | 'NETWORK'
  | 'RATE_LIMIT'
  | 'SERVER'
  | 'TIMEOUT'
  | 'CANCELLED'

/** A place in a source as a person wrote it; lines are 1-based. */
export interface Place {
  readonly file: string
  readonly line: number
}

/** The only error that leaves this room. Its message is one line that ends in ` (<file>:<line>)`. */
export class PreprocessError extends Error {
  readonly code: PreprocessCode
  readonly file: string
  readonly line: number
  readonly column: number | undefined
  /** What can be done about it. */
  readonly hint: string | undefined

  constructor(code: PreprocessCode, text: string, place: Place, column?: number, cause?: unknown) {
    super(`${oneLine(text)} (${place.file}:${place.line})`, { cause })
    this.name = 'PreprocessError'
    this.code = code
    this.file = place.file
    this.line = place.line
    this.column = column
    this.hint = cause instanceof Failure ? cause.hint : undefined
  }
}

/** A failure without a place yet; whoever knows the place turns it into a PreprocessError. */
export class Failure extends Error {
  readonly code: PreprocessCode
  readonly column: number | undefined
  readonly hint: string | undefined

  constructor(code: PreprocessCode, text: string, column?: number, hint?: string) {
    super(text)
    this.name = 'Failure'
    this.code = code
    this.column = column
    this.hint = hint
  }
}

/** The error as commands end with it: files below `directory` are shown relative to it. */
export function toldError(error: PreprocessError, directory: string): ImptError {
  const { code, message, hint } = error
  return new ImptError(code, withoutFolder(message, directory), {
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  })
}

/** Gives any thrown value the place where it happened; a PreprocessError keeps the place it has. */
export function located(error: unknown, place: Place): PreprocessError {
  if (error instanceof PreprocessError) return error
  if (error instanceof Failure)
    return new PreprocessError(error.code, error.message, place, error.column, error)
  if (isStackOverflow(error)) {
    return new PreprocessError('DATA', 'The source is nested too deeply', place, undefined, error)
  }
  const text = error instanceof Error ? error.message : String(error)
  return new PreprocessError('DATA', text, place, undefined, error)
}

function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message.includes('call stack')
}

function oneLine(text: string): string {
  return text
    .replace(/[\r\n\u2028\u2029]+/g, ' ')
    .replace(
      /[\u0000-\u001f\u007f-\u009f]/g,
      (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`,
    )
    .trim()
}
