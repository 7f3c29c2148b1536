import { indented, type Piece } from '../output/indent.ts'
import { parse, type Parsed, type Token } from './syntax/parse.ts'
import { positionOf } from './syntax/source.ts'
import { visitNodes } from './syntax/visit.ts'

/** Operators with one space on both sides. Others stand with what they belong to (`...`, `?`), or may be a sign (`-`). */
const SPACED: ReadonlySet<string> = new Set(
  '| && || = += -= *= /= == != <= >= < > =~ !~ + * / % ?? =>'.split(' '),
)
/** Operators that go on with the line before where they begin a line. */
const JOINS = /^(?:\||&&|\|\||[+*/%<>]|[=!]=|[=!]~|<=|>=|\?\?)$/

/**
 * A script with two blanks of indentation a bracket, one space around operators and inside the braces of blocks, at most one empty line, and a
 * line end at the end (workbench 7.2); a script of blanks alone is empty. Words and comments stay as they are: where a change would make another word or another tree, only the
 * indentation changes, and where that would, nothing does. Null for a text with a syntax error.
 */
export function formatScript(text: string): string | null {
  const parsed = parse(text)
  if (parsed.diagnostics.some(({ severity }) => severity === 'error')) return null
  const meaning = meaningOf(text, parsed)
  const isSame = (other: string) => meaningOf(other, parse(other)) === meaning
  const lines = (other: string) => withLines(other, parse(other))
  const unified = withFewerEmptyLines(unifiedLineEnds(text, parsed))
  const candidates = [() => lines(spaced(unified, parse(unified))), () => lines(unified)]
  // A script whose lines all end with CRLF keeps them.
  const isWindows = text.includes('\r\n') && !/(?<!\r)\n/.test(text)
  for (const candidate of candidates) {
    const made = isWindows ? candidate().replace(/(?<!\r)\n/g, '\r\n') : candidate()
    if (isSame(made)) return made.trim() === '' ? '' : made
  }
  return text
}

/** The first syntax error of a text: line and column from 1. */
export function scriptError(text: string): { line: number; column: number; text: string } | undefined {
  const error = parse(text).diagnostics.find(({ severity }) => severity === 'error')
  if (error === undefined) return undefined
  const { line, col } = positionOf(text, error.start)
  return { line, column: col, text: error.message }
}

/** All that a change of blanks must keep: the words and comments, and the tree without its places. */
function meaningOf(text: string, { tokens, tree }: Parsed): string {
  const words = tokens
    .filter(({ kind }) => kind !== 'space' && kind !== 'newline')
    .map(({ kind, start, end }) => [
      kind,
      kind === 'comment' ? text.slice(start, end).trimEnd() : text.slice(start, end),
    ])
  const places = new Set(['start', 'end', 'nameStart', 'operatorStart'])
  return JSON.stringify([words, tree], (key, value: unknown) => (places.has(key) ? undefined : value))
}

/** LF for CRLF, but inside of texts. */
function unifiedLineEnds(text: string, { tokens }: Parsed): string {
  if (!text.includes('\r')) return text
  return tokens
    .map(({ kind, start, end }) => {
      const part = text.slice(start, end)
      if (kind === 'comment') return part.trimEnd()
      return kind === 'space' || kind === 'newline' ? part.replaceAll('\r', '') : part
    })
    .join('')
}

/** At most one empty line between two lines. */
function withFewerEmptyLines(text: string): string {
  let result = ''
  let ends = 0
  for (const { kind, start, end } of parse(text).tokens) {
    const part = text.slice(start, end)
    const isBlank = kind === 'newline' || (kind === 'space' && part.trim() === '')
    if (!isBlank) ends = 0
    else if (part.includes('\n')) {
      ends += 1
      if (ends > 2) continue
    }
    result += part
  }
  return result
}

