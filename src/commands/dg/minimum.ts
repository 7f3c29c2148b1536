import type { Finder } from '../../entities/finder.ts'
import type { Listed, Whole } from '../../entities/kinds.ts'
import { ImptError } from '../../output/error.ts'
import { told } from '../../entities/told.ts'
import { relatedId, type GroupTarget, type Target } from '../common.ts'
import type { Context } from '../context.ts'

/** The minimum supported deployment of a group; null where it has none. */
export async function minimumOf(finder: Finder, group: Listed<'dg'>): Promise<Whole<'build'> | null> {
  const id = await relatedId(finder, 'dg', group, 'min_supported_deployment')
  return id === undefined ? null : finder.byId('build', id)
}

/**
 * Whether a build is older than the minimum, so that it may be deleted; always where there is no minimum (manual, dg builds). Throws DATA
 * where the server does not tell when one of them was made.
 */
export function isOlderThan(build: Listed<'build'>, minimum: Listed<'build'> | null): boolean {
  return minimum === null || timeOf(build) < timeOf(minimum)
}

/**
 * Makes a build the minimum supported deployment of its group. Throws CONFLICT when it belongs to another group or is older than the
 * present minimum, which can only move forward (impcentral-api.md 10).
 */
export async function setMinimum(
  context: Context,
  finder: Finder,
  group: GroupTarget,
  build: Target<Listed<'build'>>,
): Promise<void> {
  if ((await relatedId(finder, 'build', build.resource, 'devicegroup')) !== group.resource.id) {
    throw new ImptError(
      'CONFLICT',
      `${build.label} does not belong to ${group.label}. Impossible to set it as Min supported Deployment.`,
    )
  }
  const minimum = await minimumOf(finder, group.resource)
  if (minimum && timeOf(build.resource) < timeOf(minimum)) {
    throw new ImptError(
      'CONFLICT',
      'Min supported Deployment cannot be set to an earlier Deployment than the current Min supported Deployment.',
    )
  }
  await finder.client.deviceGroups.setMinSupportedDeployment(group.resource.id, build.resource.id)
  context.info(`Min supported Deployment for ${group.label} is updated successfully.`)
}

/** Milliseconds since 1970 at which a build was created. */
function timeOf({ id, attributes }: Listed<'build'>): number {
  const time = Date.parse(told(attributes.created_at, 'the time of creation', 'build', id))
  return Number.isNaN(time) ? told<number>(undefined, 'the time of creation', 'build', id) : time
}
