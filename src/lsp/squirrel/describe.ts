import { basename } from 'node:path'
import { CompletionItemKind } from 'vscode-languageserver-protocol'
import type { Scalar } from '../../squirrel/language/syntax/ast.ts'
import { type ApiRow, signatureOf } from '../../squirrel/api/table/rows.ts'
import { escaped } from '../markdown.ts'
import type { Meaning } from '../../squirrel/analysis/program.ts'
import { hasRow } from '../../squirrel/analysis/platform.ts'
import type { Place } from '../../squirrel/analysis/platform.ts'
import type { ProgramSymbol, SymbolKind } from '../../squirrel/analysis/symbols.ts'
import { fileOf } from './workspace.ts'

/** A callable as signature help shows it. */
interface Signature {
  readonly label: string
  readonly parameters: readonly string[]
  readonly doc: string
  /** The last parameter takes all that follow. */
  readonly variadic: boolean
}

/** The signature of what a name means; undefined for what cannot be called. */
export function signatureFor(meaning: Meaning): Signature | undefined {
  if (meaning.kind === 'row') {
    const { row } = meaning
    if (row.kind !== 'method') return undefined
    const parameters = row.params.map(({ name, type, optional }) => `${name}${optional ? '?' : ''}: ${type}`)
    if (row.variadic) parameters.push('...')
    return { label: signatureOf(row), parameters, doc: row.doc, variadic: row.variadic }
  }
  const { symbol } = meaning
  const maker = symbol.inner.find(({ name }) => name === 'constructor')
  const definition = symbol.definition ?? maker?.definition
  if (definition === undefined) return undefined
  const parameters = definition.parameters.map(({ name, initial }) => {
    const value =
      initial?.kind === 'literal' ? scalarText(initial.value) : initial?.kind === 'null' ? 'null' : '…'
    return initial === null ? name : `${name} = ${value}`
  })
  if (definition.variadic) parameters.push('...')
  const doc = [maker?.doc, symbol.doc].find((one) => one) ?? ''
  return { label: `${symbol.name}(${parameters.join(', ')})`, parameters, doc, variadic: definition.variadic }
}

const KIND_WORDS: Readonly<Record<SymbolKind, string>> = {
  local: 'local',
  parameter: 'parameter',
  slot: 'global',
  function: 'function',
  class: 'class',
  const: 'const',
  enum: 'enum',
  member: 'member',
  method: 'method',
}

/** What a name means, as Markdown. */
export function hoverText(meaning: Meaning, place: Place): string {
  if (meaning.kind === 'row') return rowText(meaning.row, place)
  const { symbol, part } = meaning
  const signature = signatureFor(meaning)
  const head = signature
    ? `${KIND_WORDS[symbol.kind]} ${ownerText(symbol)}${signature.label}`
    : `${KIND_WORDS[symbol.kind]} ${ownerText(symbol)}${symbol.name}${valueText(symbol)}`
  const file = fileOf(part)
  const from =
    file === undefined
      ? `From ${part.file}.`
      : symbol.seen === undefined
        ? `From ${basename(file)}, line ${symbol.token.row}.`
        : ''
  return paragraphs(code(head), escaped(symbol.doc || (signature?.doc ?? '')), escaped(from))
}

/** One line about a name, for completion. */
export function detailOf(meaning: Meaning): string {
  if (meaning.kind === 'row') {
    const { row } = meaning
    return row.kind === 'method' ? signatureOf(row) : row.value === undefined ? row.kind : `= ${row.value}`
  }
  const { symbol } = meaning
  return signatureFor(meaning)?.label ?? `${KIND_WORDS[symbol.kind]}${valueText(symbol)}`
}

/** The text that explains a row. */
export function rowText(row: ApiRow, place: Place): string {
  const value = row.value === undefined ? '' : ` = ${row.value}`
  return paragraphs(code(`${signatureOf(row)}${value}`), escaped(row.doc), `_${escaped(facts(row, place))}_`)
}

/** Whether the code at a place should name something else. */
export function isDeprecated(meaning: Meaning): boolean {
  return meaning.kind === 'row' && meaning.row.deprecated !== undefined
}

const KINDS: Readonly<Record<SymbolKind, CompletionItemKind>> = {
  local: CompletionItemKind.Variable,
  parameter: CompletionItemKind.Variable,
  slot: CompletionItemKind.Variable,
  function: CompletionItemKind.Function,
  class: CompletionItemKind.Class,
  const: CompletionItemKind.Constant,
  enum: CompletionItemKind.Enum,
  member: CompletionItemKind.Field,
  method: CompletionItemKind.Method,
}

export function completionKind(meaning: Meaning): CompletionItemKind {
  if (meaning.kind === 'symbol')
    return meaning.symbol.owner?.kind === 'enum' ? CompletionItemKind.EnumMember : KINDS[meaning.symbol.kind]
  switch (meaning.row.kind) {
    case 'method':
      return meaning.row.path.includes('.') ? CompletionItemKind.Method : CompletionItemKind.Function
    case 'constant':
      return CompletionItemKind.Constant
    case 'class':
      return CompletionItemKind.Class
    case 'object':
      return CompletionItemKind.Module
    default:
      return CompletionItemKind.Property
  }
}

function facts(row: ApiRow, place: Place): string {
  return [
    row.side === 'both' ? 'Devices and agents' : row.side === 'device' ? 'Devices' : 'Agents',
    ...(row.types ? [`on ${row.types.join(', ')}`] : []),
    ...(hasRow(place, row) ? [] : ['not where this code runs']),
    ...(row.blocking ? ['the code waits for it'] : []),
    ...(row.state === 'stub' ? ['has no effect on virtual devices'] : []),
    ...(row.state === 'absent' ? ['not available on virtual devices'] : []),
    ...(row.deprecated === undefined ? [] : [`old: use ${row.deprecated}`]),
  ].join('; ')
}

function ownerText({ owner, kind }: ProgramSymbol): string {
  return owner !== undefined && (kind === 'member' || kind === 'method') ? `${owner.name}.` : ''
}

function valueText({ constant, value }: ProgramSymbol): string {
  if (constant !== undefined) return ` = ${scalarText(constant)}`
  if (value?.kind === 'literal') return ` = ${scalarText(value.value)}`
  return ''
}

function scalarText(value: Scalar): string {
  if (typeof value === 'object') return String(value.float)
  if (typeof value !== 'string') return String(value)
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value)
}

function paragraphs(...texts: readonly string[]): string {
  return texts.filter((text) => text !== '' && text !== '__').join('\n\n')
}

/** A block of code that its own text cannot leave. */
function code(text: string): string {
  return `\`\`\`squirrel\n${text.replaceAll('```', "'''").replace(/[\r\n]+/g, ' ')}\n\`\`\``
}
