import { type ErrorCode, exitCodeOf, type HttpDetail, ImptError } from '../../output/error.ts'
import type { Place } from '../syntax/source.ts'

/** What a run-time error carries besides code and message (language.md 2.10). */
interface ErrorParts {
  readonly hint?: string | undefined
  readonly exit?: number | undefined
  readonly http?: HttpDetail | undefined
  readonly candidates?: readonly unknown[] | undefined
  readonly cause?: unknown
  readonly notes?: readonly string[] | undefined
  /** What `throw {...}` gave besides code and message. */
  readonly data?: Readonly<Record<string, unknown>> | undefined
  readonly place?: Place | undefined
}

/** A run-time error of a script. Place, command and item are filled in on the way out, where they are known first. */
export class ScriptError extends Error {
  override readonly name = 'ScriptError'
  readonly code: string
  hint: string | undefined
  readonly exit: number
  readonly http: HttpDetail | undefined
  readonly candidates: readonly unknown[] | undefined
  readonly data: Readonly<Record<string, unknown>> | undefined
  /** Lines shown under the source line, each after `= `. */
  readonly notes: string[]
  place: Place | undefined
  /** The command as it was run, credentials masked. */
  command: string | undefined
  /** The calls that led to the place, innermost first. */
  readonly calls: { readonly name: string; readonly place: Place }[] = []
  /** The item that was worked on, such as `item 3 of 17: device 2347 "lab-3"`. */
  item: string | undefined

  constructor(code: string, message: string, parts: ErrorParts = {}) {
    super(message, parts.cause === undefined ? undefined : { cause: parts.cause })
    this.code = code
    this.hint = parts.hint
    this.exit = parts.exit ?? exitCodeOf(code as ErrorCode)
    this.http = parts.http
    this.candidates = parts.candidates
    this.data = parts.data
    this.notes = [...(parts.notes ?? [])]
    this.place = parts.place
  }
}

/** Makes an error at a place. */
export function raise(place: Place, code: ErrorCode, message: string, hint?: string): ScriptError {
  return new ScriptError(code, message, { place, hint })
}

/** Leaves a loop, a function or the script. Made once: they are thrown often and carry nothing. */
class Leave extends Error {
  readonly kind: 'break' | 'continue' | 'return'
  constructor(kind: 'break' | 'continue' | 'return') {
    super(kind)
    this.kind = kind
  }
}
export const BREAK = new Leave('break')
export const CONTINUE = new Leave('continue')
export const RETURN = new Leave('return')

/** `exit n`: runs `finally` blocks on its way out. */
export class ExitRequest extends Error {
  readonly exit: number
  constructor(exit: number) {
    super('exit')
    this.exit = exit
  }
}

/** The reader of stdout has gone: the run ends quietly. */
export class OutputClosed extends Error {}

/** Whether an error leaves by intention and is nothing to catch or to show. */
export function isLeaving(error: unknown): boolean {
  return error instanceof Leave || error instanceof ExitRequest || error instanceof OutputClosed
}

/**
 * Gives any thrown value as an error of the script at a place, unless it has one. What is neither an ImptError nor an error of a script
 * is a defect and stays what it is, except that endless recursion and an aborted request have names.
 */
export function located(error: unknown, place: Place): unknown {
  if (error instanceof ScriptError) {
    error.place ??= place
    return error
  }
  if (isLeaving(error)) return error
  if (error instanceof ImptError) {
    const { code, message, hint, exit, http, candidates, notes, data, cause } = error
    return new ScriptError(code, message, { hint, exit, http, candidates, notes, data, cause, place })
  }
  if (error instanceof RangeError && /call stack/i.test(error.message)) {
    return raise(
      place,
      'BUG_ARGS',
      'functions call each other too deeply',
      'is there an end to the recursion?',
    )
  }
  if (error instanceof RangeError && /invalid (?:string|array) length|size exceeded/i.test(error.message))
    return raise(place, 'MEMORY', 'a text or a list would be longer than any can be')
  if (error instanceof Error && error.name === 'AbortError')
    return raise(place, 'CANCELLED', 'the operation was stopped')
  return error
}

/** Whether a plain `catch` and `||` leave the error alone: a mistake in the script itself. */
export function isBug(error: ScriptError): boolean {
  return error.code.startsWith('BUG_')
}
