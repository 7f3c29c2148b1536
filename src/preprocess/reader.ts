import { posix } from 'node:path'
import { type CacheOptions, cached, remember } from './cache.ts'
import { digest } from './digest.ts'
import { Failure } from './errors.ts'
import { type LockOptions, openLock } from './lock.ts'
import { readLocal } from './local.ts'
import { mirrorPlace, readMirror } from './mirror.ts'
import { type Reference, parseReference, relativeTo, uriOf } from './reference.ts'
import { type Fetched, type RemoteOptions, fetchRemote } from './remote.ts'
import type { Source } from './source.ts'

export interface ReaderOptions extends RemoteOptions {
  /** working directory, the last place where local includes are looked for; the process's own by default */
  readonly directory?: string
  /** folders where local includes are looked for after the folder of the including source */
  readonly search?: readonly string[]
  /** hears the absolute path of each local file that is looked for, found or not */
  readonly onLookup?: (path: string) => void
  /** whether a relative include in a remote source is relative to it; local otherwise, as in Builder */
  readonly remoteRelativeIncludes?: boolean
  /** keeps remote files for 24 hours; off by default */
  readonly cache?: CacheOptions
  /** versions of remote files to use, to save, or both */
  readonly lock?: LockOptions
  /** folder with copies of remote files, see mirror.ts */
  readonly mirror?: string
  /** `true`: never use the network */
  readonly offline?: boolean
  /** reads local files instead of the disk; `undefined` where there is none */
  readonly readFile?: (absolute: string) => string | undefined
  /** the text of a remote source that is not in the mirror: then no server is asked, and no program started */
  readonly absent?: (uri: string, from: Source) => string
}

/** A source that was included. */
export interface Included {
  /** name as in `#line` markers */
  readonly name: string
  /** identity, e.g. `github:electricimp/Promise/Promise.lib.nut@v4.0.0` */
  readonly uri: string
  /** absolute path, for a file of this machine */
  readonly path?: string
  readonly sha256: string
}

/** Reads the sources of one run; each reference is fetched once. */
export interface Reader {
  /** @throws Failure */
  read(reference: string, from: Source): Promise<Source>
  /** every source read so far, in order */
  sources(): Included[]
  /** @throws Failure (CANCELLED) */
  checkAborted(): void
  /** Writes the lock; to be called when the run has succeeded. */
  finish(): Promise<void>
}

type Remote = Exclude<Reference, { kind: 'local' }>

/**
 * Opens the readers of a run.
 * @throws Failure (FILE, DATA) if the lock cannot be read
 */
export async function newReader(options: ReaderOptions & { directory: string }): Promise<Reader> {
  const lock = await openLock(options.lock)
  const known = new Map<string, Source>()
  const read = new Map<string, Source>()

  return { read: readSource, sources, checkAborted, finish: () => lock.save() }

  async function readSource(text: string, from: Source): Promise<Source> {
    checkAborted()
    const written = options.remoteRelativeIncludes === true ? relativeTo(from, text) : text
    const reference = parseReference(written)
    const key = reference.kind === 'local' ? `${from.path}\n${reference.path}` : uriOf(reference)
    const earlier = known.get(key)
    if (earlier !== undefined) return earlier
    const source =
      reference.kind === 'local'
        ? readLocal(reference.path, from, options)
        : sourceOf(reference, await readRemote(reference, from))
    known.set(key, source)
    read.set(source.uri, source)
    return source
  }

  async function readRemote(reference: Remote, from: Source): Promise<Fetched> {
    const uri = uriOf(reference)
    const mirrored = options.mirror === undefined ? undefined : readMirror(options.mirror, reference)
    if (mirrored !== undefined) return { text: mirrored }
    if (options.absent !== undefined) return { text: options.absent(uri, from) }
    if (options.offline === true && reference.kind !== 'git-local') {
      const where =
        options.mirror === undefined ? 'no mirror folder is set' : `it is not in ${options.mirror}`
      throw new Failure('NOT_FOUND', `"${uri}" cannot be read without network: ${where}`)
    }
    const version = lock.versionOf(uri)
    // A local repository needs no cache, and a server may serve other content to another address.
    const cache = reference.kind === 'git-local' ? undefined : options.cache
    const { github, bitbucketServer, azureRepos } = options
    const key = JSON.stringify([uri, version, github?.api, bitbucketServer?.address, azureRepos?.api])
    const stored = cache === undefined ? undefined : await cached(cache, key)
    const usable = stored !== undefined && (!lock.saving || stored.version !== undefined)
    const fetched = usable
      ? stored
      : await fetchRemote(reference, version, lock.saving, options).catch((error: unknown) => {
          throw withMirror(error, reference)
        })
    if (cache !== undefined && !usable) await remember(cache, key, fetched)
    if (fetched.version !== undefined) lock.record(uri, fetched.version)
    return fetched
  }

  function sources(): Included[] {
    return [...read.values()].map((source) => {
      const included = { name: source.name, uri: source.uri, sha256: source.sha256 }
      return source.uri.startsWith('file:')
        ? { ...included, path: source.uri.slice('file:'.length) }
        : included
    })
  }

  function checkAborted(): void {
    if (options.signal?.aborted === true) throw new Failure('CANCELLED', 'Preprocessing was cancelled')
  }
}

/** What may have no answer now: a copy of the file does as well. */
const ANSWERLESS: ReadonlySet<string> = new Set([
  'NETWORK',
  'TIMEOUT',
  'SERVER',
  'RATE_LIMIT',
  'NOT_FOUND',
  'AUTH',
])

/** A failure to fetch names the cure that needs no server. */
function withMirror(error: unknown, reference: Remote): unknown {
  const place = mirrorPlace(reference)
  if (!(error instanceof Failure) || !ANSWERLESS.has(error.code) || place === undefined) return error
  const hint = `A copy of it at ${place} below a mirror folder does without the server: --mirror DIR or IMPT_INCLUDE_MIRROR names the folder`
  return new Failure(error.code, error.message, error.column, hint)
}

function sourceOf(reference: Remote, fetched: Fetched): Source {
  const { text } = fetched
  const file = posix.basename(reference.path)
  const path = folderOf(reference)
  const base = { uri: uriOf(reference), text, sha256: digest(text), file, path, name: `${path}/${file}` }
  switch (reference.kind) {
    case 'http':
      return { ...base, urlRoot: reference.root, urlPath: reference.path }
    case 'git-local': {
      const prefix = `git-local:${fetched.root ?? ''}`
      return { ...base, repository: { prefix, ref: reference.ref, path: fetched.inside ?? '' } }
    }
    default:
      return { ...base, repository: { prefix: rootOf(reference), ref: reference.ref, path: reference.path } }
  }
}

function folderOf(reference: Remote): string {
  const inner = posix.dirname(reference.path)
  if (reference.kind === 'git-local') return `git-local:${inner}`
  const root = rootOf(reference)
  return inner === '.' ? root : `${root}/${inner}`
}

function rootOf(reference: Exclude<Remote, { kind: 'git-local' }>): string {
  return reference.kind === 'http' ? reference.root : `${reference.kind}:${reference.owner.join('/')}`
}
