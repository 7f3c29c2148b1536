import type { Cursor } from './cursor.ts'
import { block, name } from './block.ts'
import { doubleQuoted, singleQuoted } from './word.ts'
import type { Name, Statement, TextLiteral } from './tree.ts'
import { functionName } from './statement.ts'

/** Reads `test "name" { ... }`. */
export function testBlock(c: Cursor): Statement {
  const start = c.pos
  c.takeText('keyword', 'test')
  c.skipSpace()
  const title = plainText(c, 'the name of the test')
  c.skipSpace()
  const body = block(c)
  return { kind: 'test', name: title, body, start, end: body.end }
}

/** A text in quotes in which nothing is replaced. */
function plainText(c: Cursor, what: string): TextLiteral {
  const text = c.peek() === "'" ? singleQuoted(c) : c.peek() === '"' ? doubleQuoted(c) : undefined
  if (text === undefined) c.fail(`expected ${what} in quotes`)
  if (text.kind === 'text') return text
  return c.fail(`${what} is plain text`, { start: text.start, end: text.end })
}

/** Reads what follows `import`. */
export function importStatement(c: Cursor, start: number): Statement {
  const names: Name[] = []
  if (!/["']/.test(c.peek())) {
    for (;;) {
      names.push(functionName(c, 'the name of what is imported'))
      c.skipSpace()
      if (c.peek() !== ',') break
      c.take('punctuation', c.pos + 1)
      c.skipLines()
    }
    takeWord(c, 'from', 'write import NAME from "FILE.imptsh"')
    return { kind: 'import', names, path: plainText(c, 'the path of the module'), start, end: c.pos }
  }
  const path = plainText(c, 'the path of the module')
  c.skipSpace()
  takeWord(c, 'as', 'write import "FILE.imptsh" as NAME')
  const alias = name(c, 'the name of the module')
  return { kind: 'import', names, path, alias, start, end: alias.end }
}

function takeWord(c: Cursor, word: string, hint: string): void {
  if (c.match(/[A-Za-z_][A-Za-z_0-9-]*/y) !== word) c.fail(`expected "${word}"`, { hint })
  c.takeText('keyword', word)
  c.skipSpace()
}
