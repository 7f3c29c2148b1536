import { ImptError } from '../output/error.ts'
import {
  changeTarget,
  findTarget,
  listTargets,
  ownTargetsFile,
  projectTargetsFile,
  type Target,
  type TargetFields,
  type TargetSource,
} from '../session/targets.ts'
import { checkTargetName } from '../session/logins.ts'
import type { Result } from '../output/result.ts'
import type { Context, Group } from './context.ts'
import { booleanOf, flagOf, listOf, textOf } from './options.ts'
import type { OptionValues } from './row.ts'

/** `impt target ...`: names for a login and what commands are about with it (fleet.md 5). */
export const group = {
  add: (context, options, words) => change(context, options, words, 'add'),
  update: (context, options, words) => change(context, options, words, 'update'),
  async list({ directory, session }) {
    const targets = await listTargets(directory, session.env)
    return listed(targets.map(recordOf))
  },
} satisfies Group

/** Adds or changes a target in one of the two files; gives it as it is then. */
async function change(
  context: Context,
  options: OptionValues,
  [name = '']: readonly string[],
  how: 'add' | 'update',
): Promise<Result> {
  const { directory, session, info } = context
  checkTargetName('target', name)
  const source: TargetSource = flagOf(options, 'project') ? 'project' : 'own'
  const file = source === 'project' ? projectTargetsFile(directory) : ownTargetsFile(session.env)
  const given = givenFields(options)
  if (how === 'add' && Object.values(given).every((value) => value === undefined || value === ''))
    throw new ImptError('USAGE', `Target "${name}" would say nothing.`, {
      hint: 'Give at least --login LOGIN',
    })
  await changeTarget(file, source, name, (before) => {
    if (how === 'add' && before !== undefined)
      throw new ImptError('CONFLICT', `Target "${name}" already exists.`, {
        hint: `Change it with "impt target update ${name}"`,
      })
    if (how === 'update' && before === undefined)
      throw new ImptError('NOT_FOUND', `There is no target "${name}" in ${file.path}.`, {
        hint: `Make it with "impt target add ${name}${source === 'project' ? ' --project' : ''}"`,
      })
    return without({ ...before, ...given })
  })
  info(`Target "${name}" is ${how === 'add' ? 'created' : 'updated'} in ${file.path}.`)
  return { kind: 'record', record: recordOf(await findTarget(name, directory, session.env)) }
}

function givenFields(options: OptionValues): TargetFields {
  const all = {
    login: textOf(options, 'login'),
    product: textOf(options, 'product'),
    dg: textOf(options, 'dg'),
    define: definesOf(listOf(options, 'define')),
    deviceFile: textOf(options, 'device-file'),
    agentFile: textOf(options, 'agent-file'),
    production: booleanOf(options, 'production'),
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

function definesOf(definitions: readonly string[]): Record<string, string> | undefined {
  if (definitions.length === 0) return undefined
  return Object.fromEntries(
    definitions.map((text) => {
      const at = text.indexOf('=')
      if (at < 1)
        throw new ImptError('USAGE', `"${text}" defines nothing.`, { hint: 'Write --define NAME=VALUE' })
      return [text.slice(0, at), text.slice(at + 1)]
    }),
  )
}

/** Empty texts take a field away. */
function without(fields: TargetFields): TargetFields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''))
}

/** A target as it is shown. */
function recordOf({ name, sources, ...fields }: Target) {
  const files = new Set(Object.values(sources))
  return {
    name,
    ...fields,
    from: files.size === 2 ? 'user and project' : files.has('project') ? 'project' : 'user',
  }
}

function listed(records: readonly { readonly name: string }[]): Result {
  return {
    kind: 'record',
    record: Object.fromEntries(records.map(({ name, ...fields }) => [name, fields])),
    value: records,
    isList: true,
  }
}
