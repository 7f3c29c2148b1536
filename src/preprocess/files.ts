import { randomUUID } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Failure } from './errors.ts'

/**
 * Writes a file so that it is never seen half written: temporary file in the same folder, fsync, rename.
 * Missing folders are made. Only the owner may read it, as it can hold source from a private repository.
 * @throws Failure (FILE)
 */
export async function writeAtomically(file: string, text: string): Promise<void> {
  const temporary = join(dirname(file), `.${basename(file)}.${randomUUID()}`)
  try {
    await mkdir(dirname(file), { recursive: true })
    const handle = await open(temporary, 'wx', 0o600)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw new Failure(
      'FILE',
      `Cannot write "${file}": ${(error as NodeJS.ErrnoException).code ?? String(error)}`,
    )
  }
}
