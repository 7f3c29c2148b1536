import { existsSync, statSync } from 'node:fs'
import { dirname, isAbsolute, resolve } from 'node:path'
import { environmentLibraries } from '../../squirrel/environment-libraries.ts'
import { librariesAt, libraryNames } from '../../squirrel/library-folder.ts'
import { impUnitSource } from '../../squirrel/libraries/bundled.ts'
import type { Library } from '../../squirrel/requires.ts'
import { createProgram, type Part, partOf, type Program } from '../../squirrel/analysis/program.ts'
import { sideOfName } from '../../squirrel/analysis/side.ts'
import type { Settings } from '../analysis-protocol.ts'
import type { Documents, OpenDocument, TextDocument } from '../documents.ts'
import { type Files, filesBelow } from '../files.ts'
import { rootOf, settingsFor } from '../settings.ts'
import { isRemote, mentionedIn, withoutDirectives } from '../../squirrel/analysis/builder.ts'
import { type Configuration, configurationOf, type Side } from './configuration.ts'

/** A program goes over so many files at most. */
const MOST_FILES = 200

/** The program that an open text belongs to, and its own part of it. */
export interface Opened {
  readonly program: Program
  readonly part: Part
}

/** Where `#require` looks for one set of folders. */
interface LibraryPlaces {
  readonly key: string
  readonly folders: readonly string[]
  readonly locate: ReturnType<typeof librariesAt>
  names: readonly string[] | undefined
}

/** How the parts of libraries are named: by their file, or as they are required where they lie in none. */
const LIBRARY = '#require '

/** The part of the framework with which tests are compiled. */
const FRAMEWORK = 'impUnit (the framework of tests)'

const NOTHING_SAID: Configuration = {
  entries: [],
  libraries: [],
  directory: undefined,
  define: {},
  test: undefined,
}

/** Whether a part is that of a library. */
export function isLibrary({ file }: Part): boolean {
  return file.startsWith(LIBRARY)
}

/** The file, or the URI, of a part; undefined for a library that lies in none. */
export function fileOf({ file }: Part): string | undefined {
  if (!file.startsWith(LIBRARY)) return file
  const path = file.slice(LIBRARY.length)
  return isAbsolute(path) ? path : undefined
}

/** Finds the program of a text: the texts that it includes, those of the entry that includes it, and the libraries that they require. */
export interface Workspace {
  programOf(document: OpenDocument): Opened
  /** Whether a file includes another one, by way of others too. */
  includes(file: string, other: string, files: Files): boolean
  /** Where an include of a text leads; undefined where there is no such file. */
  included(name: string, from: string): string | undefined
  /** What Project files and test configurations say about a file. */
  configurationOf(path: string | undefined, files: Files): Configuration
  /** The file of a library that a text requires; undefined for one that is not there or part of this program. */
  required(mention: string, from: string): string | undefined
  /** The names of the libraries that `#require` finds in a text. */
  libraries(document: OpenDocument): readonly string[]
  /** The libraries of a configuration, as a build reads them. */
  libraryOf(configuration: Configuration): Library
  /** Forgets what the folders of libraries hold. */
  refresh(): void
}

