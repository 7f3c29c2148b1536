import { entityOf } from '../entities/entity.ts'
import { infoRelations } from '../entities/relatives.ts'
import { corruptionTeller, finderOf, listResult, targetOf } from './common.ts'
import type { Group } from './context.ts'
import { textOf } from './options.ts'

/** `impt account ...` (commands.md 5). */
export const group: Group = {
  async info(context, options) {
    const finder = await finderOf(context)
    const { resource } = await targetOf(finder, 'account', textOf(options, 'user') ?? 'me')
    return {
      kind: 'entity',
      form: 'info',
      entity: entityOf(resource, await infoRelations(finder, resource, corruptionTeller(context))),
    }
  },

  async list(context) {
    const finder = await finderOf(context)
    return listResult(context, finder, 'Account', finder.client.accounts.list())
  },
}
