import { resolve } from 'node:path'
import { ImptError } from '../output/error.ts'
import type { Result } from '../output/result.ts'
import { exists } from '../session/json-file.ts'
import { readTest, testFile, type TestContent } from '../session/test-file.ts'
import { doneResult, finderOf } from './common.ts'
import type { Context } from './context.ts'
import { emptyPlan, runDeletion } from './deletion.ts'
import { deleteEntitiesPlan } from './entity-deletion.ts'
import { configDeletion, folderDeletion } from './local-deletion.ts'
import { flagOf } from './options.ts'
import type { OptionValues } from './row.ts'

/** `impt test delete` (commands.md 14). A corrupted configuration file can be deleted too; then nothing else is known. */
export async function deleteTestCommand(context: Context, options: OptionValues): Promise<Result> {
  const { directory } = context
  if (!(await exists(testFile(directory).path))) {
    context.info('There is no Test Configuration File in the current directory.')
    return doneResult([])
  }
  const content = await readIfWhole(directory)
  const all = flagOf(options, 'all')
  const plan = emptyPlan()
  const finder = content && (all || flagOf(options, 'entities')) ? await finderOf(context) : undefined
  if (content && finder) await deleteEntitiesPlan(plan, finder, content.deviceGroupId, false)
  const cache = await folderDeletion(directory, '.builder-cache', 'Builder cache')
  const debug = await folderDeletion(directory, '.build', 'Debug mode temporary')
  plan.local.push(...[cache, debug].filter((one) => one !== null))
  plan.local.push(configDeletion(directory, 'Test Configuration', '.impt.test', true))
  for (const [option, title, name] of [
    ['github-config', 'GitHub credentials Configuration', content?.githubConfig],
    ['builder-config', 'Builder Configuration', content?.builderConfig],
  ] as const) {
    if (name === undefined || !(all || flagOf(options, option))) continue
    if (await exists(resolve(directory, name))) plan.local.push(configDeletion(directory, title, name, false))
    else plan.missing.push(`${title} File ${name} is not found.`)
  }
  return runDeletion(context, finder?.client, plan, flagOf(options, 'confirmed'))
}

async function readIfWhole(directory: string): Promise<TestContent | undefined> {
  try {
    return await readTest(directory)
  } catch (error) {
    if (error instanceof ImptError && error.code === 'FILE') return undefined
    throw error
  }
}
