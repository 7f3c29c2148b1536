import { ImptError } from '../output/error.ts'
import {
  changeTarget,
  chooseForDirectory,
  findTarget,
  listTargets,
  ownTargetsFile,
  projectTargetsFile,
  readTargets,
  type Target,
  type TargetFields,
  type TargetSource,
} from '../session/targets.ts'
import type { JsonFile } from '../session/json-file.ts'
import { learnAccount, recallLogin } from '../session/known-accounts.ts'
import { bindAccount, guardOf, withGuard } from '../session/target-accounts.ts'
import { checkTargetName, listLogins, loginFolder } from '../session/logins.ts'
import { doneResult } from './common.ts'
import type { Result } from '../output/result.ts'
import type { Context, Group } from './context.ts'
import { booleanOf, flagOf, given, listOf, textOf } from './options.ts'
import type { OptionValues } from './row.ts'

/** `impt target ...`: names for a login and what commands are about with it (fleet.md 5). */
export const group = {
  add: (context, options, words) => change(context, options, words, 'add'),
  update: (context, options, words) => change(context, options, words, 'update'),
  async list({ directory, session }) {
    const targets = await listTargets(directory, session.env)
    return listed((await Promise.all(targets.map((one) => withGuard(session, directory, one)))).map(recordOf))
  },
  async info(context, _options, [name]) {
    const { directory, session } = context
    const target = name === undefined ? context.target : await findTarget(name, directory, session.env)
    if (target === undefined)
      throw new ImptError('NOT_FOUND', 'No target is in effect here.', {
        hint: 'Name one: "impt target info NAME", "--at NAME", IMPT_TARGET or "impt target use NAME"',
      })
    const known = await withGuard(session, directory, target)
    return { kind: 'record', record: { ...recordOf(known), ...(await loginRecord(context, target)) } }
  },
  async use(context, _options, [name = '']) {
    const { directory, session, info } = context
    if (name === 'none') {
      await chooseForDirectory(session, directory, undefined)
      info('No target is chosen for this directory.')
      return doneResult()
    }
    const target = await findTarget(name, directory, session.env)
    await chooseForDirectory(session, directory, target)
    info(`Target "${name}" is chosen for this directory. "impt target use none" ends that.`)
    return { kind: 'record', record: recordOf(await withGuard(session, directory, target)) }
  },
  async remove(context, options, [name = '']) {
    const { info, ask } = context
    checkTargetName('target', name)
    const { source, file } = placeOf(context, options)
    const missing = () =>
      new ImptError('NOT_FOUND', `There is no target "${name}" in ${file.path}.`, {
        hint: '"impt target list" shows where each comes from; --project is for those of this directory',
      })
    if (!(await readTargets(file, source)).has(name)) throw missing()
    if (!flagOf(options, 'confirmed'))
      await ask.confirm(`Target "${name}" is removed from ${file.path}. Its login stays.`)
    await changeTarget(file, source, name, (before) => {
      if (before === undefined) throw missing()
      return undefined
    })
    info(`Target "${name}" is removed.`)
    return doneResult()
  },
} satisfies Group

/** What the login of a target says: the account as it was last seen, without asking the server. */
async function loginRecord(
  { session }: Context,
  { login, sources }: Target,
): Promise<Record<string, unknown>> {
  const fields = { sources: sources as Record<string, unknown> }
  if (login === undefined) return fields
  try {
    const { account, endpoint } = await recallLogin(session, login)
    return { account: account?.username ?? 'not known yet', endpoint, ...fields }
  } catch (error) {
    if (!(error instanceof ImptError)) throw error
    return { account: `${error.message} ${error.hint ?? ''}`.trim(), ...fields }
  }
}

/** The file that a target is written to, or taken out of. */
function placeOf(
  { directory, session }: Context,
  options: OptionValues,
): { readonly source: TargetSource; readonly file: JsonFile } {
  return flagOf(options, 'project')
    ? { source: 'project', file: projectTargetsFile(directory) }
    : { source: 'own', file: ownTargetsFile(session.env) }
}

