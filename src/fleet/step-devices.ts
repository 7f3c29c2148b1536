import type { Client } from '../impcentral/client.ts'
import { ImptError } from '../output/error.ts'
import type { Change, Op } from './plan/change.ts'
import type { Result } from './step-work.ts'

/** Devices in one request. */
const MOST_DEVICES = 100

/** What concerns the login or the connection: another request fares no better. */
const IS_OF_ALL: ReadonlySet<string> = new Set(['NETWORK', 'AUTH', 'FORBIDDEN', 'RATE_LIMIT', 'TIMEOUT'])

/**
 * Several devices of one group at once. The call is not atomic: after a refusal each device is read, and sent by itself where it is not done, so
 * that each has its own result, and one that cannot go does not keep the others.
 */
export async function moveDevices(
  op: Op & { readonly do: 'assign device' | 'unassign device' },
  changes: readonly Change[],
  client: Client,
  groupId: string,
): Promise<readonly Result[]> {
  const results: Result[] = []
  const move = (ids: readonly string[]) =>
    client.deviceGroups[op.do === 'assign device' ? 'addDevices' : 'removeDevices'](groupId, ids)
  for (let i = 0; i < changes.length; i += MOST_DEVICES) {
    const ids = changes.slice(i, i + MOST_DEVICES).map(({ id }) => id ?? '')
    try {
      await move(ids)
      results.push(...ids)
    } catch (error) {
      if (!(error instanceof ImptError) || error.code === 'CANCELLED') throw error
      for (const id of ids) {
        const now = await client.devices.get(id).catch(refusal)
        if (now instanceof ImptError) {
          results.push(now)
          continue
        }
        const isThere = now.relationships?.['devicegroup']?.id === groupId
        if (isThere === (op.do === 'assign device')) results.push(id)
        else if (ids.length === 1 || IS_OF_ALL.has(error.code)) results.push(error)
        else results.push(await move([id]).then(() => id, refusal))
      }
    }
  }
  return results
}

function refusal(error: unknown): ImptError {
  if (error instanceof ImptError && error.code !== 'CANCELLED') return error
  throw error
}
