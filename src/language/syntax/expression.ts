// Longer than other files: each level of precedence calls the next, and they are read best in one row.
import type { Cursor } from './cursor.ts'
import { list, numeral, record } from './literal.ts'
import { block } from './block.ts'
import { rightSide, VALUE_KEYWORDS } from './statement.ts'
import { startsExpression } from './pipeline.ts'
import { ansiQuoted, dollarParen, doubleQuoted, singleQuoted } from './word.ts'
import type { BinaryOperator, Expression, RightSide, Subshell } from './tree.ts'

/** The longest run of operators or field names in one expression: bounds the depth of the tree. */
const LONGEST = 1000
const NAME = /[A-Za-z_][A-Za-z_0-9]*/y

type Reader = (c: Cursor) => Expression

/** Reads an expression (language.md 2.3 `expr`). */
export function expression(c: Cursor): Expression {
  return leftAssociative(c, ['??'], or)
}

function or(c: Cursor): Expression {
  return leftAssociative(c, ['or', '||'], and)
}

function and(c: Cursor): Expression {
  return leftAssociative(c, ['and', '&&'], not)
}

function not(c: Cursor): Expression {
  const start = c.pos
  if (c.match(/not(?![A-Za-z_0-9-])/y) === undefined) return compare(c)
  c.takeText('operator', 'not')
  c.skipLines()
  const operand = c.within('not', start, () => not(c))
  return { kind: 'not', operand, start, end: operand.end }
}

const COMPARISONS = ['==', '!=', '<=', '>=', '=~', '!~', '<', '>', 'in']

function compare(c: Cursor): Expression {
  const left = range(c)
  const operator = takeOperator(c, COMPARISONS)
  if (operator === undefined) return left
  if (
    operator.operator === '>' &&
    c.names === 'none' &&
    /[A-Za-z_./~]/.test(c.peek()) &&
    !startsExpression(c)
  ) {
    c.fail('">" compares here', {
      start: operator.operatorStart,
      end: operator.operatorStart + 1,
      hint: 'write | save FILE to write a value to a file',
    })
  }
  const right = range(c)
  c.skipSpace()
  const again = peekOperator(c, COMPARISONS)
  if (again !== undefined) {
    c.fail(`a second comparison "${again}" after the first`, {
      end: c.pos + again.length,
      hint: 'join comparisons with "and"',
    })
  }
  return { kind: 'binary', ...operator, left, right, start: left.start, end: right.end }
}

/** `1..$n`: whole numbers, both ends included. */
export function range(c: Cursor): Expression {
  const left = sum(c)
  if (!c.at('..') || c.at('...')) return left
  const operatorStart = c.pos
  c.takeText('operator', '..')
  c.skipSpace()
  const right = sum(c)
  return { kind: 'binary', operator: '..', operatorStart, left, right, start: left.start, end: right.end }
}

function sum(c: Cursor): Expression {
  return leftAssociative(c, ['+', '-'], product)
}

function product(c: Cursor): Expression {
  return leftAssociative(c, ['*', '/', '%'], unary)
}

function leftAssociative(c: Cursor, operators: readonly string[], operand: Reader): Expression {
  let left = operand(c)
  for (let count = 0; ; count += 1) {
    const operator = takeOperator(c, operators)
    if (operator === undefined) return left
    if (count >= LONGEST) c.fail(`more than ${LONGEST} operators in one expression`)
    const right = operand(c)
    left = { kind: 'binary', ...operator, left, right, start: left.start, end: right.end }
  }
}

/** Takes one of the operators and the lines after it; leaves the cursor before the spaces if there is none. */
function takeOperator(
  c: Cursor,
  operators: readonly string[],
): { operator: BinaryOperator; operatorStart: number } | undefined {
  if (operators.includes('||') || operators.includes('&&')) {
    spaces(c)
    c.joinNextLine(operators.includes('||') ? /\|\|/y : /&&/y)
  }
  spaces(c)
  const found = peekOperator(c, operators)
  if (found === undefined) {
    rejectHabit(c)
    return undefined
  }
  const operatorStart = c.pos
  c.takeText('operator', found)
  c.skipLines()
  const operator = found === '||' ? 'or' : found === '&&' ? 'and' : found
  return { operator: operator as BinaryOperator, operatorStart }
}

/** Skips spaces unless a comment or line end follows: those belong to the statement. */
function spaces(c: Cursor): void {
  c.skipSpace()
}

