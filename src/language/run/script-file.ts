import { readFile, stat } from 'node:fs/promises'
import { ImptError } from '../../output/error.ts'
import { LONGEST_SCRIPT } from '../syntax/parse.ts'

/** Reads a script. Throws ImptError FILE, exit code 2, for a directory, a missing file, one that is too long or not UTF-8. */
export async function readScript(path: string): Promise<string> {
  const refuse = (what: string, hint?: string): never => {
    throw new ImptError('FILE', `${path}: ${what}`, { exit: 2, ...(hint !== undefined && { hint }) })
  }
  try {
    const status = await stat(path)
    if (status.isDirectory()) refuse('is a directory, not a script')
    if (status.size > LONGEST_SCRIPT)
      refuse(`the script is too long: ${status.size} bytes; at most ${LONGEST_SCRIPT} are read`)
    return decodeScript(await readFile(path), path)
  } catch (error) {
    if (error instanceof ImptError) throw error
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return refuse('there is no such file')
    if (code === 'EACCES') return refuse('the file must not be read', 'see its permissions')
    return refuse(error instanceof Error ? error.message : String(error))
  }
}

/** Decodes the bytes of a script. Throws ImptError FILE if they are not UTF-8. */
export function decodeScript(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new ImptError('FILE', `${name}: the file is not UTF-8 text`, { exit: 2, hint: 'save it as UTF-8' })
  }
}
