import { ABOUT } from './about.ts'
import { BLOCKS } from './blocks.ts'
import type { BuiltIn } from './builtin.ts'
import { CONDITIONS } from './conditions.ts'
import { FILES } from './files.ts'
import { FORMATS } from './formats.ts'
import { LISTS } from './lists.ts'
import { NUMBERS } from './numbers.ts'
import { PROGRAMS } from './programs.ts'
import { TABLES } from './tables.ts'
import { TALK } from './talk.ts'
import { TEXTS } from './texts.ts'

/** Every built-in, by family, in the order of help. */
export const BUILT_INS: readonly BuiltIn[] = [
  ...CONDITIONS,
  ...TABLES,
  ...LISTS,
  ...NUMBERS,
  ...TEXTS,
  ...FORMATS,
  ...BLOCKS,
  ...FILES,
  ...PROGRAMS,
  ...TALK,
  ...ABOUT,
]

const byName: ReadonlyMap<string, BuiltIn> = new Map(BUILT_INS.map((builtIn) => [builtIn.name, builtIn]))

/** The built-in of this name. */
export function findBuiltIn(name: string): BuiltIn | undefined {
  return byName.get(name)
}
