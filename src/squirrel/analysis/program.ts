import type { Expression } from '../language/syntax/ast.ts'
import { readTolerantly, type ReadSource } from '../language/syntax/tolerant.ts'
import type { Token } from '../language/syntax/token.ts'
import type { ApiRow } from '../api/table/rows.ts'
import { namesOf } from './names.ts'
import {
  globalRows,
  hardwareClass,
  hardwareNames,
  hasRow,
  memberRows,
  nameOfRow,
  type Place,
  rowAt,
  typePath,
} from './platform.ts'
import { classOf, type Names, type ProgramSymbol, type Use } from './symbols.ts'

/** One text of a program with its names. */
export interface Part {
  /** What names the text: a path or a URI. */
  readonly file: string
  readonly source: ReadSource
  readonly names: Names
  readonly byToken: ReadonlyMap<Token, Use>
}

/** Reads one text and finds its names. */
export function partOf(file: string, text: string): Part {
  const source = readTolerantly(text, file)
  const names = namesOf(source)
  return { file, source, names, byToken: new Map(names.uses.map((use) => [use.token, use])) }
}

/** What a name means: something that a text of the program declares, or a member of the platform. */
export type Meaning =
  | { readonly kind: 'symbol'; readonly symbol: ProgramSymbol; readonly part: Part }
  | { readonly kind: 'row'; readonly row: ApiRow; readonly name: string }

/** What is known of the value of an expression. */
type Known =
  | { readonly kind: 'object'; readonly symbol: ProgramSymbol; readonly part: Part }
  | { readonly kind: 'instance'; readonly symbol: ProgramSymbol; readonly part: Part }
  | { readonly kind: 'platform'; readonly path: string }

/** The texts that make one program, and what their names mean. */
export interface Program {
  readonly parts: readonly Part[]
  readonly place: Place
  /** What a use means; undefined where it cannot be known. */
  meaningOf(use: Use, part: Part): Meaning | undefined
  /** What an expression that is called or named means. */
  expressionMeaning(node: Expression, part: Part, self: ProgramSymbol | undefined): Meaning | undefined
  /** The members that the value of an expression is known to have; undefined where nothing is known of it. */
  membersOf(node: Expression, part: Part, self: ProgramSymbol | undefined): readonly Meaning[] | undefined
  /** The path of the object or the type of the platform that the value of an expression is known to be. */
  platformOf(node: Expression, part: Part, self: ProgramSymbol | undefined): string | undefined
  /** The global names of the program and of the platform. */
  globals(): readonly Meaning[]
}

/** Values that lead to values end somewhere: hostile programs go round. */
const DEEPEST = 12

