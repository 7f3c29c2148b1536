/** The files of a program and the paths of an editor: which are the same. */
import { existsSync, realpathSync } from 'node:fs'
import { resolve } from 'node:path'

export type Paths = {
  /** The file of the program that an editor means; undefined when there is none. */
  fileOf(path: string): string | undefined
  /** Where a file is on the disk; undefined when it is nowhere. */
  pathOf(file: string): string | undefined
}

/**
 * Paths are the same when their real paths are; otherwise the file counts that has the longest end in common, its name at least. `map` says what else is the
 * same: files of the program to paths.
 */
export function createPaths(
  files: readonly string[],
  directory: string,
  map: ReadonlyMap<string, string>,
): Paths {
  const paths = new Map<string, string>()
  for (const file of files) {
    const path = resolve(directory, map.get(file) ?? file)
    if (existsSync(path)) paths.set(file, path)
  }
  return {
    pathOf: (file) => paths.get(file),
    fileOf(given) {
      const wanted = real(resolve(directory, given))
      for (const [file, path] of paths) if (real(path) === wanted) return file
      let best: { file: string; length: number } | undefined
      for (const file of files) {
        if (map.has(file)) continue
        const length = commonEnd(file, wanted)
        if (length > 0 && length > (best?.length ?? 0)) best = { file, length }
      }
      return best?.file
    },
  }
}

function real(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

/** How many parts two paths have in common at their ends. */
function commonEnd(one: string, other: string): number {
  const [a, b] = [one, other].map((path) => path.split(/[\\/]/).toReversed()) as [string[], string[]]
  const first = a.findIndex((part, at) => part !== b[at])
  return first < 0 ? a.length : first
}
