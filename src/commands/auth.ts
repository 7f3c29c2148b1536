import { basename } from 'node:path'
import type { Credentials } from '../impcentral/auth.ts'
import { normalizeEndpoint } from '../impcentral/endpoint.ts'
import { displayOf } from '../entities/display.ts'
import { ImptError } from '../output/error.ts'
import type { Entity, Result } from '../output/result.ts'
import { renderText } from '../output/text.ts'
import { authFile, deleteAuthFile, writeAuthFile, type AuthContent } from '../session/auth-file.ts'
import { authTypeOf, describeContext, isExpired, loginEndpoint } from '../session/execution-context.ts'
import { exists } from '../session/json-file.ts'
import { logIn } from '../session/login.ts'
import {
  accountLabel,
  isSameAccount,
  learnAccount,
  recallLogin,
  rememberAccount,
  type PlacedAccount,
} from '../session/known-accounts.ts'
import { memoryTokenStore } from '../impcentral/tokens.ts'
import { createClient } from '../impcentral/client.ts'
import { redactUrl } from '../impcentral/redact.ts'
import { SHAPES } from '../entities/kinds.ts'
import { listTargets } from '../session/targets.ts'
import { listLogins, loginFolder } from '../session/logins.ts'
import type { Session } from '../session/session.ts'
import { ensureFolder } from '../session/paths.ts'
import { overwritten } from '../output/messages.ts'
import { doneResult, finderOf, needsOf } from './common.ts'
import type { Context, Group } from './context.ts'
import { flagOf, textOf } from './options.ts'
import type { OptionValues } from './row.ts'

/** `impt auth ...` (commands.md 6). */
export const group = {
  async info(context, options) {
    const login = textOf(options, 'as')
    const named = login === undefined ? context : asLogin(context, login)
    const entity = await authEntity(named)
    // The login of an earlier version has its account in the list from then on.
    if (login !== undefined) await learnAccount(context.session, named.authDirectory, needsOf(context))
    return { kind: 'entity', form: 'info', entity }
  },
  login,
  async logout(context, options) {
    const { file, label } = placeOf(context, options)
    await deleteAuthFile(file)
    context.info(`${label} logout is successful.`)
    return doneResult()
  },
  async list({ session }) {
    const value = await Promise.all(
      (await listLogins(session.env)).map(async (login) => ({
        login,
        ...(await loginState(session, login)),
      })),
    )
    return {
      kind: 'record',
      record: Object.fromEntries(value.map(({ login, ...state }) => [login, state])),
      value,
      isList: true,
    }
  },
} satisfies Group

/** What is known of a login here. One that is broken says what is wrong with it. */
async function loginState(session: Session, login: string): Promise<Record<string, unknown>> {
  try {
    const { context, account, endpoint } = await recallLogin(session, login)
    const autoRefresh = describeContext(context, Date.now())['Access token auto refresh']
    return { account: account?.username ?? '', endpoint, auto_refresh: autoRefresh }
  } catch (error) {
    if (!(error instanceof ImptError)) throw error
    return { account: '', problem: error.message }
  }
}

/** The context of a command that is about a login beside others. */
function asLogin(context: Context, login: string): Context {
  const { session } = context
  const authDirectory = loginFolder(session.env, login)
  if (session.sandbox)
    throw new ImptError('USAGE', 'Options "--as" and "--sandbox" cannot be used together.', {
      hint: 'The sandbox has an account of its own: leave one of them out',
    })
  const needs = needsOf(context)
  return { ...context, authDirectory, client: () => session.client(authDirectory, needs) }
}

/** The auth file that a login is written to, or deleted from: of a login by its name, of the target's, local or global. */
function placeOf({ session, directory, target }: Context, options: OptionValues) {
  const login = textOf(options, 'as') ?? (options['at'] === undefined ? undefined : target?.login)
  const isLocal = flagOf(options, 'local')
  if (login !== undefined) {
    if (isLocal) throw new ImptError('USAGE', 'Options "--as" and "--local" cannot be used together.')
    const folder = loginFolder(session.env, login)
    return { file: authFile('login', folder), label: `"${login}"`, folder }
  }
  const place = isLocal ? 'local' : 'global'
  const folder = isLocal ? directory : session.home
  return { file: authFile(place, folder), label: isLocal ? 'Local' : 'Global' }
}

/** The Auth object of `auth info` and of `project info --full`: what is known here, then what the server says of the account. */
export async function authEntity(context: Context): Promise<Entity> {
  const { session, authDirectory } = context
  const known = session.sandbox
    ? {
        'Auth type': 'Embedded impCentral (--sandbox)',
        'impCentral API endpoint': session.sandbox.endpoint,
        'Access token auto refresh': false,
      }
    : await describeOwn(context)
  if (known === null || (!session.sandbox && isExpired(await session.context(authDirectory), Date.now())))
    return settings(known ?? {})
  try {
    const { id, attributes } = await (await finderOf(context)).me()
    return settings({ ...known, Username: attributes.username, Email: attributes.email, 'Account id': id })
  } catch (error) {
    tellKnown(context, known)
    throw error
  }
}

