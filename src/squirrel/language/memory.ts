import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { SqAbort } from './errors.ts'

let floor: number | null = null
let collect: (() => void) | null = null

/**
 * How much of the heap of this thread one machine holds: what the heap grew by while the machine ran. Collections during the turn of another
 * machine blur it, so the growth of the whole thread has the last word.
 */
export class MemoryAccount {
  private readonly limit: number
  private held = 0
  private before = 0

  /** `limit`: most bytes the machine may hold. */
  constructor(limit: number) {
    this.limit = limit
    floor ??= usedMemory()
  }

  /** The machine starts to run. */
  open(): void {
    this.before = usedMemory()
  }

  /** The machine stops running. */
  settle(): void {
    this.held = Math.max(0, this.held + usedMemory() - this.before)
  }

  /**
   * Throws SqAbort 'memory' when the machine holds too much, or would with `wanted` bytes more. Garbage counts until it is collected, so that is
   * done before the verdict.
   */
  check(wanted: number): void {
    if (!this.isOver(wanted)) return
    collectGarbage()
    if (!this.isOver(wanted)) return
    const whole = usedMemory() - (floor ?? 0) + wanted
    if (whole > this.limit) throw new SqAbort('memory')
    this.held = Math.max(0, whole - wanted)
    this.open()
  }

  private isOver(wanted: number): boolean {
    return this.held + usedMemory() - this.before + wanted > this.limit
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
