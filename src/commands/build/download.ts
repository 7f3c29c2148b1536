import { resolve } from 'node:path'
import { entityOf } from '../../entities/entity.ts'
import { infoRelations } from '../../entities/relatives.ts'
import { ImptError } from '../../output/error.ts'
import { named } from '../../output/messages.ts'
import type { Result } from '../../output/result.ts'
import { replaceFile } from '../../session/atomic-file.ts'
import { namingFile } from '../../session/file-error.ts'
import { exists } from '../../session/json-file.ts'
import { readProject } from '../../session/project-file.ts'
import { buildTarget, corruptionTeller, finderOf } from '../common.ts'
import type { Context } from '../context.ts'
import { flagOf, textOf } from '../options.ts'
import type { OptionValues } from '../row.ts'
import { SIDES, sourceNames } from '../source-file.ts'

/** `impt build get`: writes the source files of a build and shows it (commands.md 7). */
export async function get(context: Context, options: OptionValues): Promise<Result> {
  const only = { device: flagOf(options, 'device-only'), agent: flagOf(options, 'agent-only') }
  if (only.device && only.agent) {
    throw new ImptError('USAGE', 'Options "--device-only" and "--agent-only" are mutually exclusive.', {
      hint: 'Without both, both files are downloaded',
    })
  }
  const finder = await finderOf(context)
  const { resource } = await buildTarget(context, finder, textOf(options, 'build'))
  const names = sourceNames(options, await readProject(context.directory))
  const files = SIDES.filter((side) => !(side === 'device' ? only.agent : only.device)).map((side) => {
    const name = names[side]
    if (name === undefined) throw new ImptError('USAGE', `Option "--${side}-file" must be specified.`)
    const code = resource.attributes[`${side}_code`]
    return { name, path: resolve(context.directory, name), text: typeof code === 'string' ? code : '' }
  })
  const present: string[] = []
  for (const { name, path } of files) if (await exists(path)) present.push(name)
  if (present.length > 0 && !flagOf(options, 'confirmed')) {
    await context.ask.confirm(`Source file(s) ${present.join(', ')} already exist. They will be overwritten.`)
  }
  for (const { name, path, text } of files) await namingFile(name, () => replaceFile(path, text, 'plain'))
  context.info(
    `${named('Deployment', textOf(options, 'build') ?? resource.id)} source file(s) are downloaded successfully.`,
  )
  const relations = await infoRelations(finder, resource, corruptionTeller(context))
  return { kind: 'entity', form: 'info', entity: entityOf(resource, relations) }
}