async function describeOwn(context: Context) {
  const { session, authDirectory } = context
  try {
    return describeContext(await session.context(authDirectory), Date.now())
  } catch (error) {
    const type = await authTypeOf(authDirectory, session.env, session.home)
    if (type !== undefined) tellKnown(context, { 'Auth type': type })
    throw error
  }
}

/** What is known here helps to see why the server cannot be asked, or what is broken (commands.md 6). */
function tellKnown(context: Context, known: Entity['attributes']): void {
  const style = { key: (text: string) => text, comma: ', ' }
  context.info(renderText(displayOf(settings(known), 'info'), style).trimEnd())
}

async function login(context: Context, options: OptionValues): Promise<Result> {
  const { session, ask, signal } = context
  const { file, label, folder } = placeOf(context, options)
  const endpoint = normalizeEndpoint(
    textOf(options, 'endpoint') ?? session.sandbox?.endpoint ?? loginEndpoint(undefined, session.env),
  )
  const isOld = await exists(file.path)
  const before =
    folder !== undefined && isOld ? await learnAccount(session, folder, needsOf(context)) : undefined
  const isAsked = isOld && !flagOf(options, 'confirmed')
  const exist = `The ${label} Auth File already exists`
  // Which account takes the place of which is known after the login only: who cannot answer is refused before it.
  if (isAsked && (before === undefined || !ask.interactive))
    await ask.confirm(overwritten(`${exist}${before ? `: it is ${accountLabel(before)}` : ''}.`))
  const credentials = await credentialsOf(context, options)
  const { loginKey, refreshToken, ...tokens } = await logIn(
    { endpoint, signal, ...(context.observer ? { observer: context.observer } : {}) },
    credentials,
    (what) => ask.text(what, true),
  )
  const renewal = flagOf(options, 'temp')
    ? {}
    : { ...(loginKey ? { loginKey } : {}), ...(refreshToken ? { refreshToken } : {}) }
  const auth = { endpoint, ...tokens, ...renewal }
  const account = folder !== undefined ? await accountBehind(context, auth) : undefined
  const isOther = before !== undefined && account !== undefined && !isSameAccount(before, account)
  if (isAsked && before !== undefined && ask.interactive)
    await ask.confirm(
      overwritten(
        `${exist}: it is ${accountLabel(before)}${isOther ? `, and will be ${accountLabel(account)}` : ''}.`,
      ),
    )
  if (folder !== undefined) await ensureFolder(folder)
  await writeAuthFile(file, auth)
  context.info(`${label} login is successful.`)
  if (folder !== undefined && account !== undefined)
    await rememberAccount(session.folders.cache, await session.context(folder), account).catch(
      () => undefined,
    )
  if (folder !== undefined && isOther) await tellChange(context, basename(folder), before, account)
  return doneResult()
}

/** Whose account a fresh login is; undefined where the server does not say. */
async function accountBehind(
  { signal, observer }: Context,
  auth: AuthContent,
): Promise<PlacedAccount | undefined> {
  const { endpoint } = auth
  const client = createClient({
    endpoint,
    signal,
    readOnly: true,
    direct: false,
    gate: undefined,
    before: undefined,
    shapes: SHAPES,
    tokens: memoryTokenStore(auth, 'Auth'),
    ...(observer && { observer }),
  })
  try {
    const { id, attributes } = await client.accounts.get('me')
    const { username } = attributes
    return { id, username: typeof username === 'string' ? username : id, endpoint: redactUrl(endpoint) }
  } catch (error) {
    if (error instanceof ImptError && error.code !== 'CANCELLED') return undefined
    throw error
  }
}

/** Says on stderr that a login is another account now, and which targets mean the one before. */
async function tellChange(
  { session, directory, warn }: Context,
  login: string,
  before: PlacedAccount,
  now: PlacedAccount,
): Promise<void> {
  // What is wrong with the files of targets is no fault of the login.
  const all = await listTargets(directory, session.env).catch(() => [])
  const targets = all.filter((one) => one.login === login)
  const names = targets.map(({ name }) => name).join(', ')
  const refused = `. Targets that were for the account before are refused until "impt target update NAME --login ${login}": ${names}`
  warn(
    `Login "${login}" was ${accountLabel(before)}, and is ${accountLabel(now)} now${names === '' ? '' : refused}.`,
  )
}

async function credentialsOf({ ask }: Context, options: OptionValues): Promise<Credentials> {
  const loginKey = textOf(options, 'lk')
  if (loginKey !== undefined) return { kind: 'key', loginKey }
  const user = textOf(options, 'user')
  if (
    user === undefined &&
    (await ask.choice(
      'Choose authentication method:',
      ['User/Password', 'Login Key'],
      'give --user USER and --pwd PASSWORD, or --lk LOGIN_KEY',
    )) === 1
  ) {
    return { kind: 'key', loginKey: await ask.text('Login Key', true) }
  }
  return {
    kind: 'password',
    user: user ?? (await ask.text('username or email address', false)),
    password: textOf(options, 'pwd') ?? (await ask.text('password', true)),
  }
}

function settings(attributes: Entity['attributes']): Entity {
  return { name: 'Auth', id: '', attributes, relations: [], related: {} }
}
