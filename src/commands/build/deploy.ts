import type { Finder } from '../../entities/finder.ts'
import type { Listed } from '../../entities/kinds.ts'
import { created, named } from '../../output/messages.ts'
import type { GroupTarget } from '../common.ts'
import type { Context } from '../context.ts'
import { booleanOf, given, textOf } from '../options.ts'
import type { OptionValues } from '../row.ts'
import { explainCompileError, warningLines } from './compile-error.ts'
import type { Programs } from './program.ts'
import { warnOfRoom } from '../squirrel/room.ts'

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
    await warnOfRoom(context, programs.device)
    const build = await finder.client.deployments.create(attributes, { id, type })
    for (const line of warningLines(build.meta, programs, context.directory)) context.info(line)
    // What the client gives fits the row of its kind.
    return build as Listed<'build'>
  } catch (error) {
    throw explainCompileError(error, programs, context.directory)
  }
}
