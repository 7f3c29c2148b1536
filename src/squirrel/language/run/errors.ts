import type { SqValue } from '../values/values.ts'
import { frameAt } from '../codegen/line-map.ts'
import { THROW, charge, state, thread } from './state.ts'

/** One level of a stack trace: a function's name and where it was. */
export interface Frame {
  readonly name: string
  readonly file: string
  readonly line: number
}

/** Frames of JavaScript that are looked through: 16 of Squirrel may have the levels of a native between them. */
const DEEPEST_TRACE = 160

/** Base of what stops Squirrel code: takes the JavaScript stack when made, reads it only when asked. */
abstract class Stop extends Error {
  constructor(message: string) {
    const before = Error.stackTraceLimit
    Error.stackTraceLimit = DEEPEST_TRACE
    super(message)
    Error.stackTraceLimit = before
  }

  /** Squirrel frames, innermost first. */
  frames(): Frame[] {
    return framesOf(this)
  }
}

/** A thrown Squirrel value; Squirrel's `catch` gets `value`. */
export class SqError extends Stop {
  readonly value: SqValue
  constructor(value: SqValue, message: string) {
    if (state.machine !== null) charge(THROW)
    super(message)
    this.value = value
    if (state.machine !== null) thread.thrown?.(this)
  }
}

/** The end of a run that Squirrel code cannot catch. */
export class SqAbort extends Stop {
  readonly reason: 'ticks' | 'memory'
  constructor(reason: 'ticks' | 'memory') {
    super(
      reason === 'memory' ? 'out of memory' : `more than ${groups(state.machine?.ticks ?? 0)} ticks of work`,
    )
    this.reason = reason
    if (reason === 'ticks' && state.machine !== null) thread.thrown?.(this)
  }
}

/** A whole number with its digits in groups of three. */
export function groups(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',')
}

/** Makes the error a native function throws: `throw raise('message')`. */
export function raise(message: string): SqError {
  return new SqError(message, message)
}

/**
 * The Squirrel frames in a JavaScript error's stack, innermost first. Reads V8's call sites, so that source maps of the host cannot change
 * them, and falls back on the text for errors of another realm.
 */
export function framesOf(error: Error): Frame[] {
  const before = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace')
  Error.prepareStackTrace = (_, sites) =>
    sites.map((site) => `${site.getFileName()}:${site.getLineNumber()}:0`).join('\n')
  const text = String(error.stack)
  if (before === undefined) Reflect.deleteProperty(Error, 'prepareStackTrace')
  else Object.defineProperty(Error, 'prepareStackTrace', before)
  const frames: Frame[] = []
  for (const [, unit, line] of text.matchAll(/squirrel-unit-(\d+):(\d+):\d+/g)) {
    const frame = frameAt(Number(unit), Number(line))
    if (frame !== null) frames.push(frame)
  }
  return frames
}

/** The lines of an error as a log shows them: the message, then one line a frame. */
export function traceText(error: Error): string[] {
  return [error.message, ...framesOf(error).map((frame) => `  at ${frame.name}:${frame.file}:${frame.line}`)]
}
