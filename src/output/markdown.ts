import { marked, type Token, type Tokens } from 'marked'
import { createColors } from 'picocolors'
import stringWidth from 'string-width'
import { renderPeopleTable } from './columns.ts'
import { wrapWords } from './wrap.ts'

interface MarkdownLook {
  /** Lines are filled up to so many columns. */
  readonly width: number
  readonly colour: boolean
}

/** A Markdown text as a terminal shows it: headings and bold words, lists, tables without rules, code as it is, lines wrapped between words. */
export async function renderMarkdown(text: string, look: MarkdownLook): Promise<string> {
  const blocks: string[] = []
  for (const token of marked.lexer(text)) {
    const block = await renderBlock(token, look)
    if (block !== '') blocks.push(block)
  }
  return `${blocks.join('\n\n')}\n`
}

async function renderBlock(token: Token, look: MarkdownLook): Promise<string> {
  const { width, colour } = look
  const { bold, underline, dim } = createColors(colour)
  switch (token.type) {
    case 'heading': {
      const title = inline((token as Tokens.Heading).tokens, look)
      return (token as Tokens.Heading).depth === 1 ? bold(underline(title)) : bold(title)
    }
    case 'paragraph':
      return wrap(inline((token as Tokens.Paragraph).tokens, look), width)
    case 'code':
      return (token as Tokens.Code).text
        .split('\n')
        .map((line) => `    ${line}`.trimEnd())
        .join('\n')
    case 'list':
      return (await Promise.all((token as Tokens.List).items.map((item) => renderItem(item, look)))).join(
        '\n',
      )
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

async function renderItem({ tokens }: Tokens.ListItem, look: MarkdownLook): Promise<string> {
  const parts: string[] = []
  for (const token of tokens) {
    parts.push(
      token.type === 'text'
        ? wrap(inline((token as Tokens.Text).tokens ?? [token], look), look.width - 2)
        : await renderBlock(token, { ...look, width: look.width - 2 }),
    )
  }
  const [first = '', ...more] = parts
    .filter((part) => part !== '')
    .join('\n')
    .split('\n')
  return [`- ${first}`, ...more.map((line) => `  ${line}`)].join('\n')
}

async function renderTable({ header, rows }: Tokens.Table, look: MarkdownLook): Promise<string> {
  const { bold } = createColors(look.colour)
  const cells = rows.map((row) => row.map((cell) => inline(cell.tokens, { ...look, colour: false })))
  const titles = header.map((cell) => inline(cell.tokens, { ...look, colour: false }))
  const natural = titles.map((title, at) =>
    Math.max(stringWidth(title), ...cells.map((row) => stringWidth(row[at] ?? ''))),
  )
  const total = natural.reduce((sum, width) => sum + width + 2, -2)
  if (total <= look.width) {
    const table = {
      columns: titles.map((title) => ({ title, keeps: true, shrinks: false })),
      rows: cells,
    }
    const drawn = await renderPeopleTable(table, { width: undefined, head: bold, note: (text) => text })
    return drawn.trimEnd()
  }
  // Too wide for columns: the first cell of a row, and the others below it; several are told apart by their headings.
  const named = (text: string, at: number) =>
    titles.length > 2 && text !== '' ? `${titles[at + 1] ?? ''}: ${text}` : text
  return cells
    .map(([first = '', ...others]) =>
      [
        bold(wrap(first, look.width)),
        ...others
          .map(named)
          .filter(Boolean)
          .map((text) => wrap(text, look.width - 4, '    ')),
      ].join('\n'),
    )
    .join('\n')
}

function inline(tokens: readonly Token[], look: MarkdownLook): string {
  const { bold, italic, cyan, underline } = createColors(look.colour)
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
