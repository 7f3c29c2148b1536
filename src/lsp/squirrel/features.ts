import type { Settings } from '../analysis-protocol.ts'
import type { Documents } from '../documents.ts'
import type { Features } from '../features.ts'
import { completeSquirrel, resolveSquirrel } from './completion.ts'
import {
  definitionSquirrel,
  highlightsSquirrel,
  hoverSquirrel,
  referencesSquirrel,
  renamable,
  renameSquirrel,
  signatureSquirrel,
} from './navigation.ts'
import { foldsOf, symbolsEverywhere, symbolsOf, tokensOf } from './outline.ts'
import { createWorkspace } from './workspace.ts'

/** What the server answers about Squirrel. */
export function squirrelFeatures(documents: Documents, settings: Settings): Features {
  const workspace = createWorkspace(documents, settings)
  const opened = workspace.programOf
  return {
    complete: (document, offset) =>
      completeSquirrel(document, opened(document), offset, () => workspace.libraries(document)),
    resolve: resolveSquirrel,
    signature: (document, offset) => signatureSquirrel(opened(document), offset),
    hover: (document, offset) => hoverSquirrel(document, opened(document), offset),
    definition: (document, offset) => definitionSquirrel(document, opened(document), offset, workspace),
    references: (document, offset, withDeclaration) =>
      referencesSquirrel(opened(document), offset, withDeclaration),
    highlights: (document, offset) => highlightsSquirrel(document, opened(document), offset),
    renamable: (document, offset) => renamable(document, opened(document), offset),
    rename: (document, offset, name) => renameSquirrel(opened(document), offset, name),
    symbols: (document) => symbolsOf(document, opened(document)),
    everywhere: () =>
      symbolsEverywhere(
        documents
          .all()
          .filter(({ language }) => language === 'squirrel')
          .map(opened),
      ),
    folds: (document) => foldsOf(document, opened(document)),
    tokens: (document, from, to) => tokensOf(opened(document), from, to),
    format: () => null,
    refresh: workspace.refresh,
  }
}
