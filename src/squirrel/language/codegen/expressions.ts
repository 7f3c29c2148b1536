import type { Expression, Member, Scalar } from '../syntax/ast.ts'
import { assign, call, constantOf, deleteTarget, readMember, readName, step } from './access.ts'
import { classExpression, functionExpression } from './functions.ts'
import type { Branching } from '../variants/hooks.ts'
import { arithmetic, isDivisor, isInteger } from './arithmetic.ts'
import type { Emitter } from './emitter.ts'
import { operandsOf } from './operands.ts'

/** JavaScript for an expression. `used`: whether its value matters. */
export function expression(emitter: Emitter, node: Expression, used = true): string {
  switch (node.kind) {
    case 'null':
      return 'null'
    case 'this':
      return 'self'
    case 'root':
      return 'root()'
    case 'base':
      return base(emitter)
    case 'literal':
      return literal(emitter, node.value)
    case 'name':
      return readName(emitter, node.name, node.token)
    case 'member':
      return readMember(emitter, node)
    case 'call':
      return call(emitter, node)
    case 'unary':
      return unary(emitter, node)
    case 'binary':
      return isBoolean(node) ? condition(emitter, node) : binary(emitter, node)
    case 'logical':
      return logical(emitter, node)
    case 'conditional': {
      const test = condition(emitter, node.test)
      const yes = armOf(emitter, node, 0, () => expression(emitter, node.yes))
      return `(${test} ? ${yes} : ${armOf(emitter, node, 1, () => expression(emitter, node.no))})`
    }
    case 'assign':
      return assign(emitter, node, used)
    case 'step':
      return step(emitter, node, used)
    case 'delete':
      return deleteTarget(emitter, node.target)
    case 'comma':
      return `(${node.items.map((item) => expression(emitter, item)).join(', ')})`
    case 'array':
      return array(emitter, node.items)
    case 'table':
      return table(emitter, node.slots)
    case 'class':
      return classExpression(emitter, node.definition)
    default:
      return functionExpression(emitter, node.definition)
  }
}

/** The code of an arm, counted where the variant counts. */
function armOf(emitter: Emitter, node: Branching, number: number, code: () => string): string {
  const count = emitter.hooks.branch(emitter, node, number)
  return count === '' ? code() : `(${count}, ${code()})`
}

/** JavaScript that is true or false, for a condition. */
export function condition(emitter: Emitter, node: Expression): string {
  if (node.kind === 'binary' && isBoolean(node)) return comparison(emitter, node)
  if (node.kind === 'unary' && node.operator === '!') return `!${condition(emitter, node.operand)}`
  if (node.kind === 'logical')
    return `(${operandsOf(node)
      .map((item, at) => armOf(emitter, node, at, () => condition(emitter, item)))
      .join(` ${node.operator} `)})`
  if (node.kind === 'literal' && typeof node.value === 'boolean') return String(node.value)
  return `truthy(${expression(emitter, node)})`
}

// Short arrays are paid for by the instruction they are part of.
function array(emitter: Emitter, items: readonly Expression[]): string {
  const list = `[${items.map((item) => storedValue(emitter, item)).join(', ')}]`
  return items.length < 16 ? `new A(${list})` : `makeArray(${list})`
}

/** A table from literal slots; attributes are tables too. */
export function table(emitter: Emitter, slots: readonly Member[]): string {
  const pairs = slots.map((slot) => `${expression(emitter, slot.key)}, ${storedValue(emitter, slot.value)}`)
  return `makeTable([${pairs.join(', ')}])`
}

/** The value of a constant. */
export function literal(emitter: Emitter, value: Scalar): string {
  if (typeof value === 'object') return emitter.float(value.float)
  // Line separators are the only characters JSON leaves that JavaScript might read as line ends.
  return typeof value === 'number' && value < 0 ? `(${value})` : JSON.stringify(value)
}

/** An expression whose value goes into a container. */
function storedValue(emitter: Emitter, node: Expression): string {
  const code = expression(emitter, node)
  return isNeverWeak(node) ? code : `stored(${code})`
}

/** True for expressions that cannot give a weak reference. */
export function isNeverWeak(node: Expression): boolean {
  switch (node.kind) {
    case 'null':
    case 'literal':
    case 'function':
    case 'class':
    case 'array':
    case 'table':
    case 'unary':
    case 'binary':
    case 'this':
      return true
    default:
      return false
  }
}

/** Text for an operand that may be repeated, with the assignment that has to run before, if any. */
export function operand(emitter: Emitter, node: Expression): { before: string; code: string } {
  const code = expression(emitter, node)
  if (isRepeatable(emitter, node)) return { before: '', code }
  const name = emitter.temporary()
  return { before: `${name} = ${code}, `, code: name }
}

/**
 * The same for an operand in front of others. A variable of a function around this one is read when its turn comes: what a call behind it changes
 * is not seen, while a variable of this function itself is where it is.
 */
export function operandBefore(
  emitter: Emitter,
  node: Expression,
  others: readonly Expression[],
): { before: string; code: string } {
  const { before, code } = operand(emitter, node)
  if (node.kind !== 'name' || before !== '' || !emitter.isOuter(node.name) || others.every(changesNothing))
    return { before, code }
  const name = emitter.temporary()
  return { before: `${name} = ${code}, `, code: name }
}

function changesNothing({ kind }: Expression): boolean {
  return kind === 'name' || kind === 'literal' || kind === 'null' || kind === 'this' || kind === 'function'
}

function isRepeatable(emitter: Emitter, node: Expression): boolean {
  if (node.kind === 'this' || node.kind === 'null' || node.kind === 'literal') return true
  return (
    node.kind === 'name' &&
    (emitter.local(node.name) !== undefined || constantOf(emitter, node) !== undefined)
  )
}

