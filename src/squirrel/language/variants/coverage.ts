import { operandsOf } from '../codegen/operands.ts'
import type { FunctionDefinition, Span, Statement } from '../syntax/ast.ts'
import { type Branching, type Hooks, plain } from './hooks.ts'

/** Statements that do nothing when they are reached: declarations that the compiler uses up, and blocks, whose content is counted. */
const SILENT: ReadonlySet<Statement['kind']> = new Set(['empty', 'block', 'const', 'enum'])

/** Counts statements, functions and arms in `c`, a Float64Array with a cell for each point of the unit: no count ever wraps to 0. */
export const coverage: Hooks = {
  ...plain,
  names: ['c'],
  statement: (emitter, node) =>
    SILENT.has(node.kind) ? '' : `${count(emitter.point({ kind: 'statement', ...spanOf(node) }))};`,
  enter(emitter, { name, token, body }) {
    // Nobody wrote the function around a whole program.
    if (token.kind === 'start') return ''
    return `${count(emitter.point({ kind: 'function', name: name ?? '', first: token, last: body.end }))};`
  },
  branch: (emitter, node, arm) => count(emitter.point({ kind: 'branch', ...armOf(node, arm) })),
}

/** What an arm is called, in the words of Istanbul's reports, and where it and its branch are. */
function armOf(node: Branching, arm: number): Span & { what: string; arm: number; whole: Span } {
  if (!('kind' in node)) {
    const span = defaultOf(node, arm)
    return { what: 'default-arg', arm: 0, whole: span, ...span }
  }
  switch (node.kind) {
    case 'if': {
      const chosen = arm === 0 ? node.yes : node.no
      return { what: 'if', arm, whole: spanOf(node), ...spanOf(chosen ?? node) }
    }
    case 'switch':
      return { what: 'switch', arm, whole: spanOf(node), ...caseOf(node, arm) }
    case 'conditional':
      return { what: 'cond-expr', arm, whole: node.span, ...(arm === 0 ? node.yes.span : node.no.span) }
    default:
      return { what: 'binary-expr', arm, whole: node.span, ...(operandsOf(node)[arm]?.span ?? node.span) }
  }
}

/** The parameter whose default is the arm, with its value. */
function defaultOf({ parameters }: FunctionDefinition, arm: number): Span {
  const withDefault = parameters.filter(({ initial }) => initial !== null)
  const { token, initial } = withDefault[arm] as (typeof parameters)[number]
  return { first: token, last: initial?.span.last ?? token }
}

function caseOf(node: Extract<Statement, { kind: 'switch' }>, arm: number): Span {
  const { test, body } = node.cases[arm] ?? { test: null, body: node.otherwise ?? [] }
  const first = test?.span.first ?? body[0]?.token
  return first === undefined ? spanOf(node) : { first, last: body.at(-1)?.end ?? test?.span.last ?? first }
}

function spanOf({ token, end }: Pick<Statement, 'token' | 'end'>): Span {
  return { first: token, last: end }
}

function count(point: number): string {
  return `c[${point}]++`
}
