/** What a debugger of a world is asked and tells: plain data, the same for all front ends (workbench 3.2). Texts are byte strings inside the thread. */
import type { SideKind } from '../side.ts'

/** What somebody wants to stop at. `condition`: an expression; `hits`: `N`, `>=N` or `%N`; `log`: what is written instead of a stop. */
export type Breakpoint = {
  /** Chosen by the front end. */
  id: number
  line: number
  column?: number
  condition?: string
  hits?: string
  log?: string
}

/** A function by its name. */
export type FunctionBreakpoint = Omit<Breakpoint, 'line' | 'column'> & { name: string }

/** Where a breakpoint came to be; without a place it stops nothing, and `reason` says why. */
export type PlacedBreakpoint = { id: number; file?: string; line?: number; column?: number; reason?: string }

export type ExceptionFilter = 'uncaught' | 'all'
export type StepMode = 'continue' | 'in' | 'over' | 'out'

export type StackFrame = {
  /** Good until the code goes on; 0 for what has no variables. */
  id: number
  name: string
  /** Absent in a frame that is no code: the origin of a callback, or a side that waits. */
  file?: string
  line?: number
  column?: number
}

export type Scope = { name: string; handle: number; count: number; expensive: boolean }

/** A variable, or the value of an expression. `handle` is 0 for a value without parts, and good until the code goes on. */
export type Variable = {
  name: string
  value: string
  type: string
  handle: number
  /** Parts with names, and parts with numbers from 0. */
  named: number
  indexed: number
  /** How an expression reaches it, where one can. */
  path?: string
}

export type EvaluateContext = 'repl' | 'watch' | 'hover'

export type DebugRequest =
  /** Replaces the breakpoints of a file. */
  | { request: 'breakpoints'; file: string; list: Breakpoint[] }
  | { request: 'functions'; list: FunctionBreakpoint[] }
  | { request: 'exceptions'; filters: ExceptionFilter[] }
  /** Goes on after a stop. */
  | { request: 'go'; mode: StepMode }
  /** Stops at the next statement of any side. */
  | { request: 'pause' }
  | { request: 'stack'; side: SideKind; start?: number; count?: number }
  | { request: 'scopes'; frame: number }
  | { request: 'variables'; handle: number; start?: number; count?: number }
  | { request: 'evaluate'; frame: number; text: string; context: EvaluateContext }
  | { request: 'set'; handle: number; name: string; text: string }
  /** The names of the files that the code comes from. */
  | { request: 'sources' }
  | { request: 'source'; file: string }
  /** Places of a file where the code can stop. */
  | { request: 'places'; file: string; line: number; endLine: number }
  | { request: 'completions'; frame: number; text: string; column: number }
  | { request: 'clock' }
  /** Removes all breakpoints and goes on. */
  | { request: 'end' }

export type StopReason = 'breakpoint' | 'step' | 'pause' | 'exception' | 'entry'

export type DebugEvent =
  | { event: 'stopped'; side: SideKind; reason: StopReason; text: string; breakpoints: number[] }
  | { event: 'resumed' }
  /** A log point, or a condition that failed. */
  | { event: 'output'; side: SideKind; text: string; file: string; line: number }
  /** Breakpoints that got another place when code was loaded. */
  | { event: 'placed'; breakpoints: PlacedBreakpoint[] }

/** To the thread. */
export type DebugCall = { call: number; request: DebugRequest }

export type DebugAnswer = { call: number; result: unknown } | { call: number; refused: string }

/** From the thread. */
export type DebugMessage = DebugAnswer | DebugEvent

/** What a front end has of a debugger. Texts are JavaScript strings. */
export type DebugLink = {
  /** Rejects with an Error whose message is for people when the request can not be fulfilled. */
  request(request: DebugRequest): Promise<unknown>
}

/** What a front end hears. */
export type DebugListener = {
  event(event: DebugEvent): void
  /** A log entry, with the place of the call where there is one. */
  log(entry: { ts: number; type: string; text: string; place: { file: string; line: number } | null }): void
}
