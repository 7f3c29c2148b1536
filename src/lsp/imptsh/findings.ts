import { dirname } from 'node:path'
import { DiagnosticSeverity, DiagnosticTag, type Range } from 'vscode-languageserver-protocol'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { checkScript } from '../../language/check/report.ts'
import type { DiagnosticCode, Severity } from '../../language/syntax/diagnostic.ts'
import { ImptError } from '../../output/error.ts'
import type { AnalysisRequest, Findings } from '../analysis-protocol.ts'
import { uriOf } from '../documents.ts'
import { filesBelow } from '../files.ts'
import type { Fix } from '../requests.ts'

const SEVERITIES: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  note: DiagnosticSeverity.Information,
}

const FADED: ReadonlySet<DiagnosticCode> = new Set(['UNUSED', 'UNREACHABLE'])

/** The findings of a script: those of `impt check`. */
export async function scriptFindings({
  uri,
  path,
  text,
  open,
  settings,
}: AnalysisRequest): Promise<Findings> {
  const files = filesBelow(settings.roots, open)
  const imported: string[] = []
  const read = async (name: string): Promise<string> => {
    imported.push(uriOf(name))
    const file = files.read(name)
    if (typeof file === 'string') return file
    const why = {
      missing: 'there is no such file',
      outside: 'the file is outside of the workspace and was not read',
      unfit: 'this is no script file',
    }[file.unread]
    throw new ImptError('FILE', `${name}: ${why}`)
  }
  const directory = path === undefined ? (settings.roots[0] ?? '/') : dirname(path)
  const found = await checkScript({ name: path ?? '<editor>', text }, directory, read)
  const document = TextDocument.create(uri, 'imptsh', 0, text)
  const rangeOf = (start: number, end: number) => ({
    start: document.positionAt(start),
    end: document.positionAt(end),
  })
  const told = found.map(({ start, end, severity, code, message, hint }) => ({
    range: rangeOf(start, end),
    severity: SEVERITIES[severity],
    code,
    source: 'impt',
    message: hint === undefined ? message : `${message}\n${hint}`,
    ...fixOf(hint, rangeOf(start, end)),
    ...(FADED.has(code) ? { tags: [DiagnosticTag.Unnecessary] } : {}),
  }))
  return { found: { [uri]: told }, read: imported }
}

/** The cure of a finding that knows what was meant. */
function fixOf(hint: string | undefined, range: Range): { readonly data?: Fix } {
  const [, quoted, variable] =
    /^did you mean (?:"((?!impt )[^"\n]+)"|(\$\w+))\?(?: Otherwise |$)/.exec(hint ?? '') ?? []
  const meant = quoted ?? variable
  return meant === undefined ? {} : { data: { title: `Write "${meant}"`, range, newText: meant } }
}
