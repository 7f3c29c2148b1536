// Longer than other files: one answer for each request of an editor, from the same reading of the script.

import { dirname } from 'node:path'
import {
  type CompletionItem,
  CompletionItemKind,
  DocumentHighlightKind,
  type DocumentSymbol,
  type Location,
  type Range,
  SymbolKind,
} from 'vscode-languageserver-protocol'
import { complete } from '../../completion/complete.ts'
import { optionAt } from '../../completion/option-at.ts'
import { placeAt } from '../../completion/place.ts'
import { openEntityCache } from '../../entities/cache.ts'
import type { EntityCache } from '../../entities/cache.ts'
import { findCommand, findGroup } from '../../commands/table/index.ts'
import { findBuiltIn } from '../../language/builtins/index.ts'
import { KEYWORD_HELP } from '../../help/keywords.ts'
import { formatScript } from '../../language/format.ts'
import { parse, type Parsed } from '../../language/syntax/parse.ts'
import type { Span } from '../../language/syntax/source.ts'
import type { NamedHere } from '../../session/names-here.ts'
import type { Settings } from '../analysis-protocol.ts'
import { type Documents, type OpenDocument, uriOf } from '../documents.ts'
import { type Features, MOST_ITEMS, Refusal } from '../features.ts'
import { filesBelow } from '../files.ts'
import { settingsFor } from '../settings.ts'
import { commandText, functionSignature, headText, optionText, parametersOf, symbolText } from './describe.ts'
import { namesOfScript, type ScriptNames, type ScriptSymbol, symbolAt, visibleAt } from './names.ts'
import { foldsOfScript, tokensOfScript } from './outline.ts'
import { resolve } from 'node:path'

/** What the prompt knows of names on this machine's disk, and its environment. */
export interface Surroundings {
  readonly home: string
  /** Names of environment variables, never their values. */
  readonly environment: readonly string[]
  /** The names of entities that the disk remembers of the account that is logged in. */
  readonly names: () => Promise<EntityCache>
  /** Names of targets and logins. */
  readonly namesHere: (kind: NamedHere) => readonly string[]
}

/** A script as it was read last. */
interface Read {
  readonly version: number
  readonly parsed: Parsed
  readonly names: ScriptNames
}

