import { closest } from '../../commands/closest.ts'
import type { CommandRow } from '../../commands/row.ts'
import { groups } from '../../commands/table/index.ts'
import { isKeyword } from '../syntax/keywords.ts'
import { BUILT_INS } from './index.ts'

// What to write instead: the same before the run and in it.

/** What to write instead of an unknown first word. */
export function unknownHint(name: string, functions: readonly string[]): string {
  const candidates = [
    ...functions,
    ...groups.map((group) => group.name),
    ...BUILT_INS.map((builtIn) => builtIn.name),
  ]
  const small = name.toLowerCase()
  if (small !== name && isKeyword(small)) return `keywords are written small: ${small}`
  const near = closest(name, candidates)
  const otherwise = `write "${name}" for the text, !${name} for the program`
  return near === undefined ? otherwise : `did you mean "${near}"? Otherwise ${otherwise}`
}

/** What to write instead of an impt command after a pipe. */
export function pipeHint(command: CommandRow | undefined, typed: string): string {
  const kind = command?.group
  const option = command?.options.find((one) => one.identifies === kind && one.required !== undefined)
  return `write: | each { ${typed} ${option === undefined ? '...' : `--${option.name}`} $it.id }`
}

/** What may be meant by a variable that does not exist: one with a name like it, or one of the environment. */
export function variableHint(name: string, near: string | undefined): string | undefined {
  if (near !== undefined) return `did you mean $${near}?`
  return /^[A-Z][A-Z0-9_]+$/.test(name) ? `write $env.${name} for the environment` : undefined
}
