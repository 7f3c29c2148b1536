/**
 * Code that can be stopped at each statement (workbench 2): variables live in arrays, one a block, that are linked to those of the block around; each
 * call has a record (`f`, a `Call`) with its statement and its innermost array. `H` has a byte a point that is set where somebody wants to stop,
 * `M[0]` is set when each statement is asked for, `D` is the stack of calls, `R` the class of their records, `U` the unit.
 */
import type { Emitter } from '../codegen/emitter.ts'
import type { Statement } from '../syntax/ast.ts'
import { type Hooks, plain } from './hooks.ts'

/** Statements at which nothing happens that is worth a stop. */
const SILENT: ReadonlySet<Statement['kind']> = new Set(['empty', 'block', 'const', 'enum', 'try'])

/** The array of a block and its number, by the block's scope in the generator. */
interface Place {
  readonly array: string
  readonly around: string
  readonly block: number
}
const places = new WeakMap<Map<string, string>, Place>()
/** Statements that are stops each time that their head is gone through: one point for all of them, as one breakpoint means. */
const LOOPS: ReadonlySet<Statement['kind']> = new Set(['while', 'for', 'foreach'])
const heads = new WeakMap<Statement, number>()
/** The points of functions, by their state in the generator. */
const owners = new WeakMap<Emitter['state'], number>()

export const debug: Hooks = {
  ...plain,
  names: ['D', 'H', 'M', 'R', 'U', 'at'],
  statement(emitter, node) {
    if (node.kind === 'try') {
      const owner = owners.get(emitter.state) ?? 0
      emitter.point({ kind: 'guard', first: node.body.token, last: node.body.end, owner })
    }
    if (SILENT.has(node.kind)) return ''
    const { array, block } = around(emitter) as Place
    const owner = owners.get(emitter.state) ?? 0
    const point = emitter.point({ kind: 'stop', first: node.token, last: node.end, block, owner })
    if (LOOPS.has(node.kind)) heads.set(node, point)
    return `f.p = ${point}; f.s = ${array}; if (H[${point}] | M[0]) at(f);`
  },
  again(emitter, node) {
    const { array, block } = around(emitter) as Place
    const owner = owners.get(emitter.state) ?? 0
    const point =
      node.kind === 'do'
        ? emitter.point({ kind: 'stop', first: node.testToken, last: node.end, block, owner })
        : (heads.get(node) ?? 0)
    return `(f.p = ${point}, f.s = ${array}, (H[${point}] | M[0]) && at(f))`
  },
  enter(emitter, { name, token, body }) {
    const point = emitter.point({ kind: 'function', name: name ?? 'unknown', first: token, last: body.end })
    owners.set(emitter.state, point)
    const place = placeOf(emitter)
    return `${opening(place)}const f = new R(D, U, ${point}, self, ${place.array}); try {`
  },
  exit: () => '} finally {D.top = f.up;}',
  yields: () => ({ before: 'D.top = f.up', after: 'f.again(D)' }),
  scope(emitter) {
    const scope = emitter.state.scopes.at(-1) as Map<string, string>
    return {
      get open() {
        const place = places.get(scope)
        return place === undefined ? '' : opening(place)
      },
      close: '',
    }
  },
  variable(emitter, name) {
    const { array, block } = placeOf(emitter)
    return `${array}[${emitter.blocks[block]?.names.push(name)}]`
  },
  declare: (variable, value) => `${variable} = ${value};`,
  parameter: (variable, argument) => `${variable} = ${argument};`,
}

function opening({ array, around }: Place): string {
  return `const ${array} = [${around}];`
}

/** The innermost block that has an array. */
function around(emitter: Emitter): Place | undefined {
  for (const { scopes } of emitter.functions.toReversed())
    for (const scope of scopes.toReversed()) {
      const place = places.get(scope)
      if (place !== undefined) return place
    }
  return undefined
}

/** The array of the innermost block, which has one from now on. */
function placeOf(emitter: Emitter): Place {
  const scope = emitter.state.scopes.at(-1) as Map<string, string>
  const known = places.get(scope)
  if (known !== undefined) return known
  const parent = around(emitter)
  const block = emitter.blocks.push({ parent: parent?.block ?? -1, names: [] }) - 1
  const place = { array: emitter.name('L'), around: parent?.array ?? 'null', block }
  places.set(scope, place)
  return place
}
