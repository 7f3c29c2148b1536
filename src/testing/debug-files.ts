import { mkdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { replaceFile } from '../session/atomic-file.ts'
import { namingFile } from '../session/file-error.ts'
import type { Bundle } from './bundle.ts'
import type { TestFile } from './test-files.ts'

/** Writes the code of both sides to `.build/<folder of the test file>/preprocessed.<side>.<file>` (test-run.md 8). Throws FILE. */
export async function writeDebugFiles(directory: string, { path }: TestFile, bundle: Bundle): Promise<void> {
  // A test file outside of the directory must not lead out of .build.
  const folder = join('.build', dirname(path).replaceAll('..', '_'))
  await namingFile(folder, async () => {
    await mkdir(join(directory, folder), { recursive: true })
    for (const side of ['agent', 'device'] as const) {
      await replaceFile(
        join(directory, folder, `preprocessed.${side}.${basename(path)}`),
        bundle[side].code,
        'plain',
      )
    }
  })
}
