import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver-protocol'
import type { Analyser } from './analyser.ts'
import type { Settings } from './analysis-protocol.ts'
import { type Documents, LONGEST_TEXT, type OpenDocument, pathOf, uriOf } from './documents.ts'

/** Keeps what is published the same as what the texts say. */
interface Diagnosing {
  /** A text was opened or changed. */
  changed(uri: string): void
  closed(uri: string): void
  /** Files beside the open ones may have changed. */
  refresh(): void
  /** What was published last about a file. */
  published(uri: string): readonly Diagnostic[]
  /** Nobody hears any more: what is being analysed is not told, and nothing else is analysed. */
  close(): void
}

/** `version` is that of the text that was analysed; absent for a file that is not open. */
type Publish = (uri: string, diagnostics: readonly Diagnostic[], version: number | undefined) => void

/**
 * Analyses one text at a time, the one that changed last first; a text that changed meanwhile is analysed again, and what was found in its older
 * version is never published.
 */
export function createDiagnosing(
  documents: Documents,
  analyser: Analyser,
  settings: Settings,
  publish: Publish,
): Diagnosing {
  /** Texts that wait, the one that changed last at the end. */
  const waiting = new Set<string>()
  /** What each analysed text said about each file. */
  const said = new Map<string, ReadonlyMap<string, readonly Diagnostic[]>>()
  /** The texts that each analysed one was read with. */
  const reading = new Map<string, readonly string[]>()
  const shown = new Map<string, readonly Diagnostic[]>()
  let busy = false
  let isClosed = false
  let generation = 0

  /** Publishes what all analysed texts say about some files. */
  const show = (files: Iterable<string>) => {
    for (const file of new Set(files)) {
      const seen = new Set<string>()
      const all = [...said.values()]
        .flatMap((found) => found.get(file) ?? [])
        .filter((one) => {
          const key = JSON.stringify(one)
          return !seen.has(key) && seen.add(key)
        })
      if (all.length > 0) shown.set(file, all)
      else shown.delete(file)
      publish(file, all, documents.get(file)?.text.version)
    }
  }

  /** Clients spell URIs in their own way (`c%3A`, `%2B`): one spelling for each file, to compare. */
  const fileOf = (uri: string): string => {
    const path = pathOf(uri)
    return path === undefined ? uri : uriOf(path)
  }
  /** The URI of a file as its client spells it, where it is open. */
  const asOpened = (uri: string): string =>
    documents.all().find((one) => one.path !== undefined && one.path === pathOf(uri))?.text.uri ?? uri
  const versions = () => new Map(documents.all().map(({ text }) => [fileOf(text.uri), text.version]))

  /** Lets the texts wait that were read with one that is another now. */
  const readersWait = (uri: string) => {
    const file = fileOf(uri)
    for (const [other, read] of reading) if (other !== uri && read.includes(file)) waiting.add(other)
  }

  const tell = (uri: string, found: ReadonlyMap<string, readonly Diagnostic[]>) => {
    const before = said.get(uri)?.keys() ?? []
    said.set(uri, found)
    show([...before, ...found.keys()])
  }

  const next = async (): Promise<void> => {
    if (busy) return
    busy = true
    for (let uri = [...waiting].at(-1); uri !== undefined; uri = [...waiting].at(-1)) {
      waiting.delete(uri)
      const document = documents.get(uri)
      if (document === undefined) continue
      // A text is changed in place: its version is kept apart.
      const { version } = document.text
      const before = versions()
      const { found, read } = await findingsOf(document)
      if (isClosed) return
      if (documents.get(uri)?.text.version !== version) continue
      reading.set(uri, read)
      const now = versions()
      if (read.every((file) => before.get(file) === now.get(file))) tell(uri, found)
      else waitFirst(uri)
    }
    busy = false
  }

  /** What was read with a text changed meanwhile: it is looked at again, after what waits already. */
  const waitFirst = (uri: string) => {
    const others = [...waiting]
    waiting.clear()
    for (const one of [uri, ...others]) waiting.add(one)
  }

  const findingsOf = async ({
    text,
    language,
    path,
  }: OpenDocument): Promise<{
    readonly found: ReadonlyMap<string, readonly Diagnostic[]>
    readonly read: readonly string[]
  }> => {
    const nothing = { found: new Map([[text.uri, [tooLarge]]]), read: [] }
    if (text.getText().length > LONGEST_TEXT) return nothing
    const open = documents
      .all()
      .flatMap((one): [string, string][] =>
        one.path === undefined || one.text.uri === text.uri ? [] : [[one.path, one.text.getText()]],
      )
    const answer = await analyser.analyse({
      uri: text.uri,
      path,
      language,
      text: text.getText(),
      open,
      settings,
      generation,
    })
    if (answer === null) return nothing
    const found = new Map<string, readonly Diagnostic[]>()
    for (const [file, diagnostics] of Object.entries(answer.found)) {
      const uri = asOpened(file)
      found.set(uri, [...(found.get(uri) ?? []), ...diagnostics])
    }
    return { found, read: answer.read.map(fileOf) }
  }

  const changed = (uri: string): void => {
    // What other texts said about this one may no longer hold.
    for (const [other, found] of said) {
      if (other === uri || !found.has(uri)) continue
      said.set(other, new Map([...found].filter(([file]) => file !== uri)))
      waiting.add(other)
    }
    readersWait(uri)
    waiting.delete(uri)
    waiting.add(uri)
    void next()
  }

  return {
    published: (uri) => shown.get(uri) ?? [],
    close: () => void (isClosed = true),
    changed,
    refresh() {
      generation++
      for (const { text } of documents.all()) changed(text.uri)
    },
    closed(uri) {
      waiting.delete(uri)
      reading.delete(uri)
      const files = [...(said.get(uri)?.keys() ?? []), uri]
      said.delete(uri)
      show(files)
      // They read the disk from now on, which may say something else.
      readersWait(uri)
      void next()
    },
  }
}

const tooLarge: Diagnostic = {
  range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
  severity: DiagnosticSeverity.Information,
  code: 'TOO_LARGE',
  source: 'impt',
  message: 'too large to analyse: nothing is said about this text',
}
