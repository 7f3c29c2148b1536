import { widthOf } from '../../output/width.ts'
import { commands } from '../../commands/table/index.ts'
import { visible } from '../../output/visible.ts'
import { filled } from '../../output/wrap.ts'
import { check } from '../check/check.ts'
import type { Diagnostic } from '../syntax/diagnostic.ts'
import type { ScriptError } from '../values/fault.ts'
import { errorRecord } from '../values/error-record.ts'
import { describeItem } from './items.ts'
import { parse } from '../syntax/parse.ts'
import { candidateRecord } from '../values/result-value.ts'
import { lineAt, positionOf, type Source, type Span } from '../syntax/source.ts'

/** The most characters of a source line that an error shows. */
const WIDEST = 200

const SECRET_OPTIONS = commands.flatMap(({ options }) =>
  options.filter(({ secret }) => secret === true).map(({ name }) => name),
)
/** An option for a credential, and its value; one that starts with `$` or `(` is computed. */
const SECRET_VALUES = new RegExp(
  `(--(?:${[...new Set(SECRET_OPTIONS)].join('|')})(?:=|[ \\t]+))(?!["']?[$(-])("[^"\\n]*"?|'[^'\\n]*'?|[^\\s"']+)`,
  'g',
)

/** What is shown about one mistake. */
interface Report {
  readonly label: string
  readonly message: string
  readonly span?: (Span & { readonly source: Source }) | undefined
  readonly notes: readonly string[]
}

/**
 * A run-time error as text: place, source line, caret, notes and help (language.md 2.10). Ends with a line end. Where `width` columns are
 * given, lines break between words, and only as much of the source line is shown around the place as fits, so that the caret stands below it.
 */
export function renderError(error: ScriptError, width?: number): string {
  const notes = [
    ...callLines(error),
    ...(error.item === undefined ? [] : [`for ${error.item}`]),
    ...error.notes,
    ...(error.candidates ?? []).slice(0, 10).map((candidate) => candidateLine(candidate)),
    ...(error.http?.requestId === undefined ? [] : [`request ${error.http.requestId}`]),
    ...(error.hint === undefined ? [] : [`help: ${error.hint}`]),
  ]
  return render({ label: `error[${error.code}]`, message: error.message, span: error.place, notes }, width)
}

/** What is said at the prompt about a mistake or a failure: one line, where the place is obvious (language-2 E2). */
export function renderAtPrompt(error: ScriptError, width?: number): string {
  if (error.place !== undefined && !isPlain(error.place.source)) return renderError(error, width)
  const [first = '', ...more] = error.message.split('\n')
  const hint = error.hint === undefined ? '' : ` (${visible(error.hint)})`
  const lines = [
    `Error: ${visible(first)}${more.length === 0 ? hint : ''}`,
    ...more.map((line) => visible(line)),
    ...error.notes.map((note) => visible(note)),
    ...(error.candidates ?? []).slice(0, 10).map((candidate) => visible(candidateLine(candidate))),
    ...(more.length > 0 && hint !== '' ? [hint.trim()] : []),
  ]
  return filled(lines.map((line) => `${line}\n`).join(''), width)
}

/** One command on one line: there is no place to point at. */
function isPlain({ text }: Source): boolean {
  return !/[|;{}()\n]/.test(text.trim())
}

/** A finding about an input of the prompt. A mistake of the grammar always has its place. */
export function renderFindingAtPrompt(diagnostic: Diagnostic, source: Source, width?: number): string {
  const { code, message, hint } = diagnostic
  if (code === 'SYNTAX' || code === 'UNCLOSED' || !isPlain(source))
    return renderDiagnostic(diagnostic, source, width)
  return filled(`Error: ${visible(message)}${hint === undefined ? '' : ` (${visible(hint)})`}\n`, width)
}

/** A finding of the parser or the checker as text, in the same form. */
export function renderDiagnostic(diagnostic: Diagnostic, source: Source, width?: number): string {
  const { code, severity, message, hint } = diagnostic
  const notes = hint === undefined ? [] : [`help: ${hint}`]
  return render({ label: `${severity}[${code}]`, message, span: { ...diagnostic, source }, notes }, width)
}

/** How many calls an error shows. */
const MOST_CALLS = 10

