import { Failure } from './errors.ts'
import { tooLarge } from './local.ts'
import { type RepositoryReference, uriOf } from './reference.ts'
import type { Fetched, RemoteOptions } from './remote.ts'
import { authorization, baseOf, encodedPath, get, recordOf, successful } from './request.ts'
import { MAX_TEXT } from './values.ts'

const RAW = 'application/vnd.github.raw+json'
const SERVER = 'GitHub'

/**
 * Reads a file through GitHub's REST API (contents, and blobs for a locked version or a file over 1 MB). Its version
 * is the SHA of its blob.
 * @throws Failure
 */
export async function readGithub(
  reference: RepositoryReference,
  version: string | undefined,
  options: RemoteOptions,
): Promise<Fetched> {
  const uri = uriOf(reference)
  const api = baseOf(options.github?.api ?? 'https://api.github.com')
  const repository = `${api}/repos/${encodedPath(reference.owner.join('/'))}`
  const login = authorization(options.github)
  if (version !== undefined) return await blob(version)

  const query = reference.ref === undefined ? '' : `?ref=${encodeURIComponent(reference.ref)}`
  const answer = await ask(
    `${repository}/contents/${encodedPath(reference.path)}${query}`,
    'application/vnd.github+json',
  )
  if (answer.text.trimStart().startsWith('[')) throw new Failure('FILE', `"${uri}" is a folder, not a file`)
  const { type, encoding, content, sha, size } = recordOf(answer, uri, SERVER)
  if (typeof size === 'number' && size > MAX_TEXT) throw tooLarge(uri, size)
  if (type !== 'file' || typeof sha !== 'string') throw new Failure('FILE', `"${uri}" is not a file`)
  // GitHub leaves the content of a file over 1 MB out.
  if (encoding !== 'base64' || typeof content !== 'string') return await blob(sha)
  return { text: Buffer.from(content, 'base64').toString('utf8'), version: sha }

  async function blob(sha: string): Promise<Fetched> {
    const { text } = await ask(`${repository}/git/blobs/${encodeURIComponent(sha)}`, RAW)
    return { text, version: sha }
  }

  async function ask(url: string, accept: string): ReturnType<typeof get> {
    const headers = { accept, 'user-agent': 'impt', ...login }
    return successful(await get(url, headers, uri, options), uri, SERVER)
  }
}
