import { marked, type Token, type Tokens } from 'marked'
import { widthOf } from './width.ts'
import { colours } from './paint.ts'
import { wrapWords } from './wrap.ts'

interface MarkdownLook {
  /** Lines are filled up to so many columns. */
  readonly width: number
  readonly colour: boolean
}

/** A Markdown text as a terminal shows it: headings and bold words, lists, tables without rules, code, all of it wrapped between words. */
export function renderMarkdown(text: string, look: MarkdownLook): string {
  const blocks = marked
    .lexer(text)
    .map((token) => renderBlock(token, look))
    .filter((block) => block !== '')
  return `${blocks.join('\n\n')}\n`
}

function renderBlock(token: Token, look: MarkdownLook): string {
  const { width, colour } = look
  const { bold, underline, dim } = colours(colour)
  switch (token.type) {
    case 'heading': {
      const title = inline((token as Tokens.Heading).tokens, look)
      return (token as Tokens.Heading).depth === 1 ? bold(underline(title)) : bold(title)
    }
    case 'paragraph':
      return wrap(inline((token as Tokens.Paragraph).tokens, look), width)
    case 'code':
      return renderCode(token as Tokens.Code, width)
    case 'list':
      return (token as Tokens.List).items.map((item) => renderItem(item, look)).join('\n')
    case 'table':
      return renderTable(token as Tokens.Table, look)
    case 'blockquote':
      return wrap(inline((token as Tokens.Blockquote).tokens ?? [], look), width - 2, '  ')
    case 'hr':
      return dim('─'.repeat(Math.min(width, 40)))
    case 'space':
    case 'html':
      return ''
    default:
      return wrap('raw' in token ? token.raw.trimEnd() : '', width)
  }
}

function renderItem({ tokens }: Tokens.ListItem, look: MarkdownLook): string {
  const parts: string[] = []
  for (const token of tokens) {
    parts.push(
      token.type === 'text'
        ? wrap(inline((token as Tokens.Text).tokens ?? [token], look), look.width - 2)
        : renderBlock(token, { ...look, width: look.width - 2 }),
    )
  }
  const [first = '', ...more] = parts
    .filter((part) => part !== '')
    .join('\n')
    .split('\n')
  return [`- ${first}`, ...more.map((line) => `  ${line}`)].join('\n')
}

/**
 * Code, four columns in. A line that is too long goes on further in where the language has a mark for that, or where it is what a program
 * printed; in any other language it stays whole, since a break would be copied with it.
 */
function renderCode({ text, lang = '' }: Tokens.Code, width: number): string {
  const isCommands = lang === 'bash' || lang === 'imptsh'
  const isShown = lang === '' || lang === 'text'
  return text
    .split('\n')
    .flatMap((line) => (isCommands || isShown ? codeLines(line, width - 4, isCommands) : [line]))
    .map((line) => `    ${line}`.trimEnd())
    .join('\n')
}

function codeLines(line: string, width: number, isCommands: boolean): readonly string[] {
  if (widthOf(line) <= width) return [line]
  const [, space = '', code = '', comment] =
    (isCommands ? /^(\s*)(.*?)(?:(?:^|\s\s+|(?<=^\s*))#\s(.*))?$/ : /^(\s*)(.*)$/).exec(line) ?? []
  // What is said about a command stands above it where both find no room in a line.
  const said = comment === undefined ? [] : wrapWords(comment, width - space.length - 2, `${space}# `)
  if (comment !== undefined && widthOf(space + code) <= width)
    return code === '' ? said : [...said, space + code]
  // A quoted text stays in one line.
  const words = code.match(/(?:"(?:[^"\\]|\\.)*"|'[^']*'|\S)+/g) ?? []
  const end = isCommands ? ' \\' : ''
  const lines: string[] = []
  let filled = space
  for (const [at, word] of words.entries()) {
    const next = at === 0 ? space + word : `${filled} ${word}`
    if (at > 0 && widthOf(next) + (at === words.length - 1 ? 0 : end.length) > width) {
      lines.push(filled + end)
      filled = `${space}  ${word}`
    } else filled = next
  }
  return [...said, ...lines, filled]
}

/** No column of a table is made narrower than this to find room for all. */
const NARROWEST = 12

function renderTable({ header, rows }: Tokens.Table, look: MarkdownLook): string {
  const { bold } = colours(look.colour)
  const plainLook = { ...look, colour: false }
  const titles = header.map((cell) => inline(cell.tokens, plainLook))
  const cells = rows.map((row) => row.map((cell) => inline(cell.tokens, plainLook)))
  const widths = columnWidths([titles, ...cells], look.width)
  if (widths !== undefined) {
    const draw = (row: readonly string[]) => rowLines(row, widths)
    const head = titles.some(Boolean) ? draw(titles).map((line) => bold(line)) : []
    return [...head, ...cells.flatMap(draw)].join('\n')
  }
  // Too wide for columns: the first cell of a row, and the others below it, with their headings where there is more than one.
  return cells
    .map(([first = '', ...others]) =>
      [
        bold(wrap(first, look.width)),
        ...others.flatMap((text, at) => {
          const title = others.length > 1 ? (titles[at + 1] ?? '') : ''
          return text === '' ? [] : [wrap(title === '' ? text : `${title}: ${text}`, look.width - 4, '    ')]
        }),
      ].join('\n'),
    )
    .join('\n')
}

/** Widths with which a table of several columns fits, its cells wrapped between words; undefined where they would be too narrow to be read. */
function columnWidths(rows: readonly (readonly string[])[], width: number): readonly number[] | undefined {
  const most = (size: (text: string) => number) =>
    (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => size(row[at] ?? ''))))
  const widths = most(widthOf)
  const least = most((text) => Math.max(...text.split(' ').map((word) => widthOf(word)))).map((word, at) =>
    Math.min(widths[at] ?? 0, Math.max(word, NARROWEST)),
  )
  let over = widths.reduce((sum, one) => sum + one + 2, -2) - width
  for (; over > 0; over--) {
    const free = widths.map((one, at) => (one > (least[at] ?? 0) ? one : 0))
    const at = free.indexOf(Math.max(...free))
    if (free[at] === 0) return undefined
    widths[at] = (widths[at] ?? 0) - 1
  }
  return widths
}

function rowLines(row: readonly string[], widths: readonly number[]): readonly string[] {
  const wrapped = row.map((cell, at) => wrapWords(cell, widths[at]))
  return Array.from({ length: Math.max(...wrapped.map(({ length }) => length)) }, (_, line) =>
    wrapped
      .map((lines, at) => {
        const text = lines[line] ?? ''
        return text + ' '.repeat(Math.max(0, (widths[at] ?? 0) - widthOf(text)))
      })
      .join('  ')
      .trimEnd(),
  )
}

function inline(tokens: readonly Token[], look: MarkdownLook): string {
  const { bold, italic, cyan, underline } = colours(look.colour)
  return tokens
    .map((token) => {
      const inner = 'tokens' in token && token.tokens ? inline(token.tokens, look) : undefined
      switch (token.type) {
        case 'strong':
          return bold(inner ?? '')
        case 'em':
          return italic(inner ?? '')
        case 'codespan':
          return cyan((token as Tokens.Codespan).text)
        case 'link':
          return underline(inner ?? '')
        case 'br':
          return '\n'
        case 'escape':
          return (token as Tokens.Escape).text
        default:
          return inner ?? ('text' in token ? String(token.text).replace(/\n/g, ' ') : '')
      }
    })
    .join('')
}

function wrap(text: string, width: number, indent = ''): string {
  return wrapWords(text, width, indent).join('\n')
}
