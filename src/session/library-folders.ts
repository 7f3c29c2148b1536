import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { ImptError } from '../output/error.ts'
import { readProject } from './project-file.ts'

/** Where folders of libraries can be named. */
const PLACES =
  'Folders come from --libraries, "libraries" of .impt.test and .impt.project, and IMPT_LIBRARIES'

/** The full paths of folders of libraries. Throws FILE for one that is not there. */
export function libraryFolders(directory: string, names: readonly string[]): string[] {
  return names.map((name) => {
    const path = resolve(directory, name)
    if (existsSync(path) && statSync(path).isDirectory()) return path
    throw new ImptError('FILE', `The library folder "${name}" does not exist.`, { hint: PLACES })
  })
}

/** The folders of libraries that the Project file of a directory names. Throws FILE for one that is not there. */
export async function projectLibraries(directory: string): Promise<string[]> {
  return libraryFolders(directory, (await readProject(directory))?.libraries ?? [])
}

/** `--library NAME[:VERSION]=FILE`, with the full path of the file. Throws USAGE, and FILE where there is no such file. */
export function libraryFiles(directory: string, texts: readonly string[]): string[] {
  return texts.map((text) => {
    const [, name, file = ''] = /^([\w.-]+(?::\d+\.\d+\.\d+)?)=(.+)$/s.exec(text) ?? []
    if (name === undefined)
      throw new ImptError('USAGE', `"${text}" names no library file.`, {
        hint: 'Write --library NAME=FILE or --library NAME:1.2.3=FILE',
      })
    const path = resolve(directory, file)
    if (existsSync(path) && statSync(path).isFile()) return `${name}=${path}`
    throw new ImptError('FILE', `The library file "${file}" does not exist.`)
  })
}
