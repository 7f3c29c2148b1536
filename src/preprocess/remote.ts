import { readAzureRepos } from './azure-repos.ts'
import { readBitbucketServer } from './bitbucket-server.ts'
import { Failure } from './errors.ts'
import { readGitLocal } from './git-local.ts'
import { readGithub } from './github.ts'
import { readHttp } from './http.ts'
import type { Reference } from './reference.ts'
import type { RequestOptions } from './request.ts'

/** A user and a token (or password) for a server; both are secrets and never shown. */
export interface Credentials {
  readonly user?: string
  readonly token?: string
}

export interface RemoteOptions extends RequestOptions {
  readonly directory?: string
  /** `api` is `https://api.github.com` by default */
  readonly github?: Credentials & { readonly api?: string }
  /** `address` e.g. `https://bitbucket.example.com`; without it such includes fail */
  readonly bitbucketServer?: Credentials & { readonly address?: string }
  /** `api` is `https://dev.azure.com` by default */
  readonly azureRepos?: Credentials & { readonly api?: string }
}

/** A remote file; `version` is what a lock keeps (see lock.ts), `root` and `inside` are known for a local repository. */
export interface Fetched {
  readonly text: string
  readonly version?: string
  readonly root?: string
  readonly inside?: string
}

/**
 * Reads a remote file.
 * @param version the locked version to read instead of the reference's own ref
 * @param wanted whether the version must be found out
 * @throws Failure (NOT_FOUND, AUTH, NETWORK, RATE_LIMIT, SERVER, TIMEOUT, CANCELLED, FILE, DATA)
 */
export async function fetchRemote(
  reference: Exclude<Reference, { kind: 'local' }>,
  version: string | undefined,
  wanted: boolean,
  options: RemoteOptions,
): Promise<Fetched> {
  switch (reference.kind) {
    case 'http':
      return await readHttp(reference, version, options)
    case 'github':
      return await readGithub(reference, version, options)
    case 'bitbucket-server': {
      const address = options.bitbucketServer?.address
      if (address === undefined || address === '') {
        throw new Failure('DATA', 'The address of the Bitbucket Server is not configured')
      }
      return await readBitbucketServer(reference, address, version, wanted, options)
    }
    case 'git-azure-repos':
      return await readAzureRepos(reference, version, wanted, options)
    case 'git-local':
      break
  }
  return await readGitLocal(reference, version, wanted, options)
}
