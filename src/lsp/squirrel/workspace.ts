import { existsSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { environmentLibraries } from '../../squirrel/environment-libraries.ts'
import { libraryIn, libraryNames } from '../../squirrel/library-folder.ts'
import { createProgram, type Part, partOf, type Program } from '../../squirrel/analysis/program.ts'
import { sideOfName } from '../../squirrel/analysis/side.ts'
import type { Settings } from '../analysis-protocol.ts'
import type { Documents, OpenDocument } from '../documents.ts'
import { type Files, filesBelow, isBelow } from '../files.ts'
import { settingsFor } from '../settings.ts'
import { isRemote, mentionedIn, withoutDirectives } from '../../squirrel/analysis/builder.ts'

type Side = 'device' | 'agent'

/** A program goes over so many files at most. */
const MOST_FILES = 200

/** The program that an open text belongs to, and its own part of it. */
export interface Opened {
  readonly program: Program
  readonly part: Part
}

/** Finds the program of a text: the texts that it includes, those of the entry that includes it, and the libraries that they require. */
export interface Workspace {
  programOf(document: OpenDocument): Opened
  /** Whether a file includes another one, by way of others too. */
  includes(file: string, other: string, files: Files): boolean
  /** Where an include of a text leads; undefined where there is no such file. */
  included(name: string, from: string): string | undefined
  /** The libraries that `#require` finds. */
  libraries(): readonly string[]
  /** Forgets what the folders of libraries hold. */
  refresh(): void
}

export function createWorkspace(documents: Documents, settings: Settings): Workspace {
  const parts = new Map<string, { key: string; part: Part; text: string }>()
  const folders = [...settings.libraries, ...environmentLibraries()]
  let library = libraryIn(folders)
  let names: readonly string[] | undefined

  /** The part of a file, read again only when it changed. */
  const partAt = (path: string, files: Files): { part: Part; text: string } | undefined => {
    const open = documents.all().find((one) => one.path === path)
    const key = open ? `v${open.text.version}` : stampOf(path)
    if (key === undefined) return undefined
    const known = parts.get(path)
    if (known?.key === key) return known
    const text = files.read(path)
    if (typeof text !== 'string') return undefined
    const made = { key, part: partOf(path, withoutDirectives(text)), text }
    if (parts.size > MOST_FILES * 2) parts.clear()
    parts.set(path, made)
    return made
  }

  const libraryPart = (mention: string): Part | undefined => {
    const name = `#require ${mention}`
    const known = parts.get(name)
    if (known !== undefined) return known.part
    const [wanted = '', version = null] = mention.split(':')
    const text = library(wanted, version)
    if (typeof text !== 'string') return undefined
    const part = partOf(name, text)
    parts.set(name, { key: '', part, text })
    return part
  }

  const included = (name: string, from: string): string | undefined => {
    if (isRemote(name) || name.includes('\0')) return undefined
    const roots = settingsFor(settings, from).roots
    return [dirname(from), ...roots].map((folder) => resolve(folder, name)).find((path) => existsSync(path))
  }

  /** A file with all that it includes and requires. */
  const closureOf = (path: string, files: Files): Map<string, Part> => {
    const found = new Map<string, Part>()
    const left = [path]
    for (let next = left.pop(); next !== undefined && found.size < MOST_FILES; next = left.pop()) {
      const read = found.has(next) ? undefined : partAt(next, files)
      if (read === undefined) continue
      found.set(next, read.part)
      for (const mention of mentionedIn(read.text)) {
        if (mention.kind === 'include') {
          const target = included(mention.name, next)
          if (target !== undefined) left.push(target)
        } else {
          const part = libraryPart(mention.name)
          if (part !== undefined) found.set(part.file, part)
        }
      }
    }
    return found
  }

  return {
    includes: (file, other, files) => closureOf(file, files).has(other),
    included,
    libraries: () => (names ??= libraryNames(folders)),
    refresh() {
      names = undefined
      library = libraryIn(folders)
      for (const name of parts.keys()) if (name.startsWith('#require ')) parts.delete(name)
    },
    programOf(document) {
      const { path, text } = document
      if (path === undefined) {
        const part = partOf(text.uri, withoutDirectives(text.getText()))
        return { part, program: createProgram([part], { side: settings.side, type: settings.type }) }
      }
      const own = settingsFor(settings, path)
      const open = documents
        .all()
        .flatMap((one): [string, string][] =>
          one.path === undefined ? [] : [[one.path, one.text.getText()]],
        )
      const files = filesBelow(own.roots, open)
      const found = closureOf(path, files)
      const sides = new Set<Side>()
      for (const { file, side } of entriesFor(path, own.roots, documents, files)) {
        if (file === path) {
          if (side !== undefined) sides.add(side)
          continue
        }
        const closure = closureOf(file, files)
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

/** The files that may include a file: those of the Project around it, and the texts that are open. */
function entriesFor(
  path: string,
  roots: readonly string[],
  documents: Documents,
  files: Files,
): { readonly file: string; readonly side: Side | undefined }[] {
  const open = documents
    .all()
    .flatMap((one) =>
      one.path === undefined || one.path === path || one.language !== 'squirrel'
        ? []
        : [{ file: one.path, side: sideOfName(one.path) }],
    )
  return [...projectEntries(path, roots, files), ...open]
}

/** The entries of the nearest Project file at or above a file, within the workspace. */
export function projectEntries(
  path: string,
  roots: readonly string[],
  files: Files,
): { readonly file: string; readonly side: Side; readonly preprocess: boolean }[] {
  for (let folder = dirname(path); roots.some((root) => isBelow(folder, root)); folder = dirname(folder)) {
    const text = files.read(join(folder, '.impt.project'))
    if (typeof text === 'string') {
      const { deviceFile, agentFile, preprocess } = recordIn(text)
      const entry = (name: unknown, side: Side) =>
        typeof name === 'string' && name !== ''
          ? [{ file: resolve(folder, name), side, preprocess: preprocess === true }]
          : []
      return [...entry(deviceFile, 'device'), ...entry(agentFile, 'agent')]
    }
    if (dirname(folder) === folder) break
  }
  return []
}

function recordIn(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

function stampOf(path: string): string | undefined {
  const status = statSync(path, { throwIfNoEntry: false })
  return status === undefined ? undefined : `${status.mtimeMs} ${status.size}`
}
