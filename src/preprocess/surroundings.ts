import { resolve } from 'node:path'
import { proxyFor } from '../impcentral/proxy.ts'
import { githubCredentials } from '../session/github-file.ts'
import type { PreprocessOptions } from './preprocess.ts'

/** Where remote includes come from beside their servers; names are relative to the directory. */
interface IncludePlaces {
  /** A GitHub credentials file (files.md 6). */
  readonly githubConfig?: string | undefined
  /** Copies of remote files, which are taken before any server is asked. */
  readonly mirror?: string | undefined
  /** The versions of remote files that were used: read where it exists, and written. */
  readonly lock?: string | undefined
}

/**
 * How remote includes are read in the user's surroundings: credentials of a file or of the environment, proxies, a mirror folder and a lock
 * file; `IMPT_INCLUDE_MIRROR` and `IMPT_INCLUDE_LOCK` name the last two where no option does. Throws FILE for a broken credentials file.
 */
export async function includeOptions(
  directory: string,
  env: Readonly<Record<string, string | undefined>>,
  places: IncludePlaces = {},
): Promise<PreprocessOptions> {
  const github = await githubCredentials(directory, places.githubConfig, env)
  const mirror = places.mirror ?? env.IMPT_INCLUDE_MIRROR
  const lock = places.lock ?? env.IMPT_INCLUDE_LOCK
  // undici is large, and few are behind a proxy.
  const dispatcher = proxyFor('https://api.github.com', env)
    ? new (await import('undici')).EnvHttpProxyAgent()
    : undefined
  return {
    directory,
    env,
    ...(github ? { github: { user: github.githubUser, token: github.githubToken } } : {}),
    ...credentials(
      'bitbucketServer',
      env.BITBUCKET_SERVER_USERNAME,
      env.BITBUCKET_SERVER_TOKEN,
      env.BITBUCKET_SERVER_ADDRESS,
    ),
    ...credentials('azureRepos', env.AZURE_REPOS_USERNAME, env.AZURE_REPOS_TOKEN),
    ...(mirror ? { mirror: resolve(directory, mirror) } : {}),
    ...(lock ? { lock: { use: resolve(directory, lock), save: resolve(directory, lock) } } : {}),
    ...(dispatcher ? { dispatcher } : {}),
  }
}

function credentials(
  name: 'bitbucketServer' | 'azureRepos',
  user: string | undefined,
  token: string | undefined,
  address?: string,
): PreprocessOptions {
  if (!user && !token && !address) return {}
  return {
    [name]: { ...(user ? { user } : {}), ...(token ? { token } : {}), ...(address ? { address } : {}) },
  }
}
