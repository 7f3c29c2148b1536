import {
  type Diagnostic,
  DiagnosticSeverity,
  DiagnosticTag,
  type Range,
} from 'vscode-languageserver-protocol'
import { closest } from '../../commands/closest.ts'
import { programConstants } from '../../squirrel/constants.ts'
import { soloProgram } from '../../squirrel/check.ts'
import { examine } from '../../squirrel/language/compile.ts'
import { type ReadSource, readTolerantly } from '../../squirrel/language/syntax/tolerant.ts'
import { IMP_TYPES } from '../../squirrel/api/table/types.ts'
import { lintsOf, type Lint } from '../../squirrel/analysis/lints.ts'
import { type Library, placeOf, resolveRequires } from '../../squirrel/requires.ts'
import type { AnalysisRequest, Findings } from '../analysis-protocol.ts'
import { createDocuments, type Documents, type OpenDocument, uriOf } from '../documents.ts'
import { filesBelow } from '../files.ts'
import type { Fix } from '../requests.ts'
import { rootOf, settingsFor } from '../settings.ts'
import { isBuilder, mentionedIn } from '../../squirrel/analysis/builder.ts'
import { rangeOf } from './navigation.ts'
import { type Preprocessed, preprocessed } from './preprocessed.ts'
import { createWorkspace, fileOf, type Workspace } from './workspace.ts'

/** Found so far, by the file where it stands. */
type Found = Map<string, Diagnostic[]>

/** A text is analysed through so many entries at most. */
const MOST_ENTRIES = 3

let kept: { readonly documents: Documents; readonly workspace: Workspace; readonly key: string } | undefined

/** The findings of a Squirrel text: those of its compilation through the entries that include it, and lints. */
export async function squirrelFindings(request: AnalysisRequest): Promise<Findings> {
  const { uri, path, text, open, settings } = request
  const found: Found = new Map([[uri, []]])
  const own = path === undefined ? settings : settingsFor(settings, path)
  const files = filesBelow(own.roots, path === undefined ? open : [...open, [path, text]])
  const { document, workspace, others } = surroundings(request)
  const said = workspace.configurationOf(path, files)
  const program = workspace.programOf(document)

  const entries = [...said.entries.map(({ file }) => file), ...others]
    .filter((file, index, all) => file !== path && all.indexOf(file) === index)
    .filter((file) => path !== undefined && workspace.includes(file, path, files))
    .slice(0, MOST_ENTRIES)
  const isEntry = path === undefined || entries.length === 0
  const sizes: (() => number)[] = []
  let isWhole = true
  for (const file of isEntry ? [path] : entries) {
    const source = file === undefined || file === path ? text : files.read(file)
    if (typeof source !== 'string') continue
    // What lies nowhere includes nothing: its directives stay as they are.
    if (file === undefined && isBuilder(source)) continue
    const wants =
      isBuilder(source) ||
      (file === path && said.test !== undefined) ||
      said.entries.some((one) => one.file === file && one.preprocess)
    const made = await preprocessed({
      name: file ?? uri,
      text: source,
      directory: said.directory ?? rootOf(file ?? '/', own.roots),
      variables: { ...said.define, ...own.define },
      files,
      wants,
    })
    for (const { file: at, diagnostic } of made.problems)
      tell(found, at === undefined ? uri : uriOf(at), diagnostic)
    isWhole &&= made.isWhole
    const one = examined(made, file, uri, workspace.libraryOf(said), found, files, text, program.part.source)
    sizes.push(one.size)
    isWhole &&= one.isWhole
  }

  const isKnown =
    said.test !== undefined || said.entries.some(({ file }) => file === path || entries.includes(file))
  for (const lint of lintsOf(program.program, program.part, isKnown && isWhole, closest))
    if (lint.code !== 'SQ_UNUSED' || !isBuilder(text)) tell(found, uri, lintDiagnostic(lint))
  const room = IMP_TYPES.find(({ name }) => name === settings.type)?.code
  const size = isKnown && room !== undefined ? Math.max(0, ...sizes.map((of) => of())) : 0
  if (room !== undefined && size > room * 0.9)
    tell(found, uri, {
      range: FIRST_LINE,
      severity: DiagnosticSeverity.Warning,
      code: 'SQ_SIZE',
      source: 'impt',
      message: `the program takes about ${Math.round(size / 1024)} kB of the ${room / 1024} kB that an ${settings.type} has for code`,
    })
  const read = program.program.parts.map(fileOf).filter((file) => file !== undefined)
  return { found: Object.fromEntries(found), read: read.map(uriOf) }
}

const FIRST_LINE: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } }

