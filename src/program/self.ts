// The room `program`: how the program starts itself again, as a process or as a thread, whether a process lives, and what its servers have in common.
// Enters: the name of a worker, or nothing.
// Leaves: what `spawn` and `new Worker` need, from the files of dist/ or out of the single executable.
// Not known here: what those processes and threads do.
import { existsSync } from 'node:fs'
import { isSea } from 'node:sea'
import { fileURLToPath } from 'node:url'

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
 * The text that `new Worker` evaluates to run a program of this one, by the name of its source (`world-worker`): it loads it as the program
 * itself was loaded, with V8's code cache. Throws where the build left it out.
 */
export function threadProgram(name: string): string {
  if (textOfThread !== undefined) return textOfThread(`${name}.cjs`)
  const program = ['./', '../']
    .map((folder) => new URL(`${folder}${name}.cjs`, import.meta.url))
    .find((url) => existsSync(url))
  if (program === undefined) throw new Error(`${name}.cjs is missing beside the program`)
  const entry = fileURLToPath(new URL('impt.cjs', program))
  return `globalThis[Symbol.for('impt.program')]=${JSON.stringify(`${name}.cjs`)};require(${JSON.stringify(entry)})`
}
