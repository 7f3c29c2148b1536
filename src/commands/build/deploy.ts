import type { Finder } from '../../entities/finder.ts'
import type { Deployment, DeviceGroup } from '../../impcentral/types.ts'
import { created, named } from '../../output/messages.ts'
import type { Target } from '../common.ts'
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
  group: Target,
): Promise<Deployment> {
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
  group: Target,
): Promise<Deployment> {
  const { id, type } = group.resource as DeviceGroup
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
    const build = await finder.client.deployments.create(attributes, { id, type })
    for (const line of warningLines(build.meta, programs, context.directory)) context.info(line)
    return build
  } catch (error) {
    throw explainCompileError(error, programs, context.directory)
  }
}
