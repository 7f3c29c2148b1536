import { scrypt } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { redactUrl } from '../impcentral/redact.ts'
import { ImptError } from '../output/error.ts'
import { visible } from '../output/visible.ts'
import type { ExecutionContext } from './execution-context.ts'
import { endpointOf } from './execution-context.ts'
import { isObject, readJsonFile, updateJsonFile } from './json-file.ts'
import type { JsonFile } from './json-file.ts'
import { loginFolder } from './logins.ts'
import { ensureFolder } from './paths.ts'
import type { ClientNeeds, Session } from './session.ts'

/** Whose login it is: what the prompt shows and the entity cache is keyed by. */
export interface KnownAccount {
  readonly id: string
  readonly username: string
}

/** Accounts kept; the one remembered longest ago goes first. */
const CAPACITY = 50

/**
 * The account that a login was last seen to belong to, without asking the server; undefined when it is not known. Only for the prompt
 * and for a warm start of the entity cache. Throws FILE when the file cannot be read.
 */
export async function recallAccount(
  cacheFolder: string,
  context: ExecutionContext,
): Promise<KnownAccount | undefined> {
  const content = await readJsonFile(fileIn(cacheFolder))
  if (content === undefined) return undefined
  const account = content[await keyOf(context)]
  if (!isObject(account) || typeof account.id !== 'string' || typeof account.username !== 'string')
    return undefined
  return { id: account.id, username: account.username }
}

/** What this machine knows of a login beside others, without asking the server. Throws AUTH where there is none, FILE for a broken one. */
export async function recallLogin(
  { env, folders, context }: Pick<Session, 'env' | 'folders' | 'context'>,
  login: string,
): Promise<{
  readonly context: ExecutionContext
  readonly account: KnownAccount | undefined
  readonly endpoint: string
}> {
  const known = await context(loginFolder(env, login))
  const account = await recallAccount(folders.cache, known).catch(() => undefined)
  return { context: known, account, endpoint: redactUrl(endpointOf(known)) }
}

/** An account of one impCentral. */
export interface PlacedAccount extends KnownAccount {
  readonly endpoint: string
}

/** How messages name an account. */
export function accountLabel({ username, endpoint }: PlacedAccount): string {
  return `${visible(username)} on ${URL.canParse(endpoint) ? new URL(endpoint).host : visible(endpoint)}`
}

/** Whether both are the same account of the same impCentral. */
export function isSameAccount(one: PlacedAccount, other: PlacedAccount): boolean {
  return one.id === other.id && one.endpoint === other.endpoint
}

/**
 * Whose login a directory has: as it was last seen, else by asking the server, which is remembered. Undefined where nobody can tell, also for
 * no login or a broken one.
 */
export async function learnAccount(
  session: Pick<Session, 'folders' | 'context' | 'client'>,
  directory: string,
  needs?: ClientNeeds,
): Promise<PlacedAccount | undefined> {
  try {
    const context = await session.context(directory)
    const endpoint = redactUrl(endpointOf(context))
    const known = await recallAccount(session.folders.cache, context).catch(() => undefined)
    if (known !== undefined || needs === undefined) return known && { ...known, endpoint }
    const { id, attributes } = await (await session.client(directory, needs)).accounts.get('me')
    const account = { id, username: typeof attributes.username === 'string' ? attributes.username : id }
    await rememberAccount(session.folders.cache, context, account).catch(() => undefined)
    return { ...account, endpoint }
  } catch (error) {
    if (error instanceof ImptError && error.code !== 'CANCELLED') return undefined
    throw error
  }
}

/** Remembers whose login it is. Throws FILE when that cannot be written. */
export async function rememberAccount(
  cacheFolder: string,
  context: ExecutionContext,
  account: KnownAccount,
): Promise<void> {
  const key = await keyOf(context)
  await ensureFolder(cacheFolder)
  await updateJsonFile(fileIn(cacheFolder), (content) => {
    const others = Object.entries(content ?? {}).filter(([other]) => other !== key)
    return Object.fromEntries([...others, [key, account]].slice(-CAPACITY))
  })
}

function fileIn(cacheFolder: string): JsonFile {
  return { title: 'Account cache', path: join(cacheFolder, 'accounts.json'), form: 'cache' }
}

// A login key is short enough to be guessed from a quick hash, so a slow one names it; what is refreshed does not change the name.
async function keyOf(context: ExecutionContext): Promise<string> {
  const key: Buffer = await promisify<string, string, number, { N: number }, Buffer>(scrypt)(
    secretOf(context),
    endpointOf(context),
    16,
    { N: 4096 },
  )
  return key.toString('hex')
}

function secretOf(context: ExecutionContext): string {
  if (context.kind === 'file')
    return context.auth.refreshToken ?? context.auth.loginKey ?? context.auth.accessToken
  return context.credential.kind === 'key' ? context.credential.loginKey : context.credential.user
}
