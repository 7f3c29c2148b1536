import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Failure } from './errors.ts'
import { writeAtomically } from './files.ts'

/** Paths of lock files; one path for both keeps the file up to date. */
export interface LockOptions {
  /** read versions from this file; it may be missing only if it is also saved */
  readonly use?: string
  /** write the versions of all remote files of the run to this file */
  readonly save?: string
}

interface Lock {
  /** whether versions are to be found out and recorded */
  readonly saving: boolean
  versionOf(uri: string): string | undefined
  record(uri: string, version: string): void
  save(): Promise<void>
}

/**
 * Opens a lock: the JSON format of Builder's dependencies file, an array of `[uri, version]`, where a version is a blob
 * SHA (github), a commit SHA (other repositories) or `sha256:<digest of the content>` (http, ours only). Entries of a
 * file that is both used and saved are kept, so that two sides of a build can share it.
 * @throws Failure (FILE, DATA)
 */
export async function openLock(options: LockOptions = {}): Promise<Lock> {
  const { use, save } = options
  const shared = use !== undefined && save !== undefined && resolve(use) === resolve(save)
  const known = use === undefined ? new Map<string, string>() : await readLock(use, shared)
  const recorded = new Map<string, string>(shared ? known : [])
  let changed = false
  return {
    saving: save !== undefined,
    versionOf: (uri) => known.get(uri),
    record(uri, version) {
      changed ||= recorded.get(uri) !== version
      recorded.set(uri, version)
    },
    async save() {
      if (save === undefined || (shared && !changed)) return
      const entries = [...recorded].sort(([a], [b]) => (a < b ? -1 : 1))
      await writeAtomically(save, `${JSON.stringify(entries, null, 2)}\n`, 'plain')
    },
  }
}

async function readLock(file: string, mayBeMissing: boolean): Promise<Map<string, string>> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' && mayBeMissing) return new Map()
    throw new Failure('FILE', `Cannot read the lock of includes "${file}": ${code ?? String(error)}`)
  }
  const entries = parsed(text)
  if (!Array.isArray(entries) || !entries.every(isEntry)) {
    throw new Failure(
      'DATA',
      `The lock of includes "${file}" is not a JSON array of [include, version] pairs`,
    )
  }
  return new Map(entries)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isEntry(entry: unknown): entry is [string, string] {
  return (
    Array.isArray(entry) &&
    entry.length === 2 &&
    entry.every((part) => typeof part === 'string' && part !== '')
  )
}
