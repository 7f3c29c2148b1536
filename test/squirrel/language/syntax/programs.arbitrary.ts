import fc from 'fast-check'
import type { Expression, Scalar, Statement, Target } from '../../../../src/squirrel/language/syntax/ast.ts'
import type { Token } from '../../../../src/squirrel/language/syntax/token.ts'

const token: Token = {
  kind: 'start',
  text: '',
  number: 0,
  row: 1,
  column: 1,
  file: '',
  line: 1,
  newLine: false,
}

const name = fc.constantFrom('a', 'b', 'c', 'd', 'x', 'y')
const bytes = fc
  .array(fc.integer({ min: 0, max: 255 }), { maxLength: 4 })
  .map((codes) => String.fromCharCode(...codes))
const number = fc.oneof(
  fc.integer({ min: -2147483647, max: 2147483647 }),
  fc.float({ noNaN: true, noDefaultInfinity: true }).map((float) => ({ float })),
)
const scalar: fc.Arbitrary<Scalar> = fc.oneof(number, bytes, fc.boolean())

const nameNode = name.map((each): Target => ({ kind: 'name', name: each, token }))

/** Random expressions and statements, as the parser would give them. */
export const { expression, statement } = fc.letrec<{ expression: Expression; statement: Statement }>(
  (tie) => {
    const inner = tie('expression')
    const body = tie('statement')
    const word = fc.oneof(name, bytes).map((value): Expression => ({ kind: 'literal', value }))
    const memberNode = fc
      .tuple(inner, fc.oneof(word, inner))
      .map(([object, key]): Target => ({ kind: 'member', object, key }))
    const rootMember = name.map((value): Target => ({
      kind: 'member',
      object: { kind: 'root' },
      key: { kind: 'literal', value },
    }))
    const target = fc.oneof(nameNode, memberNode, rootMember)
    const slots = fc.array(
      fc.record({ key: word, value: inner, isStatic: fc.constant(false), attributes: fc.constant(null) }),
      { maxLength: 3 },
    )
    const members = fc.array(
      fc.record({
        key: word,
        value: inner,
        isStatic: fc.boolean(),
        attributes: fc.option(slots, { freq: 6 }),
      }),
      { maxLength: 3 },
    )
    const block = fc
      .array(body, { maxLength: 4 })
      .map((list): Statement => ({ kind: 'block', body: list, token }))
    const functionNode = fc
      .record({ names: fc.uniqueArray(name, { maxLength: 3 }), variadic: fc.boolean(), body: block })
      .map(({ names, variadic, body: code }): Expression => ({
        kind: 'function',
        definition: {
          name: null,
          parameters: names.map((each) => ({ name: each, initial: null })),
          variadic,
          body: code,
          token,
          isGenerator: false,
        },
      }))
    const literal = scalar.map((value): Expression => ({ kind: 'literal', value }))
    const leaf = fc.oneof(
      literal,
      nameNode,
      fc.constantFrom('null' as const, 'this' as const).map((kind): Expression => ({ kind })),
    )
    const operator = fc.constantFrom(
      ...'+ - * / % & | ^ << >> >>> == != < > <= >= <=> in instanceof'.split(' '),
    )
    const unary = fc.constantFrom(
      '!' as const,
      '~' as const,
      'typeof' as const,
      'clone' as const,
      'resume' as const,
    )
    const expressionNode: fc.Arbitrary<Expression> = fc.oneof(
      { maxDepth: 5, depthIdentifier: 'squirrel' },
      leaf,
      leaf,
      memberNode,
      rootMember,
      functionNode,
      fc.record({
        kind: fc.constant('call' as const),
        callee: inner,
        args: fc.array(inner, { maxLength: 3 }),
      }),
      fc.record({ kind: fc.constant('unary' as const), operator: unary, operand: inner }),
      fc.record({ kind: fc.constant('binary' as const), operator, left: inner, right: inner }),
      fc.record({
        kind: fc.constant('logical' as const),
        operator: fc.constantFrom('&&' as const, '||' as const),
        left: inner,
        right: inner,
      }),
      fc.record({ kind: fc.constant('conditional' as const), test: inner, yes: inner, no: inner }),
      fc.record({
        kind: fc.constant('assign' as const),
        operator: fc.constantFrom('=', '+=', '-=', '*=', '/=', '%='),
        target,
        value: inner,
      }),
      fc.record({
        kind: fc.constant('step' as const),
        by: fc.constantFrom(1 as const, -1 as const),
        prefix: fc.boolean(),
        target,
      }),
      memberNode.map((each): Expression => ({ kind: 'delete', target: each })),
      fc.array(inner, { maxLength: 3 }).map((items): Expression => ({ kind: 'array', items })),
      slots.map((list): Expression => ({ kind: 'table', slots: list })),
      fc
        .record({ base: fc.option(inner, { freq: 3 }), attributes: fc.option(slots, { freq: 6 }), members })
        .map((definition): Expression => ({ kind: 'class', definition })),
    )
    const statementNode: fc.Arbitrary<Statement> = fc.oneof(
      { maxDepth: 4, depthIdentifier: 'squirrel' },
      inner.map((each): Statement => ({ kind: 'expression', expression: each, token })),
      fc
        .array(fc.record({ name, initial: fc.option(inner) }), { minLength: 1, maxLength: 2 })
        .map((variables): Statement => ({ kind: 'local', variables, token })),
      fc.tuple(fc.oneof(memberNode, rootMember), inner).map(([to, value]): Statement => ({
        kind: 'expression',
        expression: { kind: 'assign', operator: '<-', target: to, value },
        token,
      })),
      fc.option(inner).map((value): Statement => ({ kind: 'return', value, token })),
      inner.map((value): Statement => ({ kind: 'throw', value, token })),
      block,
      fc
        .record({ test: inner, yes: block, no: fc.option(block) })
        .map((each): Statement => ({ kind: 'if', ...each, token })),
      fc.record({ test: inner, body: block }).map((each): Statement => ({ kind: 'while', ...each, token })),
      fc
        .record({ body: block, test: inner })
        .map((each): Statement => ({ kind: 'do', ...each, testToken: token, token })),
      fc
        .record({ key: fc.option(name), value: name, subject: inner, body: block })
        .map((each): Statement => ({ kind: 'foreach', ...each, token })),
      fc
        .record({ test: fc.option(inner), step: fc.option(inner), body: block })
        .map((each): Statement => ({ kind: 'for', initial: null, ...each, token })),
      fc
        .record({ body: block, name, handler: block })
        .map((each): Statement => ({ kind: 'try', ...each, token })),
      fc
        .record({
          subject: inner,
          cases: fc.array(fc.record({ test: inner, body: fc.array(body, { maxLength: 2 }) }), {
            maxLength: 3,
          }),
          otherwise: fc.option(fc.array(body, { maxLength: 2 })),
        })
        .map((each): Statement => ({ kind: 'switch', ...each, token })),
    )
    return { expression: expressionNode, statement: statementNode }
  },
)
