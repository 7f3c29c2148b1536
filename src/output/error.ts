/**
 * The stable error codes of language.md 2.10: the only part of an error that programs may match on. `BUG_*` codes mean a mistake
 * in the script itself; a plain `catch` does not take them.
 */
export const ERROR_CODES = [
  'NOT_FOUND',
  'AMBIGUOUS',
  'CONFLICT',
  'FORBIDDEN',
  'AUTH',
  'NETWORK',
  'RATE_LIMIT',
  'SERVER',
  'TIMEOUT',
  'CANCELLED',
  'NO_TTY',
  'CONFIRM',
  'USAGE',
  'FILE',
  'DATA',
  'EMPTY',
  'ENDED',
  'EXTERNAL',
  'HTTP',
  'TESTS_FAILED',
  'NO_VERDICT',
  'STOPPED',
  'COMPILE',
  'ASSERT',
  'MEMORY',
  'THROWN',
  'BUG_NAME',
  'BUG_TYPE',
  'BUG_FIELD',
  'BUG_ARGS',
] as const

export type ErrorCode = (typeof ERROR_CODES)[number]

/** What the server said, for scripts that must tell one refusal from another. Holds no credential. */
export interface HttpDetail {
  readonly status: number
  readonly title?: string
  readonly detail?: string
  /** The server's own code, such as `PX100`. */
  readonly code?: string
  readonly requestId?: string
  /** `meta` of the server's errors: compile errors are found here. */
  readonly meta?: readonly unknown[]
}

interface ErrorDetail {
  /** What to do next, in one line, without a full stop's worth of blame. */
  readonly hint?: string
  /** Overrides the exit code that belongs to the error's code. */
  readonly exit?: number
  readonly http?: HttpDetail
  /** The entities that an ambiguous identifier could mean, as flat records. */
  readonly candidates?: readonly unknown[]
  readonly cause?: unknown
  /** Lines shown under the message, such as the rows of a compile error. */
  readonly notes?: readonly string[]
  /** What it was about is gone: the documented line that nothing can be done ends the message (messages.md 1). */
  readonly outdated?: true
  /** A change got no clear answer, so that it may have been carried out. */
  readonly mayBeDone?: boolean
  /** Fields for programs, beside code and message. */
  readonly data?: Readonly<Record<string, unknown>>
}

/**
 * An error that the user can do something about. Its message is one line and is part of the interface (messages.md); it never holds
 * a credential. Anything thrown that is not an ImptError is a defect of the program.
 */
export class ImptError extends Error {
  override readonly name: string = 'ImptError'
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly exit: number
  readonly http: HttpDetail | undefined
  readonly candidates: readonly unknown[] | undefined
  readonly notes: readonly string[]
  readonly outdated: boolean
  /** True when the server may have carried out the change that failed with this error: it must not be repeated without a look. */
  readonly mayBeDone: boolean
  readonly data: Readonly<Record<string, unknown>> | undefined

  constructor(code: ErrorCode, message: string, detail: ErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause })
    this.code = code
    this.hint = detail.hint
    this.exit = detail.exit ?? exitCodeOf(code)
    this.http = detail.http
    this.candidates = detail.candidates
    this.notes = detail.notes ?? []
    this.outdated = detail.outdated ?? false
    this.mayBeDone = detail.mayBeDone ?? false
    this.data = detail.data
  }
}

/** The same error with other details beside those that it has. It is the cause of that, unless another one is given. */
export function withDetail(error: ImptError, more: ErrorDetail): ImptError {
  const { code, message, hint, exit, http, candidates, notes, outdated, mayBeDone, data } = error
  return new ImptError(code, message, {
    exit,
    notes,
    mayBeDone,
    cause: error,
    ...(hint === undefined ? {} : { hint }),
    ...(http === undefined ? {} : { http }),
    ...(candidates === undefined ? {} : { candidates }),
    ...(outdated && { outdated }),
    ...(data === undefined ? {} : { data }),
    ...more,
  })
}

/** The exit codes of a process that Ctrl-C or SIGTERM ended. */
export const INTERRUPTED = 130
export const TERMINATED = 143

/** The documented message of what a person or a signal stopped. */
export const CANCELED = 'Operation is canceled.'

/** The error of that message. */
export function canceled(exit: number = exitCodeOf('CANCELLED')): ImptError {
  return new ImptError('CANCELLED', CANCELED, { exit })
}

/** The exit code that the reason of an aborted signal asks for. */
export function exitOf(reason: unknown, otherwise: number): number {
  const exit = (reason as { readonly exit?: unknown } | undefined)?.exit
  return typeof exit === 'number' ? exit : otherwise
}

/** The exit code of language.md 2.10 that belongs to an error code. Ctrl-C (130) and SIGTERM (143) are set where they are caught. */
export function exitCodeOf(code: ErrorCode): number {
  switch (code) {
    case 'USAGE':
      return 2
    case 'AUTH':
      return 3
    case 'CANCELLED':
    case 'CONFIRM':
    case 'NO_TTY':
      return 4
    case 'ASSERT':
      return 5
    case 'STOPPED':
      return 7
    case 'NO_VERDICT':
      return 8
    case 'TIMEOUT':
      return 124
    default:
      return 1
  }
}
