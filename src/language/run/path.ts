import { stat } from 'node:fs/promises'
import { dirname, isAbsolute, join, resolve } from 'node:path'
import { located, raise, ScriptError } from '../values/fault.ts'
import type { Task } from './frame.ts'
import { ImptError } from '../../output/error.ts'
import { knownHome, noHome } from '../../session/home.ts'
import type { Place, Source } from '../syntax/source.ts'

/** `~` at the start of a path means the home directory (language.md 2.4 rule 6). Throws FILE where there is none. */
export function expandHome(text: string, env: Readonly<Record<string, string | undefined>>): string {
  if (text !== '~' && !text.startsWith('~/') && !text.startsWith('~\\')) return text
  const home = knownHome(env)
  if (home === undefined) throw noHome()
  return join(home, text.slice(1))
}

/** The absolute path of a file that a script names: relative to the working directory, or to the file of a source that says it. */
export function pathIn(task: Task, text: string, source?: Source): string {
  const path = expandHome(text, task.settings.env)
  if (isAbsolute(path)) return path
  const base =
    source !== undefined && !source.name.startsWith('<')
      ? dirname(resolve(task.machine.host.directory, source.name))
      : task.settings.directory
  return resolve(base, path)
}

/** The absolute path of an existing directory. A dry run has not made the directories that it needs. */
export async function directoryOf(task: Task, text: string, place: Place): Promise<string> {
  const path = pathIn(task, text)
  if (task.settings.dryRun) return path
  try {
    if ((await stat(path)).isDirectory()) return path
  } catch (error) {
    throw fileError(error, text, place)
  }
  throw raise(place, 'FILE', `"${text}" is not a directory`)
}

/** An error of the file system as an error of the script. */
export function fileError(error: unknown, path: string, place: Place): unknown {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined
  if (code === undefined || error instanceof ImptError || error instanceof ScriptError)
    return located(error, place)
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file or directory',
    EISDIR: 'is a directory',
    ENOTDIR: 'a part of the path is not a directory',
    EACCES: 'access is denied',
    EPERM: 'access is denied',
    EEXIST: 'the file exists already',
    ERR_FS_CP_EEXIST: 'the file exists already',
    ENOTEMPTY: 'the directory is not empty',
    ENOSPC: 'there is no space left on the disk',
  }
  return raise(place, 'FILE', `${path}: ${reasons[code] ?? (error as Error).message}`)
}
