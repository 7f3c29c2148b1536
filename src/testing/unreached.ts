import { readFile, stat } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import type { Context } from '../commands/context.ts'
import type { Collection } from '../coverage/collection.ts'
import { preprocess, type PreprocessOptions } from '../preprocess/preprocess.ts'

/**
 * Adds files that are to be measured and that no test has loaded, with all their places and nothing reached. `names`: paths, and patterns with
 * magic. What does not compile by itself is told in one line each, and left out.
 */
export async function addUnreached(
  context: Context,
  collection: Collection,
  known: ReadonlySet<string>,
  preprocessing: PreprocessOptions,
  names: readonly string[],
): Promise<void> {
  const { directory } = context
  const { glob } = await import('tinyglobby')
  const found = await glob([...names], {
    cwd: directory,
    absolute: true,
    onlyFiles: true,
    expandDirectories: false,
  })
  const paths = new Set(
    [...names.map((name) => resolve(directory, name)), ...found].map((path) => resolve(path)),
  )
  for (const path of [...paths].filter((path) => !known.has(path) && path.endsWith('.nut')).toSorted()) {
    if (
      !(await stat(path).then(
        (one) => one.isFile(),
        () => false,
      ))
    )
      continue
    try {
      const source = await readFile(path, 'utf8')
      const { code, lines } = await preprocess({ source, name: path }, preprocessing)
      const { pointsOf } = await import('../squirrel/measure/points.ts')
      collection.add({ points: pointsOf(code), counts: [] }, { code, lines })
    } catch (error) {
      const name = relative(directory, path)
      context.warn(
        `${name} is not in the coverage: no test loads it, and by itself it does not compile (${(error as Error).message})`,
      )
    }
  }
}
