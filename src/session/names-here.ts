import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Environment } from './execution-context.ts'
import { isTargetName, loginsFolder } from './logins.ts'
import { foldersOf } from './paths.ts'

/** What only this machine knows by name. */
export type NamedHere = 'target' | 'login'

/** The names that completion offers, sorted; what cannot be read has none. They need no quotes in any shell (`isTargetName`). */
export function namesHere(kind: NamedHere, directory: string, env: Environment): readonly string[] {
  const names =
    kind === 'login'
      ? tried(() => readdirSync(loginsFolder(env)))
      : [ownTargetsPath(env), projectTargetsPath(directory)].flatMap((path) => tried(() => targetsIn(path)))
  return [...new Set(names.filter(isTargetName))].toSorted()
}

/** The user's own targets. */
export function ownTargetsPath(env: Environment): string {
  return join(foldersOf(env).config, 'targets.json')
}

/** The targets of a working directory, made to be kept in Git. */
export function projectTargetsPath(directory: string): string {
  return join(directory, '.impt.targets')
}

function targetsIn(path: string): readonly string[] {
  const { targets } = JSON.parse(readFileSync(path, 'utf8')) as { readonly targets?: object }
  return Object.keys(targets ?? {})
}

function tried(read: () => readonly string[]): readonly string[] {
  try {
    return read()
  } catch {
    return []
  }
}