export function createProgram(parts: readonly Part[], place: Place): Program {
  const roots = new Map<string, { symbol: ProgramSymbol; part: Part }>()
  const home = new Map<ProgramSymbol, Part>()
  for (const part of parts) {
    for (const symbol of part.names.roots)
      if (!roots.has(symbol.name)) roots.set(symbol.name, { symbol, part })
    for (const symbol of part.names.all) home.set(symbol, part)
  }
  const platform = new Map<string, ApiRow>()
  for (const row of globalRows()) {
    const known = platform.get(row.path)
    if (known === undefined || (!hasRow(place, known) && hasRow(place, row))) platform.set(row.path, row)
  }

  const symbolMeaning = (symbol: ProgramSymbol): Meaning | undefined => {
    const part = home.get(symbol)
    return part && { kind: 'symbol', symbol, part }
  }

  const global = (name: string): Meaning | undefined => {
    const own = roots.get(name)
    if (own !== undefined) return { kind: 'symbol', ...own }
    const row = platform.get(name)
    return row && { kind: 'row', row, name }
  }

  const named = (name: string, symbol: ProgramSymbol | undefined, self: ProgramSymbol | undefined) => {
    if (symbol !== undefined) return symbolMeaning(symbol)
    // Names are those of `this` before those of the root table.
    const own = self && memberIn(self, name, 0)
    return own ? symbolMeaning(own) : global(name)
  }

  /** A member of a class or a table, or of what it extends. */
  const memberIn = (owner: ProgramSymbol, name: string, depth: number): ProgramSymbol | undefined => {
    const found = owner.inner.find((one) => one.name === name && isMember(one))
    if (found !== undefined) return found
    const base = baseOf(owner, depth)
    return base && memberIn(base, name, depth + 1)
  }

  const baseOf = (owner: ProgramSymbol, depth: number): ProgramSymbol | undefined => {
    const base = classOf(owner)?.base
    const part = home.get(owner)
    if (!base || !part || depth > DEEPEST) return undefined
    const known = valueOf(base, part, undefined, depth + 1)
    return known?.kind === 'object' ? known.symbol : undefined
  }

  const meaning = (
    node: Expression,
    part: Part,
    self: ProgramSymbol | undefined,
    depth: number,
  ): Meaning | undefined => {
    if (depth > DEEPEST) return undefined
    if (node.kind === 'name') return named(node.name, part.byToken.get(node.token)?.symbol, self)
    if (node.kind !== 'member' || node.key.kind !== 'literal' || typeof node.key.value !== 'string')
      return undefined
    return memberMeaning(node.object, node.key.value, part, self, depth + 1)
  }

  const memberMeaning = (
    object: Expression,
    name: string,
    part: Part,
    self: ProgramSymbol | undefined,
    depth: number,
  ): Meaning | undefined => {
    if (object.kind === 'root') return global(name)
    const known = valueOf(object, part, self, depth)
    if (known === undefined) return object.kind === 'this' ? global(name) : undefined
    if (known.kind === 'platform') {
      const path =
        known.path === 'hardware' ? (hardwareClass(name) ?? `hardware.${name}`) : `${known.path}.${name}`
      const row = rowAt(path, place)
      return row && { kind: 'row', row, name }
    }
    const found = memberIn(known.symbol, name, depth)
    return found && symbolMeaning(found)
  }

  const valueOf = (
    node: Expression,
    part: Part,
    self: ProgramSymbol | undefined,
    depth: number,
  ): Known | undefined => {
    if (depth > DEEPEST) return undefined
    switch (node.kind) {
      case 'literal': {
        const type =
          typeof node.value === 'boolean' ? 'bool' : typeof node.value === 'string' ? 'string' : 'number'
        return { kind: 'platform', path: type }
      }
      case 'array':
        return { kind: 'platform', path: 'array' }
      case 'table':
        return { kind: 'platform', path: 'table' }
      case 'function':
        return { kind: 'platform', path: 'function' }
      case 'this':
        return self && instanceOf(self)
      case 'base': {
        const base = self && baseOf(self, depth)
        return base && instanceOf(base)
      }
      case 'name':
      case 'member':
        return valueOfMeaning(meaning(node, part, self, depth + 1), depth)
      case 'call': {
        const callee = meaning(node.callee, part, self, depth + 1)
        if (callee?.kind === 'row') {
          const path = callee.row.kind === 'class' ? callee.row.path : typePath(callee.row.returns)
          return path === undefined ? undefined : { kind: 'platform', path }
        }
        return callee && classOf(callee.symbol) ? instanceOf(callee.symbol) : undefined
      }
      default:
        return undefined
    }
  }

  const instanceOf = (symbol: ProgramSymbol): Known | undefined => {
    const part = home.get(symbol)
    return part && { kind: classOf(symbol) ? 'instance' : 'object', symbol, part }
  }

  const valueOfMeaning = (found: Meaning | undefined, depth: number): Known | undefined => {
    if (found === undefined) return undefined
    if (found.kind === 'row') {
      const { row } = found
      if (row.kind === 'method') return { kind: 'platform', path: 'function' }
      if (row.kind === 'constant') return { kind: 'platform', path: 'number' }
      return { kind: 'platform', path: row.path }
    }
    const { symbol, part } = found
    const { value } = symbol
    if (value?.kind === 'class' || symbol.kind === 'enum') return { kind: 'object', symbol, part }
    if (value?.kind === 'table' && !symbol.changed) return { kind: 'object', symbol, part }
    if (symbol.definition !== undefined) return { kind: 'platform', path: 'function' }
    if (value === undefined || symbol.changed || symbol.kind === 'parameter') return undefined
    return valueOf(value, part, symbol.owner, depth + 1)
  }

  const members = (known: Known): Meaning[] => {
    if (known.kind === 'platform') {
      const own = memberRows(known.path).map((row): Meaning => ({ kind: 'row', row, name: nameOfRow(row) }))
      if (known.path !== 'hardware') return own
      const named = hardwareNames(place).flatMap((name): Meaning[] => {
        const row = rowAt(hardwareClass(name) ?? '', place)
        return row ? [{ kind: 'row', row, name }] : []
      })
      return [...own, ...named]
    }
    const found = new Map<string, Meaning>()
    for (let owner: ProgramSymbol | undefined = known.symbol, depth = 0; owner !== undefined; depth++) {
      for (const symbol of owner.inner) {
        const one = isMember(symbol) ? symbolMeaning(symbol) : undefined
        if (one !== undefined && !found.has(symbol.name)) found.set(symbol.name, one)
      }
      owner = baseOf(owner, depth)
    }
    const type =
      known.kind === 'instance'
        ? 'instance'
        : classOf(known.symbol)
          ? 'class'
          : known.symbol.kind === 'enum'
            ? ''
            : 'table'
    for (const row of type === '' ? [] : memberRows(type)) {
      const name = nameOfRow(row)
      if (!found.has(name)) found.set(name, { kind: 'row', row, name })
    }
    return [...found.values()]
  }

  return {
    parts,
    place,
    meaningOf(use, part) {
      if (use.object === undefined) return named(use.name, use.symbol, use.self)
      return use.symbol ? symbolMeaning(use.symbol) : memberMeaning(use.object, use.name, part, use.self, 0)
    },
    expressionMeaning: (node, part, self) => meaning(node, part, self, 0),
    membersOf(node, part, self) {
      if (node.kind === 'root') return [...roots.values()].map((one): Meaning => ({ kind: 'symbol', ...one }))
      const known = valueOf(node, part, self, 0)
      return known && members(known)
    },
    platformOf(node, part, self) {
      const known = valueOf(node, part, self, 0)
      return known?.kind === 'platform' ? known.path : undefined
    },
    globals: () => [
      ...[...roots.values()].map((one): Meaning => ({ kind: 'symbol', ...one })),
      ...[...platform.values()]
        .filter(({ path }) => !roots.has(path))
        .map((row): Meaning => ({ kind: 'row', row, name: row.path })),
    ],
  }
}

function isMember({ kind }: ProgramSymbol): boolean {
  return kind === 'member' || kind === 'method'
}
