/** What somebody wants to stop at, and what it does when the code comes there. */
import type { CompiledUnit } from '../language/compile.ts'
import { type CompiledText, type Surroundings, compileText, runText } from './evaluate.ts'
import { truthy } from '../language/run/operators.ts'
import { type Place, placeOf, placesOfFunction } from './places.ts'
import type { Breakpoint, FunctionBreakpoint, PlacedBreakpoint } from './protocol.ts'
import { shown } from './values.ts'

/** Largest number of breakpoints: each costs a look at the units of the world. */
const most = 20_000

/** One breakpoint with what it remembers. */
type Known = {
  readonly wanted: Breakpoint | FunctionBreakpoint
  readonly file: string | null
  hits: number
  /** Its texts, compiled for a place. */
  readonly texts: Map<string, CompiledText>
  told: string
}

/** What happens at a breakpoint: `message` is written, or says why it stops. */
type Outcome = { stops: boolean; message?: string }

export class Breakpoints {
  private known: Known[] = []
  private readonly points = new WeakMap<CompiledUnit, Map<number, Known[]>>()

  /** Replaces those of a file, or those of functions (`null`). Throws an Error for people when there are too many. */
  replace(file: string | null, list: readonly (Breakpoint | FunctionBreakpoint)[]): void {
    const others = this.known.filter((one) => one.file !== file)
    if (others.length + list.length > most) throw new Error(`more than ${most} breakpoints`)
    this.known = [
      ...others,
      ...list.map((wanted) => ({ wanted, file, hits: 0, texts: new Map<string, CompiledText>(), told: '' })),
    ]
  }

  clear(): void {
    this.known = []
  }

  /** Sets the bits of a unit where code has to stop. */
  mark(unit: CompiledUnit, bits: Uint8Array): void {
    const points = new Map<number, Known[]>()
    for (const one of this.known)
      for (const { point } of this.placesIn(unit, one)) {
        const here = points.get(point)
        if (here) here.push(one)
        else points.set(point, [one])
        if (point < bits.length) bits[point] = 1
      }
    this.points.set(unit, points)
  }

  /** Where the breakpoints are among the units. With `moved` only those that are elsewhere than they were told to be. */
  placed(units: readonly CompiledUnit[], moved: boolean): PlacedBreakpoint[] {
    const found: PlacedBreakpoint[] = []
    for (const one of this.known) {
      const placed = this.place(units, one)
      const told = JSON.stringify(placed)
      if (!moved || told !== one.told) found.push(placed)
      one.told = told
    }
    return found
  }

  /** What the breakpoints at a point do with a call that is there. */
  reached(
    unit: CompiledUnit,
    point: number,
    where: () => Surroundings,
  ): { ids: number[]; outcomes: Outcome[] } {
    const ids: number[] = []
    const outcomes: Outcome[] = []
    for (const one of this.points.get(unit)?.get(point) ?? []) {
      const outcome = outcomeOf(one, `${point}`, unit, where)
      if (outcome === null) continue
      outcomes.push(outcome)
      if (outcome.stops) ids.push(one.wanted.id)
    }
    return { ids, outcomes }
  }

  private placesIn(unit: CompiledUnit, { wanted, file }: Known): Place[] {
    if ('name' in wanted) return placesOfFunction(unit, wanted.name)
    const place = placeOf(unit, file ?? '', wanted.line, wanted.column)
    return typeof place === 'string' ? [] : [place]
  }

  private place(units: readonly CompiledUnit[], one: Known): PlacedBreakpoint {
    const { wanted, file } = one
    let reason =
      'name' in wanted ? `no function "${wanted.name}" that does something` : 'no code of this file'
    for (const unit of units) {
      const [first] = this.placesIn(unit, one)
      if (first) return { id: wanted.id, file: first.file, line: first.line, column: first.column }
      if (!('name' in wanted) && unit.points.some((point) => point.first.file === file))
        reason = placeOf(unit, file ?? '', wanted.line) as string
    }
    return { id: wanted.id, reason }
  }
}

/** null: nothing happens. A condition or a text that fails stops, and says why. */
function outcomeOf(one: Known, place: string, unit: CompiledUnit, where: () => Surroundings): Outcome | null {
  const { condition, hits, log } = one.wanted
  const read = (text: string) => {
    const surroundings = where()
    const key = `${unit.file} ${place} ${text}`
    let compiled = one.texts.get(key)
    if (compiled === undefined) one.texts.set(key, (compiled = compileText(text, surroundings)))
    const result = runText(compiled, surroundings)
    if ('failed' in result) throw new Error(result.failed)
    return result.value
  }
  try {
    if (condition !== undefined && condition.trim() !== '' && !truthy(read(condition))) return null
  } catch (error) {
    return { stops: true, message: `the condition "${condition}" failed: ${(error as Error).message}` }
  }
  one.hits++
  if (hits !== undefined && !countFits(hits, one.hits)) return null
  if (log === undefined || log === '') return { stops: true }
  const message = log.replace(/\{([^{}]*)\}/g, (_, text: string) => {
    try {
      const value = read(text)
      return typeof value === 'string' ? value : shown(value)
    } catch (error) {
      return `<${(error as Error).message}>`
    }
  })
  return { stops: false, message }
}

/** Whether a hit counts: `N` or `=N` the N-th, `>=N` and so on, `%N` each N-th. A text that is none of these always counts. */
function countFits(text: string, hits: number): boolean {
  const [, operator = '', digits = ''] = /^\s*(>=|<=|==?|>|<|%|)\s*(\d+)\s*$/.exec(text) ?? []
  if (digits === '') return true
  const count = Number(digits)
  switch (operator) {
    case '>=':
      return hits >= count
    case '>':
      return hits > count
    case '<=':
      return hits <= count
    case '<':
      return hits < count
    case '%':
      return count > 0 && hits % count === 0
    default:
      return hits === count
  }
}
