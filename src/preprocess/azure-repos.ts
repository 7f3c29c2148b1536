import { Failure } from './errors.ts'
import { type RepositoryReference, uriOf } from './reference.ts'
import type { Fetched, RemoteOptions } from './remote.ts'
import { type Answer, authorization, baseOf, encodedPath, get, recordOf, successful } from './request.ts'

type VersionType = 'branch' | 'tag' | 'commit'
type Version = { readonly name: string; readonly type: VersionType } | undefined

const SERVER = 'Azure Repos'
const API_VERSION = '6.0'

/**
 * Reads a file through the REST API of Azure Repos. An include does not say whether its ref is a branch, a tag or a
 * commit, so these are tried in turn. The version of a file is the SHA of a commit.
 * @throws Failure
 */
export async function readAzureRepos(
  reference: RepositoryReference,
  locked: string | undefined,
  wanted: boolean,
  options: RemoteOptions,
): Promise<Fetched> {
  const uri = uriOf(reference)
  const [organization = '', project = '', repository = ''] = reference.owner
  const base = baseOf(options.azureRepos?.api ?? 'https://dev.azure.com')
  const api = `${base}/${encodedPath(`${organization}/${project}`)}/_apis/git/repositories/${encodedPath(repository)}`
  const login = authorization(options.azureRepos)

  let answer: Answer | undefined
  for (const version of versionsOf(locked, reference.ref)) {
    answer = await item(version)
    if (answer.status === 404 || answer.status === 400) continue
    const text = textOf(answer)
    const commit = locked ?? (wanted ? await latestCommit(version) : undefined)
    return commit === undefined ? { text } : { text, version: commit }
  }
  throw notFound()

  function notFound(): Failure {
    return new Failure(
      'NOT_FOUND',
      `"${uri}" was not found on ${SERVER} (HTTP/${answer?.status ?? 404}); check path and ref`,
    )
  }

  async function item(version: Version): Promise<Answer> {
    const query = new URLSearchParams({ path: `/${reference.path}`, $format: 'octetStream' })
    if (version !== undefined) {
      query.set('versionDescriptor.version', version.name)
      query.set('versionDescriptor.versionType', version.type)
    }
    return await ask('items', query, 'application/octet-stream')
  }

  async function latestCommit(version: Version): Promise<string | undefined> {
    const query = new URLSearchParams({
      'searchCriteria.$top': '1',
      'searchCriteria.itemPath': `/${reference.path}`,
    })
    if (version !== undefined) {
      query.set('searchCriteria.itemVersion.version', version.name)
      query.set('searchCriteria.itemVersion.versionType', version.type)
    }
    const answer = successful(await ask('commits', query, 'application/json'), uri, SERVER)
    const { value } = recordOf(answer, uri, SERVER)
    const [first] = Array.isArray(value) ? (value as unknown[]) : []
    const id = (first as { commitId?: unknown } | undefined)?.commitId
    return typeof id === 'string' ? id : undefined
  }

  function textOf(answer: Answer): string {
    // Without a valid login the sign-in page is what arrives, and that with success.
    if (answer.headers.get('content-type')?.startsWith('text/html') === true) {
      throw new Failure(
        'AUTH',
        `Failed to fetch "${uri}": ${SERVER} asks to sign in; check the user and token`,
      )
    }
    return successful(answer, uri, SERVER).text
  }

  async function ask(resource: string, query: URLSearchParams, accept: string): Promise<Answer> {
    query.set('api-version', API_VERSION)
    return await get(`${api}/${resource}?${query.toString()}`, { accept, ...login }, uri, options)
  }
}

function versionsOf(locked: string | undefined, ref: string | undefined): Version[] {
  if (locked !== undefined) return [{ name: locked, type: 'commit' }]
  if (ref === undefined) return [undefined]
  const types: VersionType[] = /^[0-9a-f]{7,40}$/i.test(ref) ? ['branch', 'tag', 'commit'] : ['branch', 'tag']
  return types.map((type) => ({ name: ref, type }))
}
