import type { Cursor } from './cursor.ts'
import { block, name } from './block.ts'
import { expression } from './expression.ts'
import { parameterList, scriptParameter } from './parameters.ts'
import { chain } from './pipeline.ts'
import { withStatement } from './with.ts'
import { word } from './word.ts'
import type { Catch, Expression, If, Name, RightSide, Statement, Try } from './tree.ts'
import { isKeyword } from './keywords.ts'

const HEAD = /[A-Za-z_][A-Za-z_0-9-]*/y

/** Reads one statement: by its keyword, else a chain of pipelines. */
export function statement(c: Cursor, inBlock: boolean): Statement {
  const word = c.match(HEAD)
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
    case 'set':
      take()
      return assignment(c, keyword, start)
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

function assignment(c: Cursor, kind: 'let' | 'set', start: number): Statement {
  if (kind === 'set' && /[-+]/.test(c.peek())) {
    c.fail('"set" changes a variable; there are no modes to set', {
      code: 'BASH',
      hint: 'errors stop the script always; "impt run --trace" shows each statement',
    })
  }
  const env = kind === 'set' && c.at('env.')
  if (env) {
    c.takeText('keyword', 'env')
    c.take('punctuation', c.pos + 1)
  }
  const target = name(c, 'the name of a variable')
  if (isKeyword(target.text)) {
    c.fail(`"${target.text}" is a keyword and cannot name a variable`, {
      start: target.start,
      end: target.end,
    })
  }
  c.skipSpace()
  if (c.peek() !== '=' || c.peek(1) === '=') c.fail(`expected "=" after "${target.text}"`)
  c.take('operator', c.pos + 1)
  c.skipLines()
  const value = rightSide(c)
  if (kind === 'let') return { kind, name: target, value, start, end: value.end }
  return { kind, name: target, env, value, start, end: value.end }
}

/** Reads what may stand to the right of `=`: `if`, `try` or a pipeline. */
function rightSide(c: Cursor): RightSide {
  const word = c.match(HEAD)
  if (word === 'if') return ifStatement(c)
  if (word === 'try') return tryStatement(c)
  const value = chain(c)
  const second = value.rest[0]
  if (second === undefined) return value
  return c.fail(`"${second.operator}" to the right of "="`, {
    start: second.pipeline.start,
    end: second.pipeline.end,
    hint: 'write brackets around it: let x = (a || b)',
  })
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
  c.skipSpace()
  if (c.peek() === ';')
    c.fail('expected "{" after the condition', {
      code: 'BASH',
      end: c.pos + 1,
      hint: 'write if CONDITION { ... }',
    })
  return condition
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
  c.skipSpace()
  const otherwise = c.match(HEAD) === 'if' ? c.within('else', start, () => ifStatement(c)) : block(c)
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
  const item = name(c, 'the name of an item')
  c.skipSpace()
  if (c.match(/in(?![A-Za-z_0-9-])/y) === undefined)
    c.fail('expected "in"', { hint: 'write for x in $list { ... }' })
  c.takeText('keyword', 'in')
  c.skipSpace()
  const list = expression(c)
  c.skipSpace()
  if (c.peek() === ';')
    c.fail('expected "{" after the list', {
      code: 'BASH',
      end: c.pos + 1,
      hint: 'write for x in $list { ... }',
    })
  const body = block(c)
  return { kind: 'for', name: item, list, body, start, end: body.end }
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

function functionDefinition(c: Cursor, start: number): Statement {
  const nameStart = c.pos
  const text = c.match(/[A-Za-z_][A-Za-z_0-9-]*\??/y)
  if (text === undefined) c.fail('expected the name of the function')
  if (isKeyword(text))
    c.fail(`"${text}" is a keyword and cannot name a function`, { end: c.pos + text.length })
  c.takeText('command', text)
  c.skipSpace()
  if (c.peek() !== '(')
    c.fail('expected "(" after the name of the function', { hint: `write fn ${text}(a, b) { ... }` })
  const parameters = parameterList(c)
  c.skipSpace()
  const body = block(c)
  return {
    kind: 'fn',
    name: { text, start: nameStart, end: nameStart + text.length },
    parameters,
    body,
    start,
    end: body.end,
  }
}
