import { groups } from '../../commands/table/index.ts'
import { describeBuiltIns } from '../syntax/parse.ts'
import { type Structure, structureOf } from '../syntax/structure.ts'
import { ABOUT } from './about.ts'
import { BLOCKS } from './blocks.ts'
import type { BuiltIn } from './builtin.ts'
import { CHOOSING } from './choosing.ts'
import { CONDITIONS } from './conditions.ts'
import { FILES } from './files.ts'
import { FOLDERS } from './folders.ts'
import { FORMATS } from './formats.ts'
import { GROUPS } from './groups.ts'
import { HTTP } from './http.ts'
import { LISTS } from './lists.ts'
import { MATH } from './math.ts'
import { NUMBER_TEXTS } from './number-texts.ts'
import { NUMBERS } from './numbers.ts'
import { PATTERNS } from './patterns.ts'
import { PROGRAMS } from './programs.ts'
import { SEQUENCES } from './sequences.ts'
import { TABLES } from './tables.ts'
import { TALK } from './talk.ts'
import { TEXTS } from './texts.ts'
import { TIMES } from './times.ts'

/** Every built-in, by family, in the order of help. */
export const BUILT_INS: readonly BuiltIn[] = [
  ...CONDITIONS,
  ...TABLES,
  ...GROUPS,
  ...LISTS,
  ...SEQUENCES,
  ...NUMBERS,
  ...MATH,
  ...NUMBER_TEXTS,
  ...TEXTS,
  ...PATTERNS,
  ...TIMES,
  ...FORMATS,
  ...BLOCKS,
  ...FILES,
  ...FOLDERS,
  ...HTTP,
  ...PROGRAMS,
  ...TALK,
  ...CHOOSING,
  ...ABOUT,
]

const structures: ReadonlyMap<BuiltIn, Structure> = new Map(
  BUILT_INS.flatMap((builtIn) => {
    const structure = structureOf(builtIn)
    return structure === undefined ? [] : [[builtIn, structure] as const]
  }),
)

const byName: ReadonlyMap<string, BuiltIn> = new Map(BUILT_INS.map((builtIn) => [builtIn.name, builtIn]))

/** Options of impt commands that take JSON, by group: a list or a record may be written there as it is. */
const jsonOptions: ReadonlyMap<string, Structure> = new Map(
  [...groups, { name: 'impt', commands: groups.flatMap(({ commands }) => commands) }].flatMap(
    ({ name, commands }) => {
      const options = commands.flatMap((command) => command.options.filter(({ json }) => json === true))
      const spelled = new Set(options.map((option) => `--${option.name}`))
      return spelled.size === 0
        ? []
        : [[name, { words: [], many: false, options: spelled, takes: spelled }] as const]
    },
  ),
)

describeBuiltIns((name) => {
  const found = byName.get(name)
  return found === undefined ? jsonOptions.get(name) : structures.get(found)
})

/** The built-in of this name. */
export function findBuiltIn(name: string): BuiltIn | undefined {
  return byName.get(name)
}
