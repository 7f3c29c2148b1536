import { type RepositoryReference, uriOf } from './reference.ts'
import type { Fetched, RemoteOptions } from './remote.ts'
import { authorization, baseOf, encodedPath, get, recordOf, successful } from './request.ts'

const SERVER = 'Bitbucket Server'

/**
 * Reads a file through the REST API 1.0 of a Bitbucket Server. Its version is the SHA of a commit.
 * @param address e.g. `https://bitbucket.example.com`
 * @throws Failure
 */
export async function readBitbucketServer(
  reference: RepositoryReference,
  address: string,
  version: string | undefined,
  wanted: boolean,
  options: RemoteOptions,
): Promise<Fetched> {
  const uri = uriOf(reference)
  const [project = '', repository = ''] = reference.owner
  const api = `${baseOf(address)}/rest/api/1.0/projects/${encodedPath(project)}/repos/${encodedPath(repository)}`
  const headers = { accept: 'application/json', ...authorization(options.bitbucketServer) }
  // The commit first, so that the content is the content of that commit.
  const commit = version ?? (wanted ? await latestCommit() : undefined)
  const at = commit ?? reference.ref
  const { text } = await ask(
    `/raw/${encodedPath(reference.path)}${at === undefined ? '' : `?at=${encodeURIComponent(at)}`}`,
  )
  return commit === undefined ? { text } : { text, version: commit }

  async function latestCommit(): Promise<string | undefined> {
    const until = reference.ref === undefined ? '' : `&until=${encodeURIComponent(reference.ref)}`
    const { values } = recordOf(await ask(`/commits?limit=1${until}`), uri, SERVER)
    const [first] = Array.isArray(values) ? (values as unknown[]) : []
    const id = (first as { id?: unknown } | undefined)?.id
    return typeof id === 'string' ? id : undefined
  }

  async function ask(path: string): ReturnType<typeof get> {
    return successful(await get(`${api}${path}`, headers, uri, options), uri, SERVER)
  }
}
