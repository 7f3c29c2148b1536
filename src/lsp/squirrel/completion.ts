import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type CompletionItem, CompletionItemKind, CompletionItemTag } from 'vscode-languageserver-protocol'
import { KEYWORDS } from '../../squirrel/language/syntax/token.ts'
import type { Meaning } from '../../squirrel/analysis/program.ts'
import { hasRow, rowAt } from '../../squirrel/analysis/platform.ts'
import type { OpenDocument } from '../documents.ts'
import { DIRECTIVES } from '../../squirrel/analysis/builder.ts'
import { completionKind, detailOf, hoverText, isDeprecated, rowText } from './describe.ts'
import { chainEndingAt, inComment, indexAfter, localsAt, selfAt } from './place.ts'
import type { Opened } from './workspace.ts'

/** What an item needs when it is chosen: the row of the platform whose text explains it. */
interface ItemData {
  readonly path: string
}

/** What may stand at an offset of a Squirrel text. */
export function completeSquirrel(
  document: OpenDocument,
  opened: Opened,
  offset: number,
  libraries: () => readonly string[],
): CompletionItem[] {
  const { program, part } = opened
  const text = document.text.getText()
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1
  const line = text.slice(lineStart, offset)
  const directive = directiveItems(line, document, libraries)
  if (directive !== undefined) return directive
  const { tokens } = part.source
  if (inComment(part, offset) || inText(tokens[indexAfter(tokens, offset - 1)], offset)) return []

  const word = /\w*$/.exec(line)?.[0] ?? ''
  const last = indexAfter(tokens, offset - word.length) - 1
  const index = tokens[last]?.kind === 'end' ? last - 1 : last
  if (tokens[index]?.kind === '.') {
    const chain = chainEndingAt(part, index - 1)
    const members = chain && program.membersOf(chain.node, chain.part, chain.self)
    return members ? itemsOf(members, opened) : anyMembers(opened)
  }
  if (tokens[index]?.kind === '::')
    return itemsOf(
      program.globals().filter(({ kind }) => kind === 'symbol'),
      opened,
    )
  if (word !== '' && /^\d/.test(word)) return []

  const locals = [...localsAt(part, offset).values()].map((symbol): Meaning => ({
    kind: 'symbol',
    symbol,
    part,
  }))
  const self = selfAt(part, offset)
  const own = self?.inner.filter(({ kind }) => kind === 'member' || kind === 'method') ?? []
  const members = own.map((symbol): Meaning => ({ kind: 'symbol', symbol, part }))
  const globals = program.globals()
  const names = new Set<string>()
  const seen = [...locals, ...members, ...globals].filter((one) => {
    const name = nameOf(one)
    return !names.has(name) && names.add(name)
  })
  return [
    ...itemsOf(seen, opened),
    ...[...KEYWORDS].map((label) => ({ label, kind: CompletionItemKind.Keyword, sortText: `3${label}` })),
  ]
}

/** Adds the text that explains an item. */
export function resolveSquirrel(item: CompletionItem): CompletionItem {
  const path = (item.data as ItemData | undefined)?.path
  const row = typeof path === 'string' ? rowAt(path, { side: undefined, type: undefined }) : undefined
  if (row === undefined) return item
  return {
    ...item,
    documentation: { kind: 'markdown', value: rowText(row, { side: undefined, type: undefined }) },
  }
}

function nameOf(meaning: Meaning): string {
  return meaning.kind === 'symbol' ? meaning.symbol.name : meaning.name
}

function inText(
  token: { readonly kind: string; readonly start: number; readonly end: number } | undefined,
  offset: number,
): boolean {
  return token?.kind === 'string' && token.start < offset && offset < token.end
}

function itemsOf(meanings: readonly Meaning[], { program }: Opened): CompletionItem[] {
  return meanings
    .filter((meaning) => meaning.kind === 'symbol' || hasRow(program.place, meaning.row))
    .map((meaning) => {
      const label = nameOf(meaning)
      const rank = meaning.kind === 'row' ? 2 : meaning.symbol.seen === undefined ? 1 : 0
      return {
        label,
        kind: completionKind(meaning),
        detail: detailOf(meaning),
        sortText: `${rank}${label}`,
        ...(isDeprecated(meaning) ? { tags: [CompletionItemTag.Deprecated] } : {}),
        ...(meaning.kind === 'row'
          ? { data: { path: meaning.row.path } satisfies ItemData }
          : meaning.symbol.doc === ''
            ? {}
            : { documentation: { kind: 'markdown' as const, value: hoverText(meaning, program.place) } }),
      }
    })
}

/** Members of objects of which nothing is known: all that the program declares or uses somewhere. */
function anyMembers({ program }: Opened): CompletionItem[] {
  const names = new Map<string, CompletionItem>()
  for (const { names: found } of program.parts) {
    for (const symbol of found.all)
      if (symbol.kind === 'member' || symbol.kind === 'method')
        names.set(symbol.name, { label: symbol.name, kind: CompletionItemKind.Field })
    for (const use of found.uses)
      if (use.object !== undefined && !names.has(use.name))
        names.set(use.name, { label: use.name, kind: CompletionItemKind.Text })
  }
  return [...names.values()]
}

/** Completion in a line of the preprocessor or of `#require`; undefined in any other line. */
function directiveItems(
  line: string,
  document: OpenDocument,
  libraries: () => readonly string[],
): CompletionItem[] | undefined {
  const required = /^\s*#require\s+"([^":]*)$/.exec(line)
  if (required) return libraries().map((label) => ({ label, kind: CompletionItemKind.Module }))
  if (/^\s*@[a-z]*(?: [a-z]*)?$/.test(line))
    return Object.entries(DIRECTIVES).map(([label, documentation]) => ({
      label,
      kind: CompletionItemKind.Keyword,
      documentation,
    }))
  const included = /^\s*@include\s+(?:once\s+)?(["'])([^"']*)$/.exec(line)
  if (included) return fileItems(document.path, included[2] ?? '')
  return /^\s*@(?:include|set|if|elseif|while|repeat|macro|error|warning)\b/.test(line) || /^\s*#/.test(line)
    ? []
    : undefined
}

/** The folders and `.nut` files beside a text. */
function fileItems(path: string | undefined, typed: string): CompletionItem[] {
  if (path === undefined || typed.startsWith('/') || typed.includes('..')) return []
  const folder = join(dirname(path), typed.slice(0, typed.lastIndexOf('/') + 1))
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() || /\.nut$/i.test(entry.name))
      .filter(({ name }) => !/[\0-\x1f\x7f"']/.test(name) && !name.startsWith('.'))
      .slice(0, 500)
      .map((entry) => ({
        label: entry.name,
        kind: entry.isDirectory() ? CompletionItemKind.Folder : CompletionItemKind.File,
      }))
  } catch {
    return []
  }
}
