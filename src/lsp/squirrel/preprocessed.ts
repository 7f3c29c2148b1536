import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver-protocol'
import { locate, preprocess, PreprocessError } from '../../preprocess/preprocess.ts'
import type { Files } from '../files.ts'
import { mentionedIn } from '../../squirrel/analysis/builder.ts'

/** A text after the preprocessor, or as it was where none is wanted. */
export interface Preprocessed {
  readonly code: string
  /** The file (a path, or the URI of a text without one) and line, from 1, that a row came from. */
  locate(row: number): { readonly file: string; readonly line: number } | undefined
  /** What is wrong with directives, by file; `file` is absent for the text itself. */
  readonly problems: readonly { readonly file: string | undefined; readonly diagnostic: Diagnostic }[]
  /** Nothing that it includes is missing. */
  readonly isWhole: boolean
}

interface Wanted {
  /** Its path, or its URI where it has none. */
  readonly name: string
  readonly text: string
  /** Where includes are looked for beside the folder of what includes them. */
  readonly directory: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly files: Files
  /** Whether the text is to be preprocessed at all. */
  readonly wants: boolean
}

/** A file that the workspace does not have: not read, whoever names it. */
class Outside extends Error {}

/** Runs the preprocessor on a text: local files of the workspace only, remote ones from the mirror only. */
export async function preprocessed({
  name,
  text,
  directory,
  variables,
  files,
  wants,
}: Wanted): Promise<Preprocessed> {
  const unchanged = (line: number) => ({ file: name, line })
  if (!wants) return { code: text, locate: unchanged, problems: [], isWhole: true }
  const problems: { file: string | undefined; diagnostic: Diagnostic }[] = []
  const note = (
    file: string,
    line: number,
    severity: DiagnosticSeverity,
    code: string,
    message: string,
    column = 1,
  ) => problems.push({ file, diagnostic: lineDiagnostic(files, file, line, severity, code, message, column) })
  let isWhole = true
  try {
    const mirror = process.env['IMPT_INCLUDE_MIRROR']
    const { code, lines } = await preprocess(
      { source: text, name },
      {
        directory,
        variables,
        env: {},
        offline: true,
        ...(mirror ? { mirror } : {}),
        maxSteps: 1_000_000,
        readFile(absolute) {
          const read = files.read(absolute)
          if (typeof read === 'string') return read
          if (read.unread === 'missing') return undefined
          throw new Outside(
            read.unread === 'outside'
              ? `"${absolute}" is outside of the workspace and was not read`
              : `"${absolute}" is no source file`,
          )
        },
        absent(uri, from) {
          isWhole = false
          const file = from.uri === '' ? name : from.uri.replace(/^file:/, '')
          const mention = mentionedIn(from.text).find(
            (one) => uri.includes(one.name) || one.name.includes(uri),
          )
          const line = mention === undefined ? 1 : from.text.slice(0, mention.start).split('\n').length
          note(
            file,
            line,
            DiagnosticSeverity.Information,
            'SQ_INCLUDE',
            `"${uri}" is not in the mirror folder: nothing of it is known here`,
          )
          return ''
        },
        onWarning(message, place) {
          note(place.file, place.line, DiagnosticSeverity.Warning, 'SQ_PREPROCESS', message)
        },
      },
    )
    return { code, locate: (row) => locate(lines, row), problems, isWhole }
  } catch (error) {
    if (!(error instanceof PreprocessError)) throw error
    const { file, line, column, cause } = error
    const isOutside = cause instanceof Outside
    const message = error.message.replace(/ \([^()]*:\d+\)$/, '')
    const severity = isOutside ? DiagnosticSeverity.Information : DiagnosticSeverity.Error
    note(file, line, severity, isOutside ? 'SQ_INCLUDE' : 'SQ_PREPROCESS', message, column)
    // Without the preprocessor nothing is known of the code: only its directives are told.
    return { code: '', locate: unchanged, problems, isWhole: false }
  }
}

function lineDiagnostic(
  files: Files,
  file: string,
  line: number,
  severity: DiagnosticSeverity,
  code: string,
  message: string,
  column: number,
): Diagnostic {
  const read = files.read(file)
  const text = typeof read === 'string' ? (read.split('\n', line)[line - 1] ?? '') : ''
  const first = column > 1 ? column - 1 : text.length - text.trimStart().length
  return {
    range: {
      start: { line: line - 1, character: first },
      end: { line: line - 1, character: Math.max(first + 1, text.trimEnd().length) },
    },
    severity,
    code,
    source: 'impt',
    message,
  }
}
