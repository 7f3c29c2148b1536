import type { Token } from '../language/syntax/token.ts'
import type { Expression } from '../language/syntax/ast.ts'
import type { ApiRow } from '../api/table/rows.ts'
import { hardwareClass, hardwareNames, hasRow, memberRows, nameOfRow } from './platform.ts'
import type { Meaning, Part, Program } from './program.ts'
import type { Call, ProgramSymbol, Use } from './symbols.ts'

/** What a lint is about: stable names for kinds of mistakes. */
export type LintCode =
  | 'SQ_UNDECLARED'
  | 'SQ_NEW_SLOT'
  | 'SQ_API'
  | 'SQ_DEPRECATED'
  | 'SQ_ARGUMENTS'
  | 'SQ_UNUSED'

/** Something that compiles and is probably wrong. */
export interface Lint {
  readonly code: LintCode
  readonly first: Token
  readonly last: Token
  readonly message: string
  /** Text to put in place of the tokens from `from` to `to`. */
  readonly fix?: { readonly title: string; readonly from: Token; readonly to: Token; readonly text: string }
}

/** Objects whose members may be anything: programs add to them. */
const OPEN: ReadonlySet<string> = new Set([
  'table',
  'class',
  'instance',
  'weakref',
  'generator',
  'bool',
  'function',
])

/** A lint finds so much in one text at most. */
const MOST_LINTS = 200

/**
 * What is probably wrong in a part. `whole`: all texts of the program are known, so that a name that none of them declares is declared nowhere.
 * `closest` finds the name that was probably meant.
 */
