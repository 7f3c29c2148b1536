// The room `commands`: the commands, as data and as code.
// Enters: words of a command line, a script or the prompt; the table in `table/` says what each may be.
// Leaves: a `Result`, which `present/` shows in the mode that was asked for.
// Not known here: whether it was called once, by a script or at the prompt: `Context` brings the differences.
import { ImptError } from '../output/error.ts'
import { mayGuard } from '../session/target-choice.ts'
import type { Result } from '../output/result.ts'
import type { Context } from './context.ts'
import { listOf } from './options.ts'
import type { Invocation, OptionValues } from './row.ts'
import { isDestructive } from './table/index.ts'

/**
 * Runs a bound command and gives its result. The only way from an invocation to a command's code: one-shot, script and prompt all come
 * through here.
 */
export async function dispatch(invocation: Invocation, context: Context): Promise<Result> {
  const { command, words } = invocation
  const options = withTarget(invocation, context)
  const run = await command.run?.()
  if (!run) throw new ImptError('USAGE', `"impt ${command.group}" stands on the command line only`)
  // What deletes or takes away is spelled out or comes from the Project file, and is looked up in full (repl.md 3.7).
  const scoped = isDestructive(command, options) ? { ...context, defaults: {}, memory: undefined } : context
  return run(command.effect === 'write' ? await askedTwice(invocation, scoped) : scoped, options, words)
}

/** What a target says of sources stands before what is given with the command: in builds only, so that no file of a Project takes it over. */
function withTarget({ command, options }: Invocation, { target }: Context): OptionValues {
  if (target === undefined || command.group !== 'build') return options
  const { define = {}, deviceFile, agentFile } = target
  const definitions = Object.entries(define).map(([name, value]) => `${name}=${value}`)
  const isKnown = (name: string) => command.options.some((option) => option.name === name)
  return {
    ...(deviceFile !== undefined && isKnown('device-file') && { 'device-file': deviceFile }),
    ...(agentFile !== undefined && isKnown('agent-file') && { 'agent-file': agentFile }),
    ...options,
    ...(definitions.length > 0 &&
      isKnown('define') && { define: [...definitions, ...listOf(options, 'define')] }),
  }
}

/** Production asks twice (fleet.md 5), here and nowhere else. */
async function askedTwice(invocation: Invocation, context: Context): Promise<Context> {
  const { command, options } = invocation
  const { session, target, directory } = context
  const isGuarded = session.sandbox === undefined && mayGuard(session, directory)
  if (!isGuarded && target === undefined && options['retype'] === undefined && command.retypesGroups !== true)
    return context
  return (await import('./production.ts')).guarded(invocation, context)
}
