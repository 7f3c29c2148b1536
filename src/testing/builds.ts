import type { Client } from '../impcentral/client.ts'
import { ImptError } from '../output/error.ts'
import type { Journal } from './journal.ts'

/** How many builds that stay are named. */
const MOST_NAMED = 3

/**
 * Removes the builds of a run, oldest first, and tells in one line what had to stay: servers keep the minimum supported deployment of a
 * group and all newer ones (impcentral-api.md 9). `clientFor` gives a client that works now; when Ctrl-C ends one, the next is asked for.
 * Never throws: a run's outcome does not depend on it.
 */
export async function removeBuilds(
  clientFor: () => Promise<Client>,
  ids: readonly string[],
  journal: Journal,
): Promise<void> {
  const left = [...ids]
  let reason = await removeAll(clientFor, left)
  if (reason instanceof ImptError && reason.code === 'CANCELLED') reason = await removeAll(clientFor, left)
  if (left.length > 0) {
    const text = reason instanceof Error ? reason.message : String(reason)
    journal.info(`${left.length} build(s) of this run stay in the Device Group: ${text}`)
    const ids = left.slice(0, MOST_NAMED).map((id) => `impt build delete --build ${id}`)
    const more = left.length > MOST_NAMED ? `, and so on for ${left.length - MOST_NAMED} more` : ''
    journal.info(
      `They can be removed once a newer build is the minimum supported one ("impt build run --force-agents" makes it that): ${ids.join('; ')}${more}`,
    )
  }
  if (left.length < ids.length) journal.info(`${ids.length - left.length} build(s) of this run are removed.`)
}

/** Takes away from the list what is removed; gives what ended it. */
async function removeAll(clientFor: () => Promise<Client>, left: string[]): Promise<unknown> {
  try {
    const client = await clientFor()
    for (let [id] = left; id !== undefined; [id] = left) {
      await client.deployments.delete(id).catch(ignoreMissing)
      left.shift()
    }
    return undefined
  } catch (error) {
    return error
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof ImptError && error.code === 'NOT_FOUND')) throw error
}
