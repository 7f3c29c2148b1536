import { block } from './block.ts'
import type { Cursor } from './cursor.ts'
import { close, expression, fieldName, range, startsBlock } from './expression.ts'
import { rightSide } from './statement.ts'
import type { ComparisonOperator, Match, MatchArm, MatchPattern } from './tree.ts'

/** Reads `match EXPR { PATTERN, PATTERN => VALUE-OR-BLOCK ... }`. */
export function matchStatement(c: Cursor): Match {
  const start = c.pos
  c.takeText('keyword', 'match')
  c.skipSpace()
  const subject = expression(c)
  c.skipSpace()
  const open = c.pos
  if (c.peek() !== '{')
    c.fail('expected "{" after the value', { hint: 'write match $x { "a" => ..., else => ... }' })
  c.take('punctuation', c.pos + 1)
  return c.within('{', open, () => {
    const arms: MatchArm[] = []
    const { multiline, names } = c
    c.names = 'none'
    c.multiline = 0
    separators(c)
    while (c.peek() !== '}' && !c.ended) {
      arms.push(arm(c))
      c.skipSpace()
      if (c.peek() === '}') break
      if (!/[,;\n]/.test(c.peek()) && !c.at('\r\n'))
        c.fail('expected a line end or "," after the case', { hint: 'each case is PATTERN => VALUE' })
      separators(c)
    }
    if (arms.length === 0)
      c.fail('"match" needs a case', { hint: 'write match $x { "a" => ..., else => ... }' })
    c.multiline = multiline
    c.names = names
    close(c, '}')
    return { kind: 'match', subject, arms, start, end: c.pos }
  })
}

function separators(c: Cursor): void {
  for (;;) {
    c.skipLines()
    if (c.peek() !== ',' && c.peek() !== ';') return
    c.take('punctuation', c.pos + 1)
  }
}

function arm(c: Cursor): MatchArm {
  const start = c.pos
  const patterns = [pattern(c)]
  c.skipSpace()
  while (c.peek() === ',') {
    c.take('punctuation', c.pos + 1)
    c.skipLines()
    patterns.push(pattern(c))
    c.skipSpace()
  }
  if (!c.at('=>')) c.fail('expected "=>" after the pattern', { hint: 'each case is PATTERN => VALUE' })
  c.takeText('operator', '=>')
  c.skipLines()
  const body = c.peek() === '{' && startsBlock(c) ? block(c) : rightSide(c)
  return { patterns, body, start, end: body.end }
}

const OPERATORS: readonly ComparisonOperator[] = ['==', '!=', '<=', '>=', '=~', '!~', '<', '>']

function pattern(c: Cursor): MatchPattern {
  const start = c.pos
  if (c.match(/else(?![\w-])/y) !== undefined) {
    c.takeText('keyword', 'else')
    return { kind: 'else', start, end: c.pos }
  }
  if (c.match(/in(?![\w-])/y) !== undefined) {
    c.takeText('operator', 'in')
    c.skipSpace()
    return compared(c, start, 'in')
  }
  if (c.peek() === '{') return fields(c, start)
  const operator = OPERATORS.find((one) => c.at(one))
  if (operator === undefined || c.at('=>')) return compared(c, start, '==')
  c.takeText('operator', operator)
  c.skipSpace()
  return compared(c, start, operator)
}

function compared(c: Cursor, start: number, operator: ComparisonOperator): MatchPattern {
  const value = range(c)
  // A range is a pattern for what lies in it.
  const isRange = value.kind === 'binary' && value.operator === '..' && operator === '=='
  return { kind: 'compare', operator: isRange ? 'in' : operator, value, start, end: value.end }
}

/** `{type: "dg", rssi: < -80}`: a record with these fields. */
function fields(c: Cursor, start: number): MatchPattern {
  const found: { name: string; pattern: MatchPattern }[] = []
  c.take('punctuation', c.pos + 1)
  return c.within('{', start, () => {
    c.skipLines()
    while (c.peek() !== '}') {
      const name = fieldName(c)
      c.skipSpace()
      if (c.peek() !== ':') c.fail(`expected ":" after the field "${name}"`)
      c.take('punctuation', c.pos + 1)
      c.skipLines()
      found.push({ name, pattern: pattern(c) })
      c.skipLines()
      if (c.peek() !== ',') break
      c.take('punctuation', c.pos + 1)
      c.skipLines()
    }
    close(c, '}')
    return { kind: 'fields', fields: found, start, end: c.pos }
  })
}
