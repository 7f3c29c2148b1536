import type { Client } from '../impcentral/client.ts'
import { ImptError } from '../output/error.ts'
import type { Journal } from './journal.ts'

/**
 * Removes the builds of a run, oldest first, and tells in one line what had to stay: servers keep the minimum supported deployment of a
 * group and all newer ones (impcentral-api.md 9). Never throws: a run's outcome does not depend on it.
 */
export async function removeBuilds(client: Client, ids: readonly string[], journal: Journal): Promise<void> {
  let removed = 0
  try {
    for (const id of ids) {
      await client.deployments.delete(id)
      removed++
    }
  } catch (error) {
    const reason = error instanceof ImptError ? error.message : String(error)
    journal.info(`${ids.length - removed} build(s) of this run stay in the Device Group: ${reason}`)
  }
  if (removed > 0) journal.info(`${removed} build(s) of this run are removed.`)
}
