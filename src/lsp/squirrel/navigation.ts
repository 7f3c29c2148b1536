import {
  type DocumentHighlight,
  DocumentHighlightKind,
  type Hover,
  type Location,
  type Range,
  type SignatureHelp,
  type WorkspaceEdit,
} from 'vscode-languageserver-protocol'
import { KEYWORDS, type Token } from '../../squirrel/language/syntax/token.ts'
import type { Meaning, Part, Program } from '../../squirrel/analysis/program.ts'
import type { ProgramSymbol } from '../../squirrel/analysis/symbols.ts'
import type { OpenDocument } from '../documents.ts'
import { uriOf } from '../documents.ts'
import { Refusal } from '../features.ts'
import { isRemote, mentionedIn } from '../../squirrel/analysis/builder.ts'
import { hoverText, signatureFor } from './describe.ts'
import { callAround, inComment, meaningAt } from './place.ts'
import { fileOf, isLibrary, type Opened, type Workspace } from './workspace.ts'

/** What the name at an offset is. */
export function hoverSquirrel(document: OpenDocument, opened: Opened, offset: number): Hover | null {
  const found = meaningAt(opened, offset)
  if (found?.meaning === undefined) return null
  return {
    contents: { kind: 'markdown', value: hoverText(found.meaning, opened.program.place) },
    range: rangeIn(document, found.token),
  }
}

/** The parameters of what is called around an offset. */
export function signatureSquirrel(opened: Opened, offset: number): SignatureHelp | null {
  const { program, part } = opened
  if (inComment(part, offset)) return null
  const call = callAround(part, offset)
  const meaning = call && program.expressionMeaning(call.callee.node, call.callee.part, call.callee.self)
  const signature = meaning && signatureFor(meaning)
  if (!signature || call === undefined) return null
  const { label, parameters, doc, variadic } = signature
  let from = label.indexOf('(') + 1
  return {
    signatures: [
      {
        label,
        documentation: doc,
        parameters: parameters.map((text) => {
          const start = label.indexOf(text, from)
          from = start + text.length
          return { label: [start, from] as [number, number] }
        }),
      },
    ],
    activeSignature: 0,
    activeParameter: variadic ? Math.min(call.argument, parameters.length - 1) : call.argument,
  }
}

/** Where the name at an offset is declared, or the file that is included or required there. */
export function definitionSquirrel(
  document: OpenDocument,
  opened: Opened,
  offset: number,
  workspace: Workspace,
): Location[] {
  const mention = mentionedIn(document.text.getText()).find(
    ({ start, end }) => start <= offset && offset <= end,
  )
  if (mention !== undefined && document.path !== undefined && !isRemote(mention.name)) {
    const target =
      mention.kind === 'include'
        ? workspace.included(mention.name, document.path)
        : workspace.required(mention.name, document.path)
    return target === undefined ? [] : [{ uri: uriOf(target), range: START }]
  }
  const found = meaningAt(opened, offset)
  if (found === undefined) return []
  if (found.meaning?.kind === 'symbol') return locationsOf(found.meaning.part, [found.meaning.symbol.token])
  if (found.meaning !== undefined) return []
  // Nothing is known of the object: all members of the name may be meant.
  return opened.program.parts.flatMap((part) =>
    locationsOf(
      part,
      part.names.all
        .filter((one) => one.name === found.token.text && isMember(one))
        .map(({ token }) => token),
    ),
  )
}

/** All places where the name at an offset is used. */
export function referencesSquirrel(opened: Opened, offset: number, withDeclaration: boolean): Location[] {
  const found = meaningAt(opened, offset)
  if (found?.use === undefined) return []
  return usesOf(opened.program, found.meaning, found.token.text).flatMap(({ part, tokens }) =>
    locationsOf(
      part,
      tokens.filter((token) => withDeclaration || part.byToken.get(token)?.declares !== true),
    ),
  )
}

/** The same in one text. */
export function highlightsSquirrel(
  document: OpenDocument,
  opened: Opened,
  offset: number,
): DocumentHighlight[] {
  const found = meaningAt(opened, offset)
  if (found?.use === undefined) return []
  const here = usesOf(opened.program, found.meaning, found.token.text).find(
    ({ part }) => part === opened.part,
  )
  return (here?.tokens ?? []).map((token) => ({
    range: rangeIn(document, token),
    kind: opened.part.byToken.get(token)?.writes ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
  }))
}

