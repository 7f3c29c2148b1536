import type { SqClass } from '../values/class.ts'
import type { SqTable } from '../values/table.ts'
import { SqAbort, raise } from './errors.ts'

/** What natives and generated code need of the virtual machine that is running now. */
export interface Machine {
  readonly root: SqTable
  readonly classes: Map<string, SqClass>
  /** Ticks that one call from the host may take. */
  readonly ticks: number
  print(text: string): void
  error(text: string): void
  random(): number
  /** Milliseconds since 1970. */
  now(): number
  /** When the machine was made, on the same clock. */
  readonly started: number
  /** Throws when the heap is over the limit, or would be with `wanted` bytes more; otherwise the bytes after which to look again. */
  checkMemory(wanted: number): number
}

/**
 * Counters of the running machine, decremented by generated code: one typed array for all machines of a thread, the cheapest thing to reach
 * (workbench 1.2). 0: ticks left of the slice; 1: frames left; 2: bytes that may be allocated until the next look at the heap.
 * `Vm.call` swaps its content.
 */
export const T = new Int32Array(3)

/** What is left of the running machine's counters beside `T`. */
export const state: {
  /** Ticks left after the current slice. */
  reserve: number
  /** Sequence numbers given to objects so far. */
  objects: number
  /** Bytes that were given to `T[2]` so far. */
  given: number
  machine: Machine | null
  /** The error that Squirrel code caught last. */
  caught: Error | null
} = { reserve: 0, objects: 0, given: 0, machine: null, caught: null }

/**
 * What the thread does whenever a slice of ticks is used up: a sign of progress, waiting events; and when code throws or has used up its ticks, for a
 * debugger. Nothing in it may change a result.
 */
export const thread: { slice: () => void; thrown: ((error: Error) => void) | null } = {
  slice: () => {},
  thrown: null,
}

/** Ticks between two signs of progress. */
const SLICE = 1 << 16

/** Ticks of a thrown error: the JavaScript stack that it takes costs about as much. */
export const THROW = 500

/** The machine that is running; natives are only ever called by one. */
export function machine(): Machine {
  if (state.machine === null) throw new Error('no Squirrel machine is running')
  return state.machine
}

/** Ticks left of the running call. */
export function ticksLeft(): number {
  return (T[0] as number) + state.reserve
}

/** Gives the running machine `ticks` for a call. */
export function grant(ticks: number): void {
  const first = Math.min(SLICE, ticks)
  T[0] = first
  state.reserve = ticks - first
}

/** Does something in the running machine with ticks and frames of its own, which cost the machine nothing. */
export function apart<Result>(ticks: number, frames: number, act: () => Result): Result {
  const [left, depth] = T as unknown as [number, number]
  const { reserve } = state
  grant(ticks)
  T[1] = frames
  try {
    return act()
  } finally {
    T[0] = left
    T[1] = depth
    state.reserve = reserve
  }
}

/** Charges `ticks` of work before it is done; throws SqAbort 'ticks' when there are not as many left. */
export function charge(ticks: number): void {
  const left = (T[0] as number) - ticks
  if (left >= 0) {
    T[0] = left
    return
  }
  T[0] = 0
  state.reserve += left
  slice()
}

/** Called when the slice is used up: looks at the heap and starts the next slice. Throws SqAbort 'ticks' when none is left. */
export function slice(): void {
  thread.slice()
  // Objects that the host makes between calls are nobody's work.
  if (state.machine === null) return grant(SLICE)
  const left = ticksLeft()
  if (left < 0) throw new SqAbort('ticks')
  grant(left)
  if (state.machine !== null) give(state.machine.checkMemory(0))
}

/** Accounts for `bytes` of new memory (an upper bound); throws SqAbort 'memory' when the heap is over its limit. */
export function allocate(bytes: number): void {
  if ((T[2] = (T[2] as number) - bytes) < 0) look(bytes)
}

function look(bytes: number): void {
  give(state.machine === null ? 0 : state.machine.checkMemory(bytes))
}

function give(bytes: number): void {
  state.given += bytes - (T[2] as number)
  T[2] = bytes
}

/** Bytes that the running call from the host has allocated, beyond some number that stays the same in it. */
export function allocated(): number {
  return state.given - (T[2] as number)
}

/** Longest string or blob in bytes. */
export const LARGEST_STRING = 16 << 20

/** Accounts for a new string or byte array of `length` bytes. */
export function allocateBytes(length: number): void {
  if (length > LARGEST_STRING) throw new SqAbort('memory')
  allocate(length + 16)
}

/** Called by generated code on entry to a function when the frames are too many. */
export function tooDeep(): never {
  T[1] = (T[1] as number) + 1
  throw raise('stack overflow')
}
