import type { Expression, Target, UnaryOperator } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { classDefinition, functionDefinition, lambda, tableSlots } from './definitions.ts'
import type { Token } from './token.ts'

const ASSIGNMENTS: ReadonlySet<string> = new Set(['=', '<-', '+=', '-=', '*=', '/=', '%='])
const UNARY: ReadonlySet<string> = new Set(['-', '!', '~', 'typeof', 'resume', 'clone'])

/** How tightly binary operators above `&&` bind, from 1. */
const BINDING: ReadonlyMap<string, number> = new Map(
  ['|', '^', '&', '== != <=>', '< > <= >=', '<< >> >>>', '+ -', '* / %'].flatMap((operators, index) =>
    operators.split(' ').map((operator) => [operator, index + 1] as const),
  ),
)

/** Expressions separated by commas. */
export function commaExpression(cursor: Cursor): Expression {
  const { token } = cursor
  const first = expression(cursor)
  if (cursor.kind !== ',') return first
  const items = [first]
  while (cursor.accept(',')) items.push(expression(cursor))
  return cursor.node(token, { kind: 'comma', items })
}

/** An assignment, a conditional or anything tighter. */
export function expression(cursor: Cursor): Expression {
  return cursor.nested(() => {
    const { token } = cursor
    const left = logicalOr(cursor)
    if (ASSIGNMENTS.has(cursor.kind)) return assignment(cursor, left)
    if (!cursor.accept('?')) return left
    const yes = expression(cursor)
    cursor.expect(':')
    const no = expression(cursor)
    return cursor.node(token, { kind: 'conditional', test: left, yes, no })
  })
}

// The target of an assignment behind an operator is the last operand: `a == 1 || s = 7` (more-facts 19).
function assignment(cursor: Cursor, left: Expression): Expression {
  const spine: Extract<Expression, { kind: 'binary' | 'logical' | 'unary' }>[] = []
  let target = left
  while (
    (target.kind === 'binary' || target.kind === 'logical' || target.kind === 'unary') &&
    !cursor.bracketed.has(target)
  ) {
    spine.push(target)
    target = target.kind === 'unary' ? target.operand : target.right
  }
  if (!isTarget(cursor, target)) {
    throw cursor.error(target.kind === 'base' ? "'base' cannot be modified" : "can't assign expression")
  }
  const operator = cursor.advance().kind
  const value = expression(cursor)
  let node: Expression = cursor.node(target.span.first, { kind: 'assign', operator, target, value })
  for (const outer of spine.toReversed()) {
    node = cursor.node(
      outer.span.first,
      outer.kind === 'unary' ? { ...outer, operand: node } : { ...outer, right: node },
    )
  }
  return node
}

function isTarget(cursor: Cursor, node: Expression): node is Target {
  return (node.kind === 'name' || node.kind === 'member') && !cursor.bracketed.has(node)
}

// Chains of equal operators are loops, not recursion: long ones are common in generated programs.
function logicalOr(cursor: Cursor): Expression {
  const { token } = cursor
  let left = logicalAnd(cursor)
  while (cursor.accept('||')) {
    const right = logicalAnd(cursor)
    left = cursor.node(token, { kind: 'logical', operator: '||', left, right })
  }
  return left
}

// `in` and `instanceof` sit at the level of `&&`, as in Squirrel 3.0.
function logicalAnd(cursor: Cursor): Expression {
  const { token } = cursor
  let left = binary(cursor, 1)
  for (;;) {
    const operator = cursor.kind
    if (operator === 'in' || operator === 'instanceof') {
      cursor.advance()
      const right = binary(cursor, 1)
      left = cursor.node(token, { kind: 'binary', operator, left, right })
    } else if (operator === '&&') {
      cursor.advance()
      const right = binary(cursor, 1)
      left = cursor.node(token, { kind: 'logical', operator, left, right })
    } else {
      return left
    }
  }
}

/** Operators that bind at least so tightly, each with what stands left of it: one call an operand, not one a level. */
function binary(cursor: Cursor, least: number): Expression {
  const { token } = cursor
  let left = prefixed(cursor)
  for (let level = bindingAt(cursor); level >= least; level = bindingAt(cursor)) {
    const operator = cursor.advance().kind
    const right = binary(cursor, level + 1)
    left = cursor.node(token, { kind: 'binary', operator, left, right })
  }
  return left
}

function bindingAt({ kind }: Cursor): number {
  return BINDING.get(kind) ?? 0
}

