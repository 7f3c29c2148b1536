import type {
  CompletionItem,
  DocumentHighlight,
  DocumentSymbol,
  FoldingRange,
  Hover,
  Location,
  Range,
  SignatureHelp,
  SymbolInformation,
  TextEdit,
  WorkspaceEdit,
} from 'vscode-languageserver-protocol'
import type { OpenDocument } from './documents.ts'
import type { SemanticToken } from './semantic-tokens.ts'

/** Why a request cannot be fulfilled, as one sentence for the person who asked. */
export class Refusal extends Error {}

/** So many items of a completion are told at once; what is left out comes when more is typed. */
export const MOST_ITEMS = 2000

/** What a language answers about a place in one of its texts. Offsets are UTF-16 units. */
export interface Features {
  complete(
    document: OpenDocument,
    offset: number,
  ): readonly CompletionItem[] | Promise<readonly CompletionItem[]>
  /** Adds what explains an item; the same item where it is another language's. */
  resolve(item: CompletionItem): CompletionItem
  signature(document: OpenDocument, offset: number): SignatureHelp | null
  hover(document: OpenDocument, offset: number): Hover | null
  definition(document: OpenDocument, offset: number): readonly Location[]
  references(document: OpenDocument, offset: number, withDeclaration: boolean): readonly Location[]
  highlights(document: OpenDocument, offset: number): readonly DocumentHighlight[]
  /** Throws Refusal. */
  renamable(document: OpenDocument, offset: number): { readonly range: Range; readonly placeholder: string }
  /** Throws Refusal. */
  rename(document: OpenDocument, offset: number, name: string): WorkspaceEdit
  symbols(document: OpenDocument): readonly DocumentSymbol[]
  /** What the open texts, and the files that belong to their programs, declare for all to see. */
  everywhere(): readonly SymbolInformation[]
  folds(document: OpenDocument): readonly FoldingRange[]
  tokens(document: OpenDocument, from: number, to: number): readonly SemanticToken[]
  /** The edits that format the text; null where it is not formatted. */
  format(document: OpenDocument): readonly TextEdit[] | null
  /** A text was opened, saved or closed: files beside it may have changed. */
  refresh(): void
}
