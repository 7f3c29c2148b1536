import type { CompiledUnit } from '../language/compile.ts'
import type { Program } from '../program.ts'
import type { SideKind } from '../side.ts'
import type { Counted, CountedPoint } from './counted.ts'

/** The counters of one world: code that begins again goes on where it was. */
export class Counters {
  private readonly known = new WeakMap<CompiledUnit, Float64Array>()
  private running: Counted[] = []

  /**
   * What the code of a unit is loaded with. `tell` hears of a program when it begins for the first time. Nothing for code that was built without
   * points, such as a line of a prompt.
   */
  of(
    unit: CompiledUnit,
    { deploymentId }: Program,
    side: SideKind,
    points: readonly (CountedPoint | null)[],
    tell: (counted: Counted) => void,
  ): { c: Float64Array } | Record<string, never> {
    if (unit.variant !== 'coverage') return {}
    const known = this.known.get(unit)
    if (known !== undefined) return { c: known }
    const cells = (length: number) => new Float64Array(new SharedArrayBuffer(8 * length))
    const counts = cells(unit.points.length)
    const settled = cells(unit.points.length)
    const isSettled = cells(1)
    this.known.set(unit, counts)
    const counted = { deploymentId, side, points, counts, settled, isSettled }
    this.running = [...this.running.filter((one) => one.deploymentId === deploymentId), counted]
    tell(counted)
    return { c: counts }
  }

  /** What was counted up to now is what counts: code that goes on for as long as the machine likes adds nothing. */
  settle(): void {
    for (const { counts, settled, isSettled } of this.running) {
      if (isSettled[0] === 1) continue
      settled.set(counts)
      isSettled[0] = 1
    }
  }
}