function base(emitter: Emitter): string {
  emitter.state.usesHolder = true
  return `${emitter.state.holder}.base`
}

function unary(emitter: Emitter, node: Extract<Expression, { kind: 'unary' }>): string {
  if (node.operator === '!') return condition(emitter, node)
  const { before, code } = operand(emitter, node.operand)
  switch (node.operator) {
    case '-':
      return `(${before}typeof ${code} === 'number' ? -${code} | 0 : negate(${code}))`
    case '~':
      return `(${before}typeof ${code} === 'number' ? ~${code} : invert(${code}))`
    case 'typeof':
      return `(${before}typeOf(${code}))`
    case 'resume':
      return `(${before}resume(${code}))`
    default:
      return `(${before}clone(${code}))`
  }
}

/** Operators in a row from which on their code is flat: the stacks of V8's parser and of this generator end somewhere. */
const LONG = 50

function binary(emitter: Emitter, node: Extract<Expression, { kind: 'binary' }>): string {
  const steps: Extract<Expression, { kind: 'binary' }>[] = []
  let first: Expression = node
  while (first.kind === 'binary' && !BOOLEAN.has(first.operator)) {
    steps.push(first)
    first = first.left
  }
  if (steps.length > LONG) return longBinary(emitter, first, steps.toReversed())
  const left = operandBefore(emitter, node.left, [node.right])
  const right = operand(emitter, node.right)
  return `(${left.before}${right.before}${arithmetic(node.operator, left.code, right.code, isInteger(emitter, node.left), isInteger(emitter, node.right), isDivisor(node.right))})`
}

// `a + b + c ...`, one after the other into one variable.
function longBinary(
  emitter: Emitter,
  first: Expression,
  steps: readonly Extract<Expression, { kind: 'binary' }>[],
): string {
  const sum = emitter.temporary()
  const parts = [`${sum} = ${expression(emitter, first)}`]
  const { temporaries } = emitter.state
  for (const step of steps) {
    const right = operand(emitter, step.right)
    const code = arithmetic(step.operator, sum, right.code, false, isInteger(emitter, step.right))
    parts.push(`${right.before}${sum} = (${code})`)
    emitter.state.temporaries = temporaries
  }
  return `(${parts.join(', ')})`
}

function comparison(emitter: Emitter, node: Extract<Expression, { kind: 'binary' }>): string {
  const left = operandBefore(emitter, node.left, [node.right])
  const right = operand(emitter, node.right)
  const [a, b] = [left.code, right.code]
  return `(${left.before}${right.before}${compareCode(emitter, node, a, b)})`
}

function compareCode(
  emitter: Emitter,
  node: Extract<Expression, { kind: 'binary' }>,
  a: string,
  b: string,
): string {
  const checks = [
    isInteger(emitter, node.left) ? '' : `typeof ${a} === 'number'`,
    isInteger(emitter, node.right) ? '' : `typeof ${b} === 'number'`,
  ]
    .filter((check) => check !== '')
    .join(' && ')
  switch (node.operator) {
    case 'in':
      return `contains(${a}, ${b})`
    case 'instanceof':
      return `isInstanceOf(${a}, ${b})`
    case '==':
    case '!=': {
      const not = node.operator === '!='
      if (isExact(node.left) || isExact(node.right)) return `${a} ${not ? '!==' : '==='} ${b}`
      const fast = `${a} ${not ? '!==' : '==='} ${b}`
      const slow = `${not ? '!' : ''}equals(${a}, ${b})`
      return checks === '' ? fast : `${checks} ? ${fast} : ${slow}`
    }
    default: {
      const fast = `${a} ${node.operator} ${b}`
      return checks === '' ? fast : `${checks} ? ${fast} : compare(${a}, ${b}) ${node.operator} 0`
    }
  }
}

/** True for operands that only an identical value equals. */
function isExact(node: Expression): boolean {
  if (node.kind === 'null') return true
  return node.kind === 'literal' && (typeof node.value === 'string' || typeof node.value === 'boolean')
}

function logical(emitter: Emitter, node: Extract<Expression, { kind: 'logical' }>): string {
  if (isBoolean(node)) return condition(emitter, node)
  const items = operandsOf(node)
  if (items.length > 2) return longLogical(emitter, node, items)
  const left = operand(emitter, node.left)
  const first = emitter.hooks.branch(emitter, node, 0)
  const right = armOf(emitter, node, 1, () => expression(emitter, node.right))
  const test = `${first && `${first}, `}${left.before}truthy(${left.code})`
  return node.operator === '&&'
    ? `((${test}) ? ${right} : ${left.code})`
    : `((${test}) ? ${left.code} : ${right})`
}

// The first operand that decides is the value.
function longLogical(
  emitter: Emitter,
  node: Extract<Expression, { kind: 'logical' }>,
  items: readonly Expression[],
): string {
  const value = emitter.temporary()
  const tests = items.map((item, at) => {
    const code = armOf(emitter, node, at, () => expression(emitter, item))
    return `(${value} = ${code}, truthy(${value}))`
  })
  return `(${tests.join(` ${node.operator} `)}, ${value})`
}

const BOOLEAN: ReadonlySet<string> = new Set(['==', '!=', '<', '>', '<=', '>=', 'in', 'instanceof'])

function isBoolean(node: Expression): boolean {
  return (
    (node.kind === 'binary' && BOOLEAN.has(node.operator)) ||
    (node.kind === 'unary' && node.operator === '!') ||
    (node.kind === 'logical' && operandsOf(node).every(isBoolean))
  )
}
