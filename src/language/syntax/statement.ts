// Longer than other files: one reader for each keyword, read best beside each other.
import type { Cursor } from './cursor.ts'
import { block, name } from './block.ts'
import { expression } from './expression.ts'
import { matchStatement } from './match.ts'
import { parameterList, scriptParameter } from './parameters.ts'
import { chain, pipeline, startsExpression } from './pipeline.ts'
import { target } from './target.ts'
import { withStatement } from './with.ts'
import { word } from './word.ts'
import type { Catch, Expression, If, Name, RightSide, Statement, Try } from './tree.ts'
import { isKeyword } from './keywords.ts'
import { letStatement, setStatement } from './assignment.ts'
import { testBlock, importStatement } from './module.ts'

const HEAD = /[A-Za-z_][A-Za-z_0-9-]*/y

/** `test "name" {`: a name in quotes is no command of the group `test`. */
const TEST = /test[ \t]+(?:"[^"\n]*"|'[^'\n]*')[ \t]*\{/y

/** Statements that give a value in brackets and to the right of `=`. */
export const VALUE_KEYWORDS: ReadonlySet<string> = new Set(['if', 'try', 'match', 'with'])

/** Reads one statement: by its keyword, else a chain of pipelines. */
export function statement(c: Cursor, inBlock: boolean): Statement {
  const word = c.match(HEAD)
  if (word === 'test' && c.match(TEST) !== undefined) {
    if (inBlock) c.fail('"test" stands outside of blocks', { end: c.pos + 4 })
    return testBlock(c)
  }
  const next = word === undefined ? '' : c.peek(word.length)
  if (word === undefined || !isKeyword(word) || !/^[\s;{}($"'#]?$/.test(next)) {
    rejectTest(c)
    return chain(c)
  }
  return keywordStatement(c, word, inBlock)
}

function keywordStatement(c: Cursor, keyword: string, inBlock: boolean): Statement {
  const start = c.pos
  const take = (): void => {
    c.takeText('keyword', keyword)
    c.skipSpace()
  }
  switch (keyword) {
    case 'imptsh': {
      take()
      const number = c.match(/\d+(?![\w.])/y)
      if (number === undefined) c.fail('expected the version of the language: imptsh 1')
      c.takeText('number', number)
      return { kind: 'version', number: Number(number), start, end: c.pos }
    }
    case 'param':
      if (inBlock) c.fail('"param" stands at the top of the file', { end: start + 5 })
      take()
      return scriptParameter(c, start)
    case 'let':
      take()
      return letStatement(c, start)
    case 'set':
      take()
      return setStatement(c, start)
    case 'match':
      return matchStatement(c)
    case 'import':
      if (inBlock) c.fail('"import" stands outside of blocks', { end: start + 6 })
      take()
      return importStatement(c, start)
    case 'export':
      return exported(c, start, inBlock)
    case 'if':
      return ifStatement(c)
    case 'for':
      take()
      return forStatement(c, start)
    case 'while': {
      take()
      const condition = conditionOf(c)
      const body = block(c)
      return { kind: 'while', condition, body, start, end: c.pos }
    }
    case 'try':
      return tryStatement(c)
    case 'fn':
      take()
      return functionDefinition(c, start)
    case 'with':
      take()
      return withStatement(c, start)
    case 'break':
    case 'continue':
      take()
      return { kind: keyword, start, end: start + keyword.length }
    case 'return':
      take()
      return atEnd(c)
        ? { kind: 'return', start, end: start + keyword.length }
        : { kind: 'return', value: rightSide(c), start, end: c.pos }
    case 'throw':
    case 'exit':
      take()
      return atEnd(c)
        ? { kind: keyword, start, end: start + keyword.length }
        : { kind: keyword, value: expression(c), start, end: c.pos }
    case 'assert': {
      take()
      const condition = expression(c)
      c.skipSpace()
      if (c.peek() !== ',') return { kind: 'assert', condition, start, end: condition.end }
      c.take('punctuation', c.pos + 1)
      c.skipLines()
      const message = expression(c)
      return { kind: 'assert', condition, message, start, end: message.end }
    }
    case 'source': {
      take()
      const path = word(c, 'the path of a script')
      return { kind: 'source', path, start, end: path.end }
    }
    default:
      return chain(c)
  }
}

function atEnd(c: Cursor): boolean {
  return c.ended || /[\n;}\r)]/.test(c.peek())
}