/** The calls on the way to an error, innermost first: `outer.imptsh:3:1: in report`. */
function callLines({ calls }: ScriptError): string[] {
  const lines = calls.slice(0, MOST_CALLS).map(({ name, place: { source, start } }) => {
    const { line, col } = positionOf(source.text, start)
    return `${source.name}:${line}:${col}: in ${name}`
  })
  if (calls.length > MOST_CALLS) lines.push(`and ${calls.length - MOST_CALLS} calls more`)
  return lines
}

function candidateLine(candidate: unknown): string {
  return `candidate: ${describeItem(candidateRecord(candidate))}`
}

function render({ label, message, span, notes }: Report, width?: number): string {
  const [first = '', ...more] = message.split('\n').map((line) => visible(line))
  const rest = more.map((line) => `     ${line}\n`).join('')
  const shown = notes.map((note) => `     = ${visible(note)}\n`).join('')
  if (span === undefined) return filled(`${label}: ${first}\n${rest}${shown}`, width)
  const { line, col } = positionOf(span.source.text, span.start)
  const head = `${visible(span.source.name)}:${line}:${col}: ${label}: ${first}\n${rest}`
  return filled(`${head}${excerpt(span, line, width)}${shown}`, width)
}

/** The source line with a caret under the place. Tabs are kept, so that the caret stands where the terminal shows the text. */
function excerpt(span: Span & { readonly source: Source }, line: number, width?: number): string {
  const room = width === undefined ? WIDEST : Math.max(12, width - BESIDE)
  let around = lineAround(span, Math.min(WIDEST, room))
  // Wide characters take two columns, a tab up to eight.
  for (let most = room; width !== undefined && most > 2 && columnsOf(around) > room;) {
    most = Math.floor(most * 0.8)
    around = lineAround(span, most)
  }
  const { text, start, lead, tail } = around
  const before = lead + text.slice(0, span.start - start)
  const marked = text.slice(
    span.start - start,
    Math.max(span.start, Math.min(span.end, start + text.length)) - start,
  )
  const number = String(line).padStart(4)
  const gap = ' '.repeat(number.length)
  const caret = `^${'~'.repeat(Math.max(0, widthOf(visible(marked)) - 1))}`
  return `${number} | ${lead}${visible(text)}${tail}\n${gap} | ${padding(before)}${caret}\n`
}

/** What stands beside a source line: its number, the bar, and what a terminal keeps at its edge. */
const BESIDE = 8

interface Around {
  readonly text: string
  readonly start: number
  readonly lead: string
  readonly tail: string
}

function columnsOf({ lead, text, tail }: Around): number {
  return widthOf(`${lead}${visible(text).replaceAll('\t', ' '.repeat(8))}${tail}`)
}

/** The source line of a place; of a long one, as generated scripts have, `most` characters around the place. */
function lineAround({ source, start: place }: Span & { readonly source: Source }, most: number): Around {
  const line = lineAt(source.text, place)
  const length = line.end - line.start
  const from = length > most ? Math.max(0, place - line.start - Math.floor(most / 2)) : 0
  const start = line.start + from
  const text = masked(source).slice(start, Math.min(line.end, start + most))
  const tail = from + text.length < length ? '…' : ''
  return { text, start, lead: from > 0 ? '…' : '', tail }
}

const maskedTexts = new WeakMap<Source, string>()

/** The text of a source with the credentials masked that are written in it: others read the logs in which errors end. */
function masked(source: Source): string {
  const known = maskedTexts.get(source)
  if (known !== undefined) return known
  // The words of the options are found without the tree too: a line that cannot be read has no commands.
  const plain = source.text.replace(
    SECRET_VALUES,
    (_all, option: string, value: string) => option + '*'.repeat(value.length),
  )
  const pieces: string[] = []
  let at = 0
  for (const { code, start, end } of check(parse(source.text).tree, source)) {
    if (code !== 'SECRET_LITERAL' || start < at) continue
    pieces.push(plain.slice(at, start), '*'.repeat(end - start))
    at = end
  }
  const text = pieces.join('') + plain.slice(at)
  maskedTexts.set(source, text)
  return text
}

/** Spaces as wide as the text, its tabs kept. */
function padding(text: string): string {
  return text
    .split('\t')
    .map((part) => ' '.repeat(widthOf(visible(part))))
    .join('\t')
}

/** A run-time error as one JSON object on one line, for `--output json`. */
export function errorJson(error: ScriptError): string {
  return `${JSON.stringify({ error: errorRecord(error) })}\n`
}