function peekOperator(c: Cursor, operators: readonly string[]): string | undefined {
  const first = c.peek()
  if (first === '' || first === '\n') return undefined
  for (const operator of operators) {
    if (!c.at(operator)) continue
    const next = c.peek(operator.length)
    if (/[a-z]/.test(operator)) {
      if (/[A-Za-z_0-9-]/.test(next)) continue
    } else if ((operator === '<' || operator === '>') && (next === '=' || next === operator)) continue
    return operator
  }
  return undefined
}

/** One `=` where two are meant, and other operators that expressions do not have. */
function rejectHabit(c: Cursor): void {
  if (c.peek() === '=' && !'=~>'.includes(c.peek(1) || ' ')) {
    c.fail('"=" does not compare', { end: c.pos + 1, code: 'BASH', hint: 'write == to compare' })
  }
}

function unary(c: Cursor): Expression {
  const start = c.pos
  if (c.peek() !== '-') return postfix(c)
  c.take('operator', c.pos + 1)
  c.skipSpace()
  const operand = postfix(c)
  if (operand.kind === 'number') return { kind: 'number', value: -operand.value, start, end: operand.end }
  if (operand.kind === 'duration') return { kind: 'duration', value: -operand.value, start, end: operand.end }
  return { kind: 'negate', operand, start, end: operand.end }
}

/** Reads a primary with its `.name` and `[index]` tails. */
export function postfix(c: Cursor): Expression {
  return tails(c, primary(c))
}

