import type {
  Expression,
  Scalar,
  Span,
  Statement,
  Target,
} from '../../../../src/squirrel/language/syntax/ast.ts'
import type { Token } from '../../../../src/squirrel/language/syntax/token.ts'
import { fc } from '../../../properties.ts'

const token: Token = {
  kind: 'start',
  text: '',
  number: 0,
  row: 1,
  column: 1,
  file: '',
  line: 1,
  newLine: false,
  start: 0,
  end: 0,
}
const span: Span = { first: token, last: token }

const name = fc.constantFrom('a', 'b', 'c', 'd', 'x', 'y')
const declared = name.map((each) => ({ name: each, token }))
const bytes = fc
  .array(fc.integer({ min: 0, max: 255 }), { maxLength: 4 })
  .map((codes) => String.fromCharCode(...codes))
const number = fc.oneof(
  fc.integer({ min: -2147483647, max: 2147483647 }),
  fc.float({ noNaN: true, noDefaultInfinity: true }).map((float) => ({ float })),
)
const scalar: fc.Arbitrary<Scalar> = fc.oneof(number, bytes, fc.boolean())

const nameNode = name.map((each): Target => ({ span, kind: 'name', name: each, token }))

/** Random expressions and statements, as the parser would give them. */
export const { expression, statement } = fc.letrec<{ expression: Expression; statement: Statement }>(
  (tie) => {
    const inner = tie('expression')
    const body = tie('statement')
    const word = fc.oneof(name, bytes).map((value): Expression => ({ span, kind: 'literal', value }))
    const memberNode = fc
      .tuple(inner, fc.oneof(word, inner))
      .map(([object, key]): Target => ({ span, kind: 'member', object, key }))
    const rootMember = name.map((value): Target => ({
      span,
      kind: 'member',
      object: { span, kind: 'root' },
      key: { span, kind: 'literal', value },
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
      .map((list): Statement => ({ end: token, kind: 'block', body: list, token }))
    const functionNode = fc
      .record({ names: fc.uniqueArray(name, { maxLength: 3 }), variadic: fc.boolean(), body: block })
      .map(({ names, variadic, body: code }): Expression => ({
        span,
        kind: 'function',
        definition: {
          name: null,
          parameters: names.map((each) => ({ name: each, token, initial: null })),
          variadic,
          body: code,
          token,
          nameToken: null,
          isGenerator: false,
        },
      }))
    const literal = scalar.map((value): Expression => ({ span, kind: 'literal', value }))
    const leaf = fc.oneof(
      literal,
      nameNode,
      fc.constantFrom('null' as const, 'this' as const).map((kind): Expression => ({ span, kind })),
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
        span: fc.constant(span),
        kind: fc.constant('call' as const),
        callee: inner,
        args: fc.array(inner, { maxLength: 3 }),
      }),
      fc.record({
        span: fc.constant(span),
        kind: fc.constant('unary' as const),
        operator: unary,
        operand: inner,
      }),
      fc.record({
        span: fc.constant(span),
        kind: fc.constant('binary' as const),
        operator,
        left: inner,
        right: inner,
      }),
      fc.record({
        span: fc.constant(span),
        kind: fc.constant('logical' as const),
        operator: fc.constantFrom('&&' as const, '||' as const),
        left: inner,
        right: inner,
      }),
      fc.record({
        span: fc.constant(span),
        kind: fc.constant('conditional' as const),
        test: inner,
        yes: inner,
        no: inner,
      }),
      fc.record({
        span: fc.constant(span),
        kind: fc.constant('assign' as const),
        operator: fc.constantFrom('=', '+=', '-=', '*=', '/=', '%='),
        target,
        value: inner,
      }),
      fc.record({
        span: fc.constant(span),
        kind: fc.constant('step' as const),
        by: fc.constantFrom(1 as const, -1 as const),
        prefix: fc.boolean(),
        target,
      }),
      memberNode.map((each): Expression => ({ span, kind: 'delete', target: each })),
      fc.array(inner, { maxLength: 3 }).map((items): Expression => ({ span, kind: 'array', items })),
      slots.map((list): Expression => ({ span, kind: 'table', slots: list })),
      fc
        .record({ base: fc.option(inner, { freq: 3 }), attributes: fc.option(slots, { freq: 6 }), members })
        .map((definition): Expression => ({ span, kind: 'class', definition })),
    )
    const statementNode: fc.Arbitrary<Statement> = fc.oneof(
      { maxDepth: 4, depthIdentifier: 'squirrel' },
      inner.map((each): Statement => ({ end: token, kind: 'expression', expression: each, token })),
      fc
        .array(fc.record({ name, token: fc.constant(token), initial: fc.option(inner) }), {
          minLength: 1,
          maxLength: 2,
        })
        .map((variables): Statement => ({ end: token, kind: 'local', variables, token })),
      fc.tuple(fc.oneof(memberNode, rootMember), inner).map(([to, value]): Statement => ({
        end: token,
        kind: 'expression',
        expression: { span, kind: 'assign', operator: '<-', target: to, value },
        token,
      })),
      fc.option(inner).map((value): Statement => ({ end: token, kind: 'return', value, token })),
      inner.map((value): Statement => ({ end: token, kind: 'throw', value, token })),
      block,
      fc
        .record({ test: inner, yes: block, no: fc.option(block) })
        .map((each): Statement => ({ end: token, kind: 'if', ...each, token })),
      fc
        .record({ test: inner, body: block })
        .map((each): Statement => ({ end: token, kind: 'while', ...each, token })),
      fc
        .record({ body: block, test: inner })
        .map((each): Statement => ({ end: token, kind: 'do', ...each, testToken: token, token })),
      fc
        .record({ key: fc.option(declared), value: declared, subject: inner, body: block })
        .map((each): Statement => ({ end: token, kind: 'foreach', ...each, token })),
      fc
        .record({ test: fc.option(inner), step: fc.option(inner), body: block })
        .map((each): Statement => ({ end: token, kind: 'for', initial: null, ...each, token })),
      fc
        .record({ body: block, name: declared, handler: block })
        .map((each): Statement => ({ end: token, kind: 'try', ...each, token })),
      fc
        .record({
          subject: inner,
          cases: fc.array(fc.record({ test: inner, body: fc.array(body, { maxLength: 2 }) }), {
            maxLength: 3,
          }),
          otherwise: fc.option(fc.array(body, { maxLength: 2 })),
        })
        .map((each): Statement => ({ end: token, kind: 'switch', ...each, token })),
    )
    return { expression: expressionNode, statement: statementNode }
  },
)
