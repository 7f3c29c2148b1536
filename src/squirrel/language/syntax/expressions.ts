import type { Expression, Target, UnaryOperator } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { classDefinition, functionDefinition, lambda, tableSlots } from './definitions.ts'

const ASSIGNMENTS: ReadonlySet<string> = new Set(['=', '<-', '+=', '-=', '*=', '/=', '%='])
const UNARY: ReadonlySet<string> = new Set(['-', '!', '~', 'typeof', 'resume', 'clone'])

/** Binary operators from loosest to tightest, above `&&`. */
const LEVELS: readonly ReadonlySet<string>[] = [
  new Set(['|']),
  new Set(['^']),
  new Set(['&']),
  new Set(['==', '!=', '<=>']),
  new Set(['<', '>', '<=', '>=']),
  new Set(['<<', '>>', '>>>']),
  new Set(['+', '-']),
  new Set(['*', '/', '%']),
]

/** Expressions separated by commas. */
export function commaExpression(cursor: Cursor): Expression {
  const first = expression(cursor)
  if (cursor.kind !== ',') return first
  const items = [first]
  while (cursor.accept(',')) items.push(expression(cursor))
  return { kind: 'comma', items }
}

/** An assignment, a conditional or anything tighter. */
export function expression(cursor: Cursor): Expression {
  return cursor.nested(() => {
    const left = logicalOr(cursor)
    const operator = cursor.kind
    if (ASSIGNMENTS.has(operator)) {
      const target = assignable(cursor, left)
      cursor.advance()
      return { kind: 'assign', operator, target, value: expression(cursor) }
    }
    if (!cursor.accept('?')) return left
    const yes = expression(cursor)
    cursor.expect(':')
    return { kind: 'conditional', test: left, yes, no: expression(cursor) }
  })
}

function assignable(cursor: Cursor, target: Expression): Target {
  if (target.kind === 'name' || target.kind === 'member') return target
  throw cursor.error(target.kind === 'base' ? "'base' cannot be modified" : "can't assign expression")
}

function logicalOr(cursor: Cursor): Expression {
  const left = logicalAnd(cursor)
  if (!cursor.accept('||')) return left
  return { kind: 'logical', operator: '||', left, right: cursor.nested(() => logicalOr(cursor)) }
}

// `in` and `instanceof` sit at the level of `&&`, as in Squirrel 3.0.
function logicalAnd(cursor: Cursor): Expression {
  let left = binary(cursor, 0)
  for (;;) {
    const operator = cursor.kind
    if (operator === 'in' || operator === 'instanceof') {
      cursor.advance()
      left = { kind: 'binary', operator, left, right: binary(cursor, 0) }
    } else if (operator === '&&') {
      cursor.advance()
      left = { kind: 'logical', operator, left, right: cursor.nested(() => logicalAnd(cursor)) }
    } else {
      return left
    }
  }
}

function binary(cursor: Cursor, level: number): Expression {
  const operators = LEVELS[level]
  if (operators === undefined) return prefixed(cursor)
  let left = binary(cursor, level + 1)
  while (operators.has(cursor.kind)) {
    const operator = cursor.advance().kind
    left = { kind: 'binary', operator, left, right: binary(cursor, level + 1) }
  }
  return left
}

/** A factor with everything that may follow it: members, indexes, calls, steps. */
export function prefixed(cursor: Cursor): Expression {
  let left = cursor.nested(() => factor(cursor))
  for (;;) {
    switch (cursor.kind) {
      case '.': {
        cursor.advance()
        left = { kind: 'member', object: left, key: textOf(cursor.expect('identifier').text) }
        break
      }
      case '[': {
        if (cursor.token.newLine) {
          throw cursor.error('cannot brake deref/or comma needed after [exp]=exp slot declaration')
        }
        cursor.advance()
        const key = expression(cursor)
        cursor.expect(']')
        left = { kind: 'member', object: left, key }
        break
      }
      case '(':
        cursor.advance()
        left = { kind: 'call', callee: left, args: callArguments(cursor) }
        break
      case '++':
      case '--':
        if (cursor.atStatementEnd()) return left
        left = {
          kind: 'step',
          by: cursor.kind === '++' ? 1 : -1,
          prefix: false,
          target: stepTarget(cursor, left),
        }
        cursor.advance()
        break
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
  if (target.kind === 'name' || target.kind === 'member') return target
  throw cursor.error("can't '++' or '--' an expression")
}

function factor(cursor: Cursor): Expression {
  const { token } = cursor
  if (UNARY.has(token.kind)) return unary(cursor, token.kind as UnaryOperator)
  switch (token.kind) {
    case 'string':
      cursor.advance()
      return textOf(token.text)
    case 'integer':
    case 'float':
      return { kind: 'literal', value: cursor.scalar() }
    case 'true':
    case 'false':
      cursor.advance()
      return { kind: 'literal', value: token.kind === 'true' }
    case 'null':
    case 'this':
    case 'base':
      cursor.advance()
      return { kind: token.kind }
    case 'identifier':
    case 'constructor':
      cursor.advance()
      return { kind: 'name', name: token.text, token }
    case '::':
      cursor.advance()
      return { kind: 'member', object: { kind: 'root' }, key: textOf(cursor.expect('identifier').text) }
    case '[':
      return arrayLiteral(cursor)
    case '{':
      cursor.advance()
      return { kind: 'table', slots: tableSlots(cursor, '}') }
    case 'function':
      cursor.advance()
      return { kind: 'function', definition: functionDefinition(cursor, null, token) }
    case '@':
      cursor.advance()
      return { kind: 'function', definition: lambda(cursor, token) }
    case 'class':
      cursor.advance()
      return { kind: 'class', definition: classDefinition(cursor) }
    case '++':
    case '--': {
      cursor.advance()
      const target = stepTarget(cursor, prefixed(cursor))
      return { kind: 'step', by: token.kind === '++' ? 1 : -1, prefix: true, target }
    }
    case 'delete':
      return deleteExpression(cursor)
    case '(': {
      cursor.advance()
      const inner = commaExpression(cursor)
      cursor.expect(')')
      return inner
    }
    default:
      throw cursor.error('expression expected')
  }
}

function unary(cursor: Cursor, operator: UnaryOperator): Expression {
  cursor.advance()
  const { token } = cursor
  if (operator === '-' && token.kind === 'integer') {
    cursor.advance()
    return { kind: 'literal', value: -token.number | 0 }
  }
  if (operator === '-' && token.kind === 'float') {
    cursor.advance()
    return { kind: 'literal', value: { float: -token.number } }
  }
  return { kind: 'unary', operator, operand: prefixed(cursor) }
}

function arrayLiteral(cursor: Cursor): Expression {
  cursor.advance()
  const items: Expression[] = []
  while (!cursor.accept(']')) {
    items.push(expression(cursor))
    cursor.accept(',')
  }
  return { kind: 'array', items }
}

function deleteExpression(cursor: Cursor): Expression {
  cursor.advance()
  const target = prefixed(cursor)
  if (target.kind === 'name' || target.kind === 'member') return { kind: 'delete', target }
  throw cursor.error("can't delete an expression")
}

/** A string literal. */
export function textOf(value: string): Expression {
  return { kind: 'literal', value }
}
