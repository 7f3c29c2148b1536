/** The text of a file as it was compiled, for what has no file on the disk: libraries, lines that a preprocessor made. */
import type { CompiledUnit } from '../language/compile.ts'

/** `#line` can give any number. */
const mostLines = 1_000_000
const control = /^[ \t]*#line[ \t]+(\d+)(?:[ \t]+"([^"]*)")?/

/** The lines of a file among the units; lines that are in none of them are empty. Throws an Error for people when there is no such file. */
export function textOfFile(units: readonly CompiledUnit[], file: string): string {
  for (const unit of units) {
    const lines = linesOf(unit, file)
    if (lines !== null) return lines.join('\n')
  }
  throw new Error(`there is no file "${file}"`)
}

function linesOf(unit: CompiledUnit, file: string): string[] | null {
  const lines: string[] = []
  let current = unit.file
  let number = 1
  let found = false
  for (const line of unit.source.split('\n')) {
    const [, set, name] = control.exec(line) ?? []
    if (set !== undefined) {
      number = Number(set)
      current = name ?? current
      continue
    }
    if (current === file && number > 0 && number <= mostLines) {
      while (lines.length < number - 1) lines.push('')
      lines[number - 1] = line
      found = true
    }
    number++
  }
  return found ? lines : null
}
