import { readFile } from 'node:fs/promises'
import { relative } from 'node:path'
import type { Context } from '../commands/context.ts'
import type { Collection } from '../coverage/collection.ts'
import { preprocess, type PreprocessOptions } from '../preprocess/preprocess.ts'

/**
 * Adds files that are to be measured and that no test has loaded, with all their places and nothing reached. `names`: paths and patterns, relative
 * to the directory; only what `isMissing` says of a full path is added. What does not compile by itself is told in one line each, and left out.
 */
export async function addUnreached(
  { directory, warn }: Context,
  collection: Collection,
  preprocessing: PreprocessOptions,
  names: readonly string[],
  isMissing: (path: string) => boolean,
): Promise<void> {
  const { glob } = await import('tinyglobby')
  const ignore = ['**/node_modules/**']
  const found = await glob([...names], { cwd: directory, absolute: true, expandDirectories: false, ignore })
  for (const path of found.filter((path) => path.endsWith('.nut') && isMissing(path)).toSorted()) {
    try {
      const source = await readFile(path, 'utf8')
      const { code, lines } = await preprocess({ source, name: path }, preprocessing)
      const { pointsOf } = await import('../squirrel/measure/points.ts')
      collection.add({ points: pointsOf(code), counts: [] }, { code, lines })
    } catch (error) {
      const what = `${relative(directory, path)} is not in the coverage`
      warn(`${what}: no test loads it, and by itself it does not compile (${(error as Error).message})`)
    }
  }
}