/** What the server answers about scripts. */
export function scriptFeatures(
  documents: Documents,
  settings: Settings,
  surroundings: Surroundings,
): Features {
  const read = new WeakMap<OpenDocument['text'], Read>()
  const readOf = ({ text }: OpenDocument): Read => {
    const known = read.get(text)
    if (known?.version === text.version) return known
    const parsed = parse(text.getText())
    const made = { version: text.version, parsed, names: namesOfScript(text.getText(), parsed) }
    read.set(text, made)
    return made
  }
  const rangeOf = ({ text }: OpenDocument, { start, end }: Span): Range => ({
    start: text.positionAt(start),
    end: text.positionAt(end),
  })
  const parseBefore = (before: string) => parse(before, { mode: 'prompt' })

  /** The function that an imported name is, in the file that it comes from. */
  const imported = (document: OpenDocument, { from, name }: ScriptSymbol): Location[] => {
    if (from === undefined || document.path === undefined) return []
    const path = resolve(dirname(document.path), from)
    const open = documents.all().find((one) => one.path === path)
    const { roots } = settingsFor(settings, document.path)
    const text = open?.text.getText() ?? filesBelow(roots, []).read(path)
    if (typeof text !== 'string') return []
    const found = namesOfScript(text, parse(text)).symbols.find((one) => one.name === name)
    const at = found?.at ?? { start: 0, end: 0 }
    const lines = (offset: number) => {
      const before = text.slice(0, offset).split('\n')
      return { line: before.length - 1, character: before.at(-1)?.length ?? 0 }
    }
    return [{ uri: uriOf(path), range: { start: lines(at.start), end: lines(at.end) } }]
  }

  const target = (document: OpenDocument, offset: number) => {
    const found = symbolAt(readOf(document).names, offset)
    if (found === undefined) throw new Refusal('There is no variable or function of this script here.')
    if (found.symbol.kind === 'import')
      throw new Refusal(`"${found.symbol.name}" is the name of another file.`)
    return found
  }

  const symbols = (document: OpenDocument): DocumentSymbol[] => {
    const { names } = readOf(document)
    const isTop = (one: ScriptSymbol) =>
      !names.symbols.some(
        ({ kind, whole }) =>
          kind === 'function' &&
          whole !== one.whole &&
          whole.start <= one.at.start &&
          one.at.end <= whole.end,
      )
    return names.symbols.filter(isTop).map((symbol): DocumentSymbol => ({
      name: symbol.name,
      kind:
        symbol.kind === 'function' || symbol.kind === 'import' ? SymbolKind.Function : SymbolKind.Variable,
      range: rangeOf(document, symbol.whole),
      selectionRange: rangeOf(document, symbol.at),
    }))
  }

  return {
    async complete(document, offset): Promise<CompletionItem[]> {
      const text = document.text.getText()
      const { names } = readOf(document)
      const visible = visibleAt(names, offset)
      const functions = [...visible.values()].filter(({ kind }) => kind === 'function' || kind === 'import')
      const found = complete(text, offset, {
        cache: await surroundings.names().catch(() => openEntityCache(undefined)),
        variables: {
          names: () => [
            ...[...visible.values()].filter((one) => !functions.includes(one)).map(({ name }) => name),
            'it',
            'in',
            'args',
            'err',
          ],
          get: () => undefined,
          environment: surroundings.environment,
        },
        functions: functions.map(({ name }) => name),
        words: [],
        namesHere: surroundings.namesHere,
        signatureOf: (name) => {
          const definition = visible.get(name)?.definition
          return definition && functionSignature(definition)
        },
        directory: document.path === undefined ? (settings.roots[0] ?? '/') : dirname(document.path),
        home: surroundings.home,
        parse: parseBefore,
        jobs: [],
      })
      const range = rangeOf(document, { start: found.start, end: found.end })
      return found.items.slice(0, MOST_ITEMS).map(({ insert, label, detail }, index) => ({
        label: label === '' ? insert : label,
        kind: kindOf(insert, label),
        ...(detail === undefined ? {} : { detail }),
        filterText: insert,
        // The order of the prompt, which puts first what fits best.
        sortText: String(index).padStart(5, '0'),
        textEdit: { range, newText: insert },
      }))
    },
    resolve: (item) => item,
    signature(document, offset) {
      const text = document.text.getText()
      const { words, typed } = placeAt(text, offset, parseBefore)
      const [head, next] = words.map((word) => word.text)
      if (head === undefined) return null
      const definition = visibleAt(readOf(document).names, offset).get(head)?.definition
      const callable = definition
        ? functionSignature(definition)
        : (findBuiltIn(head) ?? findCommand(head, next ?? '') ?? findCommand(head, ''))
      if (callable === undefined) return null
      const isCommand = definition === undefined && findBuiltIn(head) === undefined
      const name =
        isCommand && next !== undefined && findCommand(head, next) !== undefined ? `${head} ${next}` : head
      const parameters = parametersOf(callable)
      const given = words.slice(name.split(' ').length).map((word) => word.text)
      const option = [...given, typed.text].findLast((word) => word.startsWith('--'))
      const plain = given.filter((word) => !word.startsWith('-')).length
      const active = option
        ? parameters.findIndex((one) => one.option !== undefined && option.startsWith(`--${one.option.name}`))
        : Math.min(plain, (callable.words?.length ?? 1) - 1)
      let label = name
      const labels = parameters.map(({ text: shown, option: row }) => {
        const start = label.length + 1
        label += ` ${shown}`
        return {
          label: [start, label.length] as [number, number],
          ...(row === undefined ? {} : { documentation: row.summary }),
        }
      })
      return {
        signatures: [
          { label, parameters: labels, ...(isSummary(callable) ? { documentation: callable.summary } : {}) },
        ],
        activeSignature: 0,
        activeParameter: Math.max(0, active),
      }
    },
    hover(document, offset) {
      const text = document.text.getText()
      const { names, parsed } = readOf(document)
      const named = symbolAt(names, offset)
      const show = (value: string, span: Span) => ({
        contents: { kind: 'markdown' as const, value },
        range: rangeOf(document, span),
      })
      if (named !== undefined) return show(symbolText(named.symbol), named.span)
      const token = parsed.tokens.find(({ start, end }) => start <= offset && offset < end)
      if (token === undefined || token.kind === 'space' || token.kind === 'comment') return null
      const word = text.slice(token.start, token.end)
      if (token.kind === 'keyword' && Object.hasOwn(KEYWORD_HELP, word)) {
        const { usage, text: about, example } = KEYWORD_HELP[word] as (typeof KEYWORD_HELP)[string]
        return show(`\`\`\`imptsh\n${usage}\n\`\`\`\n\n${about}\n\n\`\`\`imptsh\n${example}\n\`\`\``, token)
      }
      if (token.kind === 'command' && findGroup(word) === undefined) {
        const about = headText(word)
        return about === undefined ? null : show(about, token)
      }
      if (!['command', 'word', 'option'].includes(token.kind)) return null
      const found = optionAt(text, token.end, parseBefore)
      if (found === undefined) {
        const about = token.kind === 'command' ? headText(word) : undefined
        return about === undefined ? null : show(about, token)
      }
      if (token.kind === 'option') return found.option ? show(optionText(found.option), token) : null
      const isName = word === found.command.group || word === found.command.name
      return isName ? show(commandText(found.command), token) : null
    },
    definition(document, offset) {
      const { names, parsed } = readOf(document)
      const found = symbolAt(names, offset)
      if (found !== undefined) {
        if (found.symbol.kind === 'import') return imported(document, found.symbol)
        return [{ uri: document.text.uri, range: rangeOf(document, found.symbol.at) }]
      }
      for (const node of parsed.tree.body) {
        if (node.kind !== 'import' && node.kind !== 'source') continue
        const { path } = node
        const name = path.kind === 'text' ? path.text : document.text.getText().slice(path.start, path.end)
        if (path.start <= offset && offset <= path.end && document.path !== undefined)
          return [{ uri: uriOf(resolve(dirname(document.path), name)), range: { start: START, end: START } }]
      }
      return []
    },
    references(document, offset, withDeclaration) {
      const found = symbolAt(readOf(document).names, offset)
      return (found?.symbol.uses ?? [])
        .filter(({ span }) => withDeclaration || span.start !== found?.symbol.at.start)
        .map(({ span }) => ({ uri: document.text.uri, range: rangeOf(document, span) }))
    },
    highlights(document, offset) {
      const found = symbolAt(readOf(document).names, offset)
      return (found?.symbol.uses ?? []).map(({ span, writes }) => ({
        range: rangeOf(document, span),
        kind: writes ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
      }))
    },
    renamable(document, offset) {
      const { symbol, span } = target(document, offset)
      return { range: rangeOf(document, span), placeholder: symbol.name }
    },
    rename(document, offset, name) {
      const { symbol } = target(document, offset)
      const { names } = readOf(document)
      const pattern = symbol.kind === 'function' ? /^[A-Za-z_][\w-]*$/ : /^[A-Za-z_]\w*$/
      if (!pattern.test(name)) throw new Refusal(`"${name}" is no name of the language.`)
      if (names.symbols.some((one) => one.name === name)) throw new Refusal(`"${name}" is used already.`)
      const isTaken = symbol.kind === 'function' && (findGroup(name) ?? findBuiltIn(name)) !== undefined
      if (isTaken) throw new Refusal(`"${name}" is a command.`)
      if (symbol.definition?.exported === true)
        throw new Refusal(`"${symbol.name}" is exported: other scripts may import it.`)
      if (symbol.kind === 'parameter')
        throw new Refusal(`"${symbol.name}" is a parameter: callers may give it by its name.`)
      return {
        changes: {
          [document.text.uri]: symbol.uses.map(({ span }) => ({
            range: rangeOf(document, span),
            newText: name,
          })),
        },
      }
    },
    symbols,
    everywhere: () =>
      documents
        .all()
        .filter(({ language }) => language === 'imptsh')
        .flatMap((document) =>
          symbols(document).map(({ name, kind, selectionRange: range }) => ({
            name,
            kind,
            location: { uri: document.text.uri, range },
          })),
        ),
    folds: (document) =>
      foldsOfScript(document, readOf(document).names.blocks, readOf(document).parsed.tokens),
    tokens: (document, from, to) =>
      tokensOfScript(document.text.getText(), readOf(document).parsed.tokens, from, to),
    format(document) {
      const text = document.text.getText()
      const made = formatScript(text)
      if (made === null) return null
      return made === text
        ? []
        : [{ range: rangeOf(document, { start: 0, end: text.length }), newText: made }]
    },
    refresh: () => undefined,
  }
}

const START = { line: 0, character: 0 }

function isSummary(callable: object): callable is { readonly summary: string } {
  return 'summary' in callable && typeof callable.summary === 'string'
}

function kindOf(insert: string, label: string): CompletionItemKind {
  if (insert.startsWith('$')) return CompletionItemKind.Variable
  if (insert.startsWith('-')) return CompletionItemKind.Property
  if (label.endsWith('/')) return CompletionItemKind.Folder
  if (Object.hasOwn(KEYWORD_HELP, label)) return CompletionItemKind.Keyword
  return CompletionItemKind.Function
}
