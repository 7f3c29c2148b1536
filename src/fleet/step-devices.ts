import type { Client } from '../impcentral/client.ts'
import { ImptError } from '../output/error.ts'
import type { Change, Op } from './plan/change.ts'
import type { Result } from './step-work.ts'

/** Devices in one request. */
const MOST_DEVICES = 100

/** Several devices of one group at once. The call is not atomic: after a refusal each device is read, so that each has its own result. */
export async function moveDevices(
  op: Op & { readonly do: 'assign device' | 'unassign device' },
  changes: readonly Change[],
  client: Client,
  groupId: string,
): Promise<readonly Result[]> {
  const results: Result[] = []
  for (let i = 0; i < changes.length; i += MOST_DEVICES) {
    const ids = changes.slice(i, i + MOST_DEVICES).map(({ id }) => id ?? '')
    try {
      if (op.do === 'assign device') await client.deviceGroups.addDevices(groupId, ids)
      else await client.deviceGroups.removeDevices(groupId, ids)
      results.push(...ids)
    } catch (error) {
      if (!(error instanceof ImptError) || error.code === 'CANCELLED') throw error
      for (const id of ids) {
        const now = await client.devices.get(id).catch((failure: ImptError) => failure)
        if (now instanceof ImptError) results.push(now)
        else {
          const isThere = now.relationships?.['devicegroup']?.id === groupId
          results.push(isThere === (op.do === 'assign device') ? id : error)
        }
      }
    }
  }
  return results
}
