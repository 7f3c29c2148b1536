import type { ClassDefinition, Expression, FunctionDefinition, Member, Parameter, Statement } from './ast.ts'
import { type Cursor, newScope } from './cursor.ts'
import { commaExpression, expression, textOf } from './expressions.ts'
import { statement } from './statements.ts'
import type { Token } from './token.ts'

/** A function from its `(` on. */
export function functionDefinition(
  cursor: Cursor,
  nameToken: Token | null,
  token: Token,
): FunctionDefinition {
  return definition(cursor, nameToken, token, () => statement(cursor))
}

/** `@(parameters) expression`, after the `@`. */
export function lambda(cursor: Cursor, token: Token): FunctionDefinition {
  return definition(cursor, null, token, () => {
    const start = cursor.token
    const value = expression(cursor)
    return { kind: 'return', value, token: start, end: cursor.previous }
  })
}

function definition(
  cursor: Cursor,
  nameToken: Token | null,
  token: Token,
  body: () => Statement,
): FunctionDefinition {
  cursor.expect('(')
  const { parameters, variadic } = parameterList(cursor)
  const outer = cursor.scope
  cursor.scope = newScope()
  const parsed = body()
  const isGenerator = cursor.scope.yields
  cursor.scope = outer
  return { name: nameToken?.text ?? null, parameters, variadic, body: parsed, token, nameToken, isGenerator }
}

function parameterList(cursor: Cursor): { parameters: Parameter[]; variadic: boolean } {
  const parameters: Parameter[] = []
  while (!cursor.accept(')')) {
    const hasDefaults = parameters.some((parameter) => parameter.initial !== null)
    if (cursor.kind === '...') {
      if (hasDefaults) {
        throw cursor.error('function with default parameters cannot have variable number of parameters')
      }
      cursor.advance()
      cursor.expect(')')
      return { parameters, variadic: true }
    }
    const declared = cursor.declared()
    if (hasDefaults && cursor.kind !== '=') throw cursor.error("expected '='")
    parameters.push({ ...declared, initial: cursor.accept('=') ? expression(cursor) : null })
    if (!cursor.accept(',') && cursor.kind !== ')') throw cursor.error("expected ')' or ','")
  }
  return { parameters, variadic: false }
}

/** Slots of a table up to `end`, which is passed: `}` or, for attributes, `/>`. */
export function tableSlots(cursor: Cursor, end: string): Member[] {
  const slots: Member[] = []
  while (!cursor.accept(end)) {
    slots.push(slot(cursor, ','))
    cursor.accept(',')
  }
  return slots
}

/** A class from the name on: `extends`, attributes, body. */
export function classDefinition(cursor: Cursor): ClassDefinition {
  const base = cursor.accept('extends') ? expression(cursor) : null
  const attributes = attributeList(cursor)
  cursor.expect('{')
  const members: Member[] = []
  while (!cursor.atClose('}')) {
    cursor.part(() => {
      members.push(slot(cursor, ';'))
      cursor.accept(';')
    })
  }
  cursor.close('}')
  return { base, attributes, members }
}

function attributeList(cursor: Cursor): Member[] | null {
  return cursor.accept('</') ? tableSlots(cursor, '/>') : null
}

function slot(cursor: Cursor, separator: ',' | ';'): Member {
  const attributes = separator === ';' ? attributeList(cursor) : null
  const isStatic = separator === ';' && cursor.accept('static')
  return { ...keyAndValue(cursor, separator), attributes, isStatic }
}

function keyAndValue(cursor: Cursor, separator: ',' | ';'): { key: Expression; value: Expression } {
  const { token } = cursor
  if (token.kind === 'function' || token.kind === 'constructor') {
    cursor.advance()
    const name = token.kind === 'function' ? cursor.expect('identifier') : token
    const definition = functionDefinition(cursor, name, token)
    return { key: textOf(name), value: cursor.node(token, { kind: 'function', definition }) }
  }
  if (cursor.accept('[')) {
    const key = commaExpression(cursor)
    cursor.expect(']')
    cursor.expect('=')
    return { key, value: expression(cursor) }
  }
  if (token.kind === 'string' && separator === ',') {
    cursor.advance()
    cursor.expect(':')
    return { key: textOf(token), value: expression(cursor) }
  }
  const key = textOf(cursor.expect('identifier'))
  cursor.expect('=')
  return { key, value: expression(cursor) }
}
