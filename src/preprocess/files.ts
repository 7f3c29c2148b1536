import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { replaceFile, type FileForm } from '../session/atomic-file.ts'
import { Failure } from './errors.ts'

/**
 * Writes a file so that it is never seen half written. Missing folders are made.
 * @throws Failure (FILE)
 */
export async function writeAtomically(file: string, text: string, form: FileForm): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true })
    await replaceFile(file, text, form)
  } catch (error) {
    throw new Failure(
      'FILE',
      `Cannot write "${file}": ${(error as NodeJS.ErrnoException).code ?? String(error)}`,
    )
  }
}
