import { join } from 'node:path'
import { textOfFile } from './local.ts'
import { type Reference, uriOf } from './reference.ts'

/**
 * Finds a remote file in a mirror folder, so that builds work without network. For `github:OWNER/REPO/PATH@REF` these
 * places are tried in order, with REF percent-encoded (`feature/x` is `feature%2Fx`):
 *
 *     MIRROR/github/OWNER/REPO@REF/PATH     (only if the include names a REF)
 *     MIRROR/github/OWNER/REPO/PATH
 *     MIRROR/OWNER/REPO/PATH                (github only)
 *
 * `bitbucket-server` and `git-azure-repos` have their own folders like `github`, and `https://HOST:PORT/PATH` is
 * `MIRROR/https/HOST%3APORT/PATH` with a query percent-encoded. Local repositories are never mirrored.
 * @returns the text, `undefined` if the mirror has no such file
 * @throws Failure (FILE) if it has one that cannot be read
 */
export function readMirror(
  mirror: string,
  reference: Exclude<Reference, { kind: 'local' }>,
): string | undefined {
  for (const place of placesOf(reference)) {
    const text = textOfFile(join(mirror, ...place), uriOf(reference))
    if (text !== undefined) return text
  }
  return undefined
}

/** The simplest place of a file in a mirror folder; undefined for what is never mirrored. */
export function mirrorPlace(reference: Exclude<Reference, { kind: 'local' }>): string | undefined {
  return placesOf(reference).at(-1)?.join('/')
}

function placesOf(reference: Exclude<Reference, { kind: 'local' }>): string[][] {
  if (reference.kind === 'git-local') return []
  if (reference.kind === 'http') {
    const url = new URL(`${reference.root}/${reference.path}`)
    const segments = url.pathname.split('/').filter((segment) => segment !== '')
    const last = `${segments.pop() ?? ''}${encodeURIComponent(url.search)}`
    return [[url.protocol.slice(0, -1), encodeURIComponent(url.host), ...segments.map(safe), safe(last)]]
  }
  const owner = reference.owner.slice(0, -1)
  const repository = reference.owner.at(-1) ?? ''
  const versioned =
    reference.ref === undefined
      ? []
      : [[reference.kind, ...owner, `${repository}@${encodeURIComponent(reference.ref)}`, reference.path]]
  const plain = [...owner, repository, reference.path]
  return [...versioned, [reference.kind, ...plain], ...(reference.kind === 'github' ? [plain] : [])]
}

// `URL` has resolved "." and ".."; an encoded slash must not become a real one.
function safe(segment: string): string {
  return segment.replaceAll('\\', '%5C')
}
