// The room `program`: how the program starts itself again, as a process or as a thread, whether a process lives, and what its servers have in common.
// Enters: the name of a worker, or nothing.
// Leaves: what `spawn` and `new Worker` need, from the files of dist/ or out of the single executable.
// Not known here: what those processes and threads do.
import { existsSync } from 'node:fs'
import { isSea } from 'node:sea'

/** What `scripts/entry.cjs` and `scripts/single-file.cjs` leave for threads: the text of a program by the name of its file. */
const textOfThread = (globalThis as { [key: symbol]: unknown })[Symbol.for('impt.thread')] as
  | ((file: string) => string)
  | undefined

/** The program and the first arguments that start this program as another process, with the same options of Node. */
export function ownCommand(): readonly [string, ...string[]] {
  // In a single executable the second word of argv is the executable once more.
  return isSea() ? [process.execPath] : [process.execPath, ...process.execArgv, ...process.argv.slice(1, 2)]
}

/**
 * What `new Worker` takes for a program of this one, by the name of its source (`world-worker`): a text to evaluate, which loads it as the
 * program itself was loaded; for parts of the program that something else loaded, a file of the build. Throws where the build left it out.
 */
export function threadProgram(name: string): { readonly program: URL | string; readonly isText: boolean } {
  if (textOfThread !== undefined) return { program: textOfThread(`${name}.cjs`), isText: true }
  const program = ['./', '../']
    .map((folder) => new URL(`${folder}${name}.cjs`, import.meta.url))
    .find((url) => existsSync(url))
  if (program === undefined) throw new Error(`${name}.cjs is missing beside the program`)
  return { program, isText: false }
}
