import type { Finder } from '../../entities/finder.ts'
import type { Listed } from '../../entities/kinds.ts'
import { isLocal } from '../../impcentral/endpoint.ts'
import { created, named } from '../../output/messages.ts'
import { libraryFolders } from '../../session/library-folders.ts'
import { readProject } from '../../session/project-file.ts'
import type { GroupTarget } from '../common.ts'
import type { Context } from '../context.ts'
import { booleanOf, given, textOf } from '../options.ts'
import type { OptionValues } from '../row.ts'
import { explainCompileError, warningLines } from './compile-error.ts'
import type { Programs } from './program.ts'

/** Creates the Deployment of a build in a Device Group and tells of it; compile errors show the source line. */
export async function deploy(
  context: Context,
  finder: Finder,
  options: OptionValues,
  programs: Programs,
  group: GroupTarget,
): Promise<Listed<'build'>> {
  const build = await createBuild(context, finder, options, programs, group)
  context.info(created(named('Deployment', build.id)))
  return build
}

/** `deploy` that tells of nothing but warnings of the compiler. */
export async function createBuild(
  context: Context,
  finder: Finder,
  options: OptionValues,
  programs: Programs,
  group: GroupTarget,
): Promise<Listed<'build'>> {
  const { id, type } = group.resource
  const attributes = {
    device_code: programs.device.code,
    agent_code: programs.agent.code,
    ...given({
      description: textOf(options, 'descr'),
      origin: textOf(options, 'origin'),
      flagged: booleanOf(options, 'flagged'),
      tags: options.tag as readonly string[] | undefined,
    }),
  }
  try {
    const { client } = finder
    const project = isLocal(client.endpoint) ? await readProject(context.directory) : undefined
    const libraries = libraryFolders(context.directory, project?.libraries ?? [])
    const build = await client.deployments.create(attributes, { id, type }, { libraries })
    for (const line of warningLines(build.meta, programs, context.directory)) context.info(line)
    // What the client gives fits the row of its kind.
    return build as Listed<'build'>
  } catch (error) {
    throw explainCompileError(error, programs, context.directory)
  }
}
