import type { ErrorCode } from '../../output/error.ts'

/** One thing that was looked at. `wrong`: commands work in spite of it, or (`broken`) cannot. */
export interface Check {
  readonly check: string
  readonly state: 'ok' | 'wrong' | 'broken'
  readonly detail: string
  /** What to do about it. */
  readonly remedy: string | null
  /** The error code of what is broken or wrong, where an error says it. */
  readonly code: ErrorCode | null
}

export function ok(check: string, detail: string): Check {
  return { check, state: 'ok', detail, remedy: null, code: null }
}

export function wrong(check: string, detail: string, remedy: string): Check {
  return { check, state: 'wrong', detail, remedy, code: null }
}
