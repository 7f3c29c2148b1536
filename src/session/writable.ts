import { randomBytes } from 'node:crypto'
import { open, realpath, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { ImptError } from '../output/error.ts'
import { makeFolders } from './made-folder.ts'
import { namingFile } from './file-error.ts'

/** What is to be written after some work, which is in vain where it cannot be written. */
export interface Wanted {
  /** Such as `report`. */
  readonly what: string
  /** As the user typed it. */
  readonly name: string
  /** How the option is written with a right value. */
  readonly hint: string
  /** Several files in a folder of this name. */
  readonly isFolder?: boolean
}

/**
 * Makes sure, before the work, that a file or a folder can be written: makes the folder, and writes a little there, which is removed again. A device
 * or a pipe is left alone. Throws FILE, and has changed nothing then but folders.
 */
export async function assertWritable(
  { what, name, hint, isFolder = false }: Wanted,
  directory: string,
): Promise<void> {
  const path = resolve(directory, name)
  const found = await stat(path).catch(() => undefined)
  const refusal = (why: string, cure?: string) =>
    new ImptError(
      'FILE',
      `The ${what} "${name}" cannot be written: ${why}.`,
      cure === undefined ? {} : { hint: cure },
    )
  if (isFolder && found && !found.isDirectory()) throw refusal('it is a file', hint)
  if (!isFolder && found?.isDirectory()) throw refusal('it is a folder', hint)
  // Nothing can be made there, and the system's answer sends Node round in a circle; only open files can be named, as by /dev/stdout.
  if ((!found || isFolder) && /^\/proc(?:\/|$)/.test(path)) throw refusal('/proc holds no files of yours')
  if (isOpenOrDevice(path) || (found && !found.isFile() && !isFolder)) return
  const folder = isFolder ? path : dirname(await realpath(path).catch(() => path))
  await namingFile(name, async () => {
    await makeFolders(folder)
    const trial = join(folder, `.impt-trial-${randomBytes(6).toString('hex')}`)
    const handle = await open(trial, 'wx')
    try {
      // A full disk takes names, but no content.
      await handle.writeFile(' '.repeat(4096))
      await handle.sync()
    } finally {
      await handle.close()
      await rm(trial, { force: true })
    }
  })
}

/** What lies below these is not ours to make or to remove, even where it is a file, as /dev/stdout may be. */
export function isOpenOrDevice(path: string): boolean {
  return /^\/(?:dev|proc)\//.test(path)
}

/** Says where something was written, unless it went to where the user looks. */
export function tellWritten(tell: (text: string) => void, what: string, path: string): void {
  // In quotes it is copied as it is, also where a terminal breaks the line.
  if (!isOpenOrDevice(path)) tell(`${what} is written to ${path.includes(' ') ? `"${path}"` : path}.`)
}
