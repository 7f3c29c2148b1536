import type { Frame } from '../run/errors.ts'

/** For each line of a unit's generated code the frame it belongs to, or null for code that belongs to none. */
type LineMap = readonly (Frame | null)[]

const maps = new Map<number, LineMap>()
let lastUnit = 0

/** Registers the map of a unit of generated code and returns its number; the code must be compiled under `unitFileName(number)`. */
export function registerLines(map: LineMap): number {
  maps.set(++lastUnit, map)
  return lastUnit
}

/** Forgets a unit, when its machine ends. */
export function forgetLines(unit: number): void {
  maps.delete(unit)
}

/** The file name that marks V8 frames as ours. */
export function unitFileName(unit: number): string {
  return `squirrel-unit-${unit}`
}

/** The frame at a line (from 1) of a unit's generated code. */
export function frameAt(unit: number, line: number): Frame | null {
  return maps.get(unit)?.[line - 1] ?? null
}
