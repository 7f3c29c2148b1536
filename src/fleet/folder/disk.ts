import {
  closeSync,
  constants,
  fstatSync,
  mkdir,
  open,
  openSync,
  readFileSync,
  rename,
  writeFileSync,
} from 'node:fs'
import * as fs from 'node:fs/promises'
import { lstat, readdir, rm, rmdir, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { ImptError } from '../../output/error.ts'
import { replaceFile } from '../../session/atomic-file.ts'
import { codeOf, fileError } from '../../session/file-error.ts'
import { syncFiles } from './sync.ts'

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
  /** Puts a new file where nobody reads yet. Until `flush` a crash may cut it. */
  put(path: string, content: string | Uint8Array, secret?: boolean): Promise<void>
  /** Waits until all that was put is on the disk. */
  flush(): Promise<void>
  /** Adds a line to a file and waits for the disk. */
  append(path: string, line: string): Promise<void>
  move(from: string, to: string): Promise<void>
  /** Removes a file, and folders that are empty then; or a folder with all that is in it. Nothing there is no error. */
  remove(path: string): Promise<void>
  removeAll(path: string): Promise<void>
}

export function diskOf(root: string, name: string): Disk {
  const full = (path: string) => {
    const parts = path.split('/')
    if (parts.includes('..')) throw unfit(path, 'outside of the folder')
    return join(root, ...parts)
  }
  const naming = async <T>(path: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw fileError(join(name, path), error)
    }
  }
  const seen = new Set<string>()
  /** Throws FILE if a part of the path is a link, or one that must be a folder is none: all but the last, or all. */
  async function guarded(path: string, isFolder = false): Promise<void> {
    const parts = path.split('/')
    // Where the folder itself lies is its owner's choice.
    for (let i = parts[0] === '.' ? parts.length + 1 : 1; i <= parts.length; i++) {
      const part = parts.slice(0, i).join('/')
      const mustBeFolder = isFolder || i < parts.length
      if (mustBeFolder && seen.has(part)) continue
      const status = await lstat(full(part)).catch((error: unknown) => {
        if (codeOf(error) === 'ENOENT') return undefined
        throw error
      })
      if (status === undefined) return
      if (status.isSymbolicLink()) throw unfit(part, 'a symbolic link')
      if (mustBeFolder && !status.isDirectory()) throw unfit(part, 'no folder')
      if (mustBeFolder) seen.add(part)
    }
  }
  const unfit = (path: string, what: string) =>
    new ImptError('FILE', `File error: ${join(name, path)}: it is ${what}.`, {
      hint: 'Folders of accounts hold plain files and folders only',
    })
  /** Folders that are there, or are being made. */
  const made = new Map<string, Promise<void>>()
  const folderFor = (path: string): Promise<void> => {
    const folder = dirname(path)
    const known = made.get(folder)
    if (known !== undefined) return known
    const making = makeFolder(folder)
    made.set(folder, making)
    making.catch(() => made.delete(folder))
    return making
  }
  /** A folder is not there any more, nor what was in it. */
  const forget = (folder: string) => {
    for (const paths of [seen, made, loose])
      for (const known of paths.keys())
        if (known === folder || known.startsWith(`${folder}/`)) paths.delete(known)
  }
  const makeFolder = async (folder: string) => {
    // It keeps what is in it from others; folders that are staged there keep the mode that they will have.
    const mode = folder === '.impt' ? { mode: 0o700 } : {}
    if (folder === '.') {
      await fs.mkdir(root, { recursive: true })
      return
    }
    await folderFor(folder)
    try {
      await folderMade(full(folder), mode)
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
      await guarded(folder, true)
    }
    seen.add(folder)
  }

  /** What was put and may not be on the disk yet. */
  const loose = new Set<string>()

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
        await guarded(dirname(path), true)
        if (constants.O_NOFOLLOW === undefined) await guarded(path)
        let handle
        try {
          handle = openSync(full(path), READING)
        } catch (error) {
          if (codeOf(error) === 'ENOENT') return undefined
          if (codeOf(error) === 'ELOOP') throw unfit(path, 'a symbolic link')
          throw error
        }
        // Small files by the thousand: going through the thread pool five times for each takes ten times as long.
        try {
          if (!fstatSync(handle).isFile()) throw unfit(path, 'no plain file')
          return readFileSync(handle)
        } finally {
          closeSync(handle)
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
        await folderFor(path)
        const mode = secret ? 0o600 : 0o666
        try {
          await filled(full(path), content, mode)
        } catch (error) {
          if (codeOf(error) !== 'EEXIST') throw error
          // What a killed command left there would keep its mode, or lead elsewhere.
          await rm(full(path), { force: true })
          await filled(full(path), content, mode)
        }
        loose.add(path)
      }),
    async flush() {
      const paths = [...loose]
      loose.clear()
      await syncFiles(root, paths, full, naming)
    },
    append: (path, line) =>
      naming(path, async () => {
        await guarded(path)
        await folderFor(path)
        const handle = await fs.open(full(path), 'a', 0o600)
        try {
          await handle.appendFile(`${line}\n`)
          await handle.sync()
        } finally {
          await handle.close()
        }
      }),
    move: (from, to) =>
      naming(to, async () => {
        await folderFor(to)
        await renamed(full(from), full(to))
        if (loose.delete(from)) loose.add(to)
        if (made.has(from)) forget(from)
      }),
    remove: (path) =>
      naming(path, async () => {
        await guarded(path)
        loose.delete(path)
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
        forget(path)
      }),
  }
  return disk
}

/** Nothing is followed, and a pipe is not waited for. Windows knows neither. */
const READING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0)
// The callbacks of Node: its promises for files cost three times as much, and there are thousands of files.
const opened = promisify(open) as (path: string, flags: string, mode: number) => Promise<number>
const folderMade = promisify(mkdir) as (path: string, options: { mode?: number }) => Promise<unknown>
const renamed = promisify(rename)

/** Makes a new file. Only its making waits for the disk's folders: the rest goes to memory, and each trip through the thread pool costs more. */
async function filled(path: string, content: string | Uint8Array, mode: number): Promise<void> {
  const handle = await opened(path, 'wx', mode)
  try {
    writeFileSync(handle, content)
  } finally {
    closeSync(handle)
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}
