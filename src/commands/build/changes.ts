import { realpathSync, statSync, watch, type FSWatcher } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import type { Clock } from '../../testing/clock.ts'

/** Editors write a file in several steps, and people save several files: so long nothing changes before files are read. */
export const QUIET_MS = 250

/** Files whose changes are waited for. */
interface Changes {
  /** From now on these files count, there or not, and no others. Full paths. */
  attend(paths: ReadonlySet<string>): void
  /** From now on this one counts too: said before it is read, so that no change falls between its reading and the waiting. */
  also(path: string): void
  stop(): void
}

interface ChangesOptions {
  readonly clock: Clock
  /** Something has changed, and since then nothing for a while. */
  readonly onChanged: () => void
  /** A file that had content is empty, as while it is written; its content is waited for. */
  readonly onEmpty: (path: string) => void
}

/** A folder that is watched, and which one it is: another may get its name. */
interface Watched {
  readonly watcher: FSWatcher
  readonly identity: string | undefined
}

/**
 * Waits for changes of files, whichever way they are saved: written in place, replaced, removed and made again. Folders are watched, as a
 * replaced file is another one; nothing runs while nothing changes, however many files there are.
 */
export function createChanges({ clock, onChanged, onEmpty }: ChangesOptions): Changes {
  const folders = new Map<string, Watched>()
  let paths = new Set<string>()
  /** Sizes in bytes when they were last looked at; -1 for what is not there. */
  let sizes = new Map<string, number>()
  let cancel = (): void => undefined

  function attend(wanted: ReadonlySet<string>): void {
    paths = new Set([...wanted].flatMap(placesOf))
    for (const path of paths) if (!sizes.has(path)) sizes.set(path, sizeOf(path))
    watchFolders()
  }

  function also(wanted: string): void {
    for (const path of placesOf(wanted)) {
      if (paths.has(path)) continue
      paths.add(path)
      sizes.set(path, sizeOf(path))
      const folder = existingFolder(dirname(path))
      if (!folders.has(folder)) watchFolder(folder)
    }
  }

  /** Watches the folder of each file, or where there is none the nearest one in which it would be made. */
  function watchFolders(): void {
    const needed = new Set([...paths].map((path) => existingFolder(dirname(path))))
    for (const [folder, { watcher, identity }] of folders) {
      if (needed.has(folder) && identity === identityOf(folder)) continue
      watcher.close()
      folders.delete(folder)
    }
    for (const folder of needed) if (!folders.has(folder)) watchFolder(folder)
  }

  function watchFolder(folder: string): void {
    const identity = identityOf(folder)
    try {
      const watcher = watch(folder, (_, name) => {
        const changed = name === null ? folder : join(folder, name)
        const isGone = identityOf(folder) !== identity
        if (!isGone && !concerns(changed)) return
        // A folder on the way to a file came or went.
        if (isGone || !paths.has(changed)) watchFolders()
        quieten()
      })
      watcher.on('error', () => watcher.close())
      folders.set(folder, { watcher, identity })
    } catch {
      // It went away meanwhile: the next change of another folder looks again.
    }
  }

  /** Whether a change of this path is one of a file that counts, or of a folder that leads to one. */
  function concerns(changed: string): boolean {
    if (paths.has(changed)) return true
    const inside = changed + sep
    for (const path of paths) if (path.startsWith(inside)) return true
    return false
  }

  function quieten(): void {
    cancel()
    cancel = clock.after(QUIET_MS, look)
  }

  function look(): void {
    watchFolders()
    const emptied = [...paths].find((path) => sizeOf(path) === 0 && (sizes.get(path) ?? 0) > 0)
    if (emptied !== undefined) return onEmpty(emptied)
    sizes = new Map([...paths].map((path) => [path, sizeOf(path)]))
    onChanged()
  }

  return {
    attend,
    also,
    stop() {
      cancel()
      for (const { watcher } of folders.values()) watcher.close()
      folders.clear()
    },
  }
}

/** A path, and where it is a link its target, which is what an editor writes to. */
function placesOf(path: string): readonly string[] {
  const target = realPath(path)
  return target === undefined || target === path ? [path] : [path, target]
}

function existingFolder(folder: string): string {
  const parent = dirname(folder)
  return identityOf(folder) !== undefined || parent === folder ? folder : existingFolder(parent)
}

/** Tells a folder from another one of the same name; undefined where there is none. */
function identityOf(folder: string): string | undefined {
  try {
    const found = statSync(folder, { throwIfNoEntry: false, bigint: true })
    return found?.isDirectory() ? `${found.dev}:${found.ino}` : undefined
  } catch {
    return undefined
  }
}

function sizeOf(path: string): number {
  try {
    return statSync(path, { throwIfNoEntry: false })?.size ?? -1
  } catch {
    // A folder on the way may not be entered, or is a file now.
    return -1
  }
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}