/** One space where one belongs, within the lines. */
function spaced(text: string, { tokens, tree }: Parsed): string {
  const braces = new Set<number>()
  visitNodes(tree, (node) => {
    if (node.kind !== 'block') return
    const { start, end } = node as unknown as { start: number; end: number }
    if (text[start] === '{' && text[end - 1] === '}') braces.add(start).add(end - 1)
  })
  const textOf = ({ start, end }: Token) => text.slice(start, end)
  const isSpaced = (token: Token | undefined) =>
    token !== undefined && token.kind === 'operator' && SPACED.has(textOf(token)) && !isBar(token)
  // The bars of `{|item| ... }` stand close.
  const bars = new Set<number>()
  for (const match of text.matchAll(/\{\s*\|[^|\n]*\|/g)) {
    bars.add(match.index + match[0].indexOf('|'))
    bars.add(match.index + match[0].length - 1)
  }
  const isBar = ({ start }: Token) => bars.has(start)

  let result = ''
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1]
    const isBlank = token.kind === 'space' && /^[ \t]+$/.test(textOf(token))
    if (isBlank) {
      const before = tokens[index - 1]
      const isLeading = before === undefined || before.kind === 'newline'
      // Comments behind lines may stand in a column.
      result += isLeading || next?.kind === 'comment' ? textOf(token) : next === undefined ? '' : ' '
      continue
    }
    result += textOf(token)
    if (next === undefined || ['space', 'newline', 'comment'].includes(next.kind) || token.kind === 'newline')
      continue
    const opens = braces.has(token.start) && textOf(token) === '{' && !isBar(next) && textOf(next) !== '}'
    const closes =
      braces.has(next.start) && textOf(next) === '}' && textOf(token) !== '{' && token.kind !== 'space'
    const begins =
      braces.has(next.start) &&
      textOf(next) === '{' &&
      token.kind !== 'space' &&
      (token.kind !== 'punctuation' || /^[\])]$/.test(textOf(token)))
    if (opens || closes || begins || ((isSpaced(token) || isSpaced(next)) && token.kind !== 'space'))
      result += ' '
  }
  return result
}

/** Indentation, empty lines and the last line end. */
function withLines(text: string, { tokens }: Parsed): string {
  const textOf = ({ start, end }: Token) => text.slice(start, end)
  const pieces: Piece[] = []
  for (const [index, token] of tokens.entries()) {
    const shown = textOf(token)
    if (token.kind === 'newline') continue
    if (token.kind === 'space') {
      // `\` at the end of a line.
      if (shown.includes('\\')) pieces.push({ start: token.start, end: token.start + 1, role: 'leads' })
      continue
    }
    const { start, end } = token
    if (token.kind === 'comment')
      pieces.push({ start, end: start + shown.trimEnd().length, role: commentRole(index) })
    else if (token.kind === 'punctuation' && /^\$?[([{]$/.test(shown))
      pieces.push({ start, end, role: 'open' })
    else if (token.kind === 'punctuation' && /^[)\]}]$/.test(shown))
      pieces.push({ start, end, role: 'close' })
    else if (token.kind === 'operator' && JOINS.test(shown))
      pieces.push({ start, end, role: joinsOrLeads(index) })
    else if (token.kind === 'operator' && shown === '=') pieces.push({ start, end, role: 'leads' })
    else if (token.kind === 'option') pieces.push({ start, end, role: 'joins' })
    else pieces.push({ start, end, role: 'plain' })
  }
  return indented(text, pieces, '  ').replace(/^\n+/, '').replace(/\n+$/, '') + '\n'

  /** An operator at the beginning of a line goes on with the line before, at the end with the next. */
  function joinsOrLeads(index: number): Piece['role'] {
    return isFirst(index) ? 'joins' : isLast(index) ? 'leads' : 'plain'
  }

  function isFirst(index: number): boolean {
    const before = tokens[index - 1]
    const above = before?.kind === 'space' ? tokens[index - 2] : before
    return above === undefined || above.kind === 'newline'
  }

  function isLast(index: number): boolean {
    const after = tokens[index + 1]
    const below = after?.kind === 'space' ? tokens[index + 2] : after
    return below?.kind === 'newline'
  }

  /** A comment between the lines of a pipeline stands with the line that follows. */
  function commentRole(index: number): Piece['role'] {
    if (!isFirst(index)) return 'plain'
    const after = tokens
      .slice(index + 1, index + 50)
      .find(({ kind }) => !['space', 'newline', 'comment'].includes(kind))
    return after?.kind === 'operator' && JOINS.test(textOf(after)) ? 'joins' : 'plain'
  }
}
