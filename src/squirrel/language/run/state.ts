import type { SqClass } from '../values/class.ts'
import type { SqTable } from '../values/table.ts'
import { SqAbort, raise } from './errors.ts'

/** What natives and generated code need of the virtual machine that is running now. */
export interface Machine {
  readonly root: SqTable
  readonly classes: Map<string, SqClass>
  print(text: string): void
  error(text: string): void
  random(): number
  /** Milliseconds since 1970. */
  now(): number
  /** When the machine was made, on the same clock. */
  readonly started: number
  /** Throws when the heap is over the limit, or would be with `wanted` bytes more. */
  checkMemory(wanted: number): void
}

/**
 * Counters of the running machine. One object for all machines: only one runs at a time, and a constant object is the cheapest thing
 * for generated code to reach. `Vm.call` swaps its content.
 */
export const state: {
  /** Instructions left of the current slice. */
  budget: number
  /** Instructions left after the current slice. */
  reserve: number
  depth: number
  maxDepth: number
  credit: number
  /** Sequence numbers given to objects so far. */
  objects: number
  machine: Machine | null
} = { budget: 0, reserve: 0, objects: 0, depth: 0, maxDepth: 0, credit: 0, machine: null }

/** Bytes that may be allocated between two looks at the heap. */
export const MEMORY_CREDIT = 4 << 20

/** The machine that is running; natives are only ever called by one. */
export function machine(): Machine {
  if (state.machine === null) throw new Error('no Squirrel machine is running')
  return state.machine
}

/** Charges `steps` instructions; throws SqAbort 'budget' when none are left. */
export function charge(steps: number): void {
  state.budget -= steps
  if (state.budget < 0) outOfBudget()
}

/** Instructions between two looks at the heap. */
const SLICE = 1 << 16

/** Called when a slice of the budget is used up: looks at the heap and starts the next slice. */
export function outOfBudget(): void {
  const next = Math.min(SLICE, state.reserve + state.budget)
  if (next < 0) throw new SqAbort('budget')
  state.reserve += state.budget - next
  state.budget = next
  state.machine?.checkMemory(0)
}

/** Accounts for `bytes` of new memory; throws SqAbort 'memory' when the heap is over its limit. */
export function allocate(bytes: number): void {
  state.credit -= bytes
  if (state.credit < 0) {
    state.credit = MEMORY_CREDIT
    state.machine?.checkMemory(bytes)
  }
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
  state.depth--
  throw raise('stack overflow')
}
