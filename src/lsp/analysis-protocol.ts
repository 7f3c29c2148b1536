import type { Diagnostic } from 'vscode-languageserver-protocol'
import type { LanguageName } from './documents.ts'

/** What the client chose in `initializationOptions`, checked, and where the workspace is. */
export interface Settings {
  /** Folders of libraries for `#require`, absolute. */
  readonly libraries: readonly string[]
  /** Variables of the preprocessor. */
  readonly define: Readonly<Record<string, string>>
  /** The side of every `.nut` that nothing else decides. */
  readonly side: 'device' | 'agent' | undefined
  readonly type: string | undefined
  /** Folders outside of which no file is read, absolute. */
  readonly roots: readonly string[]
}

/** One text to be analysed, with the texts that are open beside it: they win over the disk. */
export interface AnalysisRequest {
  readonly id: number
  readonly uri: string
  readonly path: string | undefined
  readonly language: LanguageName
  readonly text: string
  readonly open: readonly (readonly [path: string, text: string])[]
  readonly settings: Settings
  /** Counts the times when files beside the open ones may have changed: what was kept of them is forgotten. */
  readonly generation: number
}

/** What was found, by the URI of the file where it stands. */
export interface Findings {
  readonly found: Readonly<Record<string, readonly Diagnostic[]>>
  /** The URIs of the texts that were read with it: where one of them changes, this one is analysed again. */
  readonly read: readonly string[]
}

/** The answer to a request; the file of the request always has findings. */
export interface AnalysisAnswer extends Findings {
  readonly id: number
}
