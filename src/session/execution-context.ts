import { redactUrl } from '../impcentral/redact.ts'
import { resolve } from 'node:path'
import { PUBLIC_ENDPOINT } from '../impcentral/endpoint.ts'
import { ImptError } from '../output/error.ts'
import { authFile, authFileMissing, readAuthFile, loginAuthType } from './auth-file.ts'
import type { AuthContent, AuthPlace } from './auth-file.ts'
import { exists, type JsonFile } from './json-file.ts'
import { loginOf } from './logins.ts'
import { homeDirectory } from './home.ts'

/** Environment variables, as `process.env` holds them. An empty one counts as unset (files.md 2). */
export type Environment = Readonly<Record<string, string | undefined>>

/** What to log in with when environment variables say who; a password that is not given is asked for. */
export type Credential =
  | { readonly kind: 'key'; readonly loginKey: string }
  | { readonly kind: 'password'; readonly user: string; readonly password?: string }

/** How commands of a directory are authenticated: the Command Execution Context of the manual. */
export type ExecutionContext =
  | {
      readonly kind: 'file'
      readonly place: AuthPlace
      readonly file: JsonFile
      readonly auth: AuthContent
      /** The directory as the variable or the working directory named it. */
      readonly directory: string
    }
  | { readonly kind: 'variables'; readonly endpoint: string; readonly credential: Credential }

/**
 * Finds the Command Execution Context (files.md 2); the first hit wins: local file, `IMPT_AUTH_FILE_PATH`, `IMPT_LOGINKEY`, `IMPT_USER`,
 * global file. The folder of a login beside others (fleet.md 5) has that login and no other: there is no fall-through from it. Reads nothing but its arguments and the auth files. A home directory that is the working directory is seen as Local.
 * Throws AUTH when nothing is found, FILE when the file that decides is broken or unreadable: there is no fall-through.
 */
export async function resolveContext(
  directory: string,
  env: Environment,
  home: string = homeDirectory(env),
): Promise<ExecutionContext> {
  const login = loginOf(directory, env)
  if (login !== undefined) {
    const found = await contextOfFile('login', directory, directory)
    if (found !== undefined) return found
    throw new ImptError('AUTH', `There is no login "${login}".`, {
      hint: `Log in with "impt auth login --as ${login}"`,
    })
  }

  const local = await contextOfFile('local', directory, directory)
  if (local !== undefined) return local

  if (env.IMPT_AUTH_FILE_PATH) {
    const folder = resolve(directory, env.IMPT_AUTH_FILE_PATH)
    const named = await contextOfFile('path', folder, env.IMPT_AUTH_FILE_PATH)
    if (named !== undefined) return named
    throw authFileMissing(authFile('path', folder))
  }

  const credential = credentialIn(env)
  if (credential !== undefined) {
    return { kind: 'variables', endpoint: env.IMPT_ENDPOINT || PUBLIC_ENDPOINT, credential }
  }

  const global = await contextOfFile('global', home, home)
  if (global !== undefined) return global
  throw new ImptError('AUTH', 'You are not logged in.', {
    hint: 'Log in with "impt auth login", or try everything without an account: "impt --sandbox"',
  })
}

/**
 * The endpoint of a new login: the option, else `IMPT_ENDPOINT`, else the public cloud. The previous tool did not look at the variable
 * here (defects.md 34).
 */
export function loginEndpoint(option: string | undefined, env: Environment): string {
  return option ?? (env.IMPT_ENDPOINT || PUBLIC_ENDPOINT)
}

/** The endpoint that a context talks to. */
export function endpointOf(context: ExecutionContext): string {
  return context.kind === 'file' ? context.auth.endpoint : context.endpoint
}

/**
 * The part of `auth info` that is known without asking the server, with the documented keys in their order (output.md 7).
 * `now` is milliseconds since 1970; the local clock decides whether a token has expired.
 */
export function describeContext(
  context: ExecutionContext,
  now: number,
): Readonly<Record<string, string | boolean>> {
  const method = loginMethod(context)
  return {
    'Auth type': authType(context),
    'impCentral API endpoint': redactUrl(endpointOf(context)),
    'Access token auto refresh': method !== undefined,
    ...(method === undefined ? { 'Access token': tokenLife(context, now) } : { 'Login method': method }),
  }
}

/** Whether the access token has expired for good: nothing is saved to refresh it with. Then `auth info` asks the server nothing. */
export function isExpired(context: ExecutionContext, now: number): boolean {
  return loginMethod(context) === undefined && millisecondsLeft(context, now) <= 0
}

/** What decides how commands of a directory are authenticated, also where it is broken: the first line of `auth info`. Undefined for nothing. */
export async function authTypeOf(
  directory: string,
  env: Environment,
  home: string,
): Promise<string | undefined> {
  // A login that was never made is nothing, whatever its name.
  if (loginOf(directory, env) !== undefined)
    return (await exists(authFile('login', directory).path)) ? loginAuthType(directory) : undefined
  if (await exists(authFile('local', directory).path)) return LOCAL
  if (env.IMPT_AUTH_FILE_PATH) return typeOfPath(env.IMPT_AUTH_FILE_PATH)
  if (credentialIn(env)) return VARIABLES
  return (await exists(authFile('global', home).path)) ? GLOBAL : undefined
}

const LOCAL = 'Local Auth file'
const GLOBAL = 'Global Auth file'
const VARIABLES = 'Environment variables'
const typeOfPath = (directory: string) => `Auth file path: ${directory}`

async function contextOfFile(
  place: AuthPlace,
  folder: string,
  directory: string,
): Promise<ExecutionContext | undefined> {
  const file = authFile(place, folder)
  const auth = await readAuthFile(file)
  return auth === undefined ? undefined : { kind: 'file', place, file, auth, directory }
}

function credentialIn(env: Environment): Credential | undefined {
  // A key from a file of secrets often ends in a line break, which is no part of it.
  const loginKey = env.IMPT_LOGINKEY?.trim()
  if (loginKey) return { kind: 'key', loginKey }
  if (!env.IMPT_USER) return undefined
  return {
    kind: 'password',
    user: env.IMPT_USER,
    ...(env.IMPT_PASSWORD ? { password: env.IMPT_PASSWORD } : {}),
  }
}

function authType(context: ExecutionContext): string {
  if (context.kind === 'variables') return VARIABLES
  if (context.place === 'login') return loginAuthType(context.directory)
  if (context.place === 'path') return typeOfPath(context.directory)
  return context.place === 'local' ? LOCAL : GLOBAL
}

/** Undefined when the access token cannot be refreshed. */
function loginMethod(context: ExecutionContext): 'Login Key' | 'User/Password' | undefined {
  if (context.kind === 'variables') return context.credential.kind === 'key' ? 'Login Key' : 'User/Password'
  // A refresh token is preferred where a file has both (files.md 3).
  if (context.auth.refreshToken !== undefined) return 'User/Password'
  return context.auth.loginKey === undefined ? undefined : 'Login Key'
}

function tokenLife(context: ExecutionContext, now: number): string {
  const left = millisecondsLeft(context, now)
  return left <= 0 ? 'expired' : `expires in ${Math.floor(left / 60_000)} minutes`
}

function millisecondsLeft(context: ExecutionContext, now: number): number {
  return context.kind === 'file' ? Date.parse(context.auth.expiresAt) - now : Number.POSITIVE_INFINITY
}
