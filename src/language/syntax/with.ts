import type { Cursor } from './cursor.ts'
import { block, name } from './block.ts'
import { expression } from './expression.ts'
import { word } from './word.ts'
import { type Setting, type SettingName, SETTINGS, type With, type Word } from './tree.ts'

const HEAD = /[A-Za-z_][A-Za-z_0-9-]*/y

/** Reads what follows `with`: settings and a block. */
export function withStatement(c: Cursor, start: number): With {
  const settings: Setting[] = []
  for (;;) {
    settings.push(setting(c))
    c.skipSpace()
    if (c.peek() !== ',') break
    c.take('punctuation', c.pos + 1)
    c.skipLines()
  }
  const body = block(c)
  return { kind: 'with', settings, body, start, end: body.end }
}

function setting(c: Cursor): Setting {
  const start = c.pos
  const text = c.match(HEAD)
  if (text === 'confirmed' || text === 'dry-run') {
    c.takeText('keyword', text)
    return { kind: text, start, end: c.pos }
  }
  if (text === 'env') {
    c.takeText('keyword', text)
    c.skipSpace()
    const variable = name(c, 'the name of an environment variable')
    c.skipSpace()
    if (c.peek() !== '=') c.fail(`expected "=" after "${variable.text}"`)
    c.take('operator', c.pos + 1)
    c.skipLines()
    const value = expression(c)
    return { kind: 'env', name: variable, value, start, end: value.end }
  }
  if (text === undefined || !(SETTINGS as readonly string[]).includes(text)) {
    c.fail(`expected a setting${text === undefined ? '' : `, found "${text}"`}`, {
      hint: `settings are ${SETTINGS.join(', ')}, env NAME = value, confirmed and dry-run`,
    })
  }
  c.takeText('keyword', text)
  c.skipSpace()
  const value = word(c, `the value of "${text}"`)
  return { kind: 'word', name: text as SettingName, value: dropComma(c, value), start, end: c.pos }
}

/** In `with dir a, product b` the comma ends the word. */
function dropComma(c: Cursor, value: Word): Word {
  const last = value.parts.at(-1)
  const token = c.tokens.at(-1)
  if (last?.kind !== 'bare' || !last.text.endsWith(',') || token === undefined) return value
  c.tokens.pop()
  if (token.end - 1 > token.start) c.tokens.push({ ...token, end: token.end - 1 })
  c.pos -= 1
  const text = last.text.slice(0, -1)
  const kept = text === '' ? [] : [{ ...last, text, end: c.pos }]
  return { ...value, end: c.pos, parts: [...value.parts.slice(0, -1), ...kept] }
}
