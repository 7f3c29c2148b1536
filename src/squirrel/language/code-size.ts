/**
 * How large a program is once it is compiled: an estimate from its tree. The platform counts code space in compiled code, not in bytes of source
 * (more-facts 25). Instructions take 4 bytes, texts are kept once for the whole program: with 8 and texts for each function, as in the stream of a
 * stock compiler, the two figures that are known of the platform (53 kB for a library of 97 kB; 16.83 % for a test session) come out at twice as much.
 */
import type { FunctionDefinition } from './syntax/ast.ts'

const INSTRUCTION = 4
const LINE = 2
/** The parts of a function in the stream that every one has: counts, flags and markers. */
const FUNCTION = 40
const LOCAL = 8
const TEXT = 8

/** Instructions of a node beside those of its parts. */
const COST: Readonly<Record<string, number>> = {
  expression: 0,
  block: 0,
  empty: 0,
  const: 0,
  enum: 0,
  if: 2,
  while: 2,
  do: 2,
  for: 2,
  foreach: 4,
  switch: 2,
  local: 1,
  return: 1,
  yield: 1,
  throw: 1,
  break: 1,
  continue: 1,
  try: 4,
  newslot: 1,
  literal: 1,
  name: 1,
  member: 1,
  call: 2,
  unary: 1,
  binary: 1,
  logical: 2,
  conditional: 3,
  assign: 1,
  step: 1,
  delete: 1,
  array: 1,
  table: 1,
  class: 1,
  function: 1,
  null: 1,
  root: 1,
  base: 1,
}

const STATEMENTS: ReadonlySet<string> = new Set(
  'expression if while do for foreach switch local return yield throw try newslot'.split(' '),
)

/** Bytes of a program. Takes time in proportion to its text, whatever its shape. */
export function codeSize(main: FunctionDefinition): number {
  let size = 0
  const texts = new Set<string>()
  const functions: FunctionDefinition[] = [main]
  for (let definition = functions.pop(); definition !== undefined; definition = functions.pop())
    size += functionSize(definition, functions, texts)
  for (const text of texts) size += TEXT + text.length
  return size
}

function functionSize(
  definition: FunctionDefinition,
  inner: FunctionDefinition[],
  texts: Set<string>,
): number {
  const { name, parameters } = definition
  let size = FUNCTION
  texts.add(name ?? '')
  const lines = new Set<number>()
  const waiting: unknown[] = [definition.body]
  for (const parameter of parameters) {
    size += LOCAL
    texts.add(parameter.name)
    if (parameter.initial !== null) waiting.push(parameter.initial)
  }
  while (waiting.length > 0) {
    const node = waiting.pop()
    if (Array.isArray(node)) for (const one of node as unknown[]) waiting.push(one)
    else if (typeof node === 'object' && node !== null) {
      const { kind, definition: function_, value, name: own, token: first } = node as Record<string, unknown>
      if (kind === 'function') inner.push(function_ as FunctionDefinition)
      if (typeof kind === 'string') size += (COST[kind] ?? 0) * INSTRUCTION
      else if (first !== undefined && own !== undefined) size += LOCAL
      if (kind === 'literal' && typeof value === 'string') texts.add(value)
      if (kind === 'name') texts.add(own as string)
      if (typeof kind === 'string' && STATEMENTS.has(kind)) lines.add((first as { line: number }).line)
      for (const [key, part] of Object.entries(node))
        if (
          key !== 'span' &&
          key !== 'end' &&
          !key.toLowerCase().endsWith('token') &&
          !(key === 'definition' && kind === 'function')
        )
          waiting.push(part)
    }
  }
  return size + lines.size * LINE
}
