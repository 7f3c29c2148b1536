import { entityOf } from '../entities/entity.ts'
import { ImptError } from '../output/error.ts'
import { alreadyDeleted, created, deleted, named, updated } from '../output/messages.ts'
import type { Context, Group } from './context.ts'
import { createdResult, doneResult, finderOf, infoResult, listResult } from './common.ts'
import { flagOf, given, mandatory, textOf } from './options.ts'
import type { OptionValues } from './row.ts'
import { shownList } from './shown-list.ts'

/** `impt loginkey ...` (commands.md 11). A key is found by its id only. */
export const group = {
  async create(context, options) {
    const { client } = await finderOf(context)
    const password = await passwordOf(context, options)
    const key = await client.loginKeys.create(given({ description: textOf(options, 'descr') }), password)
    context.info(created(named('Login Key', key.id)))
    return createdResult(key)
  },

  async delete(context, options) {
    const finder = await finderOf(context)
    const key = await finder.find('loginkey', mandatory(options, 'lk'))
    if (!flagOf(options, 'confirmed')) {
      await context.ask.confirm(
        `The following entities will be deleted:\n${shownList('Login Key', [entityOf(key)])}`,
      )
    }
    const password = await passwordOf(context, options)
    const label = named('Login Key', key.id)
    try {
      await finder.client.loginKeys.delete(key.id, password)
      context.info(deleted(label))
    } catch (error) {
      if (!(error instanceof ImptError) || error.code !== 'NOT_FOUND') throw error
      context.info(alreadyDeleted(label))
    }
    return doneResult([entityOf(key)])
  },

  async info(context, options) {
    const finder = await finderOf(context)
    return infoResult(context, finder, 'loginkey', await finder.find('loginkey', mandatory(options, 'lk')))
  },

  async list(context) {
    const finder = await finderOf(context)
    return listResult(context, finder, 'loginkey', finder.list('loginkey'))
  },

  async update(context, options) {
    const finder = await finderOf(context)
    const password = await passwordOf(context, options)
    const key = await finder.find('loginkey', mandatory(options, 'lk'))
    const changed = await finder.client.loginKeys.update(
      key.id,
      { description: mandatory(options, 'descr') },
      password,
    )
    context.info(updated(named('Login Key', key.id)))
    return doneResult(entityOf(changed ?? key))
  },
} satisfies Group

async function passwordOf({ ask }: Context, options: OptionValues): Promise<string> {
  return textOf(options, 'pwd') ?? ask.text('password', true)
}
