/** Where `#require` finds libraries: folders of the user, then the ones that are part of this program. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundledLibrary } from './libraries/bundled.ts'
import type { Library } from './requires.ts'

/**
 * Looks a library up as `FOLDER/VERSION/NAME`, then `FOLDER/NAME`, where NAME may be given with or without `.lib.nut`, `.class.nut` or
 * `.nut`; then among the bundled ones, whose version must have the same first number.
 */
export function libraryIn(folders: readonly string[]): Library {
  return (name, version) => {
    if (!/^[\w.-]+$/.test(name) || name.includes('..')) return undefined
    for (const folder of folders) {
      for (const place of version !== null && /^[\w.-]+$/.test(version) && !version.includes('..')
        ? [join(folder, version), join(folder, name, version), folder]
        : [folder]) {
        const path = fileNames(name)
          .map((file) => join(place, file))
          .find(existsSync)
        if (path !== undefined) return readFileSync(path, 'latin1')
      }
    }
    return bundledLibrary(name, version)
  }
}

function fileNames(name: string): string[] {
  const base = name.replace(/(?:\.(?:lib|class|agent|device))*\.nut$/, '')
  return [...new Set([name, `${base}.lib.nut`, `${base}.class.nut`, `${base}.nut`])]
}
