import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { SqAbort } from './errors.ts'

let collect: (() => void) | null = null

/** Use of the heap of this thread when the first machine was made, and when it was last looked at. */
let floor: number | null = null
let sample = 0

/**
 * How much of the heap of this thread one machine holds: what the heap grew by up to each look that the machine caused. Machines of one thread blur
 * each other's account, so the growth of the whole thread has the last word.
 */
export class MemoryAccount {
  private readonly limit: number
  private held = 0

  /** `limit`: most bytes the machine may hold. */
  constructor(limit: number) {
    this.limit = limit
    if (floor === null) floor = sample = usedMemory()
  }

  /**
   * Throws SqAbort 'memory' when the machine holds too much, or would with `wanted` bytes more. Garbage counts until it is collected, so that is
   * done before the verdict.
   */
  check(wanted: number): void {
    this.look()
    if (this.held + wanted <= this.limit) return
    collectGarbage()
    this.look()
    if (this.held + wanted <= this.limit) return
    const whole = sample - (floor ?? 0)
    if (whole + wanted > this.limit) throw new SqAbort('memory')
    this.held = Math.max(0, whole)
  }

  private look(): void {
    const used = usedMemory()
    this.held = Math.max(0, this.held + used - sample)
    sample = used
  }
}

function usedMemory(): number {
  const { used_heap_size, external_memory } = getHeapStatistics()
  return used_heap_size + external_memory
}

function collectGarbage(): void {
  if (collect === null) {
    setFlagsFromString('--expose-gc')
    collect = runInNewContext('gc') as () => void
  }
  collect()
}