/** Adds or changes a target in one of the two files; gives it as it is then. */
async function change(
  context: Context,
  options: OptionValues,
  [name = '']: readonly string[],
  how: 'add' | 'update',
): Promise<Result> {
  const { directory, session, info } = context
  checkTargetName('target', name)
  const { source, file } = placeOf(context, options)
  const fields = givenFields(options)
  if (how === 'add' && Object.values(fields).every((value) => value === undefined || value === ''))
    throw new ImptError('USAGE', `Target "${name}" would say nothing.`, {
      hint: 'Give at least --login LOGIN',
    })
  await checkLogin(context, fields.login, source)
  await changeTarget(file, source, name, (before) => {
    if (how === 'add' && before !== undefined)
      throw new ImptError('CONFLICT', `Target "${name}" already exists.`, {
        hint: `Change it with "impt target update ${name}"`,
      })
    if (how === 'update' && before === undefined)
      throw new ImptError('NOT_FOUND', `There is no target "${name}" in ${file.path}.`, {
        hint: `Make it with "impt target add ${name}${source === 'project' ? ' --project' : ''}"`,
      })
    return without({ ...before, ...fields })
  })
  info(`Target "${name}" is ${how === 'add' ? 'created' : 'updated'} in ${file.path}.`)
  const target = await findTarget(name, directory, session.env)
  if (how === 'add' || fields.login !== undefined) await bindAccount(session, directory, target)
  await tellProduction(context, target, fields.production)
  return { kind: 'record', record: recordOf(await withGuard(session, directory, target)) }
}

/** That a target is production by its account, or is not although another of that account is, nobody said: it is told. */
async function tellProduction(
  { session, directory, warn, note }: Context,
  target: Target,
  said: boolean | undefined,
): Promise<void> {
  const authDirectory = target.login === undefined ? directory : loginFolder(session.env, target.login)
  const accountOf = (one: string) => learnAccount(session, one)
  if (target.production) {
    const others = await Promise.all(
      (await listTargets(directory, session.env))
        .filter(({ production }) => !production)
        .map((one) => withGuard(session, directory, one)),
    )
    const names = others.filter(({ production }) => production).map(({ name }) => name)
    if (said === true && names.length > 0)
      note(`Targets of the same account are asked twice too: ${names.join(', ')}.`)
    return
  }
  // What the user says of it is left out here: what it would be without.
  const guard = await guardOf(session, { directory, authDirectory }, { ...target, name: '' }, accountOf)
  if (guard === undefined) return
  warn(
    said === false
      ? `Target "${target.name}" has the account of the production target "${guard}": changes through it are not asked twice.`
      : `Target "${target.name}" has the account of the production target "${guard}": changes through it are asked twice, unless you say --production=false.`,
  )
}

/**
 * A login that is not here is a mistake in a target of the user's own: throws NOT_FOUND. A target of the project may be for others, who have
 * it: that is only told.
 */
async function checkLogin(
  { session, warn }: Context,
  login: string | undefined,
  source: TargetSource,
): Promise<void> {
  if (login === undefined || login === '') return
  checkTargetName('login', login)
  const logins = await listLogins(session.env)
  if (logins.includes(login)) return
  const missing = `There is no login "${login}" on this machine.`
  const make = `Make it with "impt auth login --as ${login}"`
  if (source === 'project') return warn(`${missing} ${make}, here and wherever the target is used.`)
  throw new ImptError('NOT_FOUND', missing, {
    hint: logins.length === 0 ? make : `${make}; logins are: ${logins.join(', ')}`,
  })
}

function givenFields(options: OptionValues): TargetFields {
  return given({
    login: textOf(options, 'login'),
    product: textOf(options, 'product'),
    dg: textOf(options, 'dg'),
    define: definesOf(listOf(options, 'define')),
    deviceFile: textOf(options, 'device-file'),
    agentFile: textOf(options, 'agent-file'),
    production: booleanOf(options, 'production'),
  })
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