/** The name that a rename would change. Throws Refusal with the reason. */
export function renamable(
  document: OpenDocument,
  opened: Opened,
  offset: number,
): { range: Range; placeholder: string } {
  const { token } = target(opened, offset)
  return { range: rangeIn(document, token), placeholder: token.text }
}

/** The edits of a rename over all texts of the program. Throws Refusal with the reason. */
export function renameSquirrel(opened: Opened, offset: number, name: string): WorkspaceEdit {
  const { symbol } = target(opened, offset)
  const { program } = opened
  if (!/^[A-Za-z_]\w*$/.test(name) || KEYWORDS.has(name))
    throw new Refusal(`"${name}" is no name of Squirrel.`)
  const taken = program.parts.some(({ names }) =>
    names.uses.some(
      (use) =>
        use.name === name && (isMember(symbol) || use.object === undefined || symbol.seen === undefined),
    ),
  )
  if (taken || program.globals().some((one) => one.kind === 'row' && one.name === name))
    throw new Refusal(`"${name}" is used already.`)
  const changes: Record<string, { range: Range; newText: string }[]> = {}
  for (const { part, tokens } of usesOf(program, { kind: 'symbol', symbol, part: opened.part }, symbol.name))
    if (tokens.length > 0)
      changes[uriOf(part.file)] = tokens.map((token) => ({ range: rangeOf(token), newText: name }))
  return { changes }
}

function target(opened: Opened, offset: number): { readonly symbol: ProgramSymbol; readonly token: Token } {
  const found = meaningAt(opened, offset)
  if (found === undefined) throw new Refusal('There is no name here.')
  const { token, meaning } = found
  if (meaning?.kind === 'row') throw new Refusal(`"${token.text}" belongs to the platform.`)
  if (meaning === undefined) throw new Refusal(`What "${token.text}" means here cannot be known.`)
  const { symbol, part } = meaning
  if (isLibrary(part)) throw new Refusal(`"${token.text}" belongs to a library.`)
  if (symbol.seen === undefined) {
    const { parts } = opened.program
    if (parts.some(({ names }) => names.texts.has(symbol.name)))
      throw new Refusal(`"${token.text}" is also a text in the program, which may be a key.`)
    const isUnsure = (one: Part) =>
      one.names.uses.some(
        (use) => use.name === symbol.name && opened.program.meaningOf(use, one) === undefined,
      )
    if (parts.some(isUnsure))
      throw new Refusal(`Whether each "${token.text}" of the program is this one cannot be proved.`)
  }
  return { symbol, token }
}

/** The tokens that mean the same, by part. A member of which nothing is known is taken for any member of its name. */
function usesOf(
  program: Program,
  meaning: Meaning | undefined,
  name: string,
): { readonly part: Part; readonly tokens: readonly Token[] }[] {
  const isLoose = meaning === undefined || (meaning.kind === 'symbol' && isMember(meaning.symbol))
  return program.parts.map((part) => ({
    part,
    tokens: part.names.uses
      .filter((use) => {
        if (use.name !== name) return false
        const other = program.meaningOf(use, part)
        if (other === undefined) return isLoose && use.object !== undefined
        if (meaning?.kind === 'symbol') return other.kind === 'symbol' && other.symbol === meaning.symbol
        return meaning !== undefined && other.kind === 'row' && other.row.path === meaning.row.path
      })
      .map(({ token }) => token),
  }))
}

function locationsOf(part: Part, tokens: readonly Token[]): Location[] {
  const file = fileOf(part)
  return file === undefined ? [] : tokens.map((token) => ({ uri: uriOf(file), range: rangeOf(token) }))
}

const START: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }

/** The range of a token on one row: rows of the parser are those of the editor. */
export function rangeOf({ row, column, start, end }: Pick<Token, 'row' | 'column' | 'start' | 'end'>): Range {
  const from = { line: row - 1, character: column - 1 }
  return { start: from, end: { line: from.line, character: from.character + end - start } }
}

function rangeIn(document: OpenDocument, { start, end }: Token): Range {
  return { start: document.text.positionAt(start), end: document.text.positionAt(end) }
}

function isMember({ kind }: ProgramSymbol): boolean {
  return kind === 'member' || kind === 'method'
}
