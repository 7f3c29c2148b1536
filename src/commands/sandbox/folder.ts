import { join, resolve } from 'node:path'
import { foldersOf } from '../../session/paths.ts'
import type { Environment } from '../../session/execution-context.ts'

/** Where the embedded impCentral keeps its data: the option, else `IMPT_SANDBOX_DIR`, else a folder in the user's state. */
export function sandboxFolder(env: Environment, directory: string, option?: string): string {
  const named = option ?? env.IMPT_SANDBOX_DIR
  return named ? resolve(directory, named) : join(foldersOf(env).state, 'sandbox')
}
