import { join, resolve } from 'node:path'
import { ImptError } from '../../output/error.ts'
import { fileError } from '../../session/file-error.ts'
import { isNowhere, noHome } from '../../session/home.ts'
import { foldersOf } from '../../session/paths.ts'
import type { Environment } from '../../session/execution-context.ts'

/** Where the embedded impCentral keeps its data: the option, else `IMPT_SANDBOX_DIR`, else a folder in the user's state. */
export function sandboxFolder(env: Environment, directory: string, option?: string): string {
  const named = option ?? env.IMPT_SANDBOX_DIR
  return named ? resolve(directory, named) : join(foldersOf(env).state, 'sandbox')
}

/** Why the folder of a sandbox cannot be used, and what to do: what the system's error asks for, else `otherwise`. */
export function cannotOpen(folder: string, error: unknown, otherwise?: string): ImptError {
  if (isNowhere(folder)) return noHome(error)
  const hint = fileError(folder, error).hint ?? otherwise
  return new ImptError('FILE', `The sandbox in ${folder} cannot be opened: ${(error as Error).message}`, {
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  })
}
