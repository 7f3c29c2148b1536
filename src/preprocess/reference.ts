import { posix } from 'node:path'
import { Failure } from './errors.ts'
import { type Source, isRemote } from './source.ts'

export type Service = 'github' | 'bitbucket-server' | 'git-azure-repos'

/** A file of a repository on a server; `owner` is user/repo, project/repo or org/project/repo. */
export interface RepositoryReference {
  readonly kind: Service
  readonly owner: readonly string[]
  readonly path: string
  readonly ref: string | undefined
}

/** What the text of an include means. */
export type Reference =
  | { readonly kind: 'local'; readonly path: string }
  | { readonly kind: 'http'; readonly root: string; readonly path: string; readonly user?: string }
  | { readonly kind: 'git-local'; readonly path: string; readonly ref: string | undefined }
  | RepositoryReference

const OWNER_PARTS: Readonly<Record<Service, number>> = {
  github: 2,
  'bitbucket-server': 2,
  'git-azure-repos': 3,
}
const OWNER_FORM: Readonly<Record<Service, string>> = {
  github: 'github:<user>/<repo>/<path>[@<ref>]',
  'bitbucket-server': 'bitbucket-server:<project>/<repo>/<path>[@<ref>]',
  'git-azure-repos': 'git-azure-repos:<org>/<project>/<repo>/<path>[@<ref>]',
}

/**
 * Reads the text of an include; a scheme is recognised in any case, and `\` counts as `/`.
 * @throws Failure (DATA) for a remote reference of the wrong form
 */
export function parseReference(text: string): Reference {
  const scheme = /^(https?|github|bitbucket-server|git-azure-repos|git-local):/i.exec(text)
  const kind = scheme?.[1]?.toLowerCase()
  if (kind === undefined) return { kind: 'local', path: text.replaceAll('\\', '/') }
  if (kind === 'http' || kind === 'https') return webReference(text)
  const rest = text.slice(kind.length + 1).replaceAll('\\', '/')
  const at = rest.indexOf('@')
  const path = at === -1 ? rest : rest.slice(0, at)
  const ref = at === -1 ? undefined : rest.slice(at + 1)
  if (ref === '') throw new Failure('DATA', `"${text}" has no reference after "@"`)
  if (kind === 'git-local') return { kind, path, ref }
  return repositoryReference(kind as Service, path, ref, text)
}

/** The reference as canonical text, the key of the cache and the lock; it never holds credentials. */
export function uriOf(reference: Exclude<Reference, { kind: 'local' }>): string {
  if (reference.kind === 'http') return `${reference.root}/${reference.path}`
  const ref = reference.ref === undefined ? '' : `@${reference.ref}`
  const owner = reference.kind === 'git-local' ? '' : `${reference.owner.join('/')}/`
  return `${reference.kind}:${owner}${reference.path}${ref}`
}

/**
 * Resolves an include in a remote source against that source, for remote relative includes: `/x` from the root of its
 * repository or server, `x` from its folder, with the same ref. Absolute remote references and includes in local
 * sources stay as they are.
 */
export function relativeTo(from: Source, text: string): string {
  if (!isRemote(from) || parseReference(text).kind !== 'local') return text
  const ref = from.repository?.ref === undefined ? '' : `@${from.repository.ref}`
  const root = from.repository?.prefix ?? from.urlRoot ?? ''
  const own = from.repository?.path ?? from.urlPath ?? ''
  const path = text.startsWith('/') ? text.slice(1) : posix.join(posix.dirname(own), text)
  return `${root}/${path}${ref}`
}

function webReference(text: string): Reference {
  // Kept as written, apart from credentials: `__PATH__` and the markers show what the person wrote.
  const match = /^(https?:\/\/)(?:([^/?#]*)@)?([^/?#@]+)\/([^]+)$/i.exec(text)
  if (match === null || !URL.canParse(text))
    throw new Failure('DATA', 'A web include is http(s)://<server>/<path>')
  const [, scheme = '', user, host = '', path = ''] = match
  const reference = { kind: 'http', root: `${scheme}${host}`, path } as const
  return user === undefined ? reference : { ...reference, user: decodedUser(user) }
}

function decodedUser(user: string): string {
  try {
    return decodeURIComponent(user)
  } catch {
    return user
  }
}

function repositoryReference(kind: Service, path: string, ref: string | undefined, text: string): Reference {
  const parts = path.split('/')
  const owner = parts.slice(0, OWNER_PARTS[kind])
  const inside = posix.normalize(parts.slice(OWNER_PARTS[kind]).join('/')).replace(/^\/+/, '')
  const wrong = owner.some((part) => part === '' || part === '.' || part === '..')
  if (wrong || parts.length <= OWNER_PARTS[kind] || inside === '.' || inside === '' || inside.endsWith('/')) {
    throw new Failure('DATA', `"${text}" is not of the form ${OWNER_FORM[kind]}`)
  }
  if (inside === '..' || inside.startsWith('../'))
    throw new Failure('DATA', `"${text}" leaves its repository`)
  return { kind, owner, path: inside, ref }
}
