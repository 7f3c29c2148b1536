import { realpath } from 'node:fs/promises'
import { dirname, isAbsolute, relative, resolve } from 'node:path'
import type { Invocation } from '../commands/row.ts'
import { ImptError } from '../output/error.ts'
import { visible } from '../output/visible.ts'

/** Refuses files and folders outside of the working directory, also through links: an assistant reads and writes there only. Throws USAGE. */
export async function assertInside(
  directory: string,
  { command, options, words }: Invocation,
): Promise<void> {
  const given = [
    ...command.options.flatMap(({ name, path }) => (path === undefined ? [] : [options[name] ?? []].flat())),
    ...(command.words ?? []).flatMap(({ path, many }, i) =>
      path === undefined ? [] : many === true ? words.slice(i) : (words[i] ?? []),
    ),
  ]
  const home = await realpath(directory)
  for (const text of given) {
    if (typeof text !== 'string') continue
    const way = relative(home, await realOf(resolve(directory, text)))
    if (way === '..' || way.startsWith('../') || way.startsWith('..\\') || isAbsolute(way))
      throw new ImptError('USAGE', `"${visible(text)}" is outside of the working directory.`, {
        hint: 'Files are read and written below the directory in which "impt mcp" was started',
      })
  }
}

/** Where a path leads that may not be there yet: its nearest folder that is, with the rest. */
async function realOf(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    const parent = dirname(path)
    if (parent === path || (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return resolve(await realOf(parent), relative(parent, path))
  }
}
