import type { Expression } from '../syntax/ast.ts'

/** The operands of a chain of one logical operator, in their order. */
export function operandsOf(node: Extract<Expression, { kind: 'logical' }>): Expression[] {
  const items: Expression[] = []
  let at: Expression = node
  while (at.kind === 'logical' && at.operator === node.operator) {
    items.push(at.right)
    at = at.left
  }
  items.push(at)
  return items.toReversed()
}
