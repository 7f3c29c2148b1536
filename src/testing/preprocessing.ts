import { join } from 'node:path'
import type { Context } from '../commands/context.ts'
import type { PreprocessOptions } from '../preprocess/preprocess.ts'
import { readBuilderVariables } from '../session/builder-file.ts'
import { githubCredentials } from '../session/github-file.ts'
import { exists } from '../session/json-file.ts'
import type { TestContent } from '../session/test-file.ts'
import type { Journal } from './journal.ts'

/** The folder for remote includes, in the directory of the tests. */
export const CACHE_FOLDER = '.builder-cache'

/** How the code of a test configuration is preprocessed; files that are missing are told and done without (test-run.md 1). Throws FILE. */
export async function preprocessingOf(context: Context, config: TestContent, journal: Journal): Promise<PreprocessOptions> {
  const { directory, session, signal } = context
  const { githubConfig, builderConfig, builderCache } = config
  if (githubConfig !== undefined && !(await exists(join(directory, githubConfig)))) {
    journal.plain(`GitHub credentials Configuration File ${githubConfig} is not found.`)
  }
  const credentials = await githubCredentials(directory, githubConfig, session.env)
  const builder = builderConfig === undefined ? { variables: {} } : await readBuilderVariables(directory, builderConfig)
  if (builder.problem !== undefined) journal.plain(builder.problem)
  return {
    directory,
    variables: builder.variables,
    env: session.env,
    lineControl: 'exact',
    signal,
    ...(builderCache ? { cache: { directory: join(directory, CACHE_FOLDER) } } : {}),
    ...(credentials ? { github: { user: credentials.githubUser, token: credentials.githubToken } } : {}),
    onWarning: (text, { file, line }) => context.warn(`${text} (${file}:${line})`),
  }
}
