import { userInfo } from 'node:os'
import { resolve } from 'node:path'
import { ImptError } from '../output/error.ts'
import type { Environment } from './execution-context.ts'

/**
 * The home folder of somebody who has none, as in a container that runs as a user of whom the system knows nothing: nothing is in it, and
 * nobody can make anything in it, so that what only reads finds nothing, as on a new machine, and what writes ends with `noHome`.
 */
const NOWHERE = '/dev/null/home'

/** The home directory: `HOME`, on Windows also `USERPROFILE` (files.md 1), or what the system says. Undefined where nobody names one. */
export function knownHome(env: Environment): string | undefined {
  const named = env.HOME || env.USERPROFILE
  // A relative one would be another folder for a process that runs elsewhere, as the sandbox in the background does.
  if (named) return resolve(named)
  try {
    // Not `homedir`: where HOME is set to nothing it says so, which is the working directory for whoever joins it.
    return userInfo().homedir || undefined
  } catch {
    return undefined
  }
}

/** The home directory; where there is none, a folder that never exists. */
export function homeDirectory(env: Environment): string {
  return knownHome(env) ?? NOWHERE
}

/** Whether a path leads into a home that there is not. */
export function isNowhere(path: string): boolean {
  return path.startsWith(NOWHERE)
}

/** What whoever needs a home is told where there is none. */
export function noHome(cause?: unknown): ImptError {
  return new ImptError(
    'FILE',
    'There is no home folder: HOME is not set, and the system knows none for this user.',
    { hint: 'Set HOME to a folder of this user', cause },
  )
}
