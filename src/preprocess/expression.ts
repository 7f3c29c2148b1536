import { Failure } from './errors.ts'

export type Binary = '||' | '&&' | '|' | '==' | '!=' | '<' | '>' | '<=' | '>=' | '+' | '-' | '*' | '/' | '%'

/** Abstract syntax tree of a Builder expression. */
export type Expression =
  | { readonly type: 'literal'; readonly value: string | number | boolean | null }
  | { readonly type: 'name'; readonly name: string }
  | { readonly type: 'list'; readonly items: readonly Expression[] }
  | { readonly type: 'member'; readonly owner: Expression; readonly key: Expression }
  | { readonly type: 'call'; readonly callee: Expression; readonly args: readonly Expression[] }
  | { readonly type: 'unary'; readonly operator: '+' | '-' | '!'; readonly operand: Expression }
  | {
      readonly type: 'binary'
      readonly operator: Binary
      readonly left: Expression
      readonly right: Expression
    }
  | { readonly type: 'choice'; readonly test: Expression; readonly yes: Expression; readonly no: Expression }

// The filter binds looser than comparison and tighter than `&&`, as measured on npm Builder.
const PRECEDENCE: ReadonlyMap<string, number> = new Map([
  ['||', 1],
  ['&&', 2],
  ['|', 3],
  ['==', 4],
  ['!=', 4],
  ['<', 5],
  ['>', 5],
  ['<=', 5],
  ['>=', 5],
  ['+', 6],
  ['-', 6],
  ['*', 7],
  ['/', 7],
  ['%', 7],
])

const MAX_NESTING = 200
const PLAIN_NAME = /^[A-Za-z_$][\w$]*$/
const CONTROL_ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  v: '\v',
}
const SPACE = /[ \t\n\r\f\v\u00a0\ufeff]*/y
const TOKEN =
  /(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([A-Za-z_$\u0080-\uffff][\w$\u0080-\uffff]*)|(\|\||&&|==|!=|<=|>=|[-+*/%<>!|?:()[\].,;])/y

type Kind = 'number' | 'name' | 'string' | 'operator' | 'end'

/**
 * Parses the text of one expression. Commas between arguments may be left out and a list may end in one, as in
 * Builder; `;` and `,` before and after the expression are no part of it.
 * @throws Failure (DATA) with the 1-based column within `text`
 */
export function parseExpression(text: string): Expression {
  if (PLAIN_NAME.test(text)) return named(text)
  let kind: Kind = 'end'
  let token = ''
  let start = 0
  let position = 0
  let nesting = 0

  advance()
  separators()
  const expression = choice()
  separators()
  if (kind !== 'end') fail(`unexpected ${describe()}`)
  return expression

  function separators(): void {
    while (take(';') || take(','));
  }

  function choice(): Expression {
    if (++nesting > MAX_NESTING) fail('the expression is nested too deeply')
    const test = binary(1)
    nesting--
    if (!take('?')) return test
    const yes = choice()
    expect(':')
    return { type: 'choice', test, yes, no: choice() }
  }

  function binary(lowest: number): Expression {
    let left = unary()
    for (;;) {
      const precedence = kind === 'operator' ? PRECEDENCE.get(token) : undefined
      if (precedence === undefined || precedence < lowest) return left
      const operator = token as Binary
      advance()
      left = { type: 'binary', operator, left, right: binary(precedence + 1) }
    }
  }

  function unary(): Expression {
    if (kind !== 'operator' || (token !== '+' && token !== '-' && token !== '!')) return postfix()
    const operator = token
    if (++nesting > MAX_NESTING) fail('the expression is nested too deeply')
    advance()
    const operand = unary()
    nesting--
    return { type: 'unary', operator, operand }
  }

  function postfix(): Expression {
    const literal = kind === 'number' || kind === 'string' || token === '['
    let result = primary()
    // A literal has no members unless it stands in parentheses.
    if (literal) return result
    for (;;) {
      if (take('.')) {
        if (kind !== 'name') fail(`a property name is expected before ${describe()}`)
        result = { type: 'member', owner: result, key: { type: 'literal', value: token } }
        advance()
      } else if (take('[')) {
        result = { type: 'member', owner: result, key: choice() }
        expect(']')
      } else if (take('(')) {
        result = { type: 'call', callee: result, args: items(')') }
      } else return result
    }
  }

  function primary(): Expression {
    const text = token
    const before = kind
    if (before === 'end') fail('an expression is expected')
    if (before === 'number') {
      advance()
      return { type: 'literal', value: Number(text) }
    }
    if (before === 'string') {
      advance()
      return { type: 'literal', value: unescape(text) }
    }
    if (before === 'name') {
      advance()
      return named(text)
    }
    if (take('(')) {
      const inner = choice()
      expect(')')
      return inner
    }
    if (take('[')) return { type: 'list', items: items(']') }
    return fail(`unexpected ${describe()}`)
  }

  function items(close: ')' | ']'): Expression[] {
    const list: Expression[] = []
    while (!take(close)) {
      list.push(choice())
      if (take(',') && close === ')' && token === ')') fail(`unexpected ${describe()}`)
    }
    return list
  }

  function advance(): void {
    SPACE.lastIndex = position
    SPACE.exec(text)
    start = SPACE.lastIndex
    const first = text[start]
    if (first === undefined) return accept('end', '')
    if (first === '"' || first === "'") {
      const end = endOfQuote(text, start)
      if (end === text.length) fail(`the quote ${first} is not closed`)
      return accept('string', text.slice(start, end + 1))
    }
    TOKEN.lastIndex = start
    const match = TOKEN.exec(text)
    if (match === null) fail(`unexpected "${first}"`)
    const [found, number, name] = match
    accept(number !== undefined ? 'number' : name !== undefined ? 'name' : 'operator', found)
    if (kind === 'number' && /[\w$.]/.test(text.charAt(position))) fail('a name cannot start with a digit')
  }

  function accept(found: Kind, what: string): void {
    kind = found
    token = what
    position = start + what.length
  }

  function take(operator: string): boolean {
    if (kind !== 'operator' || token !== operator) return false
    advance()
    return true
  }

  function expect(operator: string): void {
    if (!take(operator)) fail(`"${operator}" is expected before ${describe()}`)
  }

  function describe(): string {
    return kind === 'end' ? 'the end' : `"${token}"`
  }

  function fail(reason: string): never {
    throw new Failure('DATA', `Syntax error in expression "${shortened(text)}": ${reason}`, start + 1)
  }
}

/** Returns the index of the quote that ends what the quote at `from` begins, or the length of the text. */
export function endOfQuote(text: string, from: number): number {
  const quote = text[from]
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === quote) return at
  }
  return text.length
}

function named(name: string): Expression {
  if (name === 'true' || name === 'false') return { type: 'literal', value: name === 'true' }
  if (name === 'null') return { type: 'literal', value: null }
  if (name === 'this') throw new Failure('DATA', '"this" is not supported in an expression')
  return { type: 'name', name }
}

function unescape(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\([^])/g, (_, char: string) => CONTROL_ESCAPES[char] ?? char)
}

function shortened(text: string): string {
  const trimmed = text.trim()
  return trimmed.length > 60 ? `${trimmed.slice(0, 57)}...` : trimmed
}