export function createWorkspace(documents: Documents, settings: Settings): Workspace {
  /** `of` is the text of the editor: versions of a text that was closed and opened again begin anew. */
  const parts = new Map<string, { key: string; of?: TextDocument | undefined; part: Part; text: string }>()
  const places = new Map<string, LibraryPlaces>()

  /** Where the libraries of a text are: settings first, as options of a command are. */
  const placesOf = ({ libraries }: Configuration): LibraryPlaces => {
    const key = libraries.join('\0')
    const known = places.get(key)
    if (known !== undefined) return known
    const folders = [...new Set([...settings.libraries, ...libraries, ...environmentLibraries()])]
    // Git would be a program that runs.
    const made = { key, folders, locate: librariesAt(folders, false), names: undefined }
    places.set(key, made)
    return made
  }

  const configuration = (path: string | undefined, files: Files): Configuration =>
    path === undefined ? NOTHING_SAID : configurationOf(path, settingsFor(settings, path).roots, files)

  /** The part of a file, read again only when it changed. */
  const partAt = (path: string, files: Files): { part: Part; text: string } | undefined => {
    const open = documents.all().find((one) => one.path === path)
    const key = open ? `v${open.text.version}` : stampOf(path)
    if (key === undefined) return undefined
    const known = parts.get(path)
    if (known?.key === key && known.of === open?.text) return known
    const text = files.read(path)
    if (typeof text !== 'string') return undefined
    const made = { key, of: open?.text, part: partOf(path, withoutDirectives(text)), text }
    if (parts.size > MOST_FILES * 2) parts.clear()
    parts.set(path, made)
    return made
  }

  /** A library as `#require` finds it; one that is open in the editor has the text that it has there. */
  const located = (own: LibraryPlaces, mention: string) => {
    const [name = '', version = null] = mention.split(':')
    const found = mention === FRAMEWORK ? { text: impUnitSource, file: null } : own.locate(name, version)
    if (found === undefined || 'versions' in found || found.file === null) return found
    const open = documents.all().find(({ path }) => path === found.file)
    return open === undefined
      ? found
      : { text: Buffer.from(open.text.getText(), 'utf8').toString('latin1'), file: found.file }
  }

  const libraryPart = (
    mention: string,
    own: LibraryPlaces,
  ): { readonly part: Part; readonly text: string } | undefined => {
    const found = located(own, mention)
    if (found === undefined || 'versions' in found) return undefined
    const name = `${LIBRARY}${found.file ?? mention}`
    const known = parts.get(name)
    if (known?.key === found.text) return known
    const text = Buffer.from(found.text, 'latin1').toString('utf8')
    const made = { key: found.text, part: partOf(name, withoutDirectives(text)), text }
    parts.set(name, made)
    return made
  }

  const included = (name: string, from: string, { directory }: Configuration): string | undefined => {
    if (isRemote(name) || name.includes('\0')) return undefined
    const folders = [dirname(from), directory ?? rootOf(from, settingsFor(settings, from).roots)]
    return folders.map((folder) => resolve(folder, name)).find((path) => existsSync(path))
  }

  const filesOf = (path: string): Files =>
    filesBelow(
      settingsFor(settings, path).roots,
      documents
        .all()
        .flatMap((one): [string, string][] =>
          one.path === undefined ? [] : [[one.path, one.text.getText()]],
        ),
    )

  /** Files with all that they include and require. */
  const closureOf = (start: readonly string[], said: Configuration, files: Files): Map<string, Part> => {
    const found = new Map<string, Part>()
    const own = placesOf(said)
    const left = [...start]
    const required = said.test === undefined ? [] : [FRAMEWORK]
    const requires = (text: string, from: string) => {
      for (const mention of mentionedIn(text)) {
        if (mention.kind === 'require') required.push(mention.name)
        else {
          const target = included(mention.name, from, said)
          if (target !== undefined) left.push(target)
        }
      }
    }
    for (let next = left.pop(); next !== undefined && found.size < MOST_FILES; next = left.pop()) {
      const read = found.has(next) ? undefined : partAt(next, files)
      if (read === undefined) continue
      found.set(next, read.part)
      requires(read.text, next)
    }
    // Libraries require others; nobody includes from within one.
    for (let next = required.pop(); next !== undefined && found.size < MOST_FILES; next = required.pop()) {
      const read = libraryPart(next, own)
      if (read === undefined || found.has(read.part.file)) continue
      found.set(read.part.file, read.part)
      for (const { kind, name } of mentionedIn(read.text)) if (kind === 'require') required.push(name)
    }
    return found
  }

  return {
    includes: (file, other, files) => closureOf([file], configuration(other, files), files).has(other),
    included: (name, from) => included(name, from, configuration(from, filesOf(from))),
    configurationOf: configuration,
    libraryOf(said) {
      const own = placesOf(said)
      return (name, version) => {
        const found = located(own, version === null ? name : `${name}:${version}`)
        return found === undefined || 'versions' in found ? found : found.text
      }
    },
    required(mention, path) {
      const found = located(placesOf(configuration(path, filesOf(path))), mention)
      return found === undefined || 'versions' in found ? undefined : (found.file ?? undefined)
    },
    libraries({ path }) {
      const own = placesOf(path === undefined ? NOTHING_SAID : configuration(path, filesOf(path)))
      return (own.names ??= libraryNames(own.folders))
    },
    refresh() {
      places.clear()
      for (const name of parts.keys()) if (name.startsWith(LIBRARY)) parts.delete(name)
    },
    programOf(document) {
      const { path, text } = document
      if (path === undefined) {
        const part = partOf(text.uri, withoutDirectives(text.getText()))
        return { part, program: createProgram([part], { side: settings.side, type: settings.type }) }
      }
      const files = filesOf(path)
      const said = configuration(path, files)
      // A test is compiled behind the source that it tests.
      const found = closureOf(
        [path, ...(said.test?.source === undefined ? [] : [said.test.source])],
        said,
        files,
      )
      const sides = new Set<Side>(said.test === undefined ? [] : [said.test.side])
      for (const { file, side } of entriesFor(path, said, documents)) {
        if (file === path) {
          if (side !== undefined) sides.add(side)
          continue
        }
        const closure = closureOf([file], said, files)
        if (!closure.has(path)) continue
        for (const [name, part] of closure) found.set(name, part)
        if (side !== undefined) sides.add(side)
      }
      const side =
        sides.size === 1 ? [...sides][0] : sides.size > 1 ? undefined : (settings.side ?? sideOfName(path))
      const part = found.get(path) ?? partOf(path, withoutDirectives(text.getText()))
      return { part, program: createProgram([...found.values()], { side, type: settings.type }) }
    },
  }
}

/** The files that may include a file: those of the builds around it, and the texts that are open. */
function entriesFor(
  path: string,
  { entries }: Configuration,
  documents: Documents,
): { readonly file: string; readonly side: Side | undefined }[] {
  const open = documents
    .all()
    .flatMap((one) =>
      one.path === undefined || one.path === path || one.language !== 'squirrel'
        ? []
        : [{ file: one.path, side: sideOfName(one.path) }],
    )
  return [...entries, ...open]
}

function stampOf(path: string): string | undefined {
  const status = statSync(path, { throwIfNoEntry: false })
  return status === undefined ? undefined : `${status.mtimeMs} ${status.size}`
}
