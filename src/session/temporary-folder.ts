import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { ImptError } from '../output/error.ts'
import { fileError } from './file-error.ts'

/** Makes a new folder (0700) whose name begins with `prefix` and gives its absolute path. Throws FILE where the system's place for it cannot be used. */
export async function temporaryFolder(prefix: string): Promise<string> {
  // A relative TMPDIR would be another folder after a `cd`.
  const place = resolve(tmpdir())
  try {
    return await mkdtemp(join(place, prefix))
  } catch (error) {
    throw new ImptError('FILE', fileError(place, error).message, {
      hint: 'TMPDIR names the folder for temporary files: one that is there, and that you may write to',
      cause: error,
    })
  }
}
