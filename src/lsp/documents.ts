import { fileURLToPath, pathToFileURL } from 'node:url'
import { TextDocument, type TextDocumentContentChangeEvent } from 'vscode-languageserver-textdocument'

import { withoutMark } from '../squirrel/analysis/builder.ts'

export type { TextDocument } from 'vscode-languageserver-textdocument'

/** The two languages of impt. */
export type LanguageName = 'imptsh' | 'squirrel'

/** A text that is open in the editor. */
export interface OpenDocument {
  readonly text: TextDocument
  readonly language: LanguageName
  /** Where it lies on this machine's disk; undefined for one that was never saved or comes from elsewhere. */
  readonly path: string | undefined
}

/** Texts longer than this (UTF-16 units) are checked in part or not at all, and have no other features. */
export const LONGEST_TEXT = 2_000_000

/** The texts that are open. */
export interface Documents {
  open(uri: string, languageId: string, version: number, text: string): OpenDocument
  change(
    uri: string,
    version: number,
    changes: readonly TextDocumentContentChangeEvent[],
  ): OpenDocument | undefined
  close(uri: string): void
  get(uri: string): OpenDocument | undefined
  all(): readonly OpenDocument[]
}

export function createDocuments(): Documents {
  const open = new Map<string, OpenDocument>()
  return {
    open(uri, languageId, version, text) {
      const language = languageOf(uri, languageId)
      const document = {
        text: TextDocument.create(uri, languageId, version, read(text, language)),
        language,
        path: pathOf(uri),
      }
      open.set(uri, document)
      return document
    },
    change(uri, version, changes) {
      const document = open.get(uri)
      if (document === undefined) return undefined
      const { language } = document
      const edits = changes.map((change) =>
        'range' in change && change.range !== undefined ? change : { text: read(change.text, language) },
      )
      const changed = { ...document, text: TextDocument.update(document.text, edits, version) }
      open.set(uri, changed)
      return changed
    },
    close: (uri) => void open.delete(uri),
    get: (uri) => open.get(uri),
    all: () => [...open.values()],
  }
}

/** Squirrel without its byte order mark, with a blank in its place so that columns stay those of the editor. */
function read(text: string, language: LanguageName): string {
  return language === 'squirrel' ? withoutMark(text) : text
}

function languageOf(uri: string, languageId: string): LanguageName {
  return languageId === 'imptsh' || (languageId !== 'squirrel' && /\.imptsh$/i.test(uri))
    ? 'imptsh'
    : 'squirrel'
}

/** The path of a `file:` URI of this machine; undefined for any other. */
export function pathOf(uri: string): string | undefined {
  try {
    return fileURLToPath(uri)
  } catch {
    return undefined
  }
}

/** The URI of a path, or of a text that has none and is named by its URI. */
export function uriOf(file: string): string {
  return /^[a-z][\w+.-]+:/i.test(file) ? file : pathToFileURL(file).href
}
