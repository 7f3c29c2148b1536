import { delimiter, resolve } from 'node:path'

/** The folders that IMPT_LIBRARIES lists, as PATH lists its own. */
export function environmentLibraries(): string[] {
  return (process.env['IMPT_LIBRARIES'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => resolve(folder))
}
