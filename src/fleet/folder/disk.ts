import { constants } from 'node:fs'
import { copyFile, lstat, mkdir, open, readdir, rename, rm, rmdir, unlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { inParallel } from '../../impcentral/parallel.ts'
import { ImptError } from '../../output/error.ts'
import { replaceFile } from '../../session/atomic-file.ts'
import { codeOf, fileError } from '../../session/file-error.ts'

export interface Entry {
  readonly name: string
  readonly kind: 'file' | 'folder' | 'other'
}

/**
 * The only way from this room to the disk. Paths are relative to the folder, with `/`; nothing is followed out of it: a symbolic link on
 * the way is an error FILE. Tests put one in its place that fails at a chosen effect.
 */
export interface Disk {
  /** The folder as the person named it, for messages. */
  readonly name: string
  /** What lies in a folder, by name; nothing where there is none. */
  list(path: string): Promise<readonly Entry[]>
  /** The bytes of a file; undefined where there is none. Throws FILE for anything that is no plain file. */
  read(path: string): Promise<Buffer | undefined>
  /** Replaces a file as a whole, its folder made if need be. `secret`: mode 0600. */
  write(path: string, content: string | Uint8Array, secret?: boolean): Promise<void>
  /** Puts a new file where nobody reads yet: it may be cut by a crash, and is safe on the disk after `sync` only. */
  put(path: string, content: string | Uint8Array, secret?: boolean): Promise<void>
  /** Waits until these files are on the disk. Many at once cost little more than one. */
  sync(paths: readonly string[]): Promise<void>
  /** Adds a line to a file and waits for the disk. */
  append(path: string, line: string): Promise<void>
  copy(from: string, to: string): Promise<void>
  move(from: string, to: string): Promise<void>
  /** Removes a file, and folders that are empty then; or a folder with all that is in it. Nothing there is no error. */
  remove(path: string): Promise<void>
  removeAll(path: string): Promise<void>
}

export function diskOf(root: string, name: string): Disk {
  const full = (path: string) => join(root, ...path.split('/'))
  const naming = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw fileError(join(name, path), error)
    }
  }
  const seen = new Set<string>()
  /** Throws FILE if a part of the path is a link or no folder. */
  async function guarded(path: string): Promise<void> {
    const parts = path.split('/')
    for (let i = 1; i <= parts.length; i++) {
      const part = parts.slice(0, i).join('/')
      if (i < parts.length && seen.has(part)) continue
      const status = await lstat(full(part)).catch((error: unknown) => {
        if (codeOf(error) === 'ENOENT') return undefined
        throw error
      })
      if (status === undefined) return
      if (status.isSymbolicLink()) throw unfit(part, 'a symbolic link')
      if (i < parts.length && !status.isDirectory()) throw unfit(part, 'no folder')
      if (i < parts.length) seen.add(part)
    }
  }
  const unfit = (path: string, what: string) =>
    new ImptError('FILE', `File error: ${join(name, path)}: it is ${what}.`, {
      hint: 'Folders of accounts hold plain files and folders only',
    })
  const made = new Set<string>()
  const folderFor = async (path: string) => {
    if (made.has(dirname(path))) return
    await mkdir(dirname(full(path)), {
      recursive: true,
      ...(path.startsWith('.impt/') ? { mode: 0o700 } : {}),
    })
    made.add(dirname(path))
  }

  const disk: Disk = {
    name,
    list: (path) =>
      naming(path, async () => {
        await guarded(path)
        try {
          const entries = await readdir(full(path), { withFileTypes: true })
          return entries
            .map((entry) => ({
              name: entry.name,
              kind: entry.isFile()
                ? ('file' as const)
                : entry.isDirectory()
                  ? ('folder' as const)
                  : ('other' as const),
            }))
            .sort((a, b) => (a.name < b.name ? -1 : 1))
        } catch (error) {
          if (codeOf(error) === 'ENOENT') return []
          throw error
        }
      }),
    read: (path) =>
      naming(path, async () => {
        await guarded(path)
        let handle
        try {
          // A pipe would make the read wait for ever.
          handle = await open(full(path), constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
        } catch (error) {
          if (codeOf(error) === 'ENOENT') return undefined
          throw error
        }
        try {
          if (!(await handle.stat()).isFile()) throw unfit(path, 'no plain file')
          return await handle.readFile()
        } finally {
          await handle.close()
        }
      }),
    write: (path, content, secret = false) =>
      naming(path, async () => {
        await guarded(path)
        await folderFor(path)
        const bytes = typeof content === 'string' ? content : once(content)
        await replaceFile(full(path), bytes, secret ? 'secret' : 'plain')
      }),
    put: (path, content, secret = false) =>
      naming(path, async () => {
        await guarded(path)
        await folderFor(path)
        // A file that is there would keep its mode.
        if (secret) await rm(full(path), { force: true })
        await writeFile(full(path), content, { mode: secret ? 0o600 : 0o666 })
      }),
    sync: async (paths) => {
      await inParallel(paths, (path) =>
        naming(path, async () => {
          const handle = await open(full(path), 'r+')
          try {
            await handle.datasync()
          } finally {
            await handle.close()
          }
        }),
      )
    },
    append: (path, line) =>
      naming(path, async () => {
        await guarded(path)
        await folderFor(path)
        const handle = await open(full(path), 'a', 0o600)
        try {
          await handle.appendFile(`${line}\n`)
          await handle.sync()
        } finally {
          await handle.close()
        }
      }),
    copy: (from, to) =>
      naming(to, async () => {
        await guarded(to)
        await folderFor(to)
        await copyFile(full(from), full(to))
      }),
    move: (from, to) =>
      naming(to, async () => {
        await guarded(to)
        await folderFor(to)
        await rename(full(from), full(to))
      }),
    remove: (path) =>
      naming(path, async () => {
        await guarded(path)
        await unlink(full(path)).catch((error: unknown) => {
          if (codeOf(error) !== 'ENOENT') throw error
        })
        for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
          seen.delete(folder)
          made.delete(folder)
          const removed = await rmdir(full(folder)).then(
            () => true,
            () => false,
          )
          if (!removed) return
        }
      }),
    removeAll: (path) =>
      naming(path, async () => {
        await guarded(path)
        await rm(full(path), { recursive: true, force: true })
        for (const folders of [seen, made])
          for (const known of folders)
            if (known === path || known.startsWith(`${path}/`)) folders.delete(known)
      }),
  }
  return disk
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