/** Reads `.name`, `."odd name"`, `?` and `[index]` that touch the value before them. */
export function tails(c: Cursor, first: Expression): Expression {
  let object = first
  for (let count = 0; ; count += 1) {
    if (count > LONGEST) c.fail(`more than ${LONGEST} field names in one value`)
    const { start } = object
    if (c.peek() === '.' && /[A-Za-z_"]/.test(c.peek(1))) {
      c.take('punctuation', c.pos + 1)
      const nameStart = c.pos
      const name = fieldName(c)
      const optional = takeQuestionMark(c)
      object = { kind: 'field', object, name, optional, nameStart, start, end: c.pos }
    } else if (c.peek() === '[' && object.kind !== 'number') {
      const open = c.pos
      c.take('punctuation', c.pos + 1)
      const index = c.within('[', open, () => {
        const inner = inBrackets(c, () => expression(c))
        close(c, ']')
        return inner
      })
      const optional = takeQuestionMark(c)
      object = { kind: 'index', object, index, optional, start, end: c.pos }
    } else {
      return object
    }
  }
}

function takeQuestionMark(c: Cursor): boolean {
  if (c.peek() !== '?' || c.peek(1) === '?') return false
  c.take('operator', c.pos + 1)
  return true
}

/** Takes the name of a field, bare or in double quotes. */
export function fieldName(c: Cursor): string {
  if (c.peek() === '"') {
    const quoted = doubleQuoted(c)
    if (quoted.kind === 'text') return quoted.text
    c.fail('a field name is plain text', { start: quoted.start, end: quoted.end })
  }
  const name = c.match(NAME)
  if (name === undefined) c.fail('expected a field name')
  c.takeText('name', name)
  return name
}

/** `$name` or `$1`. */
export function variable(c: Cursor): Expression {
  const start = c.pos
  const name = c.match(/\$(?:[A-Za-z_][A-Za-z_0-9]*|[0-9])/y)
  if (name === undefined) c.fail('expected the name of a variable after "$"')
  c.takeText('variable', name)
  return { kind: 'variable', name: name.slice(1), start, end: c.pos }
}

/** `${ ... }`: as `( ... )`, but bare names in it are variables. */
export function interpolation(c: Cursor): Expression {
  const start = c.pos
  c.take('punctuation', c.pos + 2)
  return c.within('${', start, () => {
    if (c.match(SHELL_DEFAULT) !== undefined) {
      c.fail('"${...}" holds an expression', {
        code: 'BASH',
        end: c.pos + 1,
        hint: 'write ${x ?? "y"} for a default; filters such as | replace change texts',
      })
    }
    const body = bracketed(c, 'variable')
    close(c, '}')
    return valueOf(body) ?? { kind: 'paren', body, start, end: c.pos }
  })
}

/** `${x:-y}`, `${x#y}` and their like of the shell. */
const SHELL_DEFAULT = /#?[A-Za-z_]\w*(?::[-=?+]|[#%^,]|\/\S)/y

/** `( ... )`: a value, a pipeline or a chain; line ends are spaces inside. */
export function paren(c: Cursor): Subshell {
  const start = c.pos
  c.take('punctuation', c.pos + 1)
  return c.within('(', start, () => {
    const body = bracketed(c, c.names)
    close(c, ')')
    return { kind: 'paren', body, start, end: c.pos }
  })
}

/** What every bracket holds that gives a value: a pipeline, a chain, `if`, `try`, `match` or `with`. */
function bracketed(c: Cursor, meaning: Cursor['names']): RightSide {
  const { names } = c
  c.names = meaning
  c.multiline += 1
  c.skipSpace()
  const body = rightSide(c, true)
  c.skipSpace()
  c.multiline -= 1
  c.names = names
  return body
}

/** The expression that a body is, if it is nothing else. */
function valueOf(body: RightSide): Expression | undefined {
  if (body.kind !== 'chain' || body.rest.length > 0) return undefined
  const { first, stages, redirect } = body.first
  if (stages.length > 0 || redirect !== undefined) return undefined
  return first.kind === 'command' || first.kind === 'external' ? undefined : first
}

/** Reads what stands between brackets; the line ends around it are spaces. */
function inBrackets<T>(c: Cursor, body: () => T): T {
  c.multiline += 1
  c.skipSpace()
  const result = body()
  c.skipSpace()
  c.multiline -= 1
  return result
}

export function close(c: Cursor, bracket: string): void {
  if (c.peek() !== bracket) c.fail(`expected "${bracket}"`)
  c.take('punctuation', c.pos + 1)
}

function primary(c: Cursor): Expression {
  const start = c.pos
  const char = c.peek()
  if (char === "'") return singleQuoted(c)
  if (char === '"') return doubleQuoted(c)
  if (char === '$') {
    if (c.peek(1) === "'") return ansiQuoted(c)
    if (c.peek(1) === '{') return interpolation(c)
    if (c.peek(1) === '(') return dollarParen(c)
    if (/[?@#]/.test(c.peek(1))) {
      c.fail(`"${c.text.slice(start, start + 2)}" is not a variable here`, {
        end: start + 2,
        code: 'BASH',
        hint: 'arguments are $args, $1 to $9, or param lines; an error stops the script unless try { } catches it',
      })
    }
    return variable(c)
  }
  if (char === '(') return paren(c)
  if (char === '[') return list(c)
  if (char === '{') return startsBlock(c) ? block(c) : record(c)
  if (/[0-9]/.test(char)) return numeral(c)
  if (char === '!') {
    c.fail('"!" does not negate', {
      end: start + 1,
      hint: 'write not, or (!program) for the output of a program',
    })
  }
  const name = c.match(NAME)
  if (name === undefined)
    c.fail(c.ended || char === '\n' ? 'expected a value' : `expected a value, found "${char}"`)
  if (name === 'true' || name === 'false' || name === 'null' || name === 'now' || name === 'today') {
    c.takeText('constant', name)
    return { kind: name, start, end: c.pos }
  }
  const keyword = VALUE_KEYWORDS.has(name) && /^[\s{("']/.test(c.peek(name.length))
  if (keyword && (c.names === 'none' || !startsExpression(c))) {
    const body = rightSide(c)
    return { kind: 'paren', body, start, end: body.end }
  }
  return bareName(c, name)
}

const RECORD_START =
  /\{(?:\s|#[^\n]*\n)*(?:\}|(?:[A-Za-z_]\w*|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')\s*:|\.\.\.|\[[^\]\n]*\]\s*:)/y

/** Whether a `{` where a value is wanted begins a block, not a record: no field follows, and a space or bars do. */
export function startsBlock(c: Cursor): boolean {
  if (/[|]/.test(c.peek(1))) return true
  return /\s/.test(c.peek(1)) && c.match(RECORD_START) === undefined
}

/** Whether a `{` begins a record that has a field. */
export function startsRecord(c: Cursor): boolean {
  return c.match(RECORD_START) !== undefined
}

function bareName(c: Cursor, name: string): Expression {
  const start = c.pos
  if (c.names === 'none') {
    const command = /^\s+[\w"'$-]/.test(c.text.slice(start + name.length, start + name.length + 40))
    const whole = c.match(/[A-Za-z_][\w./-]*\w/y) ?? name
    c.fail(`"${whole}" is neither a value nor a variable`, {
      end: start + whole.length,
      hint: `write "${whole}" for the text${whole === name ? `, $${name} for the variable` : ''}${command ? ', or (' + name + ' ...) for a command' : ''}`,
    })
  }
  c.takeText(c.names === 'variable' ? 'variable' : 'name', name)
  if (c.names === 'variable') return { kind: 'variable', name, start, end: c.pos }
  const optional = takeQuestionMark(c)
  return { kind: 'field-name', name, optional, start, end: c.pos }
}
