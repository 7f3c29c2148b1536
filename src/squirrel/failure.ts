/** How code ends that did not return, and how that is told: the same words in logs, errors and test reports. */
import { type Frame, SqAbort, type SqError, framesOf, groups } from './language/run/errors.ts'
import type { SqFunction } from './language/values/values.ts'
import type { SideKind } from './side.ts'

/** An error of its own, too much work, too much memory, no progress by the wall clock, no room for the code. */
export type FailureReason = 'error' | 'ticks' | 'memory' | 'stuck' | 'room'

/** Plain data; texts are byte strings. */
export type Failure = {
  side: SideKind
  reason: FailureReason
  /** What called the code: `main`, `imp.wakeup`, `agent.on "ping"`, `http.onrequest`, `pinA`. */
  callback: string
  /** Where the function stands that was called; null when nobody knows. */
  place: { file: string; line: number } | null
  /** What happened, as a sentence without its point. */
  message: string
  /** Squirrel frames, innermost first. */
  frames: Frame[]
}

/** Frames that are told of a deep trace. */
const mostFrames = 16

/** Ticks and bytes that the failing side was allowed. */
type Allowed = { ticks: number; memory: number }

/** The failure of a call; `fn` is the function that was called, when there is one. */
export function failureOf(
  error: SqError | SqAbort,
  side: SideKind,
  callback: string,
  fn: SqFunction | null,
  allowed: Allowed,
): Failure {
  const reason = error instanceof SqAbort ? error.reason : 'error'
  const place = fn?.info ? { file: fn.info.file, line: fn.info.line } : null
  const frames = framesOf(error).slice(0, mostFrames)
  const who = callerText(callback, place)
  const message =
    reason === 'error'
      ? error.message
      : reason === 'ticks'
        ? `${who} took more than ${groups(allowed.ticks)} ticks`
        : `${who} needs more than ${allowed.memory >> 20} MB: out of memory`
  return { side, reason, callback, place, message, frames }
}

/** The failure of code that made no progress for `seconds` of wall time, or took its thread with it. */
export function lostFailure(side: SideKind, reason: 'memory' | 'stuck', seconds: number): Failure {
  const message =
    reason === 'memory' ? `the ${side} is out of memory` : `the ${side} made no progress for ${seconds} s`
  return { side, reason, callback: '', place: null, message, frames: [] }
}

/** The failure of device code of `size` bytes that its imp has no room for. */
export function roomFailure(size: number, type: { name: string; code: number }): Failure {
  const message = `the code does not start: it takes ${groups(size)} bytes, and an ${type.name} has room for ${groups(type.code)}`
  return { side: 'device', reason: 'room', callback: '', place: null, message, frames: [] }
}

function callerText(callback: string, place: Failure['place']): string {
  if (callback === 'main') return 'the main program'
  return `the callback of ${callback}${place === null ? '' : ` (${place.file}:${place.line})`}`
}

/** A frame as logs show it. */
export function frameText({ name, file, line }: Frame): string {
  return `  at ${name}:${file}:${line}`
}
