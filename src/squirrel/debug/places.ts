/** Where code can stop: from lines of files, as people write them, to the points of the compiled units and back. */
import type { Point } from '../language/codegen/emitter.ts'
import type { CompiledUnit } from '../language/compile.ts'

type Stop = Extract<Point, { kind: 'stop' }>

/** A point of a unit where code can stop. */
export type Place = { point: number; file: string; line: number; column: number }

const known = new WeakMap<CompiledUnit, Map<string, readonly Place[]>>()

/** All places of a file in a unit, in the order of the source. */
export function placesOf(unit: CompiledUnit, file: string): readonly Place[] {
  const files = known.get(unit) ?? new Map<string, readonly Place[]>()
  known.set(unit, files)
  const places = files.get(file) ?? listPlaces(unit, file)
  files.set(file, places)
  return places
}

function listPlaces(unit: CompiledUnit, file: string): Place[] {
  const found: Place[] = []
  for (const [at, point] of unit.points.entries())
    if (point.kind === 'stop' && point.first.file === file) found.push(placeAt(at, point))
  return found.toSorted(inOrder)
}

/**
 * Where a breakpoint at a line stops: the first statement that begins on the line, unless that only makes a function; otherwise the first one at or
 * after it in the innermost function around the line. A text with the reason when there is none.
 */
export function placeOf(unit: CompiledUnit, file: string, line: number, column = 0): Place | string {
  const places = placesOf(unit, file)
  if (places.length === 0) return 'the file has no code that can stop'
  const here = places.filter((place) => place.line === line)
  const exact = here.filter((place) => place.column >= column)
  const act = (exact.length > 0 ? exact : here).find((place) => !makesFunction(unit, place.point))
  if (act) return act
  const owner = innermost(unit, file, line)
  const after = places.find(
    (place) => place.line >= line && (unit.points[place.point] as Stop).owner === owner,
  )
  return after ?? 'there is no code at or after this line'
}

/** The first statements of the functions of a name. */
export function placesOfFunction(unit: CompiledUnit, name: string): Place[] {
  return unit.points.flatMap((point, at) => {
    if (point.kind !== 'function' || point.name !== name) return []
    const first = unit.points.findIndex((one) => one.kind === 'stop' && one.owner === at)
    return first < 0 ? [] : [placeAt(first, unit.points[first] as Stop)]
  })
}

/** Whether a point is inside a `try` of its function. */
export function isGuarded(unit: CompiledUnit, at: number): boolean {
  const point = unit.points[at]
  if (point?.kind !== 'stop') return false
  return unit.points.some(
    (guard) =>
      guard.kind === 'guard' &&
      guard.owner === point.owner &&
      guard.first.start <= point.first.start &&
      point.first.start < guard.last.end,
  )
}

/** The name of the function of a point. */
export function functionName(unit: CompiledUnit, at: number): string {
  const point = unit.points[at]
  const owner = point?.kind === 'stop' ? unit.points[point.owner] : point
  return owner?.kind === 'function' ? owner.name : 'main'
}

/** The files of a unit in which code can stop, its own first. */
export function filesOf(unit: CompiledUnit): string[] {
  const files = new Set<string>()
  for (const { kind, first } of unit.points) if (kind === 'stop') files.add(first.file)
  const own = files.delete(unit.file) ? [unit.file] : []
  return [...own, ...files]
}

function placeAt(at: number, { first }: Stop): Place {
  return { point: at, file: first.file, line: first.line, column: first.column }
}

function inOrder(a: Place, b: Place): number {
  return a.line - b.line || a.column - b.column
}

/** Whether a statement begins with a function of several lines: the line is its head then. */
function makesFunction(unit: CompiledUnit, at: number): boolean {
  const { first } = unit.points[at] as Stop
  return first.kind === 'function' || first.kind === 'class'
}

/** The point of the innermost function around a line; that of the main program when there is none. */
function innermost(unit: CompiledUnit, file: string, line: number): number {
  let found = 0
  let size = Infinity
  for (const [at, point] of unit.points.entries()) {
    if (point.kind !== 'function' || point.first.file !== file || at === 0) continue
    if (point.first.line > line || point.last.line < line) continue
    const span = point.last.end - point.first.start
    if (span < size) [found, size] = [at, span]
  }
  return found
}