/** `export fn ...` and `export let ...` in a module. */
function exported(c: Cursor, start: number, inBlock: boolean): Statement {
  const next = c.match(/export\s+(?:fn|let)(?![\w-])/y)
  if (next === undefined)
    c.fail('"export" marks a function or a variable of a module', {
      code: 'BASH',
      end: start + 6,
      hint: 'write set env.NAME = "value" for the environment, export fn ... or export let ... for a module',
    })
  if (inBlock) c.fail('"export" stands outside of blocks', { end: start + 6 })
  c.takeText('keyword', 'export')
  c.skipSpace()
  const node = statement(c, inBlock)
  return node.kind === 'fn' || node.kind === 'let' ? { ...node, exported: true, start } : node
}

/**
 * Reads what may stand to the right of `=`, and in brackets (`chains`: there `&&` and `||` too): `if`, `try`, `match`, `with` or a
 * pipeline.
 */
export function rightSide(c: Cursor, chains = false): RightSide {
  const word = c.match(HEAD)
  if (word !== undefined && VALUE_KEYWORDS.has(word) && /^[\s{("'$]/.test(c.peek(word.length))) {
    const isField = c.names !== 'none' && startsExpression(c)
    if (!isField) return piped(c, valueStatement(c, word), chains)
  }
  const value = chain(c)
  const second = chains ? undefined : value.rest[0]
  if (second === undefined) return value
  return c.fail(`"${second.operator}" to the right of "="`, {
    start: second.pipeline.start,
    end: second.pipeline.end,
    hint: 'write brackets around it: let x = (a || b)',
  })
}

/** In brackets the value of a statement may go into a pipe: `(match $x { ... } | get a)`. */
function piped(c: Cursor, body: RightSide, mayPipe: boolean): RightSide {
  c.skipSpace()
  if (!mayPipe || c.peek() !== '|' || c.peek(1) === '|') return body
  const { start } = body
  const first = pipeline(c, { kind: 'paren', body, start, end: body.end })
  return { kind: 'chain', first, rest: [], start, end: first.end }
}

function valueStatement(c: Cursor, keyword: string): RightSide {
  if (keyword === 'if') return ifStatement(c)
  if (keyword === 'try') return tryStatement(c)
  if (keyword === 'match') return matchStatement(c)
  const start = c.pos
  c.takeText('keyword', keyword)
  c.skipSpace()
  return withStatement(c, start)
}

/** A condition, with messages of their own for the shell's tests. */
function conditionOf(c: Cursor): Expression {
  if (c.match(/\[\[|\[\s/y) !== undefined) {
    c.fail('"[ ... ]" is a list here, not a test', {
      end: c.pos + (c.at('[[') ? 2 : 1),
      code: 'BASH',
      hint: 'write the condition as it is: if $a == 1 { ... }',
    })
  }
  const condition = expression(c)
  rejectPipe(c, condition, 'condition')
  if (c.peek() === ';')
    c.fail('expected "{" after the condition', {
      code: 'BASH',
      end: c.pos + 1,
      hint: 'write if CONDITION { ... }',
    })
  return condition
}

/** A pipe after `if`, `while` and `for x in` stands in brackets: there its end can be seen. */
function rejectPipe(c: Cursor, before: Expression, what: string): void {
  c.skipSpace()
  if (c.peek() !== '|' || c.peek(1) === '|') return
  const written = c.text.slice(before.start, before.end)
  c.fail(`a pipe in a ${what} stands in brackets`, {
    end: c.pos + 1,
    hint: `write (${written} | ...)`,
  })
}

function rejectTest(c: Cursor): void {
  const test = c.match(/\[\[?\s+(?=-[a-z]\s|!\s|"?\$\w+"?\s+(?:=|-[a-z]{2})\s)/y)
  if (test === undefined) return
  c.fail('"[ ... ]" is a list here, not a test', {
    end: c.pos + test.trimEnd().length,
    code: 'BASH',
    hint: 'write if CONDITION { ... }; files are found with glob',
  })
}

function ifStatement(c: Cursor): If {
  const start = c.pos
  c.takeText('keyword', 'if')
  c.skipSpace()
  const condition = conditionOf(c)
  const body = block(c)
  if (!takeFollower(c, 'else')) return { kind: 'if', condition, body, start, end: body.end }
  const from = c.pos - 'else'.length
  c.skipSpace()
  const otherwise = c.match(HEAD) === 'if' ? c.within('else', from, () => ifStatement(c)) : block(c)
  return { kind: 'if', condition, body, otherwise, start, end: otherwise.end }
}

/** Takes `else`, `catch` or `finally` after a block, on the same line or the next. */
function takeFollower(c: Cursor, keyword: string): boolean {
  const here = new RegExp(`${keyword}(?![A-Za-z_0-9-])`, 'y')
  c.skipSpace()
  c.joinNextLine(here)
  if (c.match(here) === undefined) return false
  c.takeText('keyword', keyword)
  return true
}

function forStatement(c: Cursor, start: number): Statement {
  if (c.peek() === '$') c.take('punctuation', c.pos + 1)
  const item = target(c, 'the name of an item')
  c.skipSpace()
  if (c.match(/in(?![A-Za-z_0-9-])/y) === undefined)
    c.fail('expected "in"', { hint: 'write for x in $list { ... }' })
  c.takeText('keyword', 'in')
  c.skipSpace()
  const list = expression(c)
  rejectPipe(c, list, 'list')
  if (c.peek() === ';')
    c.fail('expected "{" after the list', {
      code: 'BASH',
      end: c.pos + 1,
      hint: 'write for x in $list { ... }',
    })
  const body = block(c)
  return { kind: 'for', target: item, list, body, start, end: body.end }
}

function tryStatement(c: Cursor): Try {
  const start = c.pos
  c.takeText('keyword', 'try')
  c.skipSpace()
  const body = block(c)
  const catches: Catch[] = []
  while (takeFollower(c, 'catch')) catches.push(catchClause(c))
  const last = takeFollower(c, 'finally') ? (c.skipSpace(), block(c)) : undefined
  if (catches.length === 0 && last === undefined)
    c.fail('expected "catch" or "finally" after the block of "try"')
  return { kind: 'try', body, catches, ...(last && { finally: last }), start, end: c.pos }
}

function catchClause(c: Cursor): Catch {
  const start = c.pos
  const codes: Name[] = []
  c.skipSpace()
  for (;;) {
    const code = c.match(/[A-Z][A-Z0-9_]*(?![a-z0-9_-])/y)
    if (code === undefined) break
    codes.push({ text: code, start: c.pos, end: c.pos + code.length })
    c.takeText('constant', code)
    c.skipSpace()
    if (c.peek() !== ',') break
    c.take('punctuation', c.pos + 1)
    c.skipSpace()
    if (!/[A-Z]/.test(c.peek()))
      c.fail('expected an error code', { hint: 'codes are written in capitals: NOT_FOUND' })
  }
  const variable = c.peek() === '{' ? undefined : name(c, 'the name of the error')
  c.skipSpace()
  const body = block(c)
  return { codes, ...(variable && { name: variable }), body, start, end: body.end }
}

/** Reads the name of a function. */
export function functionName(c: Cursor, what: string): Name {
  const start = c.pos
  const text = c.match(/[A-Za-z_][A-Za-z_0-9-]*\??/y)
  if (text === undefined) c.fail(`expected ${what}`)
  if (isKeyword(text))
    c.fail(`"${text}" is a keyword and cannot name a function`, { end: c.pos + text.length })
  c.takeText('command', text)
  return { text, start, end: c.pos }
}

function functionDefinition(c: Cursor, start: number): Statement {
  const own = functionName(c, 'the name of the function')
  const { text } = own
  c.skipSpace()
  if (c.peek() !== '(')
    c.fail('expected "(" after the name of the function', { hint: `write fn ${text}(a, b) { ... }` })
  const parameters = parameterList(c)
  c.skipSpace()
  const body = block(c)
  return {
    kind: 'fn',
    name: own,
    parameters,
    body,
    start,
    end: body.end,
  }
}
