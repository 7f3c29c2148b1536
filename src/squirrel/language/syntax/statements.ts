import type { Declared, Expression, Scalar, Statement, Target } from './ast.ts'
import { Cursor } from './cursor.ts'
import { classDefinition, functionDefinition } from './definitions.ts'
import { commaExpression, expression, prefixed, textOf } from './expressions.ts'
import type { CompileError } from './compile-error.ts'
import type { Token } from './token.ts'

/** Parses the tokens of a whole source. Throws CompileError at the first error, or tells all that it finds in `errors`. */
export function parse(
  tokens: readonly Token[],
  errors?: CompileError[],
): { statements: Statement[]; yields: boolean } {
  const cursor = new Cursor(tokens, errors)
  const statements: Statement[] = []
  while (cursor.kind !== 'end') {
    cursor.part(() => {
      statements.push(statement(cursor))
      cursor.endStatement()
    })
  }
  return { statements, yields: cursor.scope.yields }
}

/** One statement, without the `;` or line break that ends it. */
export function statement(cursor: Cursor): Statement {
  return cursor.nested(() => ended(cursor, statementAt(cursor, cursor.token)))
}

type Unended = Statement extends infer S ? (S extends Statement ? Omit<S, 'end'> : never) : never

function ended(cursor: Cursor, node: Unended): Statement {
  const made = node as Unended & { end: Token }
  made.end = cursor.previous
  return made
}

function statementAt(cursor: Cursor, token: Token): Unended {
  switch (token.kind) {
    case ';':
      cursor.advance()
      return { kind: 'empty', token }
    case '{':
      cursor.advance()
      return { kind: 'block', body: closedBlock(cursor), token }
    case 'if':
      return ifStatement(cursor, token)
    case 'while': {
      cursor.advance()
      const test = condition(cursor)
      return { kind: 'while', test, body: loopBody(cursor), token }
    }
    case 'do':
      return doStatement(cursor, token)
    case 'for':
      return forStatement(cursor, token)
    case 'foreach':
      return foreachStatement(cursor, token)
    case 'switch':
      return switchStatement(cursor, token)
    case 'local':
      cursor.advance()
      return localStatement(cursor, token)
    case 'return':
    case 'yield':
      cursor.advance()
      if (token.kind === 'yield') cursor.scope.yields = true
      return { kind: token.kind, value: cursor.atStatementEnd() ? null : commaExpression(cursor), token }
    case 'break':
    case 'continue':
      if ((token.kind === 'break' ? cursor.scope.breakable : cursor.scope.continuable) === 0) {
        throw cursor.error(`'${token.kind}' has to be in a loop block`)
      }
      cursor.advance()
      return { kind: token.kind, token }
    case 'function':
      return functionStatement(cursor, token)
    case 'class':
      return classStatement(cursor, token)
    case 'enum':
      return enumStatement(cursor, token)
    case 'const': {
      cursor.advance()
      const name = cursor.declared()
      cursor.expect('=')
      return { kind: 'const', name, value: cursor.scalar(), token }
    }
    case 'try':
      return tryStatement(cursor, token)
    case 'throw':
      cursor.advance()
      return { kind: 'throw', value: commaExpression(cursor), token }
    default:
      return { kind: 'expression', expression: commaExpression(cursor), token }
  }
}

function closedBlock(cursor: Cursor): Statement[] {
  const body = statements(cursor)
  cursor.close('}')
  return body
}

function statements(cursor: Cursor): Statement[] {
  const body: Statement[] = []
  while (!['}', 'case', 'default', 'end'].includes(cursor.kind)) {
    cursor.part(() => {
      body.push(statement(cursor))
      cursor.endStatement()
    })
  }
  return body
}

function condition(cursor: Cursor): Expression {
  cursor.expect('(')
  const test = commaExpression(cursor)
  cursor.expect(')')
  return test
}

/** The body of an if or a loop with the `;` after it, where something may follow on the same line. */
function innerStatement(cursor: Cursor, next: string): Statement {
  const body = statement(cursor)
  if (cursor.kind !== next && cursor.kind !== '}') cursor.endStatement()
  return body
}

function loopBody(cursor: Cursor): Statement {
  cursor.scope.breakable++
  cursor.scope.continuable++
  const body = statement(cursor)
  cursor.scope.breakable--
  cursor.scope.continuable--
  return body
}

function ifStatement(cursor: Cursor, token: Token): Unended {
  // `else if` goes round: generated programs have a thousand of them.
  const branches: { token: Token; test: Expression; yes: Statement }[] = []
  let no: Statement | null = null
  for (let start = token; ; start = cursor.token) {
    cursor.advance()
    const test = condition(cursor)
    branches.push({ token: start, test, yes: innerStatement(cursor, 'else') })
    if (!cursor.accept('else')) break
    if (cursor.kind === 'if') continue
    no = innerStatement(cursor, '}')
    break
  }
  const end = cursor.previous
  const [first, ...others] = branches as [(typeof branches)[0], ...typeof branches]
  for (const branch of others.toReversed()) no = { kind: 'if', ...branch, no, end }
  return { kind: 'if', ...first, no }
}

