import { foreignHint, strangeSign } from './foreign.ts'
import { type Cursor } from './cursor.ts'
import { interpolation, paren, tails, variable } from './expression.ts'
import type { Expression, Part, Template, TextLiteral, Word } from './tree.ts'

const SPACE = new Set([' ', '\t', '\n', '\r', ''])

/** Whether the word ends at this character, outside of braces. */
function endsWord(c: Cursor): boolean {
  const char = c.peek()
  return (
    SPACE.has(char) || char === '|' || char === ';' || char === ')' || (char === '&' && c.peek(1) === '&')
  )
}

/** Reads one word of command mode: parts that touch (language.md 2.3 `word`). */
export function word(c: Cursor, what = 'a word'): Word {
  const start = c.pos
  if (c.peek() === '(') {
    const value = paren(c)
    if (!endsWord(c) && !/[{},]/.test(c.peek())) {
      c.fail('a value in brackets is a word of its own', { hint: 'join it to text in quotes: "$(...)text"' })
    }
    return { kind: 'word', start, end: c.pos, parts: [{ kind: 'value', value, start, end: c.pos }] }
  }
  const parts: Part[] = []
  const braces: number[] = []
  while (!endsWord(c) && !(c.peek() === '}' && braces.length === 0)) readPart(c, parts, braces)
  const unbalanced = braces[0]
  if (unbalanced !== undefined) {
    c.fail('"{" is not closed in this word', {
      start: unbalanced,
      end: c.pos,
      hint: 'a block needs a space after "{"; text with braces and spaces needs quotes',
    })
  }
  if (parts.length === 0) c.fail(`expected ${what}`)
  return { kind: 'word', start, end: c.pos, parts }
}

function readPart(c: Cursor, parts: Part[], braces: number[]): void {
  const start = c.pos
  const char = c.peek()
  if (char === "'") parts.push(singleQuoted(c))
  else if (char === '"') parts.push(doubleQuoted(c))
  else if (char === '$') {
    if (c.peek(1) === "'") parts.push(ansiQuoted(c))
    else {
      const value = dollar(c)
      if (value === undefined) bare(c, parts, braces)
      else parts.push({ kind: 'value', value, start, end: c.pos })
    }
  } else if (char === '(') {
    c.fail('"(" inside a word', {
      hint: 'use quotes for text with brackets, or a space before a value in brackets',
    })
  } else bare(c, parts, braces)
}

