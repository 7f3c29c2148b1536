// Targets name logins, and a login is an account: which one each target means, and which of them are production.
import { join } from 'node:path'
import { ImptError } from '../output/error.ts'
import { redactUrl } from '../impcentral/redact.ts'
import { endpointOf } from './execution-context.ts'
import { isObject, readJsonFile, updateJsonFile, type JsonFile } from './json-file.ts'
import { accountLabel, isSameAccount, learnAccount, type PlacedAccount } from './known-accounts.ts'
import { loginFolder } from './logins.ts'
import { ensureFolder } from './paths.ts'
import type { Session } from './session.ts'
import { listTargets, ownTargetsFile, readTargets, type Target } from './targets.ts'

type Base = Pick<Session, 'env' | 'folders' | 'context' | 'client'>

/** Whose login a directory has; undefined where it cannot be told. */
type AccountOf = (directory: string) => Promise<PlacedAccount | undefined>

function accountsFile({ folders }: Pick<Session, 'folders'>): JsonFile {
  return { title: 'Target accounts', path: join(folders.state, 'target-accounts.json'), form: 'cache' }
}

/** A target of a project is another one in each directory. */
function keyOf({ name, sources }: Target, directory: string): string {
  return sources.login === 'project' ? `${directory} ${name}` : name
}

/** Says that a target means the account that its login is now. Throws FILE. */
export async function bindAccount(session: Base, directory: string, target: Target): Promise<void> {
  const account =
    target.login === undefined
      ? undefined
      : await learnAccount(session, loginFolder(session.env, target.login))
  await ensureFolder(session.folders.state)
  await updateJsonFile(accountsFile(session), (content) => {
    const { [keyOf(target, directory)]: _before, ...others } = content ?? {}
    return account === undefined ? others : { ...others, [keyOf(target, directory)]: account }
  })
}

/**
 * Throws CONFLICT for a target whose login is another account than when it was made, or first used: what was meant for the one would be done
 * to the other. The server is not asked.
 */
export async function assertSameAccount(session: Base, directory: string, target: Target): Promise<void> {
  const { name, login } = target
  if (login === undefined) return
  const now = await learnAccount(session, loginFolder(session.env, login))
  if (now === undefined) return
  const before = (await readJsonFile(accountsFile(session)))?.[keyOf(target, directory)]
  if (!isAccount(before)) return bindAccount(session, directory, target).catch(() => undefined)
  if (isSameAccount(before, now)) return
  const where = target.sources.login === 'project' ? ' --project' : ''
  throw new ImptError(
    'CONFLICT',
    `Target "${name}" is for the account ${accountLabel(before)}, but its login "${login}" is ${accountLabel(now)} now.`,
    { hint: `If that is meant, say so: "impt target update ${name} --login ${login}${where}"` },
  )
}

function isAccount(value: unknown): value is PlacedAccount {
  return isObject(value) && ['id', 'username', 'endpoint'].every((key) => typeof value[key] === 'string')
}

/**
 * The production target, of the user or of the working directory, that guards the account which commands work with: one of the same login, or of
 * another login of the same account. `authDirectory` is the directory whose login counts. Undefined for none, and for a target of which the user says himself that it is not production.
 * Where it cannot be told whose login a production target has, it guards every account of its impCentral. Throws FILE.
 */
export async function guardOf(
  { env, context, folders }: Base,
  { directory: here, authDirectory }: { readonly directory: string; readonly authDirectory: string },
  target: Target | undefined,
  accountOf: AccountOf,
): Promise<string | undefined> {
  const own = await readTargets(ownTargetsFile(env), 'own')
  if (target !== undefined && own.get(target.name)?.production === false) return undefined
  const guards = (await listTargets(here, env)).filter(
    ({ name, production }) => production && name !== target?.name,
  )
  const placed = guards.map((guard) => ({
    name: guard.name,
    key: keyOf(guard, here),
    directory: guard.login === undefined ? authDirectory : loginFolder(env, guard.login),
  }))
  const same = placed.find(({ directory }) => directory === authDirectory)
  if (same !== undefined || guards.length === 0) return same?.name
  const mine = await accountOf(authDirectory)
  if (mine === undefined) return undefined
  // What the target was made for is guarded also where its login has ended.
  const meant = await readJsonFile(accountsFile({ folders }))
  for (const { name, key, directory } of placed) {
    const bound = meant?.[key]
    const there = isAccount(bound) ? bound : await accountOf(directory)
    if (there !== undefined && isSameAccount(mine, there)) return name
    if (
      there === undefined &&
      target !== undefined &&
      (await endpointAt(context, directory)) === mine.endpoint
    )
      return name
  }
  return undefined
}

/** Where the login of a directory leads; undefined for no login, or a broken one, which leads nowhere. */
async function endpointAt(context: Session['context'], directory: string): Promise<string | undefined> {
  try {
    return redactUrl(endpointOf(await context(directory)))
  } catch (error) {
    if (error instanceof ImptError) return undefined
    throw error
  }
}

/** A target with what the accounts say of it, as far as it is known without asking the server. */
export async function withGuard(session: Base, directory: string, target: Target): Promise<Target> {
  if (target.production) return target
  const { login } = target
  const authDirectory = login === undefined ? directory : loginFolder(session.env, login)
  const accountOf = (one: string) => learnAccount(session, one)
  const guard = await guardOf(session, { directory, authDirectory }, target, accountOf)
  return guard === undefined ? target : { ...target, production: true }
}
