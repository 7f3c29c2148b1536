import { readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { digest } from './digest.ts'
import { writeAtomically } from './files.ts'
import type { Fetched } from './remote.ts'

export interface CacheOptions {
  /** e.g. `.builder-cache` in the working directory */
  readonly directory: string
}

const LIFETIME = 24 * 60 * 60 * 1000

/** Finds a remote file in the cache; anything older than 24 hours, from the future or damaged counts as absent. */
export async function cached(cache: CacheOptions, key: string): Promise<Fetched | undefined> {
  try {
    const entry: unknown = JSON.parse(await readFile(fileOf(cache, key), 'utf8'))
    if (typeof entry !== 'object' || entry === null) return undefined
    const { key: stored, at, text, version } = entry as Record<string, unknown>
    if (stored !== key || typeof at !== 'number' || typeof text !== 'string') return undefined
    const age = Date.now() - at
    if (!(age >= 0 && age < LIFETIME)) return undefined
    return typeof version === 'string' ? { text, version } : { text }
  } catch {
    return undefined
  }
}

/**
 * Keeps a remote file for the next 24 hours.
 * @throws Failure (FILE) if the cache cannot be written
 */
export async function remember(cache: CacheOptions, key: string, { text, version }: Fetched): Promise<void> {
  const entry = JSON.stringify({ key, at: Date.now(), version, text })
  // The form is private: the source may be from a private repository.
  await writeAtomically(fileOf(cache, key), entry, 'cache')
}

/** Removes a cache folder; tells whether there was one. */
export async function clearCache(directory: string): Promise<boolean> {
  const existed = await stat(directory).then(
    (found) => found.isDirectory(),
    () => false,
  )
  if (existed) await rm(directory, { recursive: true, force: true })
  return existed
}

function fileOf(cache: CacheOptions, key: string): string {
  return join(cache.directory, `${digest(key)}.json`)
}
