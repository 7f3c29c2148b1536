/** Where `#require` finds libraries: folders of the user, then the ones that are part of this program. */
import { type Dirent, readFileSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { bundledLibrary, bundledNames } from './libraries/bundled.ts'
import type { Library } from './requires.ts'

/** Checkouts and mirrors are looked through this deep, and for this many files at most. */
const deepest = 4
const mostEntries = 20_000

type Found = { path: string; folderVersion: string | null }

const SUFFIX = /(?:\.(?:lib|class|agent|device))*\.nut$/i
const VERSION_FOLDER = /(?:^|-)v?(\d+\.\d+\.\d+)$/

/**
 * Looks a library up by its name in any case, with or without `.lib.nut`, `.class.nut`, `.agent.nut`, `.device.nut` or `.nut`: in the folders in
 * their order, wherever it lies in them (workbench 8.3), then among the bundled ones, whose version must have the same first number. The version
 * asked for must be that of the file's folder or the `VERSION` in its text; a file with neither is taken for any.
 */
export function libraryIn(folders: readonly string[]): Library {
  const indexes = new Map<string, Map<string, Found[]>>()
  return (name, version) => {
    if (!/^[\w.-]+$/.test(name) || name.includes('..')) return undefined
    const others: string[] = []
    for (const folder of folders) {
      const index = indexes.get(folder) ?? indexOf(folder)
      indexes.set(folder, index)
      const files = index.get(name.replace(SUFFIX, '').toLowerCase()) ?? []
      // What says its version counts more than what does not.
      const candidates = files.map(({ path, folderVersion }) => {
        const text = readFileSync(path, 'latin1')
        return { path, text, versions: [folderVersion, versionIn(text)].filter((one) => one !== null) }
      })
      const exact = candidates.find(({ versions }) => version !== null && versions.includes(version))
      const free = candidates.find(({ versions }) => version === null || versions.length === 0)
      const found = exact ?? free
      if (found !== undefined) return found.text
      others.push(...candidates.flatMap(({ versions }) => versions))
    }
    const bundled = bundledLibrary(name, version)
    if (bundled !== undefined || others.length === 0) return bundled
    return { versions: [...new Set(others)].toSorted() }
  }
}

/** The names of all libraries that `libraryIn` finds, as their files write them. */
export function libraryNames(folders: readonly string[]): string[] {
  const files = folders.flatMap((folder) => [...indexOf(folder).values()].flat())
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

/** The version that a library says it has. */
function versionIn(text: string): string | null {
  return /\bVERSION\s*(?:=|<-)\s*"v?(\d+\.\d+\.\d+)"/.exec(text)?.[1] ?? null
}
