import { ImptError } from '../output/error.ts'
import type { Result } from '../output/result.ts'
import type { Context, Group } from './context.ts'
import type { Invocation } from './row.ts'
import { isDestructive } from './table/index.ts'

/** The code of each group, loaded when a command of it first runs. */
const LOADERS: Readonly<Record<string, () => Promise<{ readonly group: Group }>>> = {
  account: () => import('./account.ts'),
  auth: () => import('./auth.ts'),
  build: () => import('./build/group.ts'),
  device: () => import('./device.ts'),
  dg: () => import('./dg/group.ts'),
  log: () => import('./log.ts'),
  loginkey: () => import('./loginkey.ts'),
  product: () => import('./product.ts'),
  project: () => import('./project.ts'),
  test: () => import('./test.ts'),
  webhook: () => import('./webhook.ts'),
  sandbox: () => import('./sandbox/group.ts'),
  new: async () => ({ group: { '': (await import('./new.ts')).createFirst } }),
  completion: () => import('./completion.ts'),
  release: () => import('./release/group.ts'),
  squirrel: () => import('./squirrel.ts'),
  pull: async () => ({ group: { '': (await import('./folder.ts')).pull } }),
  plan: async () => ({ group: { '': (await import('./folder.ts')).plan } }),
  apply: async () => ({ group: { '': (await import('./folder.ts')).apply } }),
}

/**
 * Runs a bound command and gives its result. The only way from an invocation to a command's code: one-shot, script and prompt all come
 * through here.
 */
export async function dispatch({ command, options, words }: Invocation, context: Context): Promise<Result> {
  const load = LOADERS[command.group]
  const run = load && (await load()).group[command.name]
  if (!run) throw new ImptError('USAGE', `Unknown command: ${command.group} ${command.name}`.trim())
  // What deletes or takes away is spelled out or comes from the Project file, and is looked up in full (repl.md 3.7).
  const scoped = isDestructive(command, options) ? { ...context, defaults: {}, memory: undefined } : context
  return run(scoped, options, words)
}
