import type { Expression } from '../../squirrel/language/syntax/ast.ts'
import { parse } from '../../squirrel/language/syntax/statements.ts'
import type { Token } from '../../squirrel/language/syntax/token.ts'
import type { Meaning, Part, Program } from '../../squirrel/analysis/program.ts'
import { classOf, type ProgramSymbol, type Use } from '../../squirrel/analysis/symbols.ts'

/** The token that holds an offset or ends at it; a name before anything else. */
function tokenAt(tokens: readonly Token[], offset: number): Token | undefined {
  const index = indexAfter(tokens, offset)
  const here = tokens[index]
  const before = tokens[index - 1]
  const isHere = here !== undefined && here.start <= offset && offset < here.end
  const isBefore = before !== undefined && before.end === offset
  if (isBefore && (!isHere || here.kind !== 'identifier')) return before
  return isHere ? here : undefined
}

/** The index of the first token that ends behind an offset. */
export function indexAfter(tokens: readonly Token[], offset: number): number {
  let low = 0
  let high = tokens.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((tokens[middle]?.end ?? 0) <= offset) low = middle + 1
    else high = middle
  }
  return low
}

/** Whether an offset is in a comment. */
export function inComment({ source }: Part, offset: number): boolean {
  return source.comments.some(
    ({ start, end, text }) => start < offset && (offset < end || (offset === end && text.startsWith('//'))),
  )
}

/** The locals that can be seen at an offset, the innermost of a name only. */
export function localsAt({ names }: Part, offset: number): ReadonlyMap<string, ProgramSymbol> {
  const found = new Map<string, ProgramSymbol>()
  for (const symbol of names.all) {
    const { seen, name } = symbol
    // Later ones are further inside, or hide an earlier one of the same block.
    if (seen !== undefined && seen.start <= offset && offset <= seen.end) found.set(name, symbol)
  }
  return found
}

/** The innermost class or table around an offset: what `this` means there. */
export function selfAt({ names }: Part, offset: number): ProgramSymbol | undefined {
  return names.all.findLast(
    (symbol) =>
      symbol.start <= offset &&
      offset <= symbol.end &&
      (classOf(symbol) !== undefined || symbol.value?.kind === 'table'),
  )
}

/** A chain such as `hardware.pin1` or `Thing(1).part`, read as an expression in its surroundings. */
interface Chain {
  readonly node: Expression
  /** The part with the names of the chain, which may not be in the tree. */
  readonly part: Part
  readonly self: ProgramSymbol | undefined
}

/** The chain that ends with the token at an index; undefined where there is none. */
export function chainEndingAt(part: Part, last: number): Chain | undefined {
  const { tokens } = part.source
  const first = chainStart(tokens, last)
  const end = tokens[last]
  const start = tokens[first ?? -1]
  if (first === undefined || end === undefined || start === undefined) return undefined
  const slice = tokens.slice(first, last + 1)
  const { statements } = parse([...slice, { ...end, kind: 'end', start: end.end }], [])
  const [statement] = statements
  if (statement?.kind !== 'expression') return undefined
  const locals = localsAt(part, start.start)
  const self = selfAt(part, start.start)
  const byToken = new Map<Token, Use>(
    slice.map((token) => [
      token,
      {
        token,
        name: token.text,
        symbol: locals.get(token.text) ?? part.byToken.get(token)?.symbol,
        object: undefined,
        self,
        writes: false,
        declares: false,
      },
    ]),
  )
  return { node: statement.expression, part: { ...part, byToken }, self }
}

/** What is called around an offset, and how many arguments stand before it. */
export function callAround(
  part: Part,
  offset: number,
): { readonly callee: Chain; readonly argument: number } | undefined {
  const { tokens } = part.source
  let depth = 0
  let argument = 0
  for (let index = indexAfter(tokens, offset) - 1, steps = 0; index >= 0 && steps < 5000; index--, steps++) {
    const kind = tokens[index]?.kind ?? ''
    if (')]}'.includes(kind)) depth++
    else if (kind === '[' || kind === '{') {
      if (depth === 0) return undefined
      depth--
    } else if (kind === '(' && depth > 0) depth--
    else if (kind === '(') {
      const before = tokens[index - 1]
      const isCall =
        before !== undefined &&
        (before.kind === 'identifier' || before.kind === ')' || before.kind === ']' || before.kind === 'base')
      const callee =
        isCall && tokens[index - 2]?.kind !== 'function' ? chainEndingAt(part, index - 1) : undefined
      if (callee === undefined) return undefined
      return { callee, argument }
    } else if (kind === ',' && depth === 0) argument++
    else if (kind === ';' && depth === 0) return undefined
  }
  return undefined
}

function chainStart(tokens: readonly Token[], last: number): number | undefined {
  let index = last
  for (;;) {
    const kind = tokens[index]?.kind ?? ''
    if (kind === ')' || kind === ']' || kind === '}') {
      const open = opening(tokens, index)
      if (open === undefined) return undefined
      const before = tokens[open - 1]
      const isApplied =
        kind !== '}' &&
        before !== undefined &&
        (before.kind === 'identifier' || before.kind === ')' || before.kind === ']') &&
        tokens[open]?.newLine !== true
      if (!isApplied) return open
      index = open - 1
    } else if (['identifier', 'this', 'base', 'string', 'constructor'].includes(kind)) {
      const before = tokens[index - 1]?.kind
      if (before === '::') return index - 1
      if (before !== '.') return index
      index -= 2
    } else return undefined
  }
}

function opening(tokens: readonly Token[], close: number): number | undefined {
  let depth = 0
  for (let index = close; index >= 0; index--) {
    const kind = tokens[index]?.kind ?? ''
    if (')]}'.includes(kind)) depth++
    else if ('([{'.includes(kind) && --depth === 0) return index
  }
  return undefined
}

/** What the name at an offset means. */
export function meaningAt(
  { program, part }: { readonly program: Program; readonly part: Part },
  offset: number,
):
  | { readonly token: Token; readonly use: Use | undefined; readonly meaning: Meaning | undefined }
  | undefined {
  const token = tokenAt(part.source.tokens, offset)
  if (token === undefined || !/^(?:identifier|constructor)$/.test(token.kind)) return undefined
  const use = part.byToken.get(token)
  if (use !== undefined) return { token, use, meaning: program.meaningOf(use, part) }
  // A statement that is not complete yet is in no tree.
  const chain = chainEndingAt(part, part.source.tokens.indexOf(token))
  const meaning = chain && program.expressionMeaning(chain.node, chain.part, chain.self)
  return { token, use, meaning }
}
