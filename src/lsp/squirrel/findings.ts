import { basename } from 'node:path'
import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver-protocol'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { readTolerantly } from '../../squirrel/language/syntax/tolerant.ts'
import type { AnalysisRequest } from '../analysis-protocol.ts'

/** The findings of a Squirrel text. */
export async function squirrelFindings({
  uri,
  path,
  text,
}: AnalysisRequest): Promise<Record<string, Diagnostic[]>> {
  const document = TextDocument.create(uri, 'squirrel', 0, text)
  const { errors } = readTolerantly(text, path === undefined ? 'editor' : basename(path))
  return {
    [uri]: errors.map(({ row, column, message }) => {
      const start = { line: row - 1, character: column - 1 }
      return {
        range: { start, end: endOfWord(document, start) },
        severity: DiagnosticSeverity.Error,
        code: 'SQ_SYNTAX',
        source: 'impt',
        message,
      }
    }),
  }
}

/** The end of the word at a place; at least one character, where the line has one. */
function endOfWord(
  document: TextDocument,
  start: Diagnostic['range']['start'],
): Diagnostic['range']['start'] {
  const rest = document.getText({ start, end: { line: start.line + 1, character: 0 } })
  const word = /^\w+|^[^\r\n]/.exec(rest)?.[0] ?? ''
  return { line: start.line, character: start.character + word.length }
}
