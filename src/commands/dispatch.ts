import { ImptError } from '../output/error.ts'
import type { Result } from '../output/result.ts'
import type { Context } from './context.ts'
import type { Invocation } from './row.ts'
import { isDestructive } from './table/index.ts'

/**
 * Runs a bound command and gives its result. The only way from an invocation to a command's code: one-shot, script and prompt all come
 * through here.
 */
export async function dispatch({ command, options, words }: Invocation, context: Context): Promise<Result> {
  const run = await command.run?.()
  if (!run) throw new ImptError('USAGE', `"impt ${command.group}" stands on the command line only`)
  // What deletes or takes away is spelled out or comes from the Project file, and is looked up in full (repl.md 3.7).
  const scoped = isDestructive(command, options) ? { ...context, defaults: {}, memory: undefined } : context
  return run(scoped, options, words)
}