/** Reads a run of plain characters; braces must balance within the word. */
function bare(c: Cursor, parts: Part[], braces: number[]): void {
  const start = c.pos
  const { text: source } = c
  let text = ''
  let end = start
  for (;;) {
    const char = source[end] ?? ''
    if (char === '{') braces.push(end)
    else if (char === '}') {
      if (braces.length === 0) break
      braces.pop()
    } else if (char === '\\') {
      const next = source[end + 1] ?? ''
      const lineEnd = next === '\n' ? 2 : next === '\r' && source[end + 2] === '\n' ? 3 : 0
      if (lineEnd > 0) {
        end += lineEnd
        continue
      }
      if (next === ' ') {
        c.fail('a backslash does not keep a space in a word', {
          start,
          end: end + 2,
          hint: 'use quotes for spaces',
        })
      }
      if (next === '' && end + 1 >= source.length) {
        c.take('word', end)
        c.fail('the line goes on after "\\"', { start: c.text.length })
      }
      if (next === "'" || next === '"' || next === '$') {
        text += next
        end += 2
        continue
      }
    } else if (char === '`') {
      c.fail('backticks are not used here', {
        start: end,
        end: end + 1,
        code: 'BASH',
        hint: 'write $(...) or (...)',
      })
    } else if (SPACE.has(char) || '|;()"\''.includes(char) || (char === '&' && source[end + 1] === '&')) break
    else if (char === '$' && end > start && /[A-Za-z_0-9{('?@#]/.test(source[end + 1] ?? '')) break
    const strange = strangeSign(source, end, end === start && parts.length === 0)
    if (strange !== undefined)
      c.fail(strange, {
        start: end,
        end: end + 1,
        hint: `${foreignHint(source, end)}; a text that has it needs quotes`,
      })
    text += char
    end += 1
  }
  const kind = parts.length === 0 && /^-(?:-?[A-Za-z])/.test(text) ? 'option' : 'word'
  c.take(kind, end)
  parts.push({ kind: 'bare', text, start, end })
}

/** Reads `$name...`, `${...}` or `$(...)`; undefined if the `$` is plain text. */
function dollar(c: Cursor): Expression | undefined {
  const next = c.peek(1)
  if (next === '{') return interpolation(c)
  if (next === '(') return dollarParen(c)
  if (/[A-Za-z_0-9]/.test(next)) return tails(c, variable(c))
  rejectShellParameter(c)
  return undefined
}

/** `$(...)`, with a message of its own for `$((...))`. */
export function dollarParen(c: Cursor): Expression {
  if (c.at('$((')) {
    c.fail('"$((...))" is not used for sums', {
      end: c.pos + 3,
      code: 'BASH',
      hint: 'write ($n + 1) or ${n + 1}',
    })
  }
  c.take('punctuation', c.pos + 1)
  return paren(c)
}

/** `$?`, `$@` and `$#` of the shell have other names here. */
function rejectShellParameter(c: Cursor): void {
  const hint = {
    '?': 'an error stops the script; use try { } catch e { } and $e.exit',
    '@': 'write ...$args',
    '#': 'write ($args | count)',
  }[c.peek(1)]
  if (hint !== undefined) {
    c.fail(`"$${c.peek(1)}" is not a variable here`, { end: c.pos + 2, code: 'BASH', hint })
  }
}

/** `'...'`: everything literal. */
export function singleQuoted(c: Cursor): TextLiteral {
  const start = c.pos
  const end = c.text.indexOf("'", start + 1)
  if (end < 0) unclosedQuote(c, "'")
  c.take('text', end + 1)
  return { kind: 'text', text: c.text.slice(start + 1, end), start, end: end + 1 }
}

function unclosedQuote(c: Cursor, quote: string): never {
  const start = c.pos
  c.openings.push({ what: quote, start })
  c.take('text', c.text.length)
  return c.fail('a closing quote')
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  v: '\v',
  '0': '\0',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '?': '?',
}

/** `$'...'`: C escapes, as in bash. */
export function ansiQuoted(c: Cursor): TextLiteral {
  const start = c.pos
  const raw = c.match(/\$'[^'\\]*(?:\\[^][^'\\]*)*'/y)
  if (raw === undefined) unclosedQuote(c, "$'")
  c.takeText('text', raw)
  const text = raw
    .slice(2, -1)
    .replace(
      /\\(?:x([0-9a-fA-F]{1,2})|u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{1,4})|([0-7]{2,3})|([^]))/g,
      (all, hex?: string, braced?: string, unicode?: string, octal?: string, plain?: string) => {
        const digits = hex ?? braced ?? unicode
        if (digits !== undefined) return codePointText(Number.parseInt(digits, 16))
        if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff)
        return ESCAPES[plain ?? ''] ?? all
      },
    )
  return { kind: 'text', text, start, end: c.pos }
}

function codePointText(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd'
}

/** `"..."`: `$name`, `${expr}` and `$(...)` are replaced; `\` is special before `"`, `\`, `$` and a line end only, as in bash. */
export function doubleQuoted(c: Cursor): TextLiteral | Template {
  const start = c.pos
  const pieces: (string | Expression)[] = []
  let text = ''
  const value = (expression: Expression): void => {
    if (text !== '') pieces.push(text)
    text = ''
    pieces.push(expression)
  }
  let end = start + 1
  const flush = (): void => c.take('text', end)
  c.openings.push({ what: '"', start })
  for (;;) {
    const char = c.text[end] ?? ''
    if (char === '') {
      flush()
      c.fail('a closing quote')
    }
    if (char === '"') break
    const next = c.text[end + 1] ?? ''
    if (char === '\\' && (next === '"' || next === '\\' || next === '$')) {
      text += next
      end += 2
    } else if (char === '\\' && (next === '\n' || c.text.startsWith('\r\n', end + 1))) {
      end += next === '\n' ? 2 : 3
    } else if (char === '$' && /[A-Za-z_0-9{(?@#]/.test(next)) {
      flush()
      if (next === '{') value(interpolation(c))
      else if (next === '(') value(dollarParen(c))
      else if (/[A-Za-z_0-9]/.test(next)) value(variable(c))
      else rejectShellParameter(c)
      end = c.pos
    } else {
      text += char
      end += 1
    }
  }
  end += 1
  flush()
  c.openings.pop()
  if (pieces.length === 0) return { kind: 'text', text, start, end }
  if (text !== '') pieces.push(text)
  return { kind: 'template', pieces, start, end }
}
