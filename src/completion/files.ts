import { type Dirent, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { visible } from '../output/visible.ts'
import type { MenuItem } from './item.ts'
import { quotedWord } from './quoted.ts'
import { ranked } from './match.ts'

/** Files and directories that begin a path; a folder that cannot be read has none. */
export function fileItems(
  directory: string,
  home: string,
  typed: string,
  what: 'file' | 'directory',
): readonly MenuItem[] {
  const slash = typed.lastIndexOf('/') + 1
  const folder = typed.slice(0, slash)
  const path = resolve(directory, folder.startsWith('~/') ? home + folder.slice(1) : folder)
  try {
    const entries = readdirSync(path, { withFileTypes: true })
    const part = typed.slice(slash)
    const shown = entries.filter(
      (entry) =>
        (part.startsWith('.') || !entry.name.startsWith('.')) && (what === 'file' || isFolder(path, entry)),
    )
    return ranked(shown, part, ({ name }) => name).map((entry) => {
      const goesOn = isFolder(path, entry)
      return {
        insert: quotedWord(folder + entry.name) + (goesOn ? '/' : ''),
        label: visible(entry.name) + (goesOn ? '/' : ''),
        ...(goesOn ? { open: true } : {}),
      }
    })
  } catch {
    return []
  }
}

/** Whether an entry is a folder or a link to one. */
function isFolder(path: string, entry: Dirent): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory()
  try {
    return statSync(join(path, entry.name)).isDirectory()
  } catch {
    return false
  }
}