/** Compiles what the preprocessor made; tells what is wrong where people wrote it. */
function examined(
  made: Preprocessed,
  file: string | undefined,
  uri: string,
  library: Library,
  found: Found,
  files: ReturnType<typeof filesBelow>,
  text: string,
  read: ReadSource,
): { readonly size: () => number; readonly isWhole: boolean } {
  const name = file ?? uri
  const { source, missing, parts } = resolveRequires(made.code, name, library)
  const textOf = (path: string): string => {
    if (path === file || path === uri)
      return file === undefined || uriOf(file) === uri ? text : readText(path)
    return readText(path)
  }
  const readText = (path: string): string => {
    const read = files.read(path)
    return typeof read === 'string' ? read : ''
  }
  const place = (row: number, column: number) => {
    const within = placeOf(parts, row)
    const at = within.file === name ? made.locate(within.row) : undefined
    if (at === undefined) return undefined
    const line = textOf(at.file).split('\n', at.line)[at.line - 1] ?? ''
    const compiled = source.split('\n', row)[row - 1] ?? ''
    const character = line.replace(/\r$/, '') === compiled.replace(/\r$/, '') ? column - 1 : 0
    const rest =
      character === 0 ? line.trimEnd().length : (/^\w+|^./.exec(line.slice(character))?.[0].length ?? 1)
    const start = { line: at.line - 1, character }
    const range: Range = { start, end: { line: start.line, character: character + Math.max(1, rest) } }
    return { uri: at.file === file ? uriOf(file) : at.file === uri ? uri : uriOf(at.file), range }
  }
  const problem = (
    row: number,
    column: number,
    message: string,
    code: string,
    severity: DiagnosticSeverity,
  ) => {
    const at = place(row, column)
    if (at !== undefined) tell(found, at.uri, { range: at.range, severity, code, source: 'impt', message })
    else tellOfLibrary(placeOf(parts, row), message, code, severity)
  }
  const broken = new Set<string>()
  /** The first error of a library, where the program requires it. */
  const tellOfLibrary = (
    within: { readonly file: string; readonly row: number },
    message: string,
    code: string,
    severity: DiagnosticSeverity,
  ) => {
    if (within.file === name || broken.has(within.file)) return
    broken.add(within.file)
    const mention = mentionedIn(made.code).find(
      (one) => one.kind === 'require' && one.name.split(':')[0] === within.file,
    )
    const before = made.code.slice(0, mention?.start ?? 0).split('\n')
    const at = made.locate(before.length)
    if (at === undefined) return
    const start = { line: at.line - 1, character: before.at(-1)?.length ?? 0 }
    const end = { line: start.line, character: start.character + Math.max(1, mention?.name.length ?? 0) }
    tell(found, at.file === uri ? uri : uriOf(at.file), {
      range: { start, end },
      severity,
      code,
      source: 'impt',
      message: `library "${within.file}", line ${within.row}: ${message}`,
    })
  }

  for (const { row, column, text: message } of missing) {
    // A place of a library's own text means nothing in the program.
    const at = made.locate(row)
    const line = at && textOf(at.file).split('\n', at.line)[at.line - 1]
    if (at === undefined || line?.includes('#require') !== true) continue
    const start = { line: at.line - 1, character: column - 1 }
    tell(found, at.file === uri ? uri : uriOf(at.file), {
      range: { start, end: { line: start.line, character: line.trimEnd().length } },
      severity: DiagnosticSeverity.Warning,
      code: 'SQ_LIBRARY',
      source: 'impt',
      message,
    })
  }
  // The text itself was read already.
  const whole = source === text ? read : readTolerantly(source, name)
  for (const { row, column, message } of whole.errors)
    problem(row, column, message, 'SQ_SYNTAX', DiagnosticSeverity.Error)
  if (whole.errors.length > 0) return { size: noSize, isWhole: false }
  const constants = programConstants(soloProgram({}))
  // Variables of a group are not known here.
  constants.delete('__VARS')
  const { errors, size } = examine(whole, name, constants)
  for (const { row, column, text: message } of errors)
    problem(row, column, message, 'SQ_COMPILE', DiagnosticSeverity.Error)
  return { size: errors.length === 0 ? size : noSize, isWhole: missing.length === 0 }
}

function noSize(): number {
  return 0
}

function tell(found: Found, uri: string, diagnostic: Diagnostic): void {
  const known = found.get(uri)
  if (known === undefined) found.set(uri, [diagnostic])
  else known.push(diagnostic)
}

function lintDiagnostic({ code, first, last, message, fix }: Lint): Diagnostic {
  const isUnused = code === 'SQ_UNUSED'
  return {
    range: { start: rangeOf(first).start, end: rangeOf(last).end },
    severity: isUnused ? DiagnosticSeverity.Hint : DiagnosticSeverity.Warning,
    code,
    source: 'impt',
    message,
    ...(isUnused ? { tags: [DiagnosticTag.Unnecessary] } : {}),
    ...(code === 'SQ_DEPRECATED' ? { tags: [DiagnosticTag.Deprecated] } : {}),
    ...(fix === undefined
      ? {}
      : {
          data: {
            title: fix.title,
            range: { start: rangeOf(fix.from).start, end: rangeOf(fix.to).end },
            newText: fix.text,
          } satisfies Fix,
        }),
  }
}

/** The open texts as the features know them, kept from one analysis to the next, and the open texts that may be entries. */
function surroundings({ uri, path, text, open, settings, generation }: AnalysisRequest): {
  readonly document: OpenDocument
  readonly workspace: Workspace
  readonly others: readonly string[]
} {
  const key = JSON.stringify([settings, generation])
  if (kept?.key !== key) {
    const documents = createDocuments()
    kept = { documents, workspace: createWorkspace(documents, settings), key }
  }
  const { documents, workspace } = kept
  const wanted = new Map([
    ...open.map(([file, content]) => [uriOf(file), content] as const),
    [uri, text] as const,
  ])
  for (const { text: known } of documents.all()) if (!wanted.has(known.uri)) documents.close(known.uri)
  for (const [name, content] of wanted) {
    const known = documents.get(name)
    if (known?.text.getText() !== content)
      documents.open(name, 'squirrel', (known?.text.version ?? 0) + 1, content)
  }
  const document = documents.get(uri)
  if (document === undefined) throw new Error('the text is open')
  const others = open.map(([file]) => file).filter((file) => file !== path && /\.nut$/i.test(file))
  return { document, workspace, others }
}
