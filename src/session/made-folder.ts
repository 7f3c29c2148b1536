import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { codeOf } from './file-error.ts'

/**
 * Makes a folder and those above it; one that is there is none to make. Throws the system's error, the true one: where the file system is
 * read-only, Node's own recursion says ENOENT.
 */
export async function makeFolders(folder: string, mode?: number): Promise<void> {
  const options = mode === undefined ? {} : { mode }
  try {
    await mkdir(folder, { recursive: true, ...options })
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
    await oneByOne(folder, options)
  }
}

async function oneByOne(folder: string, options: { readonly mode?: number }): Promise<void> {
  const make = (path: string) =>
    mkdir(path, options).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error
    })
  try {
    await make(folder)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || dirname(folder) === folder) throw error
    await oneByOne(dirname(folder), options)
    await make(folder)
  }
}
