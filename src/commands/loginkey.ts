import { entityOf } from '../entities/entity.ts'
import { infoRelations } from '../entities/relatives.ts'
import type { LoginKey } from '../impcentral/types.ts'
import { ImptError } from '../output/error.ts'
import { created, deleted, named, updated } from '../output/messages.ts'
import type { Context, Group } from './context.ts'
import { corruptionTeller, createdResult, doneResult, finderOf, listResult } from './common.ts'
import { flagOf, given, mandatory, textOf } from './options.ts'
import type { OptionValues } from './row.ts'
import { shownList } from './shown-list.ts'

/** `impt loginkey ...` (commands.md 11). A key is found by its id only. */
export const group: Group = {
  async create(context, options) {
    const { client } = await finderOf(context)
    const password = await passwordOf(context, options)
    const key = await client.loginKeys.create(given({ description: textOf(options, 'descr') }), password)
    context.info(created(named('Login Key', key.id)))
    return createdResult(key)
  },

  async delete(context, options) {
    const { client } = await finderOf(context)
    const key = await keyOf(client.loginKeys.get, options)
    if (!flagOf(options, 'confirmed')) {
      await context.ask.confirm(
        `The following entities will be deleted:\n${shownList('Login Key', [entityOf(key)])}`,
      )
    }
    await client.loginKeys.delete(key.id, await passwordOf(context, options))
    context.info(deleted(named('Login Key', key.id)))
    return doneResult([entityOf(key)])
  },

  async info(context, options) {
    const finder = await finderOf(context)
    const key = await keyOf(finder.client.loginKeys.get, options)
    return {
      kind: 'entity',
      form: 'info',
      entity: entityOf(key, await infoRelations(finder, key, corruptionTeller(context))),
    }
  },

  async list(context) {
    const finder = await finderOf(context)
    return listResult(context, finder, 'Login Key', finder.client.loginKeys.list())
  },

  async update(context, options) {
    const { client } = await finderOf(context)
    const password = await passwordOf(context, options)
    const key = await keyOf(client.loginKeys.get, options)
    const changed = await client.loginKeys.update(
      key.id,
      { description: mandatory(options, 'descr') },
      password,
    )
    context.info(updated(named('Login Key', key.id)))
    return doneResult(entityOf(changed ?? key))
  },
}

async function passwordOf({ ask }: Context, options: OptionValues): Promise<string> {
  return textOf(options, 'pwd') ?? ask.text('password', true)
}

async function keyOf(get: (id: string) => Promise<LoginKey>, options: OptionValues): Promise<LoginKey> {
  try {
    return await get(mandatory(options, 'lk'))
  } catch (error) {
    if (!(error instanceof ImptError) || error.code !== 'NOT_FOUND') throw error
    // What was typed is a credential, perhaps with a typing error: it is not repeated.
    throw new ImptError('NOT_FOUND', 'Login Key is not found.', {
      hint: 'See "impt loginkey list"',
      cause: error,
    })
  }
}
