import { basename, join } from 'node:path'
import type { AuthState } from '../impcentral/auth.ts'
import { PUBLIC_ENDPOINT } from '../impcentral/endpoint.ts'
import { ImptError } from '../output/error.ts'
import { deleteFile, readJsonFile, writeJsonFile } from './json-file.ts'
import type { JsonFile, JsonObject } from './json-file.ts'
import { knownKeys } from './known-keys.ts'
import type { KeyRule } from './known-keys.ts'

export const AUTH_FILE = '.impt.auth'

/**
 * Where an auth file was found: in the working directory, in the home directory, in `IMPT_AUTH_FILE_PATH` (files.md 1), or in the folder of a
 * login beside others.
 */
export type AuthPlace = 'local' | 'global' | 'path' | 'login'

/** The content of an auth file (files.md 1): the tokens of a login in plain text, and the API that they are for. */
export interface AuthContent extends AuthState {
  readonly endpoint: string
}

const DEFAULTS = { endpoint: PUBLIC_ENDPOINT }

const RULES: Record<keyof AuthContent, KeyRule> = {
  endpoint: { type: 'text' },
  accessToken: { type: 'token', required: true },
  expiresAt: { type: 'date', required: true },
  loginKey: { type: 'token' },
  refreshToken: { type: 'token' },
}

/** The auth file in a directory, with the name and the remedy that messages use for it. */
export function authFile(place: AuthPlace, directory: string): JsonFile {
  const path = join(directory, AUTH_FILE)
  const remedy = loginHint(place, true, directory)
  return {
    title: place === 'login' ? `Login "${basename(directory)}"` : authTitle(place),
    path,
    form: 'secret',
    ...(remedy === undefined ? {} : { remedy }),
  }
}

/** How `auth info` names a login beside others, by its folder. */
export function loginAuthType(directory: string): string {
  return `Login: ${basename(directory)}`
}

/** `Local Auth`, `Global Auth` or `Auth`, as messages name the source of a login (files.md 3). */
function authTitle(place: AuthPlace): string {
  return place === 'local' ? 'Local Auth' : place === 'global' ? 'Global Auth' : 'Auth'
}

/** The documented advice to log in (again); undefined for a file named by `IMPT_AUTH_FILE_PATH`, which `auth login` cannot write. */
export function loginHint(place: AuthPlace, again: boolean, directory: string): string | undefined {
  if (place === 'path') return undefined
  const where = place === 'local' ? ' --local' : place === 'login' ? ` --as ${basename(directory)}` : ''
  const command = `impt auth login${where}`
  return `Please ${again ? 'relogin' : 'login'} using "${command}" command and then try again.`
}

/** Reads an auth file; undefined when there is none. An absent endpoint means the public cloud. Throws FILE `... is corrupted.`. */
export async function readAuthFile(file: JsonFile): Promise<AuthContent | undefined> {
  const content = await readJsonFile(file)
  return content === undefined ? undefined : authIn(file, content)
}

/** Takes the login out of the content of an auth file. Throws FILE `... is corrupted.`. */
export function authIn(file: JsonFile, content: JsonObject): AuthContent {
  return { ...DEFAULTS, ...knownKeys<AuthContent>(file, content, RULES) }
}

/** Writes a fresh auth file, mode 0600, keys in the documented order (login). Throws FILE; then an existing file is kept. */
export async function writeAuthFile(file: JsonFile, content: AuthContent): Promise<void> {
  const { endpoint, accessToken, expiresAt, loginKey, refreshToken } = content
  await writeJsonFile(file, { endpoint, accessToken, expiresAt, loginKey, refreshToken })
}

/** Deletes an auth file (logout). Throws AUTH when there is none, FILE when it cannot be deleted. */
export async function deleteAuthFile(file: JsonFile): Promise<void> {
  if (!(await deleteFile(file.path))) throw authFileMissing(file)
}

/** The error for an auth file that should be there. */
export function authFileMissing(file: JsonFile): ImptError {
  return new ImptError('AUTH', `${file.title} File is not found.`, { hint: `There is no ${file.path}` })
}
