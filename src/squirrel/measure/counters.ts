import type { CompiledUnit } from '../language/compile.ts'
import type { Program } from '../program.ts'
import type { SideKind } from '../side.ts'
import type { Counted, CountedPoint } from './counted.ts'

/** The counters of one world: code that begins again goes on where it was. */
export class Counters {
  private readonly known = new WeakMap<CompiledUnit, Uint32Array>()

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
  ): { c: Uint32Array } | Record<string, never> {
    if (unit.variant !== 'coverage') return {}
    const known = this.known.get(unit)
    if (known !== undefined) return { c: known }
    const counts = new Uint32Array(new SharedArrayBuffer(4 * unit.points.length))
    this.known.set(unit, counts)
    tell({ deploymentId, side, points, counts })
    return { c: counts }
  }
}
