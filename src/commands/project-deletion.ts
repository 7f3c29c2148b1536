import { ImptError } from '../output/error.ts'
import { exists } from '../session/json-file.ts'
import { projectFile, readProject, type ProjectContent } from '../session/project-file.ts'
import type { Result } from '../output/result.ts'
import { doneResult, finderOf } from './common.ts'
import type { Context } from './context.ts'
import { emptyPlan, runDeletion } from './deletion.ts'
import { deleteEntitiesPlan } from './entity-deletion.ts'
import { configDeletion, sourcesDeletion } from './local-deletion.ts'
import { flagOf } from './options.ts'
import type { OptionValues } from './row.ts'

/** `impt project delete` (commands.md 13). A corrupted Project file can be deleted too; then nothing else is known. */
export async function deleteProjectCommand(context: Context, options: OptionValues): Promise<Result> {
  const { directory } = context
  if (!(await exists(projectFile(directory).path))) {
    context.info('There is no Project File in the current directory.')
    return doneResult([])
  }
  const content = await readIfWhole(directory)
  const all = flagOf(options, 'all')
  const plan = emptyPlan()
  const finder = content && (all || flagOf(options, 'entities')) ? await finderOf(context) : undefined
  if (content && finder) await deleteEntitiesPlan(plan, finder, content.deviceGroupId, true)
  if (content && (all || flagOf(options, 'files'))) {
    const names = [content.deviceFile, content.agentFile].filter((name) => name !== undefined)
    const sources = await sourcesDeletion(directory, names)
    if (sources) plan.local.push(sources)
  }
  plan.local.push(configDeletion(directory, 'Project', '.impt.project', true))
  return runDeletion(context, finder?.client, plan, flagOf(options, 'confirmed'))
}

async function readIfWhole(directory: string): Promise<ProjectContent | undefined> {
  try {
    return await readProject(directory)
  } catch (error) {
    if (error instanceof ImptError && error.code === 'FILE') return undefined
    throw error
  }
}
