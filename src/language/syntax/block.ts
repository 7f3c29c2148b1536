import { foreignHint } from './foreign.ts'
import { type Cursor, Fault } from './cursor.ts'
import { close } from './expression.ts'
import { statement } from './statement.ts'
import { target } from './target.ts'
import type { Block, Name, Statement, Target } from './tree.ts'

const NAME = /[A-Za-z_][A-Za-z_0-9]*(?![A-Za-z_0-9-])/y

/** Reads statements up to the end of the text, or up to `}` in a block. Goes on with the next one after a fault. */
export function statements(c: Cursor, inBlock: boolean): Statement[] {
  const found: Statement[] = []
  for (;;) {
    const { openings, multiline, names } = c
    const depth = openings.length
    try {
      skipSeparators(c)
      if (c.ended || (inBlock && c.peek() === '}')) return found
      found.push(statement(c, inBlock))
      endOfStatement(c, inBlock)
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      const repeats =
        error.diagnostic.code === 'UNCLOSED' && c.diagnostics.some(({ code }) => code === 'UNCLOSED')
      if (!repeats) c.diagnostics.push(error.diagnostic)
      openings.length = depth
      c.multiline = multiline
      c.names = names
      if (error.diagnostic.message.startsWith('nested too deeply')) c.take('error', c.text.length)
      else skipStatement(c, inBlock)
    }
  }
}

function skipSeparators(c: Cursor): void {
  for (;;) {
    c.skipSpace()
    if (c.peek() === '\n') c.take('newline', c.pos + 1)
    else if (c.peek() === ';') c.take('punctuation', c.pos + 1)
    else return
  }
}

function endOfStatement(c: Cursor, inBlock: boolean): void {
  c.skipSpace()
  const char = c.peek()
  if (char === '' || char === '\n' || char === ';' || (inBlock && char === '}')) return
  if (char === '}') c.fail('"}" closes nothing', { end: c.pos + 1 })
  if (char === ')') c.fail('")" closes nothing', { end: c.pos + 1 })
  if (char === '&')
    c.fail('"&" is not used here', { end: c.pos + 1, code: 'BASH', hint: 'write bg at the prompt' })
  c.fail(`unexpected "${c.match(/[^\s;(){}]+/y) ?? char}" after the statement`, {
    hint: foreignHint(c.text, c.pos) ?? 'one statement per line, or ";" between',
  })
}

/** Skips to the end of the faulty statement: past bracketed parts, so that one mistake gives one message. */
function skipStatement(c: Cursor, inBlock: boolean): void {
  let depth = 0
  let firstLineEnd = -1
  let end = c.pos
  for (; end < c.text.length; end += 1) {
    const char = c.text[end]
    if (char === '{') depth += 1
    else if (char === '}') {
      if (depth === 0 && inBlock) break
      if (depth > 0) depth -= 1
    } else if (char === '\n') {
      if (depth === 0) break
      if (firstLineEnd < 0) firstLineEnd = end
    }
  }
  if (end >= c.text.length && depth > 0 && firstLineEnd >= 0) end = firstLineEnd
  if (end === c.pos && !c.ended && c.peek() !== '\n' && c.peek() !== '}') end += 1
  c.take('error', end)
}

/** Reads `{ ... }` with its optional `|names|`. */
export function block(c: Cursor): Block {
  const start = c.pos
  if (c.peek() !== '{') c.fail('expected "{"', { hint: 'a body stands in braces' })
  c.take('punctuation', c.pos + 1)
  return c.within('{', start, () => {
    const { multiline, names } = c
    c.multiline = 0
    c.names = 'none'
    const parameters = blockParameters(c)
    const body = statements(c, true)
    c.multiline = multiline
    c.names = names
    close(c, '}')
    return { kind: 'block', parameters, body, start, end: c.pos }
  })
}

function blockParameters(c: Cursor): Target[] {
  const names: Target[] = []
  c.skipSpace()
  if (c.peek() !== '|') return names
  c.take('punctuation', c.pos + 1)
  for (;;) {
    c.skipSpace()
    names.push(target(c, 'the name of an item'))
    c.skipSpace()
    if (c.peek() === '|') break
    if (c.peek() !== ',') c.fail('expected "," or "|"')
    c.take('punctuation', c.pos + 1)
  }
  c.take('punctuation', c.pos + 1)
  return names
}

/** Takes a plain name, with or without the `$` that does not belong there. */
export function name(c: Cursor, what: string): Name {
  const start = c.pos
  if (c.peek() === '$') c.fail(`expected ${what} without "$"`)
  const text = c.match(NAME)
  if (text === undefined) {
    const dashed = c.match(/[A-Za-z_][A-Za-z_0-9-]*/y)
    c.fail(
      `expected ${what}`,
      dashed === undefined ? {} : { hint: `a name has no "-": write ${dashed.replaceAll('-', '_')}` },
    )
  }
  c.takeText('name', text)
  return { text, start, end: c.pos }
}
