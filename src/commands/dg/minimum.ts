import type { Finder } from '../../entities/finder.ts'
import type { Deployment, DeviceGroup, Resource } from '../../impcentral/types.ts'
import { ImptError } from '../../output/error.ts'
import type { Context } from '../context.ts'

/** The minimum supported deployment of a group; null where it has none. */
export async function minimumOf(finder: Finder, group: Resource): Promise<Deployment | null> {
  const id = group.relationships?.min_supported_deployment?.id
  return id === undefined ? null : ((await finder.byId('build', id)) as Deployment | null)
}

/** Whether a build is older than the minimum, so that it may be deleted; always where there is no minimum (manual, dg builds). */
export function isOlderThan(build: Resource, minimum: Resource | null): boolean {
  return minimum === null || timeOf(build) < timeOf(minimum)
}

/**
 * Makes a build the minimum supported deployment of its group. Throws CONFLICT when it belongs to another group or is older than the
 * present minimum, which can only move forward (impcentral-api.md 10).
 */
export async function setMinimum(
  context: Context,
  finder: Finder,
  group: { readonly resource: Resource; readonly label: string },
  build: { readonly resource: Resource; readonly label: string },
): Promise<void> {
  if (build.resource.relationships?.devicegroup?.id !== group.resource.id) {
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
  await finder.client.deviceGroups.setMinSupportedDeployment(
    (group.resource as DeviceGroup).id,
    build.resource.id,
  )
  context.info(`Min supported Deployment for ${group.label} is updated successfully.`)
}

/** Milliseconds since 1970 at which a resource was created. */
export function timeOf({ attributes }: Resource): number {
  return Date.parse(String(attributes.created_at))
}
