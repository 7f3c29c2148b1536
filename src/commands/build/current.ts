import type { Finder } from '../../entities/finder.ts'
import type { Whole } from '../../entities/kinds.ts'
import { ImptError } from '../../output/error.ts'
import { named } from '../../output/messages.ts'

/** Begins the name of a Device Group that stands for its current build. */
export const CURRENT = 'dg:'

/** The current build of a Device Group, with its code. Throws NOT_FOUND. */
export async function currentOf(finder: Finder, text: string): Promise<Whole<'build'>> {
  const group = await finder.find('dg', text)
  const id = group.relationships?.['current_deployment']?.id
  const build = id === undefined ? null : await finder.byId('build', id)
  if (!build) throw new ImptError('NOT_FOUND', `${named('Device Group', text)} has no builds.`)
  return finder.whole('build', build)
}
