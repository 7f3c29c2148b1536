import { getHeapStatistics } from 'node:v8'
import { resourceLimits } from 'node:worker_threads'
import { collectGarbage } from '../../../program/garbage.ts'
import { SqAbort } from './errors.ts'

/** Use of the heap of this thread when the first machine was made, and when it was last looked at. */
let floor: number | null = null
let sample = 0
/** Machines of this thread that are not closed. */
let machines = 0
/** Use after the last collection that the whole thread made necessary. */
let crowded = 0

/** Share of the heap of a thread from which on machines are ended: V8 itself ends the whole process when a thread comes too near to its limit. */
const FULL = 0.6
/** Share of the limit between two looks at the heap. */
const LOOKS = 64
/**
 * Looks from one verdict to the next. What is alive after a collection differs by some 100 kB from run to run (compiled code, stacks): a verdict at
 * each look would fall at different looks whenever the limit lies between two such measurements, one at every few looks hardly ever does.
 */
const VERDICTS = 8

/**
 * How much of the heap of this thread one machine holds: what the heap grew by up to each look that the machine caused. Machines of one thread blur
 * each other's account, so the growth of the whole thread has the last word. Looks come at counts of work and bytes, and garbage is collected before
 * a verdict, so that the verdict falls at the same place on every machine (workbench 1.4).
 */
export class MemoryAccount {
  private readonly limit: number
  private held = 0
  private looks = 0

  /** `limit`: most bytes the machine may hold. */
  constructor(limit: number) {
    this.limit = limit
    machines++
    if (floor !== null) return
    collectGarbage()
    floor = sample = usedMemory()
  }

  /**
   * Throws SqAbort 'memory' when the machine holds too much, or would with `wanted` bytes more. Gives the bytes that may be allocated before
   * the next look.
   */
  check(wanted: number): number {
    this.look()
    const wants = this.held + wanted
    // What is large must not wait: neither a single value, nor code whose garbage or values fill the heap.
    const isDue = ++this.looks % VERDICTS === 0 || wanted > this.limit / VERDICTS || wants > 2 * this.limit
    if (wants > this.limit && isDue) this.verdict(wanted)
    if (sample + wanted > fullAt) this.makeRoom(wanted)
    return this.limit / LOOKS
  }

  close(): void {
    machines--
  }

  private verdict(wanted: number): void {
    // The bytes of blobs are given back while the next collection begins.
    for (let round = 0; round < 2; round++) {
      collectGarbage()
      this.look()
      if (this.held + wanted <= this.limit) return
    }
    const whole = sample - (floor ?? 0)
    if (whole + wanted > this.limit) throw new SqAbort('memory')
    this.held = Math.max(0, whole)
  }

  // The thread is nearly full of machines that are each below their limit: the one that runs has to go if it holds its share.
  private makeRoom(wanted: number): void {
    if (sample - crowded < fullAt / 16) return
    collectGarbage()
    this.look()
    crowded = sample
    if (sample + wanted <= fullAt) return
    const share = (sample - (floor ?? 0)) / Math.max(1, machines)
    if (this.held + wanted >= share || sample + wanted > fullAt * 1.2) throw new SqAbort('memory')
  }

  private look(): void {
    const used = usedMemory()
    this.held = Math.max(0, this.held + used - sample)
    sample = used
  }
}

/** The limit of a worker is that of its old generation; the heap's own figure holds the young one as well. */
const fullAt =
  FULL *
  (resourceLimits.maxOldGenerationSizeMb === undefined
    ? getHeapStatistics().heap_size_limit
    : resourceLimits.maxOldGenerationSizeMb * 2 ** 20)

function usedMemory(): number {
  const { used_heap_size, external_memory } = getHeapStatistics()
  return used_heap_size + external_memory
}
