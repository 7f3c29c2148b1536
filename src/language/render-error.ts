import stringWidth from 'string-width'
import { visible } from '../output/visible.ts'
import type { Diagnostic } from './diagnostic.ts'
import type { ScriptError } from './fault.ts'
import { errorRecord } from './error-record.ts'
import { describeItem } from './items.ts'
import { candidateRecord } from './result-value.ts'
import { lineAt, positionOf, type Source, type Span } from './source.ts'

/** What is shown about one mistake. */
interface Report {
  readonly label: string
  readonly message: string
  readonly span?: (Span & { readonly source: Source }) | undefined
  readonly notes: readonly string[]
}

/** A run-time error as text: place, source line, caret, notes and help (language.md 2.10). Ends with a line end. */
export function renderError(error: ScriptError): string {
  const notes = [
    ...(error.item === undefined ? [] : [`for ${error.item}`]),
    ...error.notes,
    ...(error.candidates ?? []).slice(0, 10).map((candidate) => candidateLine(candidate)),
    ...(error.http?.requestId === undefined ? [] : [`request ${error.http.requestId}`]),
    ...(error.hint === undefined ? [] : [`help: ${error.hint}`]),
  ]
  return render({ label: `error[${error.code}]`, message: error.message, span: error.place, notes })
}

/** A finding of the parser or the checker as text, in the same form. */
export function renderDiagnostic(diagnostic: Diagnostic, source: Source): string {
  const { code, severity, message, hint } = diagnostic
  return render({
    label: `${severity}[${code}]`,
    message,
    span: { ...diagnostic, source },
    notes: hint === undefined ? [] : [`help: ${hint}`],
  })
}

function candidateLine(candidate: unknown): string {
  return `candidate: ${describeItem(candidateRecord(candidate))}`
}

function render({ label, message, span, notes }: Report): string {
  const [first = '', ...more] = message.split('\n').map((line) => visible(line))
  const rest = more.map((line) => `     ${line}\n`).join('')
  const shown = notes.map((note) => `     = ${visible(note)}\n`).join('')
  if (span === undefined) return `${label}: ${first}\n${rest}${shown}`
  const { line, col } = positionOf(span.source.text, span.start)
  return `${visible(span.source.name)}:${line}:${col}: ${label}: ${first}\n${rest}${excerpt(span, line)}${shown}`
}

/** The source line with a caret under the place. Tabs are kept, so that the caret stands where the terminal shows the text. */
function excerpt(span: Span & { readonly source: Source }, line: number): string {
  const { text, start } = lineAt(span.source.text, span.start)
  const before = text.slice(0, span.start - start)
  const marked = text.slice(
    span.start - start,
    Math.max(span.start, Math.min(span.end, start + text.length)) - start,
  )
  const number = String(line).padStart(4)
  const gap = ' '.repeat(number.length)
  const caret = `^${'~'.repeat(Math.max(0, stringWidth(visible(marked)) - 1))}`
  return `${number} | ${visible(text)}\n${gap} | ${padding(before)}${caret}\n`
}

/** Spaces as wide as the text, its tabs kept. */
function padding(text: string): string {
  return text
    .split('\t')
    .map((part) => ' '.repeat(stringWidth(visible(part))))
    .join('\t')
}

/** A run-time error as one JSON object on one line, for `--output json`. */
export function errorJson(error: ScriptError): string {
  return `${JSON.stringify({ error: errorRecord(error) })}\n`
}