export function lintsOf(
  program: Program,
  part: Part,
  whole: boolean,
  closest: (name: string, names: readonly string[]) => string | undefined,
): Lint[] {
  const lints: Lint[] = []
  const add = (lint: Lint) => {
    if (lints.length < MOST_LINTS) lints.push(lint)
  }
  const anywhere = once(
    () =>
      new Set(program.parts.flatMap(({ names }) => [...names.all.map(({ name }) => name), ...names.texts])),
  )
  // A program may add members to objects of the platform.
  const added = once(
    () =>
      new Set(
        program.parts.flatMap(({ names }) =>
          names.uses.filter(({ object, writes }) => object !== undefined && writes).map(({ name }) => name),
        ),
      ),
  )

  for (const use of part.names.uses) {
    const meaning = program.meaningOf(use, part)
    if (use.object === undefined) {
      if (meaning?.kind === 'row') checkRow(use, meaning.row)
      if (
        meaning === undefined &&
        whole &&
        !use.declares &&
        !use.name.startsWith('__') &&
        !anywhere().has(use.name)
      )
        checkUndeclared(use)
    } else if (meaning?.kind === 'row') {
      checkRow(use, meaning.row)
      checkBus(use, use.object)
    } else if (meaning === undefined && !use.writes) checkMember(use, use.object)
  }
  for (const call of part.names.calls) checkCall(call)
  const used = new Set<ProgramSymbol | undefined>()
  for (const { declares, symbol } of part.names.uses) if (!declares) used.add(symbol)
  for (const symbol of part.names.all) {
    if (symbol.kind !== 'local' || symbol.name.startsWith('_') || symbol.value === undefined) continue
    // A text that includes this one sees its outermost locals; what cannot be read may use any.
    const isSeenElsewhere = symbol.owner === undefined && !whole
    if (used.has(symbol) || isSeenElsewhere || part.source.errors.length > 0) continue
    const { token } = symbol
    add({ code: 'SQ_UNUSED', first: token, last: token, message: `"${symbol.name}" is never used` })
  }
  return lints.toSorted((a, b) => a.first.start - b.first.start)

  function checkUndeclared({ token, name, writes }: Use): void {
    const { tokens } = part.source
    const assign = tokens[tokens.indexOf(token) + 1]
    if (writes && assign?.kind === '=') {
      add({
        code: 'SQ_NEW_SLOT',
        first: token,
        last: token,
        message: `"${name}" is declared nowhere: "=" does not make it, "<-" does, or "local"`,
        fix: { title: 'Make it with "<-"', from: assign, to: assign, text: '<-' },
      })
      return
    }
    const names = program.globals().map((one) => (one.kind === 'symbol' ? one.symbol.name : one.name))
    addUnknown('SQ_UNDECLARED', token, `"${name}" is declared nowhere`, name, names)
  }

  /** A name that nobody knows, with the one that was probably meant. */
  function addUnknown(
    code: LintCode,
    token: Token,
    message: string,
    name: string,
    names: readonly string[],
  ): void {
    const near = closest(name, names)
    if (near === undefined) return add({ code, first: token, last: token, message })
    const fix = { title: `Write "${near}"`, from: token, to: token, text: near }
    add({ code, first: token, last: token, message: `${message}; did you mean "${near}"?`, fix })
  }

  function checkRow(use: Use, row: ApiRow): void {
    const { token, object } = use
    if (!hasRow(program.place, row)) {
      const { side } = program.place
      const where =
        side !== undefined && row.side !== 'both' && row.side !== side
          ? `only ${row.side}s have "${row.path}"`
          : `only ${row.types?.join(', ') ?? 'some types'} have "${row.path}"`
      add({ code: 'SQ_API', first: token, last: token, message: where })
    } else if (row.deprecated !== undefined) {
      const first = object?.span.first ?? token
      const isName = /^[\w.]+$/.test(row.deprecated)
      add({
        code: 'SQ_DEPRECATED',
        first: token,
        last: token,
        message: `"${row.path}" is old: use ${row.deprecated}`,
        ...(isName
          ? { fix: { title: `Use ${row.deprecated}`, from: first, to: token, text: row.deprecated } }
          : {}),
      })
    }
  }

  /** A pin or a bus that the imp does not have, where its type is known. */
  function checkBus({ token, name, self }: Use, object: Expression): void {
    const { type } = program.place
    if (type === undefined || hardwareClass(name) === undefined) return
    if (
      program.platformOf(object, part, self) !== 'hardware' ||
      hardwareNames({ side: undefined, type }).includes(name)
    )
      return
    add({ code: 'SQ_API', first: token, last: token, message: `an ${type} has no "${name}"` })
  }

  function checkMember({ token, name, self }: Use, object: Expression): void {
    const path = program.platformOf(object, part, self)
    if (path === undefined || OPEN.has(path) || added().has(name)) return
    const names = memberRows(path)
      .filter((row) => hasRow(program.place, row))
      .map(nameOfRow)
    if (names.length === 0) return
    addUnknown('SQ_API', token, `"${path}" has no "${name}"`, name, names)
  }

  function checkCall({ callee, args, self }: Call): void {
    const meaning = program.expressionMeaning(callee, part, self)
    const bounds = meaning && boundsOf(meaning)
    if (!bounds || meaning === undefined) return
    const { least, most, name } = bounds
    if (args.length >= least && args.length <= most) return
    const many =
      least === most
        ? `${least}`
        : most === Number.POSITIVE_INFINITY
          ? `at least ${least}`
          : `${least} to ${most}`
    const noun = /(?:^|least )1$/.test(many) ? 'argument' : 'arguments'
    const { first, last } = callee.span
    add({ code: 'SQ_ARGUMENTS', first, last, message: `"${name}" takes ${many} ${noun}, not ${args.length}` })
  }
}

/** Gives a value that is made when it is first needed. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}

/** How many arguments what a name means takes; undefined for what may change or is no function. */
function boundsOf(
  meaning: Meaning,
): { readonly least: number; readonly most: number; readonly name: string } | undefined {
  if (meaning.kind === 'row') {
    const { row } = meaning
    if (row.kind !== 'method') return undefined
    const least = row.params.filter(({ optional }) => !optional).length
    return { least, most: row.variadic ? Number.POSITIVE_INFINITY : row.params.length, name: row.path }
  }
  const { symbol } = meaning
  if (symbol.changed || symbol.kind === 'parameter') return undefined
  const isClass = symbol.value?.kind === 'class'
  const maker = isClass ? symbol.inner.find(({ name }) => name === 'constructor') : undefined
  const definition = isClass ? maker?.definition : symbol.definition
  if (definition === undefined) return undefined
  const least = definition.parameters.filter(({ initial }) => initial === null).length
  const most = definition.variadic ? Number.POSITIVE_INFINITY : definition.parameters.length
  return { least, most, name: symbol.name }
}
