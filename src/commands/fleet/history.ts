import { collect } from '../../impcentral/paging.ts'
import { inParallel } from '../../impcentral/parallel.ts'
import { cellText } from '../../output/cell.ts'
import { ImptError } from '../../output/error.ts'
import { finderOf, targetOf } from '../common.ts'
import type { Run } from '../context.ts'
import { mandatory, numberOf } from '../options.ts'
import { listed } from './listed.ts'

/**
 * `impt device history`: entries as the server sends them, the newest first as it gives them, with the user names of owner and actor where this login may see
 * them (null else). The server's words for events are not known, so none is read or left out (impcentral-api.md 8).
 */
export const history: Run = async (context, options) => {
  const finder = await finderOf(context)
  const { resource, label } = await targetOf(finder, 'device', mandatory(options, 'device'))
  const pageSize = Math.min(numberOf(options, 'page-size') ?? 100, 100)
  const entries = await collect(finder.client.devices.history(resource.id, { pageSize }))
  const ids = new Set(entries.flatMap(({ owner_id, actor_id }) => [owner_id, actor_id]))
  const names = new Map<unknown, string>()
  await inParallel(
    [...ids].filter((id) => typeof id === 'string'),
    async (id) => {
      // Accounts of strangers are not there for us.
      const account = await finder.byId('account', id).catch(nobody)
      if (account?.attributes.username) names.set(id, account.attributes.username)
    },
  )
  const records = entries.map((entry) => ({
    owner: names.get(entry.owner_id) ?? null,
    actor: names.get(entry.actor_id) ?? null,
    ...entry,
  }))
  const column = (title: string) => ({ title, keeps: title !== 'actor', shrinks: false })
  return listed(records, entries.length === 0 ? `No history of ${label}.` : `History of ${label}:`, {
    columns: ['time', 'event', 'owner', 'actor'].map(column),
    rows: records.map(({ timestamp, event, owner, actor, owner_id, actor_id }) =>
      [timestamp, event, owner ?? owner_id, actor ?? actor_id].map(cellText),
    ),
  })
}

function nobody(error: unknown): null {
  if (error instanceof ImptError && error.code === 'FORBIDDEN') return null
  throw error
}
