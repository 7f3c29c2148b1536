import { readFileSync, statSync } from 'node:fs'
import { posix, resolve, win32 } from 'node:path'
import { Failure } from './errors.ts'
import { type Source, isRemote } from './source.ts'
import { digest } from './digest.ts'
import { MAX_TEXT } from './values.ts'

/** Where local includes are looked for, see reader.ts. */
interface Surroundings {
  readonly directory: string
  readonly search?: readonly string[]
  readonly onLookup?: (path: string) => void
  readonly readFile?: (absolute: string) => string | undefined
}

/**
 * Reads a local include. A relative path is looked for next to the including source, then in each search folder, then
 * in the working directory.
 * @throws Failure (FILE)
 */
export function readLocal(
  path: string,
  from: Source,
  { search = [], directory, onLookup, readFile }: Surroundings,
): Source {
  for (const candidate of candidates(path, from, search, directory)) {
    const absolute = resolve(directory, candidate)
    onLookup?.(absolute)
    const text = readFile === undefined ? textOfFile(absolute, path) : readFile(absolute)
    if (text === undefined) continue
    return {
      uri: `file:${absolute}`,
      text,
      sha256: digest(text),
      file: posix.basename(candidate),
      path: posix.dirname(candidate),
      name: candidate,
    }
  }
  throw new Failure('FILE', `Local file "${path}" not found`)
}

/**
 * Reads a text file; `undefined` if there is none. Synchronous, as the trips to the thread pool would take ten times as
 * long as the reading of a source.
 * @param shown how errors name it
 * @throws Failure (FILE) for a folder, a device, a file that is too large or one that cannot be read
 */
export function textOfFile(absolute: string, shown: string): string | undefined {
  try {
    const found = statSync(absolute, { throwIfNoEntry: false })
    if (found === undefined) return undefined
    if (found.isDirectory()) throw new Failure('FILE', `"${shown}" is a folder, not a file`)
    // A pipe or a terminal could keep us waiting for ever.
    if (!found.isFile()) throw new Failure('FILE', `"${shown}" is not a regular file`)
    if (found.size > MAX_TEXT) throw tooLarge(shown, found.size)
    return readFileSync(absolute, 'utf8')
  } catch (error) {
    if (error instanceof Failure) throw error
    const code = (error as NodeJS.ErrnoException).code ?? String(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new Failure('FILE', `Cannot read "${shown}": ${code}`)
  }
}

/** The failure for a source beyond the limit; `bytes` is its size. */
export function tooLarge(shown: string, bytes?: number): Failure {
  const limit = MAX_TEXT / 1024 / 1024
  const size =
    bytes === undefined ? `has more than ${limit} MB` : `has ${(bytes / 1024 / 1024).toFixed(1)} MB`
  return new Failure('FILE', `"${shown}" ${size}; the limit for a source is ${limit} MB`)
}

function candidates(
  path: string,
  from: Source,
  search: readonly string[],
  directory: string,
): readonly string[] {
  if (path.trim() === '') throw new Failure('FILE', 'The include names no file')
  if (posix.isAbsolute(path) || win32.isAbsolute(path)) return [posix.normalize(path)]
  const folders = [...(isRemote(from) ? [] : [from.path]), ...search, directory]
  return [...new Set(folders.map((folder) => posix.join(folder.replaceAll('\\', '/'), path)))]
}