/** A factor with everything that may follow it: members, indexes, calls, steps. */
export function prefixed(cursor: Cursor): Expression {
  const { token } = cursor
  let left = cursor.nested(() => factor(cursor))
  for (;;) {
    switch (cursor.kind) {
      case '.': {
        cursor.advance()
        const key = textOf(cursor.expect('identifier'))
        left = cursor.node(token, { kind: 'member', object: left, key })
        break
      }
      case '[': {
        if (cursor.token.newLine) {
          throw cursor.error('cannot brake deref/or comma needed after [exp]=exp slot declaration')
        }
        cursor.advance()
        const key = expression(cursor)
        cursor.expect(']')
        left = cursor.node(token, { kind: 'member', object: left, key })
        break
      }
      case '(': {
        cursor.advance()
        const args = callArguments(cursor)
        left = cursor.node(token, { kind: 'call', callee: left, args })
        break
      }
      case '++':
      case '--': {
        if (cursor.atStatementEnd()) return left
        const target = stepTarget(cursor, left)
        const by = cursor.advance().kind === '++' ? 1 : -1
        left = cursor.node(token, { kind: 'step', by, prefix: false, target })
        break
      }
      default:
        return left
    }
  }
}

// Commas between arguments may be missing, as in stock Squirrel.
function callArguments(cursor: Cursor): Expression[] {
  const args: Expression[] = []
  while (!cursor.accept(')')) {
    args.push(expression(cursor))
    if (cursor.accept(',') && cursor.kind === ')') throw cursor.error("expression expected, found ')'")
  }
  return args
}

function stepTarget(cursor: Cursor, target: Expression): Target {
  if (isTarget(cursor, target)) return target
  throw cursor.error("can't '++' or '--' an expression")
}

function factor(cursor: Cursor): Expression {
  const { token } = cursor
  if (UNARY.has(token.kind)) return unary(cursor, token.kind as UnaryOperator)
  switch (token.kind) {
    case 'string':
      cursor.advance()
      return textOf(token)
    case 'integer':
    case 'float': {
      const value = cursor.scalar()
      return cursor.node(token, { kind: 'literal', value })
    }
    case 'true':
    case 'false':
      cursor.advance()
      return cursor.node(token, { kind: 'literal', value: token.kind === 'true' })
    case 'null':
    case 'this':
    case 'base':
      cursor.advance()
      return cursor.node(token, { kind: token.kind })
    case 'identifier':
    case 'constructor':
      cursor.advance()
      return cursor.node(token, { kind: 'name', name: token.text, token })
    case '::': {
      cursor.advance()
      const object = cursor.node(token, { kind: 'root' } as const)
      const key = textOf(cursor.expect('identifier'))
      return cursor.node(token, { kind: 'member', object, key })
    }
    case '[':
      return arrayLiteral(cursor, token)
    case '{': {
      cursor.advance()
      const slots = tableSlots(cursor, '}')
      return cursor.node(token, { kind: 'table', slots })
    }
    case 'function': {
      cursor.advance()
      const definition = functionDefinition(cursor, null, token)
      return cursor.node(token, { kind: 'function', definition })
    }
    case '@': {
      cursor.advance()
      const definition = lambda(cursor, token)
      return cursor.node(token, { kind: 'function', definition })
    }
    case 'class': {
      cursor.advance()
      const definition = classDefinition(cursor)
      return cursor.node(token, { kind: 'class', definition })
    }
    case '++':
    case '--': {
      cursor.advance()
      const target = stepTarget(cursor, prefixed(cursor))
      return cursor.node(token, { kind: 'step', by: token.kind === '++' ? 1 : -1, prefix: true, target })
    }
    case 'delete':
      return deleteExpression(cursor, token)
    case '(': {
      cursor.advance()
      const inner = commaExpression(cursor)
      cursor.expect(')')
      cursor.bracketed.add(inner)
      return inner
    }
    default:
      throw cursor.error('expression expected')
  }
}

function unary(cursor: Cursor, operator: UnaryOperator): Expression {
  const first = cursor.advance()
  const { token } = cursor
  if (operator === '-' && token.kind === 'integer') {
    cursor.advance()
    return cursor.node(first, { kind: 'literal', value: -token.number | 0 })
  }
  if (operator === '-' && token.kind === 'float') {
    cursor.advance()
    return cursor.node(first, { kind: 'literal', value: { float: -token.number } })
  }
  const operand = prefixed(cursor)
  return cursor.node(first, { kind: 'unary', operator, operand })
}

function arrayLiteral(cursor: Cursor, token: Token): Expression {
  cursor.advance()
  const items: Expression[] = []
  while (!cursor.accept(']')) {
    items.push(expression(cursor))
    cursor.accept(',')
  }
  return cursor.node(token, { kind: 'array', items })
}

function deleteExpression(cursor: Cursor, token: Token): Expression {
  cursor.advance()
  const target = prefixed(cursor)
  if (isTarget(cursor, target)) return cursor.node(token, { kind: 'delete', target })
  throw cursor.error("can't delete an expression")
}

/** The text of a token as a literal: of a string, or of a name that stands for a key. */
export function textOf(token: Token): Expression {
  return { kind: 'literal', value: token.text, span: { first: token, last: token } }
}
