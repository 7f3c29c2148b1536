import { readdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { ImptError } from '../output/error.ts'
import type { Environment } from './execution-context.ts'
import { codeOf, namingFile } from './file-error.ts'
import { foldersOf } from './paths.ts'

/** Names of logins and targets: a login is a folder, and both stand in command lines, so that nothing in them may lead elsewhere. */
const NAME = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9_-])?$/i

/** What no file system of ours can take for a folder, and words that mean something else. */
const RESERVED = /^(?:none|con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i

/** Whether a text can be the name of a login or a target. */
export function isTargetName(text: string): boolean {
  return NAME.test(text) && !RESERVED.test(text)
}

/** Throws USAGE for what cannot be the name of a login or a target. */
export function checkTargetName(what: 'login' | 'target', text: string): void {
  if (isTargetName(text)) return
  throw new ImptError('USAGE', `"${text.slice(0, 80)}" cannot be the name of a ${what}.`, {
    hint: 'Names have up to 64 letters, digits, ".", "_" and "-", and begin with a letter or a digit',
  })
}

/** Where the folders of all logins are. */
export function loginsFolder(env: Environment): string {
  return join(foldersOf(env).config, 'logins')
}

/** The folder of a login; its auth file is a documented one, which `IMPT_AUTH_FILE_PATH` can name too. Throws USAGE for an impossible name. */
export function loginFolder(env: Environment, login: string): string {
  checkTargetName('login', login)
  return join(loginsFolder(env), login)
}

/** The login whose folder a directory is; undefined for all others. */
export function loginOf(directory: string, env: Environment): string | undefined {
  const path = resolve(directory)
  return dirname(path) === loginsFolder(env) ? basename(path) : undefined
}

/** The names of the logins that there are, in their order. Throws the error of the system where the folder cannot be read. */
export async function listLogins(env: Environment): Promise<readonly string[]> {
  const folder = loginsFolder(env)
  const found = await namingFile(folder, () => readdir(folder).catch(noneWhereMissing))
  return found.filter((name) => isTargetName(name)).toSorted()
}

function noneWhereMissing(error: unknown): readonly string[] {
  if (codeOf(error) === 'ENOENT') return []
  throw error
}
