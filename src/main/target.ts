import type { Invocation } from '../commands/row.ts'
import { mayHaveTarget } from '../session/target-choice.ts'
import type { Surface } from './command-run.ts'

/**
 * Puts a command where its target says (fleet.md 5): `--at` on the command, what is named around it, `IMPT_TARGET`, `use target`, `target use`
 * of the directory, in this order. Without any the surface stays as it is, and no module is loaded. Throws NOT_FOUND, USAGE, FILE, CONFLICT.
 */
export async function atTarget(invocation: Invocation, surface: Surface): Promise<Surface> {
  const named = invocation.options['at'] as string | undefined
  const { session, at, used, authDirectory } = surface
  // `with auth` says itself whose login it is; only what is named closer to the command counts more.
  const around =
    authDirectory === undefined && (at !== undefined || used !== undefined || mayHaveTarget(session))
  if (named === undefined && (!around || isTargetless(invocation))) return surface
  return (await import('./placing.ts')).placed(surface, named)
}

function isTargetless({ command, words }: Invocation): boolean {
  return command.targetless === true || (command.targetless === 'words' && words.length > 0)
}
