import {
  type CodeAction,
  CodeActionKind,
  type CompletionItem,
  type Diagnostic,
  type Range,
  type TextDocumentPositionParams,
  type TextEdit,
} from 'vscode-languageserver-protocol'
import { ErrorCodes, type MessageConnection, ResponseError } from 'vscode-jsonrpc/node'
import { type Documents, LONGEST_TEXT, type LanguageName, type OpenDocument } from './documents.ts'
import { type Features, MOST_ITEMS, Refusal } from './features.ts'
import { encoded } from './semantic-tokens.ts'

/** An edit that mends what a diagnostic is about; it travels in its `data`. */
export interface Fix {
  readonly title: string
  readonly range: Range
  readonly newText: string
}

/** So many symbols of the workspace are told at once. */
const MOST_SYMBOLS = 1000

/** Texts with more lines than this have coloured names in ranges only. */
const MOST_LINES = 20_000

/** Answers the requests about texts: what a text has no answer to is null or an empty list, what fails is an error answer. */
export function answerRequests(
  connection: MessageConnection,
  documents: Documents,
  languages: Readonly<Record<LanguageName, Features>>,
  published: (uri: string) => readonly Diagnostic[],
): void {
  const at = <Answer>(
    method: string,
    none: Answer,
    answer: (
      features: Features,
      document: OpenDocument,
      offset: number,
      params: any,
    ) => Answer | Promise<Answer>,
  ) =>
    connection.onRequest(
      `textDocument/${method}`,
      async (params: Partial<TextDocumentPositionParams> | null): Promise<any> => {
        const uri: unknown = params?.textDocument?.uri
        if (params === null || typeof uri !== 'string') throw invalid('names no "textDocument"')
        const document = documents.get(uri)
        if (document === undefined || document.text.getText().length > LONGEST_TEXT) return none
        try {
          const features = languages[document.language]
          return await answer(features, document, offsetOf(document, params.position), params)
        } catch (error) {
          if (error instanceof Refusal) throw new ResponseError(ErrorCodes.InvalidRequest, error.message)
          // A chain of operators can exhaust the stack.
          if (error instanceof RangeError) return none
          throw error
        }
      },
    )

  at(
    'completion',
    { isIncomplete: false, items: [] as readonly CompletionItem[] },
    async (features, document, offset) => {
      const items = await features.complete(document, offset)
      // A client that thinks it has all of them asks no more, and never sees what was left out.
      return { isIncomplete: items.length === MOST_ITEMS, items }
    },
  )
  connection.onRequest('completionItem/resolve', (item: CompletionItem | null) => {
    if (typeof item?.label !== 'string') throw invalid('is no item of a completion')
    return Object.values(languages).reduce((known, features) => features.resolve(known), item)
  })
  at('hover', null, (features, document, offset) => features.hover(document, offset))
  at('signatureHelp', null, (features, document, offset) => features.signature(document, offset))
  at('definition', [] as readonly unknown[], (features, document, offset) =>
    features.definition(document, offset),
  )
  at('references', [] as readonly unknown[], (features, document, offset, { context }) =>
    features.references(document, offset, context?.includeDeclaration === true),
  )
  at('documentHighlight', [] as readonly unknown[], (features, document, offset) =>
    features.highlights(document, offset),
  )
  at('prepareRename', null, (features, document, offset) => features.renamable(document, offset))
  at('rename', null, (features, document, offset, { newName }) => {
    if (typeof newName !== 'string') throw invalid('has no "newName"')
    return features.rename(document, offset, newName)
  })
  at('documentSymbol', [] as readonly unknown[], (features, document) => features.symbols(document))
  at('foldingRange', [] as readonly unknown[], (features, document) => features.folds(document))
  at('formatting', null, (features, document) => features.format(document))
  at('rangeFormatting', null, (features, document, _offset, { range }) => {
    const edits = features.format(document)
    return edits === null || range === undefined
      ? edits
      : edits.flatMap((edit) => linesOf(document, edit)).filter((edit) => touches(edit.range, range))
  })
  connection.onRequest('workspace/symbol', ({ query }: { query?: unknown }) => {
    const wanted = typeof query === 'string' ? query.toLowerCase() : ''
    const all = Object.values(languages).flatMap((features) => features.everywhere())
    return all.filter(({ name }) => isWithin(wanted, name.toLowerCase())).slice(0, MOST_SYMBOLS)
  })
  at('semanticTokens/full', { data: [] as number[] }, (features, { text, ...document }) =>
    text.lineCount > MOST_LINES
      ? { data: [] }
      : { data: encoded(text, features.tokens({ text, ...document }, 0, Number.POSITIVE_INFINITY)) },
  )
  at('semanticTokens/range', { data: [] as number[] }, (features, document, _offset, { range }) => ({
    data: encoded(
      document.text,
      features.tokens(document, offsetOf(document, range?.start), offsetOf(document, range?.end)),
    ),
  }))
  at('codeAction', [] as readonly CodeAction[], (_features, document, _offset, { range }) =>
    published(document.text.uri).flatMap((diagnostic): CodeAction[] => {
      const fix = diagnostic.data as Fix | undefined
      if (fix === undefined || !touches(diagnostic.range, range)) return []
      return [
        {
          title: fix.title,
          kind: CodeActionKind.QuickFix,
          diagnostics: [diagnostic],
          edit: { changes: { [document.text.uri]: [{ range: fix.range, newText: fix.newText }] } },
        },
      ]
    }),
  )
}

function invalid(what: string): ResponseError {
  return new ResponseError(ErrorCodes.InvalidParams, `The request ${what}.`)
}

/** Whether all letters of a query stand in a name, in their order, as editors look for symbols. */
function isWithin(query: string, name: string): boolean {
  let at = 0
  for (const letter of query) {
    at = name.indexOf(letter, at) + 1
    if (at === 0) return false
  }
  return true
}

/** An edit of a whole text as edits of its lines; itself where lines come or go. */
function linesOf({ text }: OpenDocument, edit: TextEdit): TextEdit[] {
  // The ends of lines are no part of them: an editor would insert those of an edit beside its own.
  const before = text.getText().split(/\r?\n/)
  const after = edit.newText.split(/\r?\n/)
  if (before.length !== after.length) return [edit]
  return after.flatMap((newText, line): TextEdit[] => {
    const old = before[line] ?? ''
    if (old === newText) return []
    const range = { start: { line, character: 0 }, end: { line, character: old.length } }
    return [{ range, newText }]
  })
}

/** The offset of a position that a client sent; the beginning for none. */
function offsetOf(
  { text }: OpenDocument,
  position: { line?: unknown; character?: unknown } | undefined,
): number {
  const line = Number(position?.line)
  const character = Number(position?.character)
  return Number.isFinite(line) && Number.isFinite(character) ? text.offsetAt({ line, character }) : 0
}

function touches(one: Range, other: Range | undefined): boolean {
  if (other?.start === undefined || other.end === undefined) return false
  return one.start.line <= other.end.line && other.start.line <= one.end.line
}