function doStatement(cursor: Cursor, token: Token): Unended {
  cursor.advance()
  const body = loopBody(cursor)
  cursor.accept(';')
  const testToken = cursor.expect('while')
  return { kind: 'do', body, test: condition(cursor), testToken, token }
}

function forStatement(cursor: Cursor, token: Token): Unended {
  cursor.advance()
  cursor.expect('(')
  const initial = forInitial(cursor)
  cursor.expect(';')
  const test = cursor.kind === ';' ? null : commaExpression(cursor)
  cursor.expect(';')
  const step = cursor.kind === ')' ? null : commaExpression(cursor)
  cursor.expect(')')
  return { kind: 'for', initial, test, step, body: loopBody(cursor), token }
}

function forInitial(cursor: Cursor): Statement | null {
  const { token } = cursor
  if (token.kind === ';') return null
  const isLocal = cursor.accept('local')
  return ended(
    cursor,
    isLocal
      ? localStatement(cursor, token)
      : { kind: 'expression', expression: commaExpression(cursor), token },
  )
}

function foreachStatement(cursor: Cursor, token: Token): Unended {
  cursor.advance()
  cursor.expect('(')
  const first = cursor.declared()
  const second = cursor.accept(',') ? cursor.declared() : null
  cursor.expect('in')
  const subject = expression(cursor)
  cursor.expect(')')
  const body = loopBody(cursor)
  return second === null
    ? { kind: 'foreach', key: null, value: first, subject, body, token }
    : { kind: 'foreach', key: first, value: second, subject, body, token }
}

function switchStatement(cursor: Cursor, token: Token): Unended {
  cursor.advance()
  const subject = condition(cursor)
  cursor.expect('{')
  cursor.scope.breakable++
  const cases: { test: Expression; body: Statement[] }[] = []
  while (cursor.accept('case')) {
    const test = expression(cursor)
    cursor.expect(':')
    cases.push({ test, body: statements(cursor) })
  }
  let otherwise: Statement[] | null = null
  if (cursor.accept('default')) {
    cursor.expect(':')
    otherwise = statements(cursor)
  }
  cursor.scope.breakable--
  cursor.expect('}')
  return { kind: 'switch', subject, cases, otherwise, token }
}

function localStatement(cursor: Cursor, token: Token): Unended {
  const start = cursor.token
  if (cursor.accept('function')) {
    const declared = cursor.declared()
    const definition = functionDefinition(cursor, declared.token, start)
    const initial: Expression = cursor.node(start, { kind: 'function', definition })
    return { kind: 'local', variables: [{ ...declared, initial }], token }
  }
  const variables: (Declared & { initial: Expression | null })[] = []
  do {
    const declared = cursor.declared()
    variables.push({ ...declared, initial: cursor.accept('=') ? expression(cursor) : null })
  } while (cursor.accept(','))
  return { kind: 'local', variables, token }
}

function functionStatement(cursor: Cursor, token: Token): Unended {
  cursor.advance()
  const first = cursor.expect('identifier')
  let name = first
  const self: Expression = { kind: 'this', span: { first, last: first } }
  let target: Target = cursor.node(first, { kind: 'member', object: self, key: textOf(name) })
  while (cursor.accept('::')) {
    name = cursor.expect('identifier')
    const object: Expression =
      target.object === self ? { kind: 'name', name: first.text, token: first, span: self.span } : target
    target = cursor.node(first, { kind: 'member', object, key: textOf(name) })
  }
  const definition = functionDefinition(cursor, name, token)
  return { kind: 'newslot', target, value: cursor.node(token, { kind: 'function', definition }), token }
}

function classStatement(cursor: Cursor, token: Token): Unended {
  cursor.advance()
  const target = prefixed(cursor)
  if (target.kind !== 'name' && target.kind !== 'member') throw cursor.error('invalid class name')
  const definition = classDefinition(cursor)
  return { kind: 'newslot', target, value: cursor.node(token, { kind: 'class', definition }), token }
}

function enumStatement(cursor: Cursor, token: Token): Unended {
  cursor.advance()
  const name = cursor.declared()
  cursor.expect('{')
  const values: (Declared & { value: Scalar })[] = []
  let next = 0
  while (!cursor.accept('}')) {
    const key = cursor.declared()
    values.push({ ...key, value: cursor.accept('=') ? cursor.scalar() : next++ })
    cursor.accept(',')
  }
  return { kind: 'enum', name, values, token }
}

function tryStatement(cursor: Cursor, token: Token): Unended {
  cursor.advance()
  const body = statement(cursor)
  cursor.accept(';')
  cursor.expect('catch')
  cursor.expect('(')
  const name = cursor.declared()
  cursor.expect(')')
  return { kind: 'try', body, name, handler: statement(cursor), token }
}
