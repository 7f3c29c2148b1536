import { finderOf, infoResult, listResult } from './common.ts'
import type { Group } from './context.ts'
import { textOf } from './options.ts'

/** `impt account ...` (commands.md 5). */
export const group = {
  async info(context, options) {
    const finder = await finderOf(context)
    const account = await finder.find('account', textOf(options, 'user') ?? 'me')
    return infoResult(context, finder, 'account', account)
  },

  async list(context) {
    const finder = await finderOf(context)
    return listResult(context, finder, 'account', finder.list('account'))
  },
} satisfies Group
