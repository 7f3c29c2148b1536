import { resolve } from 'node:path'
import { ImptError } from '../output/error.ts'
import { readJsonFile } from './json-file.ts'
import type { JsonObject } from './json-file.ts'

/**
 * The variables of a Builder configuration file at a path relative to `directory` (files.md 7). A missing or broken file gives no
 * variables and is no error, as documented; `problem` then says in a line what is wrong, for a warning. Throws FILE when it cannot be read.
 */
export async function readBuilderVariables(
  directory: string,
  path: string,
): Promise<{ readonly variables: JsonObject; readonly problem?: string }> {
  const file = { title: 'Builder Configuration', path: resolve(directory, path), form: 'plain' } as const
  try {
    const variables = await readJsonFile(file)
    if (variables !== undefined) return { variables }
    return { variables: {}, problem: `Builder Configuration File ${path} is not found.` }
  } catch (error) {
    if (!(error instanceof ImptError) || error.cause !== undefined) throw error
    return { variables: {}, problem: `${error.message} It is ignored: ${error.notes.join(' ')}` }
  }
}
