/** Where `#require` finds libraries: folders of the user, then the ones that are part of this program. */
import { spawnSync } from 'node:child_process'
import { type Dirent, existsSync, readFileSync, readdirSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { bundledLibrary, bundledNames, bundledVersions } from './libraries/bundled.ts'
import type { Library } from './requires.ts'

/** Checkouts and mirrors are looked through this deep, and for this many files at most. */
const deepest = 4
const mostEntries = 20_000

type Found = { path: string; folderVersion: string | null }

const SUFFIX = /(?:\.(?:lib|class|agent|device))*\.nut$/i
const FILE_OF = /^([\w.-]+)(?::(\d+\.\d+\.\d+))?=(.+)$/s
const VERSION_FOLDER = /(?:^|-)v?(\d+\.\d+\.\d+)$/

/**
 * Looks a library up by its name in any case, with or without `.lib.nut`, `.class.nut`, `.agent.nut`, `.device.nut` or `.nut`: in the `places` in
 * their order (full paths of folders, in which it may lie anywhere, and files as `NAME[:VERSION]=PATH`), then among the bundled ones, whose
 * version must have the same first number. The version asked for must be that of the file's folder, the one that its text says, or a tag of its
 * checkout (workbench 8.3); a file that says none is taken for any.
 */
export function libraryIn(places: readonly string[]): Library {
  const locate = librariesAt(places, true)
  return (name, version) => {
    const found = locate(name, version)
    return found === undefined || 'versions' in found ? found : found.text
  }
}

/** The text of a library (a byte string) and its file: null for one that is part of this program, or that lies at a tag of its checkout. */
type Located = { readonly text: string; readonly file: string | null }

/** The same with the files. `readsTags` tells whether tags of checkouts are read too, for which Git is started. */
export function librariesAt(
  places: readonly string[],
  readsTags: boolean,
): (name: string, version: string | null) => Located | { readonly versions: readonly string[] } | undefined {
  const indexes = new Map<string, Map<string, Found[]>>()
  return (name, version) => {
    if (!/^[\w.-]+$/.test(name) || name.includes('..')) return undefined
    const base = name.replace(SUFFIX, '').toLowerCase()
    const others: string[] = []
    for (const place of places) {
      const named = FILE_OF.exec(place)
      if (named) {
        const [, library = '', only, path = ''] = named
        if (library.replace(SUFFIX, '').toLowerCase() === base && (only === undefined || only === version))
          return { text: readFileSync(path, 'latin1'), file: path }
        continue
      }
      const index = indexes.get(place) ?? indexOf(place)
      indexes.set(place, index)
      const candidates = (index.get(base) ?? []).map(({ path, folderVersion }) => {
        const text = readFileSync(path, 'latin1')
        return { path, text, versions: [folderVersion, versionIn(text)].filter((one) => one !== null) }
      })
      // What says its version counts more than what does not.
      const exact = candidates.find(({ versions }) => version !== null && versions.includes(version))
      const free = candidates.find(({ versions }) => version === null || versions.length === 0)
      if (exact !== undefined) return { text: exact.text, file: exact.path }
      const tagged = readsTags
        ? candidates.map(({ path }) => textAtTag(path, place, version)).find((text) => text !== undefined)
        : undefined
      if (tagged !== undefined) return { text: tagged, file: null }
      if (free !== undefined) return { text: free.text, file: free.path }
      others.push(...candidates.flatMap(({ versions }) => versions))
    }
    const bundled = bundledLibrary(name, version)
    if (bundled !== undefined) return { text: bundled, file: null }
    return others.length === 0 ? undefined : { versions: [...new Set(others)].toSorted() }
  }
}

/** A library that `#require` finds; `file` is null for one that is part of this program, `version` where it says none. */
type FoundLibrary = { name: string; version: string | null; file: string | null }

/** All libraries that `libraryIn` finds in these places, in the order in which they are looked for. */
export function librariesIn(places: readonly string[]): FoundLibrary[] {
  const found = places.flatMap((place): FoundLibrary[] => {
    const [, name = '', version = null, file = ''] = FILE_OF.exec(place) ?? []
    if (name !== '') return [{ name, version, file }]
    return [...indexOf(place).values()].flat().map(({ path, folderVersion }) => ({
      name: basename(path).replace(SUFFIX, ''),
      version: folderVersion ?? versionIn(readFileSync(path, 'latin1')),
      file: path,
    }))
  })
  return [...found, ...bundledVersions.map((one) => ({ ...one, file: null }))]
}

/** The names of all libraries that `libraryIn` finds, as their files write them. */
export function libraryNames(folders: readonly string[]): string[] {
  const files = folders
    .filter((folder) => !FILE_OF.test(folder))
    .flatMap((folder) => [...indexOf(folder).values()].flat())
  const names = files.map(({ path }) => basename(path).replace(SUFFIX, ''))
  return [...new Set([...bundledNames, ...names])].toSorted()
}

/** The files of a folder by the name of their library in small letters. Links are not followed: they may lead out of it. */
function indexOf(folder: string): Map<string, Found[]> {
  const index = new Map<string, Found[]>()
  let entries = 0
  const walk = (at: string, depth: number, version: string | null) => {
    for (const entry of entriesOf(at)) {
      if (++entries > mostEntries) return
      const path = join(at, entry.name)
      if (entry.isFile() && SUFFIX.test(entry.name)) {
        const name = entry.name.replace(SUFFIX, '').toLowerCase()
        index.set(name, [...(index.get(name) ?? []), { path, folderVersion: version }])
      } else if (
        entry.isDirectory() &&
        depth < deepest &&
        !entry.name.startsWith('.') &&
        entry.name !== 'node_modules'
      ) {
        walk(path, depth + 1, VERSION_FOLDER.exec(entry.name)?.[1] ?? version)
      }
    }
  }
  walk(folder, 0, VERSION_FOLDER.exec(basename(folder))?.[1] ?? null)
  return index
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    // A folder that is not there has no libraries; the missing ones are told by name.
    return []
  }
}

/** The version that a library says it has: `VERSION = "1.2.3"`, or `version = [1, 2, 3]` as older ones write it. */
function versionIn(text: string): string | null {
  const [, written, ...numbers] = VERSION.exec(text) ?? []
  return written ?? (numbers[0] === undefined ? null : numbers.join('.'))
}

const VERSION = /\bVERSION\s*(?:=|<-)\s*(?:"v?(\d+\.\d+\.\d+)"|\[\s*(\d+)\s*,\s*(\d+)\s*,\s*(\d+)\s*\])/i

/** The text of a file at the tag `v1.2.3` or `1.2.3` of its checkout below `folder`, read as an object: nothing is checked out, no hook runs. */
function textAtTag(path: string, folder: string, version: string | null): string | undefined {
  if (version === null || !/^\d+\.\d+\.\d+$/.test(version)) return undefined
  for (let root = dirname(path); root.startsWith(folder); root = dirname(root)) {
    if (!existsSync(join(root, '.git'))) continue
    for (const tag of [`v${version}`, version]) {
      const object = `refs/tags/${tag}:${relative(root, path).replaceAll('\\', '/')}`
      const { status, stdout } = spawnSync('git', ['-C', root, 'cat-file', 'blob', object], {
        encoding: 'latin1',
        maxBuffer: 1 << 26,
        env: { PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin' },
      })
      if (status === 0) return stdout
    }
    return undefined
  }
  return undefined
}
