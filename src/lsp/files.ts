import { readFileSync, realpathSync, statSync } from 'node:fs'
import { sep } from 'node:path'

/** Files larger than this (bytes) are not read. */
const LARGEST_FILE = 4_000_000

/** A file that was not read, and why. */
export interface Unread {
  readonly unread: 'missing' | 'outside' | 'unfit'
}

/** The files that analysis may see: texts that are open, then regular files below the roots, wherever links lead. */
export interface Files {
  read(path: string): string | Unread
}

export function filesBelow(
  roots: readonly string[],
  open: readonly (readonly [path: string, text: string])[],
): Files {
  const texts = new Map(open)
  const real = roots.map(realOf).filter((root) => root !== undefined)
  return {
    read(path) {
      const text = texts.get(path)
      if (text !== undefined) return text
      const target = realOf(path)
      if (target === undefined) return { unread: 'missing' }
      if (!real.some((root) => isBelow(target, root))) return { unread: 'outside' }
      try {
        // A pipe or a device could keep us waiting for ever.
        const status = statSync(target)
        if (!status.isFile() || status.size > LARGEST_FILE) return { unread: 'unfit' }
        // Editors show no byte order mark and count no column for it.
        return readFileSync(target, 'utf8').replace(/^\ufeff/, '')
      } catch {
        return { unread: 'unfit' }
      }
    },
  }
}

/** Whether a path is a folder or lies in it. */
export function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)
}

/** Whether a folder lies in one of the roots, wherever links lead. */
export function isInside(folder: string, roots: readonly string[]): boolean {
  const target = realOf(folder)
  return target !== undefined && roots.some((root) => isBelow(target, realOf(root) ?? root))
}

function realOf(path: string): string | undefined {
  try {
    return realpathSync(path)
  } catch {
    return undefined
  }
}
