import { name } from './block.ts'
import type { Cursor } from './cursor.ts'
import { close, fieldName } from './expression.ts'
import type { ListPattern, Name, RecordPattern, Target } from './tree.ts'

/** Reads what a value is put into: a name, `{id, name: n, rssi?}` or `[a, b, ...rest]`. */
export function target(c: Cursor, what: string): Target {
  if (c.peek() === '{') return recordPattern(c)
  return c.peek() === '[' ? listPattern(c) : name(c, what)
}

/** All variables that a target defines. */
export function namesIn(node: Target): readonly Name[] {
  if (!('kind' in node)) return [node]
  if (node.kind === 'record-pattern') return node.fields.map((field) => field.target)
  return node.rest === undefined ? node.items : [...node.items, node.rest]
}

function recordPattern(c: Cursor): RecordPattern {
  const start = c.pos
  const fields: RecordPattern['fields'][number][] = []
  elements(c, '{', '}', () => {
    const fieldStart = c.pos
    const isQuoted = c.peek() === '"'
    const field = fieldName(c)
    const optional = c.peek() === '?'
    if (optional) c.take('operator', c.pos + 1)
    const own = { text: field, start: fieldStart, end: fieldStart + field.length }
    c.skipSpace()
    if (c.peek() === ':') {
      c.take('punctuation', c.pos + 1)
      c.skipSpace()
      fields.push({ field, optional, target: name(c, 'the name of a variable') })
    } else if (isQuoted) c.fail(`expected ":" and the name of a variable after "${field}"`)
    else fields.push({ field, optional, target: own })
  })
  return { kind: 'record-pattern', fields, start, end: c.pos }
}

function listPattern(c: Cursor): ListPattern {
  const start = c.pos
  const items: Name[] = []
  let rest: Name | undefined
  elements(c, '[', ']', () => {
    if (rest !== undefined) c.fail('"...rest" comes last')
    if (c.at('...')) {
      c.takeText('operator', '...')
      rest = name(c, 'the name of a variable')
    } else items.push(name(c, 'the name of a variable'))
  })
  return { kind: 'list-pattern', items, ...(rest && { rest }), start, end: c.pos }
}

function elements(c: Cursor, open: string, bracket: string, element: () => void): void {
  const start = c.pos
  c.take('punctuation', c.pos + 1)
  c.within(open, start, () => {
    c.multiline += 1
    c.skipSpace()
    while (c.peek() !== bracket) {
      element()
      c.skipSpace()
      if (c.peek() === bracket) break
      if (c.peek() !== ',') c.fail(`expected "," or "${bracket}"`)
      c.take('punctuation', c.pos + 1)
      c.skipSpace()
    }
    c.multiline -= 1
    close(c, bracket)
  })
}
