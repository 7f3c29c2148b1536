import type { Signature, Type } from '../../commands/row.ts'

/** Which arguments of a callable are values, so that `[` and `{` begin a list or a record in them; in all others they are text. */
export interface Structure {
  readonly words: readonly boolean[]
  /** The last word takes all that are left. */
  readonly many: boolean
  /** Options, with their dashes, whose value is one. */
  readonly options: ReadonlySet<string>
  /** Options that take a value. */
  readonly takes: ReadonlySet<string>
}

/** Finds the structure of what a name calls; undefined if all of its arguments are text. */
export type Structures = (name: string) => Structure | undefined

const VALUES: ReadonlySet<string> = new Set(['list', 'record', 'value', 'block'])

/** The structure of a signature, undefined if all of its arguments are text. */
export function structureOf({ words = [], options = [] }: Signature): Structure | undefined {
  const isValue = (type: Type | undefined): boolean => type !== undefined && VALUES.has(type.name)
  const found = words.map(({ type }) => isValue(type))
  const valued = options.filter(({ kind }) => kind !== 'flag')
  const values = valued.filter(({ type }) => isValue(type))
  if (!found.includes(true) && values.length === 0) return undefined
  return {
    words: found,
    many: words.at(-1)?.many === true,
    options: new Set(values.map(({ name }) => `--${name}`)),
    takes: new Set(valued.map(({ name }) => `--${name}`)),
  }
}

/** Functions of other files are not read with this one: what looks like a list or a record is one. */
export const ANYTHING: Structure = { words: [true], many: true, options: new Set(), takes: new Set() }
