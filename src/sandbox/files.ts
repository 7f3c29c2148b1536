/**
 * The file operations that the store is made of. Each is one that the end of the process, or of the machine, may come after: the tests
 * replace them by a recorder and cut there.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { open, rename, truncate, unlink } from 'node:fs/promises'
import { join } from 'node:path'

/** A file that grows at its end. */
export type Growing = {
  append(text: string): Promise<void>
  /** Brings what was appended to the disk. */
  sync(): Promise<void>
  close(): Promise<void>
}

/** A folder of files, by their names in it. */
export type Files = {
  /** For messages. */
  path(name: string): string
  names(): string[]
  size(name: string): number
  read(name: string): Buffer
  /** Opens a file for appending, made if it is missing; `empty` takes off what it holds. */
  grow(name: string, empty?: boolean): Promise<Growing>
  truncate(name: string, size: number): Promise<void>
  rename(from: string, to: string): Promise<void>
  remove(name: string): Promise<void>
  /** Brings names that were made, changed or removed to the disk. */
  syncFolder(): Promise<void>
}

/** The files of a folder on disk, readable by their owner only. */
export function filesIn(dir: string): Files {
  const path = (name: string) => join(dir, name)
  return {
    path,
    names: () => readdirSync(dir),
    size: (name) => statSync(path(name)).size,
    read: (name) => readFileSync(path(name)),
    async grow(name, empty = false) {
      const file = await open(path(name), empty ? 'w' : 'a', 0o600)
      return {
        append: (text) => file.appendFile(text),
        sync: () => file.datasync(),
        close: () => file.close(),
      }
    },
    truncate: (name, size) => truncate(path(name), size),
    rename: (from, to) => rename(path(from), path(to)),
    remove: (name) => unlink(path(name)),
    async syncFolder() {
      const handle = await open(dir, 'r')
      // Some file systems cannot do it to a folder.
      await handle.sync().catch(() => undefined)
      await handle.close()
    },
  }
}
