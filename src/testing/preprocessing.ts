import { join, resolve } from 'node:path'
import type { Context } from '../commands/context.ts'
import { withoutFolder } from '../preprocess/lines.ts'
import type { PreprocessOptions } from '../preprocess/preprocess.ts'
import { includeOptions } from '../preprocess/surroundings.ts'
import { readBuilderVariables } from '../session/builder-file.ts'
import { exists } from '../session/json-file.ts'
import type { TestContent } from '../session/test-file.ts'
import type { Journal } from './journal.ts'

/** The folder for remote includes, in the directory of the tests. */
export const CACHE_FOLDER = '.builder-cache'

/** How the code of a test configuration is preprocessed; files that are missing are told and done without (test-run.md 1). Throws FILE. */
export async function preprocessingOf(
  context: Context,
  config: TestContent,
  journal: Journal,
): Promise<PreprocessOptions> {
  const { directory, session, signal } = context
  const { githubConfig, builderConfig, builderCache } = config
  if (githubConfig !== undefined && !(await exists(resolve(directory, githubConfig)))) {
    journal.plain(`GitHub credentials Configuration File ${githubConfig} is not found.`)
  }
  const builder =
    builderConfig === undefined ? { variables: {} } : await readBuilderVariables(directory, builderConfig)
  if (builder.problem !== undefined) journal.plain(builder.problem)
  return {
    ...(await includeOptions(directory, session.env, { githubConfig })),
    variables: builder.variables,
    lineControl: 'exact',
    markerRoot: directory,
    signal,
    ...(builderCache ? { cache: { directory: join(directory, CACHE_FOLDER) } } : {}),
    onWarning: (text, { file, line }) => context.warn(withoutFolder(`${text} (${file}:${line})`, directory)),
  }
}
