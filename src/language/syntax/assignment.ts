import { foreignHint } from './foreign.ts'
import type { Cursor } from './cursor.ts'
import { name } from './block.ts'
import { close, expression, fieldName } from './expression.ts'
import { namesIn, target } from './target.ts'
import type { PathStep, Statement } from './tree.ts'
import { isKeyword } from './keywords.ts'
import { rightSide } from './statement.ts'

/** Reads what follows `let`. */
export function letStatement(c: Cursor, start: number): Statement {
  const to = target(c, 'the name of a variable')
  for (const { text, start: at, end } of namesIn(to))
    if (isKeyword(text)) c.fail(`"${text}" is a keyword and cannot name a variable`, { start: at, end })
  c.skipSpace()
  if (c.match(/[-+*/]=/y) !== undefined)
    c.fail('"let" makes a new variable', { end: c.pos + 2, hint: 'write set x += 1 to change it' })
  takeEquals(c, 'kind' in to ? '}' : to.text)
  const value = rightSide(c)
  return { kind: 'let', target: to, value, start, end: value.end }
}

function takeEquals(c: Cursor, after: string): void {
  if (c.peek() !== '=' || c.peek(1) === '=')
    c.fail(`expected "=" after "${after}"`, {
      hint: foreignHint(c.text, c.pos) ?? 'write = and then the value',
    })
  c.take('operator', c.pos + 1)
  c.skipLines()
}

/** Reads what follows `set`: a variable, a part of what it holds, or the environment. */
export function setStatement(c: Cursor, start: number): Statement {
  if (/[-+]/.test(c.peek())) {
    c.fail('"set" changes a variable; there are no modes to set', {
      code: 'BASH',
      hint: 'errors stop the script always; "impt run --trace" shows each statement',
    })
  }
  const env = c.at('env.')
  if (env) {
    c.takeText('keyword', 'env')
    c.take('punctuation', c.pos + 1)
  }
  const to = name(c, 'the name of a variable')
  if (isKeyword(to.text))
    c.fail(`"${to.text}" is a keyword and cannot name a variable`, { start: to.start, end: to.end })
  const path = env ? [] : pathSteps(c)
  c.skipSpace()
  const operator = env ? undefined : c.match(/[-+*/](?==)/y)
  if (operator !== undefined) c.takeText('operator', operator)
  takeEquals(c, to.text)
  const value = rightSide(c)
  return {
    kind: 'set',
    name: to,
    env,
    path,
    ...(operator !== undefined && { operator: operator as '+' | '-' | '*' | '/' }),
    value,
    start,
    end: value.end,
  }
}

/** `.a[0]."b c"` behind the name of the variable that `set` changes. */
function pathSteps(c: Cursor): PathStep[] {
  const steps: PathStep[] = []
  for (;;) {
    const start = c.pos
    if (c.peek() === '.') {
      c.take('punctuation', c.pos + 1)
      steps.push({ kind: 'field', name: fieldName(c), start, end: c.pos })
    } else if (c.peek() === '[') {
      c.take('punctuation', c.pos + 1)
      const index = c.within('[', start, () => {
        c.skipLines()
        const inner = expression(c)
        c.skipLines()
        close(c, ']')
        return inner
      })
      steps.push({ kind: 'index', index, start, end: c.pos })
    } else return steps
  }
}
