import { Failure } from './errors.ts'
import type { Binary, Expression } from './expression.ts'
import { DEFINED } from './functions.ts'
import { Callable, checkedLength, primitiveOf, textOf } from './values.ts'

/** A computation that may ask its driver for something (a source) on the way. */
export type Steps<Request, Reply, Result> = Generator<Request, Result, Reply>

/** What expressions see from a place, which only the host of the evaluator looks into. */
export interface Host<Place, Request, Reply> {
  /** The value of a name; `null` for an unknown one. */
  lookup(name: string, from: Place): unknown
  /** Whether a name is defined in the language; environment variables are not. */
  defined(name: string, from: Place): boolean
  /** Calls a function other than `defined`. */
  call(callable: Callable, args: readonly unknown[], from: Place): Steps<Request, Reply, unknown>
}

/**
 * Evaluates an expression with the semantics of Builder's README and of measured npm Builder 4.2.1, except that `&&`
 * and `||` do not evaluate a right side that they do not need.
 * @throws Failure (DATA)
 */
export function* evaluate<Place, Request, Reply>(
  node: Expression,
  from: Place,
  host: Host<Place, Request, Reply>,
): Steps<Request, Reply, unknown> {
  switch (node.type) {
    case 'literal':
      return node.value
    case 'name':
      return host.lookup(node.name, from)
    case 'list': {
      const items: unknown[] = []
      for (const item of node.items) items.push(yield* evaluate(item, from, host))
      return items
    }
    case 'member':
      return memberOf(yield* evaluate(node.owner, from, host), yield* evaluate(node.key, from, host))
    case 'unary':
      return unary(node.operator, yield* evaluate(node.operand, from, host))
    case 'choice':
      return yield* evaluate(isTrue(yield* evaluate(node.test, from, host)) ? node.yes : node.no, from, host)
    case 'binary': {
      if (node.operator === '|') return yield* filter(node.left, node.right, from, host)
      const left = yield* evaluate(node.left, from, host)
      if (node.operator === '||' && isTrue(left)) return left
      if (node.operator === '&&' && !isTrue(left)) return left
      return binary(node.operator, left, yield* evaluate(node.right, from, host))
    }
    case 'call':
      break
  }
  return yield* call(node.callee, node.args, from, host)
}

function* filter<Place, Request, Reply>(
  value: Expression,
  by: Expression,
  from: Place,
  host: Host<Place, Request, Reply>,
): Steps<Request, Reply, unknown> {
  if (by.type === 'call') return yield* call(by.callee, [value, ...by.args], from, host)
  return yield* call(by, [value], from, host)
}

function* call<Place, Request, Reply>(
  callee: Expression,
  args: readonly Expression[],
  from: Place,
  host: Host<Place, Request, Reply>,
): Steps<Request, Reply, unknown> {
  let callable = yield* evaluate(callee, from, host)
  // A function may be called through its name in a variable.
  if (typeof callable === 'string') callable = host.lookup(callable, from)
  if (!(callable instanceof Callable)) {
    throw new Failure(
      'DATA',
      `${callee.type === 'name' ? `"${callee.name}"` : 'The expression'} is not a function`,
    )
  }
  if (callable === DEFINED) {
    const [name] = args
    if (name?.type !== 'name') throw new Failure('DATA', 'defined() needs the name of a variable')
    return host.defined(name.name, from)
  }
  const values: unknown[] = []
  for (const arg of args) values.push(yield* evaluate(arg, from, host))
  return yield* host.call(callable, values, from)
}

function memberOf(owner: unknown, key: unknown): unknown {
  const name = textOf(key)
  if (owner === null || owner === undefined) {
    throw new Failure('DATA', `"${name}" is asked of something that is not defined`)
  }
  // Own properties only, so that an expression cannot reach the host through "constructor".
  if (typeof owner !== 'object' || owner instanceof Callable || !Object.hasOwn(owner, name)) {
    throw new Failure('DATA', `There is no property "${name}"`)
  }
  return (owner as Record<string, unknown>)[name]
}

function unary(operator: '+' | '-' | '!', value: unknown): unknown {
  if (operator === '!') return !isTrue(value)
  return operator === '-' ? -Number(primitiveOf(value)) : value
}

function binary(operator: Exclude<Binary, '|'>, left: unknown, right: unknown): unknown {
  switch (operator) {
    case '||':
    case '&&':
      return right
    case '==':
      return equal(left, right)
    case '!=':
      return !equal(left, right)
    default:
      return arithmetic(operator, primitiveOf(left) as number, primitiveOf(right) as number)
  }
}

// The operands are any primitives: JavaScript's own conversions are the language's.
function arithmetic(
  operator: '<' | '>' | '<=' | '>=' | '+' | '-' | '*' | '/' | '%',
  left: number,
  right: number,
): unknown {
  switch (operator) {
    case '<':
      return left < right
    case '>':
      return left > right
    case '<=':
      return left <= right
    case '>=':
      return left >= right
    case '+': {
      const sum: unknown = left + right
      return typeof sum === 'string' ? checkedLength(sum) : sum
    }
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      return left / divisor(right)
    case '%':
      break
  }
  return left % divisor(right)
}

function divisor(value: number): number {
  if (value === 0) throw new Failure('DATA', 'Division by zero')
  return value
}

function equal(left: unknown, right: unknown): boolean {
  if (typeof left === 'object' && typeof right === 'object') return left === right
  // oxlint-disable-next-line eqeqeq -- loose equality is what the language defines
  return primitiveOf(left) == primitiveOf(right)
}

function isTrue(value: unknown): boolean {
  return Boolean(value)
}
