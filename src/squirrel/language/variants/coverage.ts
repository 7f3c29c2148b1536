import type { Statement } from '../syntax/ast.ts'
import { type Hooks, plain } from './hooks.ts'

/** Statements that do nothing when they are reached: declarations that the compiler uses up, and blocks, whose content is counted. */
const SILENT: ReadonlySet<Statement['kind']> = new Set(['empty', 'block', 'const', 'enum'])

/** Counts statements, functions and arms in `c`, a Uint32Array with a cell for each point of the unit. */
export const coverage: Hooks = {
  ...plain,
  names: ['c'],
  statement: (emitter, node) =>
    SILENT.has(node.kind)
      ? ''
      : count(emitter.point({ kind: 'statement', first: node.token, last: node.end })) + ';',
  enter(emitter, { name, token, body }) {
    return (
      count(emitter.point({ kind: 'function', name: name ?? 'unknown', first: token, last: body.end })) + ';'
    )
  },
  branch(emitter, node, arm) {
    const [first, last] = 'span' in node ? [node.span.first, node.span.last] : placeOf(node)
    return count(emitter.point({ kind: 'branch', what: whatOf(node), first, last, arm }))
  },
}

function placeOf(node: { token: Statement['token'] } & ({ end: Statement['end'] } | { body: Statement })) {
  return [node.token, 'end' in node ? node.end : node.body.end] as const
}

function whatOf(node: Parameters<Hooks['branch']>[1]): string {
  return 'kind' in node ? node.kind : 'default'
}

// Saturates: a count that wraps to 0 would be a line that never ran.
function count(point: number): string {
  return `c[${point}] += c[${point}] !== 4294967295`
}
