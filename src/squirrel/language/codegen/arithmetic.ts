import type { Expression } from '../syntax/ast.ts'
import type { Emitter } from './emitter.ts'

const BITWISE: ReadonlySet<string> = new Set(['&', '|', '^', '<<', '>>', '>>>'])
const ARITHMETIC: Readonly<Record<string, string>> = {
  '+': 'add',
  '-': 'subtract',
  '*': 'multiply',
  '/': 'divide',
  '%': 'modulo',
}

/** An arithmetic or bitwise operation on two repeatable operands: the integer case inline, the rest in the runtime. */
export function arithmetic(
  operator: string,
  a: string,
  b: string,
  aIsInteger = false,
  bIsInteger = false,
  isDivisor = false,
): string {
  if (operator === '<=>') return `compare(${a}, ${b})`
  const isBitwise = BITWISE.has(operator)
  const slow = isBitwise
    ? `bitwise(${JSON.stringify(operator)}, ${a}, ${b})`
    : `${ARITHMETIC[operator]}(${a}, ${b})`
  const checks = [
    aIsInteger ? '' : `typeof ${a} === 'number'`,
    bIsInteger ? '' : `typeof ${b} === 'number'`,
  ].filter((check) => check !== '')
  if ((operator === '/' || operator === '%') && !isDivisor) checks.push(`${b} !== 0`)
  const fast =
    operator === '*'
      ? `imul(${a}, ${b})`
      : operator === '>>>'
        ? `(${a} >>> ${b}) | 0`
        : `(${a} ${operator} ${b}) | 0`
  return checks.length === 0 ? fast : `${checks.join(' && ')} ? ${fast} : ${slow}`
}

/** True for expressions that give an integer, whatever happens. */
export function isInteger(emitter: Emitter, node: Expression): boolean {
  switch (node.kind) {
    case 'literal':
      return typeof node.value === 'number'
    case 'name': {
      const variable = emitter.local(node.name)
      return variable !== undefined && emitter.integerVariables.has(variable)
    }
    case 'binary':
      return (
        BITWISE.has(node.operator) ||
        (Object.hasOwn(ARITHMETIC, node.operator) &&
          isInteger(emitter, node.left) &&
          isInteger(emitter, node.right))
      )
    default:
      return false
  }
}

/** True for an integer literal that can be divided by. */
export function isDivisor(node: Expression): boolean {
  return node.kind === 'literal' && typeof node.value === 'number' && node.value !== 0
}
